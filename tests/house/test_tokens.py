"""The colours of tokens.css keep the contrasts that WCAG 2.2 asks for, in both themes."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import ROOT

SHEET = ROOT / "frontend" / "src" / "styles" / "tokens.css"
TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\s*;")
STATUSES = ("untested", "testing", "supported", "refuted", "parked")
MESSAGES = ("warn", "bad", "good", "info")
PRESENCE = tuple(f"presence-{n}" for n in range(1, 5))

TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("bg", "surface", "sunken")),
    *(("link", ground) for ground in ("bg", "surface", "sunken")),
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("brand-ink", "brand-soft"),
    *((tone, f"{tone}-soft") for tone in MESSAGES),
    *((tone, ground) for tone in MESSAGES for ground in ("bg", "surface")),
    *(("ink", f"{status}-ground") for status in STATUSES),
    *(("ink-2", f"{status}-ground") for status in STATUSES),
    *((f"{status}-mark", f"{status}-ground") for status in STATUSES),
    *((hue, "surface") for hue in PRESENCE),
    *(("on-presence", hue) for hue in PRESENCE),
    ("bg", "ink"),
]
"""Text and its ground: 4.5 to 1 (success criterion 1.4.3)."""

EDGES = [
    *(("control", ground) for ground in ("bg", "surface")),
    *(("focus", ground) for ground in ("bg", "surface", "sunken", "brand-soft")),
    *(("brand", ground) for ground in ("bg", "surface")),
    *((f"{status}-mark", ground) for status in STATUSES for ground in ("bg", "surface")),
    *((hue, f"{status}-ground") for hue in PRESENCE for status in STATUSES),
]
"""What has to be seen and its ground: 3 to 1 (success criterion 1.4.11)."""


def themes() -> dict[str, dict[str, str]]:
    """Colours of the light theme, of the chosen dark one and of the system's dark one."""
    text = SHEET.read_text(encoding="utf-8")
    light, chosen, system = re.split(
        r':root\[data-theme="dark"\]|:root:not\(\[data-theme\]\)', text
    )
    found = {
        name: dict(TOKEN.findall(part))
        for name, part in (("light", light), ("dark", chosen), ("system", system))
    }
    return {"light": found["light"]} | {
        name: found["light"] | found[name] for name in ("dark", "system")
    }


THEMES = themes()


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 to 1; `colour` is `#rrggbb`."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it, 1 to 21."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_the_measure_agrees_with_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("needed", "pairs"), [(4.5, TEXT), (3.0, EDGES)], ids=["text", "edges"])
def test_colours_can_be_told_apart(theme: str, needed: float, pairs: list[tuple[str, str]]) -> None:
    colours = THEMES[theme]
    weak = [
        f"--{front} on --{ground} is {ratio:.2f}"
        for front, ground in pairs
        if (ratio := contrast(colours[front], colours[ground])) < needed
    ]
    assert not weak, f"below {needed} in the {theme} theme: {'; '.join(weak)}"


def test_the_systems_dark_theme_is_the_chosen_one() -> None:
    assert THEMES["dark"] == THEMES["system"]


MOVED_BY_POINTER = "board/editor.css"
"""What is dragged is put at coordinates of the window, whichever way the text runs."""


def test_sheets_use_logical_properties() -> None:
    """Left and right are places of the window; text has a start and an end."""
    physical = re.compile(
        r"^\s*(?:(?:margin|padding|border)-(?:left|right|top|bottom)[a-z-]*|left|right|top|bottom"
        r"|(?:min-|max-)?(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius"
        r"|text-align:\s*(?:left|right)|float)\s*:",
        re.M,
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {hit.group().strip()}"
        for path in sorted(SHEET.parent.rglob("*.css"))
        if path.relative_to(SHEET.parent).as_posix() != MOVED_BY_POINTER
        for hit in physical.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not wrong, "\n".join(wrong)


def test_breakpoints_are_for_screens() -> None:
    """A phone rule without `screen` also hits narrow paper."""
    wrong = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in sorted(SHEET.parent.rglob("*.css"))
        for hit in re.finditer(
            r"@media [^{]*(?:width|height)[^{]*", path.read_text(encoding="utf-8")
        )
        if "screen" not in hit.group()
    ]
    assert not wrong, "\n".join(wrong)
