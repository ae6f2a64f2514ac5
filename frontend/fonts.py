"""Make the font files of the workspace from the Inter package.

Usage: python frontend/fonts.py INTER_UI_FOLDER

INTER_UI_FOLDER is the unpacked npm package `inter-ui` (OFL 1.1). Two woff2 files are written for
pages (Latin, and Latin Extended-A for Czech and for names), and two static TrueType files for the
documents that typst sets, which reads no woff2. Needs fonttools and brotli.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

OUT = Path(__file__).resolve().parent.parent / "workspace" / "static" / "fonts"
LATIN = (
    "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2002-200A,U+2010-2015,"
    "U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032-2033,U+2039-203A,U+2044,U+2070,U+2074,"
    "U+2080-2084,U+20AC,U+2116,U+2122,U+2190-2193,U+2196-2199,U+2212,U+2215,U+2248,U+2260,"
    "U+2264-2265,U+2713,U+2717"
)
EXTENDED = "U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B,U+1E9E"
WEIGHTS = (400, 700)
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "calt", "tnum", "cv11", "ss03"]
PRINT = {"Regular": 400, "SemiBold": 600}


def subset(font: TTFont, unicodes: str, *, flavor: str | None) -> TTFont:
    """Keep only `unicodes` (CSS unicode-range syntax) and the features that the pages use."""
    options = Options()
    options.layout_features = FEATURES
    options.flavor = flavor
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    worker = Subsetter(options)
    worker.populate(unicodes=parse_unicodes(unicodes.replace("U+", "")))
    worker.subset(font)
    font.flavor = flavor
    return font


def main(package: Path) -> None:
    """Write all font files and the licence beside them."""
    source = package / "variable" / "InterVariable.woff2"
    (OUT / "print").mkdir(parents=True, exist_ok=True)
    for name, unicodes in (("inter-latin", LATIN), ("inter-extended", EXTENDED)):
        font = subset(TTFont(source), unicodes, flavor="woff2")
        instancer.instantiateVariableFont(font, {"opsz": 14, "wght": WEIGHTS}, inplace=True)
        font.save(OUT / f"{name}.woff2")
    for style, weight in PRINT.items():
        font = subset(TTFont(source), f"{LATIN},{EXTENDED}", flavor=None)
        instancer.instantiateVariableFont(font, {"opsz": 14, "wght": weight}, inplace=True)
        font["OS/2"].usWeightClass = weight
        for record in font["name"].names:
            if record.nameID in (1, 16):
                record.string = "Inter"
            elif record.nameID in (2, 17):
                record.string = style
            elif record.nameID == 4:
                record.string = f"Inter {style}"
            elif record.nameID == 6:
                record.string = f"Inter-{style}"
        font.save(OUT / "print" / f"Inter-{style}.ttf")
    for folder in (OUT, OUT / "print"):
        shutil.copyfile(package / "LICENSE.txt", folder / "OFL.txt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
