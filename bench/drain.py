"""How fast a Web Connector session drains a queue, beside a floor: `python -m bench.drain --items 2000 10000`."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import connector, office, recording
from bench.process import Running, serving
from bench.quickbooks import QuickBooks

RESULTS = Path(__file__).parent / "results" / "latest.json"
MEGABYTE = 2**20
HEADINGS = ("items", "calls/item", "items/s", "floor items/s", "ratio", "CPU ms/item", "floor CPU", "peak MB")


@dataclass(frozen=True)
class Cost:
    """What one session cost the server."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Result:
    """One size: the whole service, and the floor fed with the same bytes."""

    items: int
    calls: int
    service: Cost
    floor: Cost

    @property
    def ratio(self) -> float:
        """The service's speed as a share of the floor's."""
        return self.floor.seconds / self.service.seconds

    def row(self) -> tuple[str, ...]:
        """The figures under HEADINGS."""
        return (
            f"{self.items:,}",
            f"{self.calls / self.items:.4f}",
            f"{self.items / self.service.seconds:,.0f}",
            f"{self.items / self.floor.seconds:,.0f}",
            f"{self.ratio:.2f}",
            f"{1000 * self.service.cpu_seconds / self.items:.3f}",
            f"{1000 * self.floor.cpu_seconds / self.items:.3f}",
            f"{self.service.peak_bytes / MEGABYTE:.0f}",
        )


def measure(items: int) -> Result:
    """Drain so many approved companies, then replay the same calls against the floor."""
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as name:
        data_dir = Path(name, "service")
        data_dir.mkdir()
        bench_office, quickbooks = office.prepare(data_dir, items), QuickBooks()
        hello = connector.handshake(bench_office, quickbooks)
        exchanges: list[recording.Exchange] = []
        with serving("service", data_dir) as server:
            service_cost = _cost(
                server, lambda: exchanges.extend(connector.run(server.url, bench_office, quickbooks, hello))
            )
        if (done := office.synced(data_dir)) != items:
            raise RuntimeError(f"{done} of {items} items were synced")
        floor_dir = Path(name, "floor")
        floor_dir.mkdir()
        recording.keep_answers(floor_dir, exchanges)
        with serving("floor", floor_dir) as server:
            floor_cost = _cost(server, lambda: connector.replay(server.url, exchanges))
        return Result(items, len(exchanges), service_cost, floor_cost)


def _cost(server: Running, session: Callable[[], None]) -> Cost:
    cpu, begun = server.cpu_seconds(), time.perf_counter()
    session()
    seconds = time.perf_counter() - begun
    return Cost(seconds, server.cpu_seconds() - cpu, server.peak_bytes())


def table(results: Sequence[Result]) -> str:
    """The figures as a Markdown table."""
    rows = [HEADINGS, tuple("---:" for _ in HEADINGS), *(result.row() for result in results)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    """Measure every size asked for, print a table and keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.drain", description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[2000, 10_000], help="sizes of the queue")
    results = [measure(size) for size in parser.parse_args().items]
    print(table(results))
    RESULTS.parent.mkdir(exist_ok=True)
    figures = [asdict(result) | {"ratio": result.ratio} for result in results]
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
