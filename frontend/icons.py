"""Make the icon sprite from the Lucide package.

Usage: python frontend/icons.py LUCIDE_STATIC_FOLDER

LUCIDE_STATIC_FOLDER is the unpacked npm package `lucide-static` (ISC). Every symbol keeps the name
that Lucide gives it, on a 24 px grid; the stroke width comes from the style sheet (`.icon`).
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "workspace" / "static" / "icons"
NAMES = """
    archive arrow-down arrow-left arrow-right arrow-up award bell book-open bookmark building-2
    calendar calendar-clock chart-column check chevron-down chevron-left chevron-right
    chevron-up chevrons-up-down circle circle-check circle-dashed circle-help circle-play
    circle-x clipboard-check clock cloud-check cloud-off copy download ellipsis external-link
    eye eye-off file-plus file-text filter flag flask-conical folder globe graduation-cap
    grid-2x2 hand-coins handshake heart-handshake history house inbox info key key-round
    keyboard layout-dashboard layout-grid library lightbulb link link-2 list lock log-out mail
    map-pin maximize megaphone menu message-square microscope minus monitor moon move network
    package-open palette paperclip pause pencil pin play plus presentation printer qr-code
    radar redo-2 refresh-cw route scale search send server settings share-2 shield-check star
    sun tag target thumbs-up trash-2 triangle-alert truck undo-2 upload user user-plus users
    video wallet x zoom-in zoom-out
"""
RENAMED = {"circle-help": "circle-question-mark", "filter": "list-filter"}
SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*?/>", re.S)


def symbol(folder: Path, name: str) -> str:
    """One `<symbol>` with the drawing of icon `name`."""
    path = folder / "icons" / f"{name}.svg"
    if not path.exists():
        path = folder / "icons" / f"{RENAMED[name]}.svg"
    shapes = SHAPE.findall(path.read_text(encoding="utf-8"))
    drawing = "".join(re.sub(r"\s+", " ", shape).replace(" />", "/>") for shape in shapes)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>'


def main(package: Path) -> None:
    """Write `sprite.svg` and the licence of the drawings beside it."""
    OUT.mkdir(parents=True, exist_ok=True)
    symbols = "\n".join(symbol(package, name) for name in NAMES.split())
    (OUT / "sprite.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf-8"
    )
    shutil.copyfile(package / "LICENSE", OUT / "LICENSE-lucide.txt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
