"""Denied access and limits that were hit: the guard tells, and the record gets a sample."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import exc

from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.errors import Denied, HouseError, Missing, TooMany
from workspace.foundation.facts import Fact, announce
from workspace.foundation.unit import write
from workspace.journal.facts import AccessDenied, RateLimitHit

log = logging.getLogger(__name__)
EACH = "20 per minute"
"""So many of one person, or of one address, are all written down."""
BEYOND = "1 per minute"
"""And after that so many."""
ALL = "200 per minute"
"""Of everybody together: whoever comes from many addresses does not fill the record."""
PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def note(actor: Actor, code: str, door: str, asked: Mapping[str, Any]) -> None:
    """Write down that the guard refused something. Never makes an answer worse by failing.

    `asked` are the parameters of the address: of them only random ids are kept, since anything
    else may have been typed.
    """
    try:
        fact = _fact(actor, code, door, asked)
        if fact is not None:
            with write():
                announce(fact)
    except (HouseError, exc.SQLAlchemyError) as failure:
        log.warning("a refusal could not be written down: %s", type(failure).__name__)


def _fact(actor: Actor, code: str, door: str, asked: Mapping[str, Any]) -> Fact | None:
    who = actor.person_id or limits.address()
    if code == TooMany.code:
        told = limits.fits("told-limit", BEYOND, who, door) and limits.fits("told-limits", ALL)
        return RateLimitHit(actor.person_id, door) if told else None
    if code not in {Denied.code, Missing.code}:
        return None
    is_one_of_few = limits.fits("told-denied", EACH, who)
    if not is_one_of_few and not limits.fits("told-denied-more", BEYOND, who):
        return None
    if not limits.fits("told-denials", ALL):
        return None
    things = tuple(
        it for it in map(str, asked.values()) if PUBLIC_ID.fullmatch(it)
    )
    return AccessDenied(actor.person_id, door, code, things, not is_one_of_few)
