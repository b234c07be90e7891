"""One seed, or two hundred: each plays a month in which Procore misbehaves, and says what it cost."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.faults import month
from tests.e2e.faults.world import World, build, opened
from tests.scenery import at_rest
from tests.support import House, Set

#: Every so many seeds one more day passes, in which nothing may be written again.
ANOTHER_DAY = 10


@dataclass
class Played:
    """What one seed came to."""

    seed: int | None
    calls: int = 0  # in all
    items: int = 0  # whose mark was told
    told_with: int = 0  # calls
    read_with: int = 0  # calls for everything there is, once
    known: int = 0  # items read
    faults: Counter[str] = field(default_factory=Counter)


class Theatre:
    """The sceneries, made once: nothing read yet, and everything in QuickBooks with Procore not told of any of it."""

    def __init__(self, house: House, folder: Path) -> None:
        self._house, self._folder = house, folder
        self._base = build(house, _made(folder / "base"))
        with opened(house, self._base, folder / "in_books", None) as world:
            self._titles = month.read(world)
            self._known = {key: text for key, (text, _) in month.known(world).items()}
            month.approve(world)
        self._in_books = at_rest(Set(folder / "in_books"))
        self._bare = self._plain()

    def play(self, seed: int | None, *, another_day: bool = False) -> Played:
        """Both halves of the month; AssertionError where anything is not as it must be."""
        done = Played(seed)
        with opened(self._house, self._base, self._folder / "stage", seed) as world:
            world.misbehave()
            month.read(world)
            found = month.known(world)
            assert found.keys() == self._bare.keys()
            titled = {key for key, (_, revisions) in found.items() if revisions > 1}
            assert {kind for kind, _ in titled} == {"commitment"}
            assert len(titled) == 3
            assert all(found[key][0] == self._bare[key] for key in found.keys() - titled)
            done.known, done.read_with = len(found), world.line.calls["GET"]
            _close(world, done)
        with opened(self._house, self._in_books, self._folder / "stage", seed, days=2) as world:
            world.misbehave()
            telling = month.Telling(world, self._titles)
            telling.live()
            telling.check()
            if another_day:
                telling.check_another_day()
            marks = dict(month.expected_marks(world, telling.foreign))
            done.items, done.told_with = len(marks), telling.told_with
            _close(world, done)
        return done

    def _plain(self) -> dict[tuple[str, str], str]:
        """What a reading in which nothing goes wrong knows of every item that nobody changes meanwhile."""
        with opened(self._house, self._base, self._folder / "stage", None) as world:
            world.work()
            return {key: text for key, (text, _) in month.known(world).items()}


def _close(world: World, done: Played) -> None:
    assert world.procore.limits.overrun == 0, "calls were made over a limit that had been told"
    done.calls += world.line.calls.total()
    for fault in world.procore.faults.planned:
        done.faults.update(line.split(": ")[1].split(" ")[0] for line in fault.played)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def play_all(seeds: list[int]) -> list[tuple[int, Played | str]]:
    """One process's share; of a seed that failed, where and why."""
    house = House()
    done: list[tuple[int, Played | str]] = []
    with tempfile.TemporaryDirectory() as folder:
        theatre = Theatre(house, Path(folder))
        for seed in seeds:
            try:
                done.append((seed, theatre.play(seed, another_day=seed % ANOTHER_DAY == 0)))
            except Exception:
                done.append((seed, traceback.format_exc(limit=-4)))
            said = "ok" if isinstance(done[-1][1], Played) else "FAILED"
            print(f"seed {seed}: {said}", file=sys.stderr, flush=True)  # noqa: T201
    house.close()
    return done
