"""Describes the service in WSDL 1.1, from the same table of calls that answers them."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from app.web_connector.calls import CALLS, NAMESPACE, Call

_TYPES = {"string": "s:string", "int": "s:int", "ArrayOfString": "tns:ArrayOfString"}


def render(address: str) -> str:
    """The WSDL of the service reachable at ``address``."""
    return "\n".join(_lines(address)) + "\n"


def _lines(address: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield (
        '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
        f' xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:tns="{NAMESPACE}" targetNamespace="{NAMESPACE}">'
    )
    yield f'<wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="{NAMESPACE}">'
    for call in CALLS:
        yield _element(call.name, call.parameters)
        yield _element(f"{call.name}Response", ((f"{call.name}Result", call.returns),))
    yield (
        '<s:complexType name="ArrayOfString"><s:sequence><s:element minOccurs="0" maxOccurs="unbounded" name="string"'
        ' nillable="true" type="s:string"/></s:sequence></s:complexType>'
    )
    yield "</s:schema></wsdl:types>"
    for call in CALLS:
        yield _message(f"{call.name}SoapIn", call.name)
        yield _message(f"{call.name}SoapOut", f"{call.name}Response")
    yield '<wsdl:portType name="QBWebConnectorSvcSoap">'
    for call in CALLS:
        yield (
            f'<wsdl:operation name="{call.name}"><wsdl:input message="tns:{call.name}SoapIn"/>'
            f'<wsdl:output message="tns:{call.name}SoapOut"/></wsdl:operation>'
        )
    yield "</wsdl:portType>"
    yield '<wsdl:binding name="QBWebConnectorSvcSoap" type="tns:QBWebConnectorSvcSoap">'
    yield '<soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>'
    yield from map(_bound, CALLS)
    yield "</wsdl:binding>"
    yield '<wsdl:service name="QBWebConnectorSvc">'
    yield '<wsdl:port name="QBWebConnectorSvcSoap" binding="tns:QBWebConnectorSvcSoap">'
    yield f"<soap:address location={quoteattr(address)}/></wsdl:port></wsdl:service>"
    yield "</wsdl:definitions>"


def _element(name: str, members: tuple[tuple[str, str], ...]) -> str:
    sequence = "".join(
        f'<s:element minOccurs="{int(kind == "int")}" maxOccurs="1" name="{member}" type="{_TYPES[kind]}"/>'
        for member, kind in members
    )
    return f'<s:element name="{name}"><s:complexType><s:sequence>{sequence}</s:sequence></s:complexType></s:element>'


def _message(name: str, element: str) -> str:
    return f'<wsdl:message name="{name}"><wsdl:part name="parameters" element="tns:{element}"/></wsdl:message>'


def _bound(call: Call) -> str:
    return (
        f'<wsdl:operation name="{call.name}"><soap:operation soapAction="{NAMESPACE}{call.name}" style="document"/>'
        '<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>'
        "</wsdl:operation>"
    )
