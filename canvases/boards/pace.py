"""How long a room rests between two turns, and how long it waits for somebody to say something."""

from __future__ import annotations


def rest(used: float) -> float:
    """Seconds of rest after a turn that used so many seconds of processor time.

    A turn for a crowd is dear by its frames alone, so a crowd is served at a calmer pace by itself.
    """
    return max(0.0015 if used < 0.0005 else 0.004, 3 * used)


def patience(
    *, is_behind: bool, is_busy: bool, is_empty: bool, until_due: float
) -> float | None:
    """Seconds to wait at most; None: until somebody says something.

    `until_due` are the seconds until an empty room has something to do by itself.
    """
    if is_behind:
        return 0.1
    if is_busy:
        return 0.05
    return max(0.01, until_due) if is_empty else None
