"""How a long-lived process keeps its memory: what start-up made is not looked through again and again."""

from __future__ import annotations

import gc

#: A message set makes some fifty thousand objects that reference counting frees by itself; Python's own figure of a
#: few hundred would look through all of them about a hundred times a set, and find nothing.
NEW_OBJECTS = 50_000


def settle() -> None:
    """Called once, when everything is loaded: from now on garbage is looked for among new objects, and seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
