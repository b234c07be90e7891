"""Our own check of every request before it leaves: one malformed request makes QuickBooks refuse a whole set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lxml import etree

from app.qbxml import automaton, datatypes, envelope, notation, shared
from app.qbxml.limits import REQUEST_ID
from app.qbxml.matching import Check, aggregate, leaf, missing_here, where
from app.qbxml.notation import Aggregate, Element, Fragment, Group, Node, Version

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


class GrammarError(ValueError):
    """The grammar of a kind cannot be used; a programmer must mend it."""


class Grammar:
    """What may be sent to QuickBooks, compiled from the texts of all kinds."""

    def __init__(self, aggregates: dict[str, Aggregate]) -> None:
        self._aggregates = aggregates
        self._requests: dict[tuple[str, Version], dict[str, Check]] = {}

    @classmethod
    def compile(cls, texts: Iterable[str]) -> Grammar:
        """Read the texts; two kinds may describe the same aggregate if they agree. Raises GrammarError."""
        aggregates: dict[str, Aggregate] = {}
        try:
            for text in (shared.GRAMMAR, *texts):
                for found in notation.read(text):
                    if aggregates.setdefault(found.name, found) != found:
                        raise GrammarError(f"{found.name} is described twice, and differently")
            grammar = cls(aggregates)
            grammar._checks("US", (13, 0))
        except (notation.NotationError, automaton.AmbiguityError, datatypes.UnknownTypeError) as error:
            raise GrammarError(str(error)) from error
        return grammar

    @property
    def requests(self) -> tuple[str, ...]:
        """The names of all requests it knows."""
        return tuple(name for name in self._aggregates if name.endswith("Rq"))

    def problems(self, request: str, edition: str = "US", version: Version = (13, 0)) -> list[str]:
        """What QuickBooks would dislike about one request, as sentences; empty when nothing."""
        try:
            element = etree.fromstring(request, _PARSER)
        except (etree.XMLSyntaxError, ValueError) as error:
            return [f"the request is not well-formed XML: {error}"]
        return self.element_problems(element, edition, version)

    def element_problems(self, element: etree._Element, edition: str, version: Version) -> list[str]:
        """The same for a request already parsed."""
        name = str(element.tag)
        check = self._checks(edition, version).get(name)
        if check is None:
            return [f"{name}: no kind describes this request"]
        found: list[str] = []

        def say(element: etree._Element, sentence: str) -> None:
            found.append(f"{where(element)}: {sentence}")

        for complaint in _attributes(element, self._aggregates[name].iterates):
            say(element, complaint)
        check(element, say)
        return found

    def set_problems(self, text: str | bytes, edition: str = "US", max_version: Version = (13, 0)) -> list[str]:
        """The same for a whole message set, its prolog and its ids included."""
        return envelope.problems(text, max_version, lambda e, v: self.element_problems(e, edition, v))

    def _checks(self, edition: str, version: Version) -> dict[str, Check]:
        made = self._requests.get((edition, version))
        if made is None:
            compiler = _Compiler(self._aggregates, edition, version)
            made = {name: compiler.aggregate(name, ()) for name in self.requests}
            self._requests[edition, version] = made
        return made


def _attributes(element: etree._Element, iterates: bool) -> list[str]:
    given = {str(name): str(value) for name, value in element.items()}
    request_id = given.pop("requestID", "")
    found = []
    if not request_id:
        found.append("no requestID, its answer could not be told apart")
    elif len(request_id) > REQUEST_ID:
        found.append(f"requestID has {len(request_id)} characters, QuickBooks takes {REQUEST_ID}")
    if iterates:
        found += _iterator(element, given.pop("iterator", ""), given.pop("iteratorID", ""))
    return found + [f"{name} is not an attribute of this request" for name in given]


def _iterator(element: etree._Element, iterator: str, iterator_id: str) -> list[str]:
    if iterator not in {"", "Start", "Continue", "Stop"}:
        return [f"iterator “{iterator}” is not one of Start, Continue, Stop"]
    if (iterator in {"Continue", "Stop"}) != bool(iterator_id):
        return ["iteratorID belongs to iterator=Continue, and only there"]
    if iterator in {"Start", "Continue"} and element.find("MaxReturned") is None:
        return ["an iterator needs MaxReturned"]
    return []


class _Compiler:
    """Turns notation into closures for one edition and one version of qbXML."""

    def __init__(self, aggregates: dict[str, Aggregate], edition: str, version: Version) -> None:
        self.aggregates, self.edition, self.version = aggregates, edition, version
        self.made: dict[tuple[str, tuple[str, ...]], Check] = {}

    def aggregate(self, name: str, args: tuple[str, ...]) -> Check:
        made = self.made.get((name, args))
        if made is None:
            described = self.aggregates.get(name)
            if described is None:
                raise GrammarError(f"no line describes {name}")
            table = automaton.build(self.spelled_out(described.content, args))
            checks = [self.element(element) for element in table.elements]
            made = aggregate(table, checks, attributes=name.endswith("Rq"))  # a request's own are looked at apart
            self.made[name, args] = made
        return made

    def spelled_out(self, group: Group, args: tuple[str, ...]) -> Group:
        """The group without fragments; a reference's length goes to its full name."""
        parts: list[Node] = []
        for part in group.parts:
            if isinstance(part, Fragment):
                described = self.aggregates.get(part.name)
                if described is None:
                    raise GrammarError(f"no line describes {part.name}")
                parts.append(self.spelled_out(described.content, ()))
            elif isinstance(part, Group):
                parts.append(self.spelled_out(part, args))
            else:
                parts.append(replace(part, args=args) if args and part.name == "FullName" else part)
        return replace(group, parts=tuple(parts))

    def element(self, element: Element) -> Check:
        if self.edition in element.not_in:
            return missing_here(f"does not exist in the {self.edition} edition of QuickBooks")
        if element.since > self.version:
            return missing_here(
                f"needs qbXML {element.since[0]}.{element.since[1]}, this message says "
                f"{self.version[0]}.{self.version[1]}"
            )
        if datatypes.known(element.type):
            return leaf(datatypes.reader(element.type, element.args))
        return self.aggregate(element.type, element.args)
