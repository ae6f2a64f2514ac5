"""Words and decisions of accounts: passwords, addresses, lists of words. Knows no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from workspace.foundation.errors import Refused
from workspace.foundation.text import lazy

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
CONFIRM_FOR = timedelta(hours=24)
RESET_FOR = timedelta(hours=1)
MAGIC_FOR = timedelta(minutes=15)
EMAIL_CHANGE_FOR = timedelta(hours=24)
EXPORT_FOR = timedelta(hours=24)
STRONG_ROLES = frozenset({"administrator", "transfer-officer", "signer", "break-glass"})
"""Roles whose rights hold only in a session that has shown a second factor."""
MOST_WORDS, LONGEST_WORD = 30, 60
THEMES = ("", "light", "dark")
ADDRESS = re.compile(r"[^@\s\"<>(),;:\\\[\]]{1,64}@[^@\s\"<>(),;:\\\[\]]{1,190}\.[^@\s.]{2,63}")


def as_address(text: str) -> str:
    """The one spelling of an e-mail address: composed, lower case, no blanks round it."""
    return unicodedata.normalize("NFC", text).strip().lower()


def is_address(text: str) -> bool:
    """Whether it looks like an e-mail address of at most 254 characters."""
    return (
        len(text) <= 254
        and ADDRESS.fullmatch(text) is not None
        and ".." not in text
        and not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in text)
    )


def domain_of(address: str) -> str:
    """What follows the last @, without a final dot."""
    return address.rpartition("@")[2].rstrip(".").lower()


def is_within(address: str, domains: Iterable[str]) -> bool:
    """Whether the address lies at one of the domains. A sub-domain must be listed itself."""
    return domain_of(address) in {it.strip().lstrip("@").rstrip(".").lower() for it in domains}


def check_password(password: str, *, about: Iterable[str] = ()) -> None:
    """Raise Refused when nobody should use it as a password.

    12 to 128 characters of any kind, not a common one, not one character over and over, not the
    person's own name or address (`about`). No rule on which characters to mix.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(
            lazy(
                "Use at least %(count)d characters. A few words in a row are easy to remember.",
                count=SHORTEST_PASSWORD,
            ),
            field="password",
        )
    if len(password) > LONGEST_PASSWORD:
        raise Refused(
            lazy("Use at most %(count)d characters.", count=LONGEST_PASSWORD), field="password"
        )
    plain = _plain(password)
    if is_common(password) or len(set(password.casefold())) < 4 or _is_row(plain):
        raise Refused(
            lazy("This password is among the first that others would try. Choose another one."),
            field="password",
        )
    own = {_plain(word) for text in about for word in (text, text.partition("@")[0])}
    if plain in {word for word in own if word}:
        raise Refused(
            lazy("This password is your own name or address. Choose another one."),
            field="password",
        )


def is_common(password: str) -> bool:
    """Whether it is a common password, perhaps written twice or with digits round it."""
    words, plain = common_words(), _plain(password)
    if plain in words:
        return True
    core = plain.strip("0123456789")
    if core in words or (len(core) > 3 and _unlike_digits(core) in words):
        return True
    half, rest = plain[: len(plain) // 2], plain[len(plain) // 2 :]
    return half == rest and (half in words or half.strip("0123456789") in words)


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """The list that is refused: one word a line beside this file, letters and digits only."""
    path = Path(__file__).with_name("common_passwords.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in map(str.strip, lines) if line and not line.startswith("#"))


def _plain(text: str) -> str:
    """Lower case, no accents, letters and digits alone."""
    bare = unicodedata.normalize("NFKD", text).lower()
    return "".join(char for char in bare if char.isalnum())


def _unlike_digits(text: str) -> str:
    return text.translate(str.maketrans("013457", "oieast"))


def _is_row(plain: str) -> bool:
    """Whether all neighbours follow each other, as in 123456789012 or abcdefghijkl."""
    steps = {
        (ord(b) - ord(a)) % 10 if a.isdigit() and b.isdigit() else ord(b) - ord(a)
        for a, b in pairwise(plain)
    }
    return len(plain) > 3 and len(steps) == 1


def as_words(text: str) -> list[str]:
    """A comma list as words: each once, in the order typed. Raises Refused when too many."""
    found: dict[str, str] = {}
    for part in re.split(r"[,;\n]", text):
        word = " ".join(part.split())
        if word:
            found.setdefault(word.casefold(), word)
    if len(found) > MOST_WORDS:
        raise Refused(lazy("Name at most %(count)d, separated by commas.", count=MOST_WORDS))
    if any(len(word) > LONGEST_WORD for word in found.values()):
        raise Refused(
            lazy(
                "Each may have at most %(count)d characters. Separate them by commas.",
                count=LONGEST_WORD,
            )
        )
    return list(found.values())


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device(agent: str) -> tuple[str, str]:
    """Browser and system in what a browser says of itself; empty words when unknown."""
    browser = next((word for mark, word in BROWSERS if f"{mark}/" in agent), "")
    return browser, next((word for mark, word in SYSTEMS if mark in agent), "")


STEERING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows."""


def one_line(text: str) -> str:
    """A name without line breaks, double blanks, controls and what turns the direction of text."""
    return "".join(
        it for it in " ".join(text.split())
        if it not in STEERING and unicodedata.category(it) not in {"Cc", "Zl", "Zp"}
    ).strip()
