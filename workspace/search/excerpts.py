"""What is shown of a hit: the words that were asked for are marked, the rest is escaped."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from workspace.search.words import fold

WORD = re.compile(r"\w+")
AROUND = 160
BEFORE = 50


def _length(word: str, terms: tuple[str, ...]) -> int:
    """Letters at the beginning of `word` that answer a term; 0 for none."""
    plain = fold(word)
    hit = max((len(it) for it in terms if plain.startswith(it)), default=0)
    return hit if len(plain) == len(word) else len(word) if hit else 0


def marked(text: str, terms: tuple[str, ...]) -> Markup:
    """`text` with every beginning of a word that was asked for inside `mark`."""
    made, at = Markup(), 0
    for found in WORD.finditer(text):
        length = _length(found[0], terms)
        if length:
            start = found.start()
            made += escape(text[at:start])
            made += Markup("<mark>{}</mark>").format(text[start : start + length])
            at = start + length
    return made + escape(text[at:])


def excerpt(text: str, terms: tuple[str, ...]) -> Markup:
    """A piece of `text` round the first word that was asked for; empty when there is none."""
    flat = " ".join(text.split())
    hits = (it.start() for it in WORD.finditer(flat) if _length(it[0], terms))
    first = next(hits, None)
    if first is None:
        return Markup()
    begin = flat.rfind(" ", 0, first - BEFORE) + 1 if first > BEFORE else 0
    end = flat.rfind(" ", begin, begin + AROUND) if len(flat) - begin > AROUND else len(flat)
    end = end if end > first else begin + AROUND
    piece = marked(flat[begin:end], terms)
    return Markup("{}{}{}").format(
        "… " if begin else "", piece, " …" if end < len(flat) else ""
    )
