"""The face of the inbox."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false

from workspace.foundation.access import Actor
from workspace.foundation.features import Feature, SettingsPage
from workspace.foundation.text import lazy
from workspace.inbox import actions, digests, letters, mentions, own_data, queries
from workspace.inbox.api import API
from workspace.inbox.models import Notice
from workspace.inbox.rules import DIGEST, MENTIONED, Topic
from workspace.inbox.views import doors


def _mine(actor: Actor) -> ColumnElement[bool]:
    return Notice.person_id == actor.person_id if actor.person_id is not None else false()


SENTENCES = {MENTIONED: lazy("Somebody mentions you.")}


FEATURE = Feature(
    name="inbox",
    api=[API],
    doors=[doors, letters.doors],
    visible={Notice: _mine},
    every={"inbox.digests": (digests.EVERY, digests.keep_writing)},
    offers={
        "records": own_data.records,
        "forget": own_data.forget,
        "unread": queries.bell,
        "sentences": SENTENCES,
        "topics": [Topic("mentions", lazy("Mentions of you"), frozenset(SENTENCES), 10)],
        "letters": {
            actions.NOTICE_LETTER: digests.prepare_notice, DIGEST: digests.prepare_digest,
        },
        "settings_pages": [
            SettingsPage("notifications.choices", lazy("Notifications"), "bell", 25),
        ],
        "template_globals": {
            "notice_sentence": queries.sentence, "with_mentions": mentions.drawn,
            "without_mentions": mentions.plain,
        },
    },
)
