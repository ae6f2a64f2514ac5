"""Order keys: strings over 0-9A-Za-z that sort by code unit, with room between any two.

The browser makes the same keys (`frontend/src/board/sync/order.ts`); both are held to
`tests/wire/order.json`. A key never ends in "0", so that there is always a key before it. The idea
is David Greenspan's "Implementing Fractional Indexing" (2020), without its integer part.
"""

from __future__ import annotations

import re
import secrets

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)
KEY = re.compile(r"[0-9A-Za-z]{0,199}[1-9A-Za-z]")


def between(low: str, high: str) -> str:
    """A key strictly between two keys; "" stands for the open end on either side.

    When the two are equal or the wrong way round, which two people can bring about, the answer is
    a key after `low`.
    """
    if high and low >= high:
        return between(low, "")
    key = ""
    bounded = bool(high)
    at = 0
    while True:
        start = DIGITS.index(low[at]) if at < len(low) else 0
        end = DIGITS.index(high[at]) if bounded and at < len(high) else BASE
        if end - start > 1:
            return key + DIGITS[_pick(start, end, not low, not high)]
        key += DIGITS[start]
        if end > start:
            bounded = False
        at += 1


def scattered(key: str) -> str:
    """Two random digits behind a fresh key: two people who add at the same place differ."""
    return key + secrets.choice(DIGITS) + secrets.choice(DIGITS[1:])


def _pick(start: int, end: int, low_open: bool, high_open: bool) -> int:
    # Near the known end, so that keys grow slowly when everybody adds at the bottom.
    if low_open == high_open:
        return (start + end) // 2
    return start + 1 if high_open else end - 1
