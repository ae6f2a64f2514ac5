"""Words as the index compares them: the same on both databases, and no text of a query language."""

from __future__ import annotations

import unicodedata

MOST_TERMS = 8
MOST_LETTERS = 60
"""Letters of a word that count."""
MOST_TEXT = 20_000
"""Letters of a thing that are indexed."""
PLAIN = str.maketrans({it: it.lower() if it.isalnum() else " " for it in map(chr, range(128))})
LEAST = 2
"""Letters that a question needs."""
ALONE = str.maketrans({
    "ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "þ": "th",
})
"""Letters that Unicode does not take apart."""


def fold(text: str) -> str:
    """`text` in lower case without marks: words of letters and digits, one space between.

    "Nano-částice È" becomes "nano castice e".
    """
    if text.isascii():  # most of it, and the index is fed with every keystroke
        return " ".join(word[:MOST_LETTERS] for word in text[:MOST_TEXT].translate(PLAIN).split())
    apart = unicodedata.normalize("NFKD", text[:MOST_TEXT].casefold()).casefold()
    plain = "".join(
        it if it.isalnum() else "" if unicodedata.category(it) == "Mn" else " " for it in apart
    )
    return " ".join(word[:MOST_LETTERS] for word in plain.translate(ALONE).split())


def terms_of(question: str) -> tuple[str, ...]:
    """The words that somebody asks for, each once; none when the question is too short."""
    found = tuple(dict.fromkeys(fold(question[:1000]).split()))[:MOST_TERMS]
    return found if sum(map(len, found)) >= LEAST else ()


def all_begin(terms: tuple[str, ...], text: str) -> bool:
    """Whether each term begins a word of `text`."""
    words = fold(text).split()
    return bool(terms) and all(any(it.startswith(term) for it in words) for term in terms)
