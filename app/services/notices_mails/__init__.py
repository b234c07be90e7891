"""The words of the mails, as text and as simple HTML."""
