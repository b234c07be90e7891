"""Long work is done in pieces, and all of it is done."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.batches import in_batches


@given(st.lists(st.integers(), max_size=50), st.integers(1, 12))
def test_pieces_are_full_but_for_the_last_and_lose_nothing(things: list[int], size: int) -> None:
    pieces = list(in_batches(iter(things), size))
    assert [one for piece in pieces for one in piece] == things
    assert all(len(piece) == size for piece in pieces[:-1])
    assert all(1 <= len(piece) <= size for piece in pieces)


@pytest.mark.parametrize("empty", [[], (), iter(())])
def test_no_work_makes_no_piece(empty: object) -> None:
    assert list(in_batches(empty, 5)) == []  # type: ignore[arg-type]
