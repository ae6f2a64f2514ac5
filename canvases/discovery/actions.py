"""Adding evidence, taking it away, bringing it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from canvases.boards.models import Canvas
from canvases.boards.queries import NoteLine
from canvases.discovery.facts import EvidenceAdded, EvidenceBroughtBack, EvidenceRemoved
from canvases.discovery.models import Evidence
from canvases.discovery.queries import STANCES
from workspace.files.actions import Received
from workspace.files.actions import keep as keep_file
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.text import lazy

SCHEMES = ("http", "https", "mailto")
MOST_URL = 1000


@dataclass(frozen=True)
class EvidenceDraft:
    """What somebody found: words, a link, or both; a file comes beside it."""

    stance: str
    text: str = ""
    url: str = ""
    strength: int = 2


def checked_url(url: str) -> str:
    """A link that may stand on a page: http, https or mailto. Raises Refused."""
    url = url.strip()
    if not url:
        return ""
    refusal = Refused(
        lazy("Write the whole address, beginning with https:// (or mailto: for a person)."),
        field="url",
    )
    if len(url) > MOST_URL or any(ord(char) < 33 for char in url):
        raise refusal
    try:
        parts = urlsplit(url)
    except ValueError:
        raise refusal from None
    if parts.scheme.lower() not in SCHEMES:
        raise refusal
    if parts.scheme.lower() == "mailto":
        if "@" not in parts.path:
            raise refusal
    elif not parts.hostname or parts.username is not None:
        raise refusal
    return url


def add(
    actor: Actor, canvas: Canvas, note: NoteLine, draft: EvidenceDraft, file: Received | None = None
) -> Evidence:
    """Add what speaks for or against a note. Sent twice in a row, it counts once.

    `file` was checked before the unit of work (`files.actions.received`). Raises Refused.
    """
    assert actor.person_id is not None
    url = checked_url(draft.url)
    text = draft.text.strip()
    if not (text or url or file):
        raise Refused(lazy("Say what you found, or add a link or a file."), field="finding")
    if draft.stance not in STANCES:
        raise Refused(lazy("Say whether it speaks for or against the note."), field="stance")
    if not 1 <= draft.strength <= 5:
        raise Refused(lazy("Choose how strong it is."), field="strength")
    last = session().scalar(
        select(Evidence)
        .where(Evidence.canvas_id == canvas.id, Evidence.note_id == note.id)
        .order_by(Evidence.id.desc())
        .limit(1)
    )
    if (
        last is not None
        and file is None
        and last.removed_at is None
        and (last.added_by_id, last.stance, last.text, last.url)
        == (actor.person_id, draft.stance, text, url)
    ):
        return last
    made = Evidence(
        canvas_id=canvas.id,
        note_id=note.id,
        stance=draft.stance,
        text=text,
        url=url,
        strength=draft.strength,
        added_by_id=actor.person_id,
    )
    session().add(made)
    session().flush()
    if file is not None:
        made.file_id = keep_file(actor, file, ("evidence", made.id), canvas.team_id).id
        session().flush()
    announce(
        EvidenceAdded(
            actor.person_id, canvas.team_id, canvas.id, made.id, made.stance, made.strength
        )
    )
    return made


def remove(actor: Actor, evidence: Evidence, now: datetime) -> None:
    """Take it away; a second time changes nothing."""
    if evidence.removed_at is None:
        evidence.removed_at = now
        announce(
            EvidenceRemoved(
                actor.person_id, evidence.canvas.team_id, evidence.canvas_id, evidence.id
            )
        )


def bring_back(actor: Actor, evidence: Evidence) -> None:
    """Let it count again."""
    if evidence.removed_at is not None:
        evidence.removed_at = None
        announce(
            EvidenceBroughtBack(
                actor.person_id, evidence.canvas.team_id, evidence.canvas_id, evidence.id
            )
        )
