"""A few seeds in every run of the tests; ``make faults`` plays two hundred.

What fails here is played again by ``python -m tests.e2e.faults --first SEED --seeds 1``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.faults.__main__ import figures
from tests.e2e.faults.seeds import Played, Theatre
from tests.support import House

SEEDS = range(1, 3)


@pytest.fixture(scope="module")
def theatre(house: House, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    return Theatre(house, tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def played() -> Iterator[list[Played]]:
    """What the seeds came to, printed when all are through."""
    found: list[Played] = []
    yield found
    print(figures(found))  # noqa: T201


@pytest.mark.parametrize("seed", SEEDS)
def test_procore_ends_as_it_must_although_every_answer_may_be_lost(
    theatre: Theatre, played: list[Played], seed: int
) -> None:
    done = theatre.play(seed, another_day=seed == SEEDS[0])
    assert done.faults.total() > 20, "too little went wrong to show anything"
    played.append(done)


def test_where_nothing_goes_wrong_a_mark_costs_less_than_a_call(theatre: Theatre) -> None:
    """Half of them are vendors, codes and subcontracts, told together; the others are looked at together."""
    done = theatre.play(None)
    assert done.faults.total() == 0
    assert done.told_with < 0.8 * done.items


def test_the_same_seed_comes_to_the_same(theatre: Theatre, played: list[Played]) -> None:
    """So a failure can be played again."""
    again = theatre.play(played[-1].seed)
    assert (again.calls, again.faults) == (played[-1].calls, played[-1].faults)
