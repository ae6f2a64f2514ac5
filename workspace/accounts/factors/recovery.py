"""Recovery codes: ten of them, shown once, stored hashed, each good once."""

from __future__ import annotations

import secrets

HOW_MANY, LENGTH = 10, 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0, o, 1, i, l: people copy them from paper."""


def new_codes() -> list[str]:
    """Ten codes like `k7m2q-x9pda`; each holds 49 bits."""
    return [
        written("".join(secrets.choice(LETTERS) for _ in range(LENGTH))) for _ in range(HOW_MANY)
    ]


def plain(typed: str) -> str:
    """What was typed without blanks and dashes, in lower case; empty when it is no such code."""
    text = "".join(char for char in typed.lower() if char not in " -\u2010\u2011\u2013\t\n")
    return text if len(text) == LENGTH and set(text) <= set(LETTERS) else ""


def written(code: str) -> str:
    """In two halves."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"
