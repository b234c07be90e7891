"""The check of one request, on small grammars of its own."""

from __future__ import annotations

import timeit

import pytest

from app.qbxml.grammar import Grammar, GrammarError

GRAMMAR = Grammar.compile(
    [
        """
        ThingAddRq: ThingAdd!, $Answer
        ThingAdd: Name! name(5), IsActive bool, (Price price | Percent percent), Colour* enum(Red, Green),
            MakerRef ref(8), Born date since 9.0, Tax str not US, Part+   # a remark
        Part: Size! int(1), Weight quan, Worth amt

        ThingQueryRq iterates: (ListID+ id | MaxReturned int(1), Since datetime), OwnerID* guid
        """
    ]
)


def _add(inside: str, parts: str = "<Part><Size>1</Size></Part>") -> str:
    return f'<ThingAddRq requestID="1"><ThingAdd>{inside}{parts}</ThingAdd></ThingAddRq>'


def test_it_accepts_a_request_in_order() -> None:
    inside = (
        "<Name>Bolt</Name><IsActive>true</IsActive><Price>1.25</Price><Colour>Red</Colour><Colour>Green</Colour>"
        "<MakerRef><FullName>Acme</FullName></MakerRef><Born>2024-02-29</Born>"
    )
    assert GRAMMAR.problems(_add(inside)) == []


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ("", "ThingAdd/Part: stands too early, Name comes first"),
        ("<Name>Bolts!</Name>", "ThingAdd/Name: 6 characters, QuickBooks keeps 5"),
        ("<Name> </Name>", "ThingAdd/Name: empty, QuickBooks needs a name"),
        ("<Name>A:B</Name>", "ThingAdd/Name: holds a colon, which QuickBooks reads as parent:child"),
        ("<Name>A</Name><Name>B</Name>", "ThingAdd/Name[2]: may stand only once"),
        ("<IsActive>true</IsActive><Name>A</Name>", "ThingAdd/IsActive: stands too early, Name comes first"),
        ("<Name>A</Name><Colour>Red</Colour><Price>1</Price>",
         "ThingAdd/Price: stands too late, it belongs before Colour"),
        ("<Name>A</Name><Price>1</Price><Percent>1</Percent>", "ThingAdd/Percent: cannot stand beside Price"),
        ("<Name>A</Name><Colour>red</Colour>", "ThingAdd/Colour: “red” is not one of Red, Green"),
        ("<Name>A</Name><IsActive>yes</IsActive>", "ThingAdd/IsActive: “yes” is not true or false"),
        ("<Name>A</Name><Size>1</Size>", "ThingAdd/Size: does not belong here, Part is expected"),
        ("<Name>A</Name><MakerRef/>", "ThingAdd/MakerRef: ListID or FullName is missing"),
        ("<Name>A</Name><MakerRef><FullName>123456789</FullName></MakerRef>",
         "ThingAdd/MakerRef/FullName: 9 characters, QuickBooks keeps 8"),
        ("<Name>A</Name><MakerRef><ListID></ListID></MakerRef>",
         "ThingAdd/MakerRef/ListID: empty, QuickBooks needs its own id here"),
        ("<Name>A</Name><Tax>T</Tax>", "ThingAdd/Tax: does not exist in the US edition of QuickBooks"),
        ("<Name x='1'>A</Name>", "ThingAdd/Name: may hold text alone, no attribute and no other element"),
        ("<Name>A</Name>stray", "ThingAdd: holds stray text “stray”"),
        ("<Name>東</Name>", "ThingAdd/Name: QuickBooks cannot store 東 (only Windows-1252 characters)"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_where(inside: str, sentence: str) -> None:
    assert GRAMMAR.problems(_add(inside)) == [sentence]


def test_it_says_everything_that_is_wrong_at_once() -> None:
    found = GRAMMAR.problems(_add("<Name>Bolts!</Name><Price>a</Price>", "<Part><Size>0</Size></Part><Part/>"))
    assert found == [
        "ThingAdd/Name: 6 characters, QuickBooks keeps 5",
        "ThingAdd/Price: “a” is not a price (at most five decimals, no separators)",
        "ThingAdd/Part[1]/Size: 0 is less than 1",
        "ThingAdd/Part[2]: Size is missing",
    ]


def test_it_misses_a_required_last_element() -> None:
    assert GRAMMAR.problems(_add("<Name>A</Name>", parts="")) == ["ThingAdd: Part is missing"]


@pytest.mark.parametrize("amount", ["0", "-0.01", "9999999999999.99", "+12", "12.50"])
def test_amounts_have_two_decimals_or_none(amount: str) -> None:
    assert GRAMMAR.problems(_add("<Name>A</Name>", f"<Part><Size>1</Size><Worth>{amount}</Worth></Part>")) == []


@pytest.mark.parametrize(
    "amount", ["", "12.5", "1,250.00", "1e3", "12.500", "12345678901234", "\uff11\uff12", ".50", " 1"]
)
def test_it_refuses_other_forms_of_amounts(amount: str) -> None:
    found = GRAMMAR.problems(_add("<Name>A</Name>", f"<Part><Size>1</Size><Worth>{amount}</Worth></Part>"))
    assert found[0].startswith(f"ThingAdd/Part/Worth: “{amount}” is not an amount")


@pytest.mark.parametrize("quantity", ["1.000001", "12345678901", "1/3", ""])
def test_it_refuses_quantities_of_more_than_five_decimals(quantity: str) -> None:
    found = GRAMMAR.problems(_add("<Name>A</Name>", f"<Part><Size>1</Size><Weight>{quantity}</Weight></Part>"))
    assert found == [f"ThingAdd/Part/Weight: “{quantity}” is not a quantity (at most five decimals, no separators)"]


@pytest.mark.parametrize("day", ["2023-02-29", "1969-12-31", "2038-01-01", "29.02.2024", "20240229", "2024-W01-1", ""])
def test_it_refuses_days_that_quickbooks_does_not_have(day: str) -> None:
    assert len(GRAMMAR.problems(_add(f"<Name>A</Name><Born>{day}</Born>"))) == 1


def test_it_refuses_an_element_newer_than_the_message() -> None:
    assert GRAMMAR.problems(_add("<Name>A</Name><Born>2024-01-01</Born>"), version=(8, 0)) == [
        "ThingAdd/Born: needs qbXML 9.0, this message says 8.0"
    ]


def test_an_element_of_another_edition_passes_there() -> None:
    assert GRAMMAR.problems(_add("<Name>A</Name><Tax>T</Tax>"), edition="CA") == []


@pytest.mark.parametrize(
    ("attributes", "inside", "sentence"),
    [
        ("", "", "no requestID, its answer could not be told apart"),
        (f'requestID="{"r" * 51}"', "", "requestID has 51 characters, QuickBooks takes 50"),
        ('requestID="1" metaData="MetaDataOnly"', "", "metaData is not an attribute of this request"),
        ('requestID="1" iterator="Start"', "", "an iterator needs MaxReturned"),
        ('requestID="1" iterator="Continue"', "<MaxReturned>9</MaxReturned>",
         "iteratorID belongs to iterator=Continue, and only there"),
        ('requestID="1" iterator="Start" iteratorID="{a}"', "<MaxReturned>9</MaxReturned>",
         "iteratorID belongs to iterator=Continue, and only there"),
        ('requestID="1" iterator="Next"', "<MaxReturned>9</MaxReturned>",
         "iterator “Next” is not one of Start, Continue, Stop"),
    ],
)  # fmt: skip
def test_it_looks_at_the_attributes_of_a_request(attributes: str, inside: str, sentence: str) -> None:
    assert GRAMMAR.problems(f"<ThingQueryRq {attributes}>{inside}</ThingQueryRq>") == [f"ThingQueryRq: {sentence}"]


def test_only_a_request_that_iterates_may_carry_an_iterator() -> None:
    request = _add("<Name>A</Name>").replace('requestID="1"', 'requestID="1" iterator="Start"')
    assert GRAMMAR.problems(request) == ["ThingAddRq: iterator is not an attribute of this request"]


@pytest.mark.parametrize(
    "moment", ["2024-05-01", "2024-05-01T10:00", "2024-05-01T10:00:59", "2024-05-01T10:00:59-08:00"]
)
def test_moments_may_be_days_too(moment: str) -> None:
    assert GRAMMAR.problems(f'<ThingQueryRq requestID="1"><Since>{moment}</Since></ThingQueryRq>') == []


@pytest.mark.parametrize("moment", ["2024-05-01T25:00", "2024-05-01 10:00", "2024-05-01T10:00:00Z", "2024-13-01T10:00"])
def test_it_refuses_moments_in_other_forms(moment: str) -> None:
    assert len(GRAMMAR.problems(f'<ThingQueryRq requestID="1"><Since>{moment}</Since></ThingQueryRq>')) == 1


def test_a_request_nobody_described_is_refused() -> None:
    assert GRAMMAR.problems('<BillAddRq requestID="1"/>') == ["BillAddRq: no kind describes this request"]


@pytest.mark.parametrize("text", ["", "<ThingAddRq", "<a>&b;</a>", "\ud800", "<a>\x01</a>"])
def test_what_is_no_xml_is_a_problem_and_no_accident(text: str) -> None:
    assert [found.split(":")[0] for found in GRAMMAR.problems(text)] == ["the request is not well-formed XML"]


def test_a_branch_once_begun_must_be_finished() -> None:
    grammar = Grammar.compile(["PairRq: (Left! str, Right! str | Both str)"])
    assert grammar.problems('<PairRq requestID="1"/>') == []
    assert grammar.problems('<PairRq requestID="1"><Left/></PairRq>') == ["PairRq: Right is missing"]


def test_two_kinds_may_describe_the_same_request_alike() -> None:
    same = "AQueryRq iterates: $ListQuery"
    assert Grammar.compile([same, same]).requests == ("AQueryRq",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("AddRq: Thing! str(1)\nAddRq: Thing! str(2)", "AddRq is described twice, and differently"),
        ("AddRq: Thing!", "no line describes Thing"),
        ("AddRq: $Things", "no line describes $Things"),
        ("AddRq: Thing!  strr(3)", "no line describes strr"),
        ("AddRq: (A str | B str, C str)!", "a choice that must be made has a branch that may be empty"),
        ("AddRq: A str, A str", "A may stand in two places that cannot be told apart"),
        ("AddRq: (A str | B str", "AddRq: “)” expected, “the end” found"),
        ("AddRq: A str)", "AddRq: “)” was not expected"),
        ("AddRq: A ;", "AddRq: “;” cannot be read"),
        ("AddRq A str", "no “Name: elements” in: AddRq A str"),
    ],
)
def test_a_grammar_that_cannot_be_used_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(GrammarError) as caught:
        Grammar.compile([text])
    assert str(caught.value) == sentence


def test_checking_a_small_request_takes_microseconds() -> None:
    request = _add("<Name>A</Name><Price>1</Price>", "<Part><Size>1</Size></Part>" * 3)
    best = min(timeit.repeat(lambda: GRAMMAR.problems(request), number=200, repeat=5)) / 200
    assert best < 0.001  # about 15 µs on a quiet machine; a slip into recompiling would cost milliseconds
