"""``python -m tests.e2e.faults --seeds 200``: the month under so many seeds, in several processes, and the figures."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter

from tests.e2e.faults.seeds import Played, play_all


def main() -> int:
    """Play, print a line for every seed that failed, and the figures of all. Returns how many failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1, help="the first seed, to play one again")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    began = time.monotonic()
    seeds = list(range(given.first, given.first + given.seeds))
    parts = [seeds[number :: given.processes] for number in range(given.processes)]
    with multiprocessing.get_context("spawn").Pool(given.processes) as pool:
        outcomes = [one for part in pool.imap_unordered(play_all, parts) for one in part]
    failed = [(seed, said) for seed, said in outcomes if isinstance(said, str)]
    played = [said for _, said in outcomes if isinstance(said, Played)]
    for seed, said in failed:
        print(f"seed {seed} failed:\n{said}")  # noqa: T201
    if played:
        print(figures(played))  # noqa: T201
    took = time.monotonic() - began
    print(f"{len(played)} of {len(outcomes)} seeds as they must be, in {took:.0f} s")  # noqa: T201
    return len(failed)


def figures(played: list[Played]) -> str:
    """The cost, and what went wrong on the way."""
    faults: Counter[str] = sum((one.faults for one in played), Counter())
    read = 1000 * sum(one.read_with for one in played) / sum(one.known for one in played)
    told = 1000 * sum(one.told_with for one in played) / sum(one.items for one in played)
    lines = [
        f"calls in all: {sum(one.calls for one in played)}; faults played: {faults.total()}",
        *(f"  {name}: {count}" for name, count in sorted(faults.items())),
        f"calls per 1,000 items: {read:.0f} to read them twice, {told:.0f} to tell of them",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
