"""How each screen is used, in a few steps: one how-to for each, by the name of its part of the application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class HowTo:
    """How one screen is used."""

    title: str
    steps: tuple[str, ...]


HOW_TO: Mapping[str, HowTo] = {
    "home": HowTo("See what waits for you", (
        "Read the counts: each kind says how many items wait for a decision and what they are worth.",
        "Begin with “Do this first”: what stands there lets the most other items go.",
        "Accept from there, or open the item to see what will be written.",
    )),
    "items": HowTo("Decide on the items of a list", (
        "Choose a tab: what is to decide, what waits, what is in QuickBooks, and what failed.",
        "Read the sentences below a row. They say what it waits for, and what to do about it.",
        "Open an item to see what will be written and how it differs from what Procore and QuickBooks hold now.",
        "Press Accept, or Reject with a reason: whoever sent it is told.",
        "Tick several rows and press Accept what is ticked. What has a remark is left for a look of its own.",
    )),
    "offers": HowTo("Bring in what QuickBooks has", (
        "Press Refresh; the next Web Connector session reads the list.",
        "Link a record with the item it is in Procore, or add it to Procore where there is none.",
        "Archive what never belongs in Procore. It can be restored.",
    )),
    "exceptions": HowTo("Clear what differs", (
        "Read what QuickBooks holds otherwise than it was approved.",
        "Correct it in QuickBooks; at the next reading it leaves the list by itself.",
        "Or clear it with a reason, which stays in the audit trail.",
    )),
    "payments": HowTo("See what was paid", (
        "Press Refresh to have QuickBooks asked for the payments of bills that Tieout wrote.",
        "A payment that could not be told to Procore says why; try it again once that is set right.",
        "One that is gone from QuickBooks stays in Procore until somebody removes it.",
    )),
    "connection": HowTo("Look after the connection", (
        "Read Health and Last contact: they say whether the Web Connector comes.",
        "Open a session to read what was asked and answered.",
        "Run the self-test where the Web Connector cannot reach Tieout.",
        "Make a new password here: the one in use goes on until the new one was used.",
    )),
    "setup": HowTo("Set up a connection", (
        "Go through the steps from the first; each says whether it is done. You may leave and come back.",
        "Give the password and the .qwc file to the machine of QuickBooks, and run the first session. It only reads.",
        "Press Go live at the end. Nothing is written before.",
    )),
    "catalogue": HowTo("Look up an error", (
        "Type the code that QuickBooks or the Web Connector shows, or a few of its words.",
        "Read what happened, who can fix it, and the steps.",
    )),
    "job_costs": HowTo("Read the job costs of a project", (
        "Choose a project. Its figures are those QuickBooks told last, as of the time beside them.",
        "Press Refresh for newer ones; they come with the next Web Connector session.",
        "Read below the table what the figures leave out.",
    )),
    "reports": HowTo("Prove that both sides agree", (
        "Open Tie-out and press Read QuickBooks again, so that one session reads all it compares.",
        "What differs stands first, each with its reason and its item.",
        "For the end of a month open Month-end: one person signs it as prepared, another as reviewed.",
        "Print a page, or take it as CSV.",
    )),
    "settings": HowTo("Change how the connection works", (
        "Change what you need and press Keep the changes. A reason is asked for where a choice was made for good.",
        "What was approved under another value is held until somebody looks at it again.",
    )),
    "permissions": HowTo("See who may do what", (
        "Read the rows: each act, and who may do it under the profile in force.",
        "A sentence that refuses you something names its row here.",
    )),
    "people": HowTo("Add people and give them rights", (
        "Add a person with a role; hand on the link by which they set their own password.",
        "Open a person to change level, privileges, tools and rights one by one.",
        "Take the right to sign in from whoever leaves; what they did stays in the audit trail.",
    )),
    "rules": HowTo("Change a rule", (
        "Read what each rule asks for, before which move, and what it says.",
        "Press Change a rule, open the file, and change it. Press Check, and run the examples: what is wrong is named.",
        "Say why it changes and press Keep as a draft. Nothing takes effect yet.",
        "Press Preview on today's items, then have another person press Activate on the page of the draft.",
        "Open an earlier version and press Roll back to go back to it at any time.",
    )),
    "trail": HowTo("Find out who did what", (
        "Filter by what happened, by whom, and by day.",
        "Press Verify to have the chain of all events computed anew.",
        "Take the package for the auditors: it can be checked without Tieout.",
    )),
    "what_syncs": HowTo("See what syncs and what does not", (
        "Read in the first table what each record is called on both sides, and where to find it.",
        "Below stands what does not sync, why, and what to do instead.",
    )),
    "about": HowTo("See which release this is", (
        "Read what changed in each release, the newest first.",
    )),
    "notices": HowTo("Read what you were told", (
        "Open a notice to come to the item it is about.",
        "Choose below which of them you want by mail, at once or once a day.",
    )),
    "preferences": HowTo("Work with the keyboard", (
        "Press ? on any page for the keys of that page.",
        "Turn single keys off where they are in the way.",
    )),
    "tokens": HowTo("Let a program act for you", (
        "Make a token, and write it down: it is shown once. It may do what you may do.",
        "Revoke it when the program needs it no more.",
    )),
    "help": HowTo("Use the help", (
        "Open a workflow to see its moves, and what is checked before each.",
        "At the foot of every page a link leads to how that page is used.",
    )),
}  # fmt: skip
