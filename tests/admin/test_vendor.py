"""The vendored files are those their makers published."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import app.admin

VENDOR = Path(app.admin.__file__).parent / "static" / "vendor"


def test_every_vendored_file_has_the_hash_of_the_manifest() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    hashes = {row["file"]: row["sha384"] for row in manifest}
    files = {path.name for path in VENDOR.iterdir() if path.suffix in {".css", ".js"}}
    assert files == set(hashes)
    for name, expected in hashes.items():
        found = base64.b64encode(hashlib.sha384((VENDOR / name).read_bytes()).digest()).decode()
        assert found == expected
