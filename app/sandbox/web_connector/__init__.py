"""A Web Connector that behaves as the real one is documented to, over real HTTP: demo and test double."""

from __future__ import annotations

from app.sandbox.web_connector.qwc import Qwc, QwcError, parse_qwc
from app.sandbox.web_connector.session import Call, Died, SessionReport, WebConnector
from app.sandbox.web_connector.soap import Crashed

__all__ = ["Call", "Crashed", "Died", "Qwc", "QwcError", "SessionReport", "WebConnector", "parse_qwc"]
