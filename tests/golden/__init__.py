"""What each template writes, byte for byte: <kind>/<case>.json goes in, <kind>/<case>.xml must come out."""
