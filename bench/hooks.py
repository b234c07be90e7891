"""How long the door of webhooks takes, beside /healthz in the same run: `python -m bench.hooks [TIMES]`."""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from app import settings as configuration
from app.core import ids
from app.db.models import ProcoreHook
from app.factory import build
from app.services.procore_stores import cipher
from bench.office import _connection
from bench.process import serving

TIMES, WARM_UP = 2000, 100
SECRET = "Bearer of-the-benchmark"


def main(times: int) -> None:
    """Ask both in turn, so that what else the machine does meets both alike; print middle, p99 and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder, key = Path(name), ids.short()
        services = build(configuration.load(data_dir=folder))
        connection_id = _connection(services)
        secret = cipher(services.settings.secret_key).encrypt(SECRET.encode()).decode()
        with services.database.writing() as session:
            session.add(ProcoreHook(connection_id=connection_id, key=key, secret=secret))
        services.database.dispose()
        with serving("service", folder) as service:
            line = http.client.HTTPConnection(urlsplit(service.url).netloc)
            well, told = [], []
            for number in range(WARM_UP + times):
                well.append(asked(line, "GET", "/healthz"))
                told.append(asked(line, "POST", f"/hooks/procore/{key}", event(number)))
            line.close()
    shown = {"/healthz": well[WARM_UP:], "/hooks/procore": told[WARM_UP:]}
    print(f"{'':<16}{'middle':>10}{'p99':>10}{'most':>10}")
    for label, taken in shown.items():
        print(f"{label:<16}" + "".join(f"{value * 1000:>7.2f} ms" for value in (middle(taken), p99(taken), max(taken))))
    for label, of in (("middle", middle), ("p99", p99)):
        print(f"ratio of the {label}: {of(told[WARM_UP:]) / of(well[WARM_UP:]):.1f}")


def event(number: int) -> bytes:
    """An event as Procore sends it, never the same twice."""
    return json.dumps(
        {
            "id": number, "ulid": f"{number:024d}", "timestamp": "2026-03-31T17:59:12.246562Z",
            "metadata": {"source_user_id": 1, "source_company_id": None, "source_application_id": None},
            "user_id": 1, "api_version": "v2.0", "event_type": "update", "resource_name": "Company Vendors",
            "resource_id": number,
        }
    ).encode()  # fmt: skip


def asked(line: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> float:
    """The seconds from the question to the whole answer, over one connection that stays open."""
    headers = {"Authorization": SECRET, "Content-Type": "application/json"} if body else {}
    began = time.perf_counter()
    line.request(method, path, body, headers)
    answer = line.getresponse()
    answer.read()
    took = time.perf_counter() - began
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path} answered {answer.status}")
    return took


def middle(taken: list[float]) -> float:
    """The median."""
    return statistics.median(taken)


def p99(taken: list[float]) -> float:
    """What 99 of 100 stay below."""
    return statistics.quantiles(taken, n=100)[98]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES)
