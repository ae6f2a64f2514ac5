"""What can be searched of pitches, by those who may read what was handed in."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, and_, or_

from workspace.foundation.access import Actor, visible
from workspace.foundation.features import Documents, Hit
from workspace.foundation.text import _
from workspace.submissions.access import READ_STATES
from workspace.submissions.models import Submission
from workspace.teams import access as teams


def _read(actor: Actor) -> Select[Any]:
    """As `access.may_read`: knowing of a submission is not enough."""
    return visible(actor, Submission).where(
        or_(
            teams.of_own_teams(actor, Submission.team_id),
            and_(
                Submission.state.in_(READ_STATES),
                or_(
                    teams.of_readable_teams(actor, Submission.team_id),
                    Submission.id.in_(actor.scopes("submission-reader", "submission")),
                ),
            ),
        )
    )


def _show(_actor: Actor, row: Submission) -> Hit:
    detail = _("Pitch, version %(number)s", number=row.version)
    url = url_for("submissions.show", submission=row.public_id)
    return Hit(row.title or detail, url, detail if row.title else "", row.pitch_text)


DOCUMENTS = [
    Documents(
        "submission", "work", "presentation", Submission,
        lambda row: (row.title, row.pitch_text), _read, _show,
    ),
]
