"""Reads a guarded message as a SOAP 1.1 envelope with exactly one call the Web Connector makes."""

from __future__ import annotations

from xml.sax.saxutils import escape

from lxml import etree

from app.web_connector.calls import BY_NAME, NAMESPACE

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_HREF = "href"


class NotACall(Exception):
    """The message is not one call of the Web Connector; says why."""

    def __init__(self, sentence: str, code: str = "Client") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


def read(body: bytes, soap_action: str) -> etree._Element:
    """The envelope, holding one known call whose parameters are plain text.

    Run ``guard.check`` first: with ``huge_tree`` the parser has no limits of its own.
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        huge_tree=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise NotACall(f"The message is not well-formed XML (line {line}, column {column}).") from None
    call = _only_call(root)
    _check_action(soap_action, etree.QName(call).localname)
    _check_parameters(call)
    return root


def fault(sentence: str, code: str = "Client") -> bytes:
    """A SOAP 1.1 fault saying ``sentence``."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body><soap:Fault><faultcode>soap:{code}</faultcode>'
        f"<faultstring>{escape(sentence)}</faultstring></soap:Fault></soap:Body></soap:Envelope>"
    ).encode("ascii", "xmlcharrefreplace")


def _only_call(root: etree._Element) -> etree._Element:
    if etree.QName(root).localname != "Envelope":
        raise NotACall("The message is not a SOAP envelope.")
    if etree.QName(root).namespace != SOAP:
        raise NotACall("The envelope is not of SOAP 1.1, which the Web Connector speaks.", "VersionMismatch")
    for block in root.iterfind(f"{{{SOAP}}}Header/*[@{{{SOAP}}}mustUnderstand]"):
        if block.get(f"{{{SOAP}}}mustUnderstand") == "1":
            raise NotACall("The message demands a SOAP header that this service does not know.", "MustUnderstand")
    bodies = root.findall(f"{{{SOAP}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise NotACall("The envelope must hold one Body with exactly one call.")
    call = bodies[0][0]
    if etree.QName(call).namespace != NAMESPACE:
        raise NotACall(f"The call is not in the Web Connector's namespace, {NAMESPACE}.")
    if etree.QName(call).localname not in BY_NAME:
        raise NotACall(f"The Web Connector has no such call here. Known are {', '.join(BY_NAME)}.")
    return call


def _check_action(soap_action: str, name: str) -> None:
    action = soap_action.strip().strip('"')
    if not action:
        raise NotACall(f"The SOAPAction header is missing. For this call it is {NAMESPACE}{name}, in quotes.")
    if action != NAMESPACE + name:
        raise NotACall(f"The SOAPAction header does not name the call in the message, {NAMESPACE}{name}.")


def _check_parameters(call: etree._Element) -> None:
    seen: set[str] = set()
    for parameter in call:
        if _HREF in parameter.attrib:
            raise NotACall("A parameter refers to another part of the message (RPC style). Use Style Document.")
        if len(parameter):
            raise NotACall("A parameter holds elements of its own. qbXML travels as escaped text.")
        name = etree.QName(parameter).localname
        if name in seen:
            raise NotACall("A parameter is given twice.")
        seen.add(name)
    # Attributes mean nothing in this style, but spyne would take some of them for parameters.
    for element in call.iter():
        element.attrib.clear()
