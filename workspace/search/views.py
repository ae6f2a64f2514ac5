"""The search: a page that works without a script, and the same answer for the palette."""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request

from workspace.foundation import limits
from workspace.foundation.access import Actor
from workspace.foundation.errors import TooMany
from workspace.foundation.web import Doors, page
from workspace.search import queries
from workspace.search.words import LEAST, terms_of

doors = Doors("search")
RATE = "30 per minute"
LONGEST = 200
"""Letters of a question that are shown again."""


def _count(actor: Actor) -> None:
    limits.count("search", RATE, actor.person_id)


@doors.page("/search", own=True)
def index(actor: Actor) -> Any:
    """Everything that answers, in groups; or one kind, page by page."""
    asked = request.args.get("q", "").replace("\0", "").strip()
    kind = request.args.get("kind", "")
    kind = kind if kind in queries.FAMILIES else ""
    number = request.args.get("page", "1")
    at = min(max(int(number), 1), queries.MOST_PAGES) if number.isascii() and number.isdigit() \
        and len(number) < 6 else 1
    terms = terms_of(asked)
    if asked:
        _count(actor)
    groups = queries.answer(actor, terms, kind, at)
    return page(
        "search/index.html", asked=asked[:LONGEST], kind=kind, at=at, groups=groups,
        total=sum(it.total for it in groups), too_short=bool(asked) and not terms, least=LEAST,
        families=queries.FAMILIES, size=queries.PAGE, most=queries.MOST_PAGES,
    )


@doors.page("/search/palette", own=True)
def palette(actor: Actor) -> Any:
    """The first few of every group, as options of a list."""
    asked = request.args.get("q", "").replace("\0", "").strip()
    terms = terms_of(asked)
    reason, status, wait, groups = "", 200, 0, []
    try:
        if asked:
            _count(actor)
        groups = queries.answer(actor, terms)
    except TooMany as refusal:
        reason, status, wait = refusal.reason, 429, refusal.retry_after
    body = render_template(
        "search/_palette.html", groups=groups, asked=asked[:LONGEST], reason=reason,
        too_short=not terms, shown=sum(len(it.results) for it in groups),
    )
    response = make_response(body, status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
