"""The shipped permissions against the matrix as the seed has it, row by row, level by level."""

from __future__ import annotations

import pytest

from app.rulebook import load
from app.rulebook.access import LEVELS, Access
from app.rulebook.permissions import Policy
from tests.rulebook.samples import RULES

POLICY = load.pack(RULES).policy
assert POLICY is not None
MATRIX: Policy = POLICY

#: requirement: (action, marks at None, Read Only, Standard, Admin); X alone, + with more, - not, ! not with QuickBooks.
ROWS = {
    "PRM-09": ("Accept or Reject Cost Codes for Export to ERP", "---+"),
    "PRM-10": ("Accept or Reject Owner Invoices for Export to ERP", "---+!"),
    "PRM-11": ("Accept or Reject Subcontractor Invoices for Export to ERP", "---+"),
    "PRM-12": ("Accept or Reject a Budget for Export to ERP", "---+"),
    "PRM-13": ("Accept or Reject a CCO for Export to ERP", "---+"),
    "PRM-14": ("Accept or Reject a Commitment for Export to ERP", "---+"),
    "PRM-15": ("Accept or Reject a Company for Export to ERP", "---+"),
    "PRM-16": ("Accept or Reject a PCCO for Export to ERP", "---+!"),
    "PRM-17": ("Accept or Reject a Project for Export to ERP", "---+"),
    "PRM-18": ("Accept or Reject a Sub Job for Export to ERP", "---+!"),
    "PRM-19": ("Add a Procore Project to your ERP System", "--XX"),
    "PRM-20": ("Add an ERP Company to the Procore Company Directory", "--XX"),
    "PRM-21": ("Add an ERP Job to Procore", "---X"),
    "PRM-22": ("Archive an ERP Company in Procore", "--XX"),
    "PRM-23": ("Assign Default Cost Types To ERP Standard Cost Codes", "--XX!"),
    "PRM-24": ("Configure Advanced Settings: ERP Integrations", "---X"),
    "PRM-25": ("Configure the Sync Schedule for your ERP Integration", "---X"),
    "PRM-26": ("Enable or Disable ERP Direct Exports", "---X"),
    "PRM-27": ("Import a Budget from ERP", "--XX!"),
    "PRM-28": ("Import a Prime Contract from an Integrated ERP System into Procore", "--XX!"),
    "PRM-29": ("Import an ERP Sub Job to a Procore Project", "--XX!"),
    "PRM-30": ("Link ERP Companies to Procore Companies", "---X"),
    "PRM-31": ("Refresh the Companies List for ERP", "---X"),
    "PRM-32": ("Refresh the Cost Codes on an ERP Integrated Project", "---X"),
    "PRM-33": ("Send, Retrieve, or Resend Items to ERP Integrations for Accounting Acceptance", "----"),
    "PRM-34": ("Sync Job Cost Transactions from an Integrated ERP into Procore", "---X"),
    "PRM-35": ("Sync Paid Invoice Notifications from ERP into Procore", "---X"),
    "PRM-36": ("Unlink CCOs Synced with ERP", "--XX"),
    "PRM-37": ("Unlink Commitments Synced with ERP", "--XX"),
    "PRM-38": ("Unlink Owner Invoices Synced with ERP", "--XX!"),
    "PRM-39": ("Unlink PCCOs Synced with ERP", "--XX!"),
    "PRM-40": ("Unlink Subcontractor Invoices Synced with ERP", "--XX"),
    "PRM-41": ("Unlink a Company Synced with ERP", "--XX"),
    "PRM-42": ("View a List of Synced Sub Jobs", "--++!"),
    "PRM-43": ("View an Accountant Report for ERP", "---X"),
    "PRM-44": ("View an ERP Job Costs Report", "---+"),
    "PRM-46": ("View an ERP Unsyncable Direct Costs Report", "----"),
    "PRM-47": ("View the Archived Companies List for ERP", "--XX"),
}
MARKS = {"X": "yes", "+": "extra", "-": None}
PUSH = frozenset({"push"})
OF_THE_APPROVER = "the privilege “Can Push to Accounting”"


