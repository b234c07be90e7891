"""A server in a process of its own, and what it used, read where the kernel counts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
#: Fields of /proc/<pid>/stat behind the name: user and system time of the process.
_USER, _SYSTEM = 11, 12


@dataclass(frozen=True)
class Running:
    """A server that answers at ``url``."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS

    def peak_bytes(self) -> int:
        """The most memory it ever held."""
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text(encoding="ascii"))
        return int(found[1]) * 1024 if found else 0


@contextmanager
def serving(what: str, folder: Path) -> Iterator[Running]:
    """The service, or the floor, over a folder."""
    command = [sys.executable, "-m", f"bench.{what}", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None  # noqa: S101  # asked for above
        url = process.stdout.readline().strip()
        if not url:
            raise RuntimeError(f"the {what} did not start")
        yield Running(url, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)
