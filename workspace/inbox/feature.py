"""The face of the inbox."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false

from workspace.foundation.access import Actor
from workspace.foundation.features import Feature
from workspace.inbox import own_data, queries
from workspace.inbox.api import API
from workspace.inbox.models import Notice
from workspace.inbox.views import doors


def _mine(actor: Actor) -> ColumnElement[bool]:
    return Notice.person_id == actor.person_id if actor.person_id is not None else false()


FEATURE = Feature(
    name="inbox",
    api=[API], doors=[doors], visible={Notice: _mine}, offers={
        "records": own_data.records, "forget": own_data.forget,
        "unread": queries.unread, "template_globals": {"notice_sentence": queries.sentence},
    },
)