def denied(access: Access, act: str, of: str = "", profile: str = "matrix") -> str:
    """What is missing, or nothing."""
    denial = MATRIX.denial(access, act, of, profile=profile)
    return denial.missing if denial else ""


@pytest.mark.requirement("PRM-01")
def test_it_has_the_rows_of_the_seed_in_their_order() -> None:
    seed = [row for row in MATRIX.rows if row.file == "permissions.yaml"]
    assert [(row.requirement, row.action) for row in seed] == [(one, ROWS[one][0]) for one in ROWS]
    assert len(ROWS) == 38


@pytest.mark.parametrize(
    ("requirement", "marks"),
    [pytest.param(one, ROWS[one][1], id=one, marks=pytest.mark.requirement(one)) for one in ROWS],
)
def test_a_row_is_marked_as_in_the_seed(requirement: str, marks: str) -> None:
    [row] = [row for row in MATRIX.rows if row.requirement == requirement]
    found = row.conditions["matrix"].marks
    assert [found.get(level) for level in LEVELS] == [MARKS[mark] for mark in marks[:4]]
    assert bool(row.refuse) == marks.endswith("!")
    assert bool(row.refuse) != bool(row.grants), "a row is either refused or something in Tieout"


ACCEPTS = {
    "PRM-09": "cost_code", "PRM-11": "subcontractor_invoice", "PRM-12": "budget", "PRM-13": "commitment_change_order",
    "PRM-14": "commitment", "PRM-15": "company", "PRM-17": "project",
}  # fmt: skip


@pytest.mark.requirement("PRM-05")
@pytest.mark.parametrize("act", ["accept", "reject", "take_back", "retry"])
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, id=kind, marks=pytest.mark.requirement(one)) for one, kind in ACCEPTS.items()]
)
def test_who_accepts_depends_on_the_profile_and_always_on_the_privilege(kind: str, act: str) -> None:
    def missing(profile: str) -> dict[tuple[str, bool], str]:
        return {
            (level, push): denied(Access(level, PUSH if push else frozenset()), act, kind, profile)
            for level in LEVELS
            for push in (True, False)
        }

    strict, usual = "the level Admin on ERP Integrations", "the level Standard or Admin on ERP Integrations"
    assert missing("matrix") == {
        **{(level, push): strict for level in ("none", "read_only", "standard") for push in (True, False)},
        ("admin", True): "",
        ("admin", False): OF_THE_APPROVER,
    }
    assert missing("tutorial") == {
        **{(level, push): usual for level in ("none", "read_only") for push in (True, False)},
        **{(level, True): "" for level in ("standard", "admin")},
        **{(level, False): OF_THE_APPROVER for level in ("standard", "admin")},
    }


@pytest.mark.requirement("PRM-06")
def test_an_accounting_approver_is_standard_or_admin_with_the_privilege() -> None:
    everyone = [Access(level, privileges) for level in LEVELS for privileges in (PUSH, frozenset[str]())]
    assert [(one.level, bool(one.privileges)) for one in everyone if one.is_accounting_approver] == [
        ("standard", True),
        ("admin", True),
    ]


LEVEL_ALONE = [
    ("PRM-19", "send", "project"), ("PRM-20", "import", "company"), ("PRM-21", "import", "project"),
    ("PRM-22", "archive", "company"), ("PRM-24", "connection", ""), ("PRM-25", "schedule", ""),
    ("PRM-26", "direct_export", ""), ("PRM-30", "link", "company"), ("PRM-31", "refresh", ""),
    ("PRM-32", "refresh", "items"), ("PRM-34", "refresh", "job_costs"), ("PRM-35", "refresh", "payments"),
    ("PRM-36", "unlink", "commitment_change_order"), ("PRM-37", "unlink", "commitment"),
    ("PRM-40", "unlink", "subcontractor_invoice"), ("PRM-41", "unlink", "company"),
    ("PRM-43", "report", "accountant"), ("PRM-44", "report", "job_costs"), ("PRM-47", "report", "archived_companies"),
]  # fmt: skip


