"""What the endpoint needs of the conversation: one method for each of the Web Connector's calls."""

from __future__ import annotations

from typing import Protocol


class Conversation(Protocol):
    """The meaning of the eight calls; the endpoint only carries them."""

    def server_version(self) -> str: ...

    def client_version(self, version: str, remote: str) -> str: ...

    def authenticate(self, user: str, password: str, remote: str) -> list[str]: ...

    def send_request_xml(
        self, ticket: str, hcp: str, company_file: str, country: str, major: int, minor: int
    ) -> str: ...

    def receive_response_xml(self, ticket: str, response: str, hresult: str, message: str) -> int: ...

    def connection_error(self, ticket: str, hresult: str, message: str) -> str: ...

    def get_last_error(self, ticket: str) -> str: ...

    def close_connection(self, ticket: str) -> str: ...

    def refused(self, what: str, sentence: str, remote: str) -> None:
        """The guard turned a message away before anything was read from it."""
