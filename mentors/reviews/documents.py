"""What can be searched of reviews: what the reviewer herself has written."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, select

from mentors.reviews.models import Review, ReviewScore
from mentors.reviews.rules import ReviewState
from workspace.foundation.access import Actor, visible
from workspace.foundation.db import session
from workspace.foundation.features import Deed, Documents, Hit
from workspace.foundation.text import _

MOST = 30
OPEN = (ReviewState.ASSIGNED, ReviewState.IN_PROGRESS)


def _own(actor: Actor) -> Select[Any]:
    return visible(actor, Review).where(Review.reviewer_id == actor.person_id)


def _own_scores(actor: Actor) -> Select[Any]:
    mine = _own(actor).with_only_columns(Review.id)
    return select(ReviewScore).where(ReviewScore.review_id.in_(mine))


def _text(row: Review) -> str:
    return "\n".join((*(str(it) for it in (row.feedback or {}).values()), row.remark or ""))


def _hit(review: Review, body: str) -> Hit:
    title = _("Your review of %(team)s", team=review.panel.team.name)
    return Hit(title, url_for("reviews.review", review=review.public_id), body=body)


def deeds(actor: Actor) -> list[Deed]:
    """Reviews that wait for the person."""
    if not actor.scopes("reviewer", "submission"):
        return []
    waiting = session().scalars(
        _own(actor).where(Review.state.in_(OPEN)).order_by(Review.id.desc()).limit(MOST)
    ).all()
    return [
        Deed(_("Write the review of %(team)s", team=it.panel.team.name),
             url_for("reviews.review", review=it.public_id), "clipboard-check")
        for it in waiting
    ]


DOCUMENTS = [
    Documents("review", "work", "scale", Review, lambda row: ("", _text(row)), _own,
              lambda _actor, row: _hit(row, _text(row))),
    Documents("remark", "work", "scale", ReviewScore, lambda row: ("", row.comment or ""),
              _own_scores, lambda _actor, row: _hit(row.review, row.comment)),
]