@pytest.mark.requirement("PRM-04")
@pytest.mark.parametrize(
    ("requirement", "act", "of"),
    [pytest.param(*one, id=one[0], marks=pytest.mark.requirement(one[0])) for one in LEVEL_ALONE],
)
def test_where_the_level_is_enough_nothing_more_is_asked(requirement: str, act: str, of: str) -> None:
    standard = ROWS[requirement][1][2] == "X"
    needed = "the level Standard or Admin" if standard else "the level Admin"
    refused = f"{needed} on ERP Integrations"
    assert [denied(Access(level), act, of) for level in LEVELS] == [refused, refused, "" if standard else refused, ""]


@pytest.mark.parametrize("kind", ["commitment_change_order", "commitment", "subcontractor_invoice", "company"])
def test_as_a_rule_unlinking_needs_the_privilege_too(kind: str) -> None:
    assert denied(Access("admin"), "unlink", kind, "tutorial") == OF_THE_APPROVER
    assert denied(Access("standard", PUSH), "unlink", kind, "tutorial") == ""


@pytest.mark.requirement("PRM-33", "PRM-02")
@pytest.mark.parametrize("act", ["send", "retrieve"])
def test_sending_needs_admin_on_the_tool_of_the_item_and_no_level(act: str) -> None:
    assert denied(Access("none", tools={"commitments": "admin"}), act, "commitment") == ""
    needed = "Admin on the Commitments tool"
    assert denied(Access("none", tools={"commitments": "standard"}), act, "commitment") == needed
    assert denied(Access("admin", PUSH, {"budget": "admin"}), act, "commitment") == needed


@pytest.mark.parametrize("of", [
    pytest.param("project_job_costs", marks=pytest.mark.requirement("PRM-45")),
    pytest.param("unsyncable_direct_costs", marks=pytest.mark.requirement("PRM-46")),
])  # fmt: skip
@pytest.mark.parametrize("prime_contract", ["standard", "admin"])
@pytest.mark.parametrize("budget", ["standard", "admin"])
@pytest.mark.parametrize("reports", ["none", "read_only"])
def test_a_project_report_needs_reports_and_budget_or_prime_contract(
    of: str, reports: str, budget: str, prime_contract: str
) -> None:
    tools = {"reports": reports, "budget": budget, "prime_contract": prime_contract}
    missing = denied(Access("none", tools=tools), "report", of)
    enough = reports == "read_only" and "admin" in {budget, prime_contract}
    assert (missing == "") == enough
    assert ("Read Only or above on the Reports tool" in missing) == (reports == "none")
    assert ("Admin on the Budget tool or Admin on the Prime Contract tool" in missing) == (
        "admin" not in {budget, prime_contract}
    )


@pytest.mark.requirement("PRM-08")
@pytest.mark.parametrize("level", ["none", "read_only"])
@pytest.mark.parametrize("profile", ["tutorial", "matrix"])
def test_none_and_read_only_act_in_no_row_that_asks_for_a_level(profile: str, level: str) -> None:
    tools = dict.fromkeys(MATRIX.tools, "admin")
    everything = Access(level, frozenset(MATRIX.privileges), tools)
    allowed = {
        row.requirement
        for row in MATRIX.rows
        if row.requirement
        for grant in row.grants
        if not grant.conditions[profile].missing(everything, next(iter(MATRIX.tools.values())))
    }
    assert allowed == {"PRM-33", "PRM-44", "PRM-46"}  # of the job costs report only the project's own


@pytest.mark.requirement("ACC-17")
@pytest.mark.parametrize("right", ["users", "activate", "rules", "audit"])
def test_a_right_of_its_own_is_in_no_level(right: str) -> None:
    most = Access("admin", frozenset(MATRIX.privileges), dict.fromkeys(MATRIX.tools, "admin"))
    assert denied(most, right) == f"the right “{MATRIX.rights[right]}”"
    assert denied(Access("none", rights=frozenset({right})), right) == ""


def test_what_no_row_allows_nobody_may() -> None:
    assert (
        denied(Access("admin", PUSH), "accept", "gizmo") == "a row of the permissions that allows it, and there is none"
    )


def test_a_row_that_is_refused_names_an_entry_of_the_catalogue() -> None:
    catalogue = load.pack(RULES).refusals
    assert catalogue is not None
    assert {name for row in MATRIX.rows for name in (row.refuse, row.gate) if name} <= set(catalogue)
