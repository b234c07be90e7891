"""axe-core on a page, and what it leaves to be decided: the contrast of text over what it cannot see through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "vendor" / "axe-4.11.1.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: What a theme can change; everything else is the same in both.
COLOURS = ["color-contrast", "link-in-text-block"]

#: The contrast of each element named, against the nearest ground that is painted.
CONTRAST = """
(targets) => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length && (colour.length < 4 || colour[3] === 1)) return colour;
    }
    return [255, 255, 255];
  };
  return targets.map((target) => {
    const element = document.querySelector(target);
    if (!element) return null;
    const style = getComputedStyle(element), one = light(rgb(style.color)), two = light(ground(element));
    return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
  });
}
"""


def load(page: Page) -> None:
    """Put axe into the page; the page's own policy is left as it is."""
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe objects to, and text whose contrast it could not decide and that has less than 4.5 : 1."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found: dict[str, Any] = page.evaluate(
        "(only) => axe.run(document, {runOnly: only, resultTypes: ['violations', 'incomplete']})", only
    )
    said = [
        f"{one['id']}: {node['target'][0]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
    open_ = [one for one in found["incomplete"] if one["id"] == "color-contrast"]
    targets = [str(node["target"][0]) for one in open_ for node in one["nodes"]]
    ratios = page.evaluate(CONTRAST, targets)
    return said + [
        f"contrast {ratio:.2f}: {target}"
        for target, ratio in zip(targets, ratios, strict=True)
        if ratio and ratio < 4.5
    ]
