"""Draws the pages of one PDF as images and reads the words on them.

Request: `{"path", "folder", "pages", "width"}`. Writes `1.jpg`, `2.jpg`, ... into the folder and
answers `{"pages": [{"width", "height", "text"}, ...]}`, or `{"pages": null}` when there are too
many. JPEG, not WebP: 6 ms a page where WebP takes 85, and the time is limited.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pypdfium2

LONGEST_TEXT = 20_000


def scale_for(width: float, height: float, most_width: int) -> float:
    """Pixels a point, so that any page, even one of 50 m, fits `most_width` x twice as high."""
    return min(
        most_width / max(width, 1),
        2 * most_width / max(height, 1),
        math.sqrt(2 * most_width * most_width / max(width * height, 1)),
        8,
    )


def words(page: pypdfium2.PdfPage) -> str:
    """The text of a page, without what a database refuses."""
    text = page.get_textpage().get_text_bounded()[:LONGEST_TEXT]
    text = text.replace("\r\n", "\n").replace("\x00", "").replace("\ufffe", "-")
    return str(text.encode("utf-8", "ignore").decode("utf-8")).strip()


def main() -> None:
    """Read the request, draw, answer."""
    ask = json.loads(sys.stdin.buffer.read())
    document = pypdfium2.PdfDocument(ask["path"])
    pages = []
    if not 0 < len(document) <= ask["pages"]:
        sys.stdout.write(json.dumps({"pages": None}))
        return
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        bitmap = page.render(scale=scale_for(width, height, ask["width"]), may_draw_forms=False)
        picture = bitmap.to_pil().convert("RGB")
        picture.save(Path(ask["folder"]) / f"{number + 1}.jpg", quality=85)
        pages.append({"width": picture.width, "height": picture.height, "text": words(page)})
        picture.close()
        bitmap.close()
        page.close()
    sys.stdout.write(json.dumps({"pages": pages}))


if __name__ == "__main__":
    main()
