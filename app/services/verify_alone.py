"""Verifies an exported audit trail with nothing but Python: run it beside the files of the export.

It recomputes every hash from the first event on, and compares the files with the manifest.
"""

import hashlib
import json
import sys
from pathlib import Path


def sha256(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def problem(folder: Path, name: str, told: dict) -> str:  # type: ignore[type-arg]
    """What is wrong with one chain; empty when nothing is."""
    last, seq, hidden = "0" * 64, 0, 0
    with (folder / name).open(encoding="utf-8") as lines:
        for seq, line in enumerate(lines, 1):
            event = json.loads(line)
            withheld = event["body"] is None
            hidden += withheld
            last = sha256(f"{last}\n{event['body_hash'] if withheld else sha256(event['body'])}")
            body = {"seq": seq} if withheld else json.loads(event["body"])
            if body["seq"] != seq or last != event["hash"]:
                return f"event {seq} was changed, or one before it is missing"
            if event["payload"] is not None and sha256(f"{event['salt']}\n{event['payload']}") != body["payload"]:
                return f"event {seq}: what it was about was changed"
    if hidden != told["withheld"]:
        return f"{hidden} events are withheld, not {told['withheld']}"
    return "" if (seq, last) == (told["events"], told["last_hash"]) else f"it ends at event {seq}, not {told['events']}"


def main(folder: Path) -> int:
    """Say OK or what is broken, chain by chain; 1 when anything is."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    bad = 0
    for name, expected in sorted(manifest["files"].items()):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
            print(f"BROKEN  {name} is not the file of the export")  # noqa: T201
            bad = 1
    for chain in manifest["chains"]:
        wrong = problem(folder, chain["file"], chain)
        bad |= bool(wrong)
        hidden = f", {chain['withheld']} of them withheld" if chain["withheld"] else ""
        found = wrong or f"{chain['events']} events{hidden}"
        print(f"{'BROKEN' if wrong else 'OK'}  {chain['chain']}: {found}")  # noqa: T201
    return bad


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parent))
