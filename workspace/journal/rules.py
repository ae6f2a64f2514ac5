"""What a signed statement says: the newest line of every chain, in one text with one spelling."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

PRODUCT: Final = "innocore-workspace"
FORMAT: Final = 1
START: Final = "0" * 64
NAME: Final = 16
"""Hex digits of the first line's hash that name a chain outside the house: no number, no name."""
HASH = re.compile(r"[0-9a-f]{64}")
SIGNATURE = re.compile(r"[0-9a-f]{128}")
BEGAN = re.compile(rf"[0-9a-f]{{{NAME}}}")


class Malformed(ValueError):
    """A text that is no statement; what it says is for the log, not for people."""


def canonical(value: Any) -> str:
    """The one spelling of plain JSON that is signed and hashed."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, order=True)
class Head:
    """The newest line of one chain when a statement was made."""

    began: str
    """The first digits of the hash of the chain's first line."""
    seq: int
    hash: str


@dataclass(frozen=True)
class Statement:
    """All heads of one instant. Each statement names the one before it by its digest."""

    number: int
    made_at: str
    key: str
    """The public key that it is signed with."""
    previous: str
    heads: tuple[Head, ...]

    def body(self) -> str:
        """The text that is signed."""
        return canonical({
            "product": PRODUCT, "kind": "record-heads", "format": FORMAT, "number": self.number,
            "made_at": self.made_at, "key": self.key, "previous": self.previous,
            "heads": [[it.began, it.seq, it.hash] for it in sorted(self.heads)],
        })

    @classmethod
    def read(cls, body: str) -> Statement:
        """The statement in a text. Raises Malformed when it is none in our spelling."""
        found = _object(body)
        if found.get("format") != FORMAT or found.get("kind") != "record-heads":
            raise Malformed("a statement of another format")
        try:
            made = cls(
                _whole(found["number"]), _instant(found["made_at"]), _hash(found["key"]),
                _hash(found["previous"]), tuple(_head(it) for it in found["heads"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed("a statement that lacks something") from error
        if made.body() != body:
            raise Malformed("a statement in another spelling")
        return made


@dataclass(frozen=True)
class Signed:
    """A statement as it is kept elsewhere: with its exact text and its signature."""

    statement: Statement
    body: str
    signature: str


def exported(body: str, signature: str) -> str:
    """The file that is kept elsewhere."""
    return json.dumps(
        {"statement": json.loads(body), "signature": signature}, sort_keys=True, indent=1,
    ) + "\n"


def imported(text: str) -> Signed:
    """What is in such a file. Raises Malformed."""
    found = _object(text)
    signature = found.get("signature")
    if not isinstance(signature, str) or not SIGNATURE.fullmatch(signature):
        raise Malformed("a file without a signature")
    body = canonical(found.get("statement"))
    return Signed(Statement.read(body), body, signature)


# --- keys -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """One signing key of the house, and how it is tied to the one before it."""

    number: int
    key: str
    previous: str
    """The public key before it; empty for the first."""
    proof: str
    """Signature of this key over `body`: whoever trusts it may trust those before it."""
    leave: str
    """Signature of the key before it over the same; empty when that one was lost."""

    def body(self) -> str:
        """The text that both keys sign."""
        return canonical({
            "product": PRODUCT, "kind": "record-key", "format": FORMAT, "number": self.number,
            "key": self.key, "previous": self.previous,
        })


def links_of(plain: object) -> tuple[Link, ...]:
    """Keys as they stand in a file. Raises Malformed."""
    if not isinstance(plain, list):
        raise Malformed("no list of keys")
    try:
        return tuple(
            Link(_whole(it["number"]), _hash(it["key"]), _text(it["previous"]),
                 _text(it["proof"]), _text(it["leave"]))
            for it in plain
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed("a key that lacks something") from error


def mark(key: str) -> str:
    """A public key in short, for people to compare."""
    return " ".join(key[at : at + 4] for at in range(0, NAME, 4))


# --- people who were erased -----------------------------------------------------------------


@dataclass(frozen=True)
class ErasedList:
    """Who was erased, as a list that stands beside a backup."""

    made_at: str
    key: str
    erased: tuple[str, ...]
    links: tuple[Link, ...]

    def body(self) -> str:
        """The text that is signed."""
        return canonical({
            "product": PRODUCT, "kind": "erased-people", "format": FORMAT,
            "made_at": self.made_at, "key": self.key, "erased": list(self.erased),
            "keys": [vars(it) for it in self.links],
        })


# --- comparing ------------------------------------------------------------------------------


@dataclass
class Points:
    """Lines that statements were signed over: by chain, then by number of the line."""

    _of: dict[str, dict[int, tuple[str, str]]]

    def __init__(self) -> None:
        self._of = {}

    def add(self, source: str, heads: Iterable[Head]) -> None:
        """Note what a statement says; of two that say the same line, the first is named."""
        for head in heads:
            self._of.setdefault(head.began, {}).setdefault(head.seq, (head.hash, source))

    def of(self, began: str) -> Sequence[tuple[int, str, str]]:
        """(line, hash, source) of one chain, in their order."""
        known = self._of.get(began, {})
        return [(seq, *known[seq]) for seq in sorted(known)]

    def chains(self) -> Sequence[str]:
        """Names of all chains that statements know."""
        return sorted(self._of)


# --- reading --------------------------------------------------------------------------------


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error
    if not isinstance(found, dict):
        raise Malformed("no JSON object")
    return found


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise Malformed("a number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise Malformed("a text")
    return value


def _hash(value: object) -> str:
    if not isinstance(value, str) or not HASH.fullmatch(value):
        raise Malformed("a hash")
    return value


def _instant(value: object) -> str:
    if datetime.fromisoformat(_text(value)).tzinfo is None:
        raise Malformed("an instant without a zone")
    return str(value)


def _head(value: object) -> Head:
    if not isinstance(value, list) or len(value) != 3 or not BEGAN.fullmatch(_text(value[0])):
        raise Malformed("a head")
    return Head(value[0], _whole(value[1]), _hash(value[2]))
