"""The list of challenges and the page of one."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from workspace.challenges import access, queries
from workspace.challenges.actions import is_entrant
from workspace.challenges.brief import IP_MODELS, TIMELINE_LABELS, IpModel, option_ends
from workspace.challenges.forms import QuestionForm
from workspace.challenges.models import Challenge
from workspace.challenges.rules import CHALLENGE, takes_entries, takes_questions
from workspace.challenges.views.door import (
    TONES,
    crumbs,
    days_until,
    doors,
    title_of,
    zone_note,
)
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.features import house
from workspace.foundation.web import page
from workspace.grants.queries import valid_agreement


def _filters() -> queries.Filters:
    args = request.args
    number = args.get("page", "1")
    return queries.Filters(
        state=args.get("state", "")[:20], sector=args.get("sector", "")[:60],
        sponsor=args.get("sponsor", "")[:22], edition=args.get("edition", "")[:22],
        text=args.get("q", "").strip()[:200],
        page=min(max(int(number), 1), 1000) if number.isdecimal() and len(number) < 5 else 1,
    )


def _values(keep: dict[str, str], as_table: bool) -> dict[str, Any]:
    return dict(keep) | ({"view": "table"} if as_table else {})


@doors.page("", verb="list", kind=Challenge)
def index(actor: Actor) -> Any:
    """All challenges that the person may know of, filtered by what the address says."""
    at = now()
    filters = _filters()
    rows, total = queries.found(actor, filters, at)
    seen = [it for it in rows if access.may_oversee(actor, it)]
    editions = queries.known_editions(actor)
    keep = {
        "state": filters.state, "sector": filters.sector, "sponsor": filters.sponsor,
        "edition": filters.edition, "q": filters.text,
    }
    keep = {name: value for name, value in keep.items() if value}
    as_table = request.args.get("view") == "table"
    shown = (filters.page - 1) * queries.PAGE + len(rows)
    more = None
    if shown < total:
        more = url_for(".index", page=filters.page + 1, **_values(keep, as_table))
    return page(
        "challenges/index.html", challenges=rows, total=total, filters=filters, keep=keep,
        as_table=as_table, shown=shown, more=more, states=queries.known_states(actor, at),
        labels=CHALLENGE.labels, tones=TONES, sectors=queries.known_sectors(actor),
        sponsors=queries.known_sponsors(actor), editions=editions,
        entries=queries.entry_counts(seen), questions=queries.open_question_counts(seen),
        at=at, days_until=days_until, title_of=title_of, crumbs=crumbs(),
        may_open=can(actor, "create", Challenge),
    )


@doors.page("/<challenge>", verb="view", things={"challenge": Challenge})
def show(actor: Actor, challenge: Challenge) -> Any:
    """The public part, the way to the annex, questions and answers."""
    return detail(actor, challenge, None)


def detail(actor: Actor, challenge: Challenge, form: QuestionForm | None) -> Any:
    """The page of a challenge; `form` is a question that was refused."""
    at = now()
    state = challenge.state_at(at)
    oversees = bool(access.may_oversee(actor, challenge))
    asks = bool(can(actor, "ask", challenge)) and takes_questions(state)
    assert actor.person_id is not None
    return page(
        "challenges/show.html", form=form, challenge=challenge, state=state, tones=TONES,
        title=title_of(challenge), labels=CHALLENGE.labels, dates=_dates(challenge),
        terms=challenge.brief.terms, model=_model(challenge), option_end=option_ends(
            challenge.timeline, challenge.brief.terms),
        needs_agreement=challenge.brief.needs_agreement,
        reads_brief=bool(access.may_read_brief(actor, challenge)),
        reads_annex=bool(access.may_read_annex(actor, challenge)),
        agreement=valid_agreement(actor.person_id, "challenge", challenge.id, at),
        questions=queries.questions(challenge), asks=asks, oversees=oversees,
        question_form=(form or QuestionForm()) if asks else None,
        takes_questions=takes_questions(state), takes_entries=takes_entries(
            challenge.state, challenge.timeline, at),
        entries=queries.entry_counts([challenge])[challenge.id] if oversees else None,
        history=queries.history(challenge) if oversees else [],
        signers=queries.agreements(challenge, at) if queries.shows_signers(actor, challenge)
        else None,
        cards=_cards(actor, challenge), entered=is_entrant(actor, challenge),
        last=queries.last_step(challenge), machine=CHALLENGE,
        crumbs=crumbs(challenge), at=at, days_until=days_until, zone_note=zone_note,
    )


def _dates(challenge: Challenge) -> list[tuple[str, Any]]:
    return [
        (str(label), getattr(challenge, name))
        for name, label in TIMELINE_LABELS.items() if getattr(challenge, name) is not None
    ]


def _model(challenge: Challenge) -> Any:
    found = challenge.brief.terms.model
    return IP_MODELS[IpModel(found)] if found in set(IpModel) else None


def _cards(actor: Actor, challenge: Challenge) -> dict[str, list[object]]:
    """Pieces that features add to this page: place `challenge`."""
    drawn: dict[str, list[object]] = {"main": [], "rail": []}
    cards = [card for it in house().features for card in it.cards if card.place == "challenge"]
    for card in sorted(cards, key=lambda it: it.order):
        piece = card.draw(actor, challenge)
        if piece is not None:
            drawn[card.column].append(piece)
    return drawn
