"""The pseudo-language: English with accents and brackets, to find sentences nobody can translate.

A page in the pseudo-language that shows a word without accents shows a word that does not go
through gettext; a sentence that runs out of its box will do so in German or Czech as well.
"""

from __future__ import annotations

import re

OPEN, CLOSE = "⟦", "⟧"
_LETTERS = str.maketrans(
    "aAcCdDeEgGhHiIjJkKlLnNoOrRsStTuUwWyYzZ",
    "áÁčČďĎéÉğĞĥĤíÍĵĴķĶĺĹñÑóÓřŘšŠťŤúÚŵŴýÝžŽ",
)
_KEPT = re.compile(
    r"%\([a-z_]+\)[-#0 +]*[0-9.]*[sdrfi]"  # named placeholders
    r"|%[sdrfi%]"
    r"|\{[a-z_]*\}"
    r"|</?[a-zA-Z][^<>]*>"  # tags
    r"|&[a-zA-Z#0-9]+;"
    r"|https?://\S+"
)


def pseudo(sentence: str) -> str:
    """The sentence in the pseudo-language: placeholders, tags and addresses stay as they are.

    It is about a third longer, as a translation may be, and stands between ``OPEN`` and ``CLOSE``.
    """
    if not sentence.strip():
        return sentence
    changed = []
    at = 0
    for kept in _KEPT.finditer(sentence):
        changed.append(sentence[at : kept.start()].translate(_LETTERS))
        changed.append(kept.group())
        at = kept.end()
    changed.append(sentence[at:].translate(_LETTERS))
    tail = "·" * (len(_KEPT.sub("", sentence)) // 3)
    return f"{OPEN}{''.join(changed)}{tail}{CLOSE}"


def plain(text: str) -> str:
    """What is left of a text when everything in the pseudo-language is taken away."""
    text = re.sub(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text)
    while OPEN in text and CLOSE in text:  # sentences inside sentences
        shorter = re.sub(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text)
        if shorter == text:
            break
        text = shorter
    return text
