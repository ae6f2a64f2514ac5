"""API door: a reviewer's comments on slides. Asks for a token that is for reviewing to write."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Range

from mentors.reviews import actions
from mentors.reviews.models import Pin, Review
from mentors.reviews.rules import PLACES, REMARKS
from workspace.foundation import limits
from workspace.foundation.access import Actor, visible
from workspace.foundation.api import Api, Text
from workspace.foundation.clock import now

API = Api("pins", "Reviews")
REVIEW, ONE = {"review": Review}, {"review": Review, "pin": Pin}


class PinOut(Schema):
    """A comment on one slide (`page`, from 1); `x` and `y` in 1/1000 of its width and height."""

    id = fields.String(attribute="public_id", required=True)
    page = fields.Integer(required=True)
    x = fields.Integer(required=True)
    y = fields.Integer(required=True)
    text = fields.String(required=True)


class PinIn(Schema):
    """A new comment on a slide; without a place it stands in the middle."""

    page = fields.Integer(strict=True, required=True, validate=Range(1, 10_000))
    x = fields.Integer(strict=True, load_default=PLACES // 2, validate=Range(0, PLACES))
    y = fields.Integer(strict=True, load_default=PLACES // 2, validate=Range(0, PLACES))
    text = Text(least=1, maximum=5000, required=True)


@API.door("/reviews/<review>/pins", verb="write", things=REVIEW, gives=PinOut, many=True)
def index(actor: Actor, review: Review) -> Any:
    """Your comments on the slides."""
    return visible(actor, Pin).where(Pin.review_id == review.id)


@API.door("/reviews/<review>/pins", verb="write", things=REVIEW, method="POST", takes=PinIn,
          gives=PinOut, creates=True, needs="review",
          example={"page": 3, "x": 420, "y": 130, "text": "Which wards have you asked?"})
def add(actor: Actor, draft: dict[str, Any], review: Review) -> Pin:
    """Put a comment on a slide."""
    limits.count("comment", REMARKS, actor.person_id)
    return actions.add_pin(actor, review, draft["page"], draft["x"], draft["y"], draft["text"],
                           now())


@API.door("/reviews/<review>/pins/<pin>", verb="remove", things=ONE, gives=PinOut)
def show(_actor: Actor, review: Review, pin: Pin) -> Pin:
    """One of your comments."""
    return pin


@API.door("/reviews/<review>/pins/<pin>", verb="remove", things=ONE, method="DELETE", gives=None,
          of=show, needs="review")
def remove(actor: Actor, review: Review, pin: Pin) -> None:
    """Take a comment off its slide."""
    actions.remove_pin(actor, pin, now())
