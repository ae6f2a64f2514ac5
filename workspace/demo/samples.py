"""Sample teams: made through the product's own actions, taken away with everything below them.

The people of the samples are accounts that nobody can sign in to. They are made once, lent to
every edition that wants samples, and stay when the teams go: the record names people for ever.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, tuple_
from sqlalchemy.engine import Row

from canvases.boards import actions as boards
from canvases.boards import live, versions
from canvases.boards import queries as board_queries
from canvases.boards.document import Document
from canvases.boards.models import Canvas
from canvases.discovery import actions as discovery
from workspace.accounts.facts import PersonRegistered
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.demo import deck, people
from workspace.demo.story import NoteStory, TeamStory, built_in
from workspace.files import actions as files
from workspace.files.models import File, FilePage
from workspace.foundation import unit
from workspace.foundation.access import Actor
from workspace.foundation.db import Base, session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.history import StateChange
from workspace.foundation.storage import storage
from workspace.foundation.text import lazy
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.grants.models import ConfidentialityAgreement, Grant, Invitation
from workspace.inbox.models import Notice
from workspace.programmes.facts import EditionChanged
from workspace.programmes.models import Edition
from workspace.search import feeding
from workspace.submissions import actions as submissions
from workspace.submissions import queries as submission_queries
from workspace.submissions.rules import Purpose
from workspace.teams import actions as teams
from workspace.teams import agreements
from workspace.teams.models import Team

HOUSE = Actor()
COUNT = 5
DOMAIN = "samples.invalid"
CHARTER = "We are a sample. Everybody is heard before the lead decides."
Key = tuple[object, ...]


def add(actor: Actor, edition: Edition, now: datetime) -> None:
    """Put five teams with canvases, evidence and one pitch into the edition; again changes nothing.

    Opens its own units of work: canvases are filled through their live rooms.
    """
    with write():
        edition = _locked(edition)
        if edition.state == "closed":
            raise Refused(lazy("This edition is closed. It stays as it is."), code="state",
                          status=409)
        if _teams(edition):
            return
        stories = built_in().teams[:COUNT]
        crew = iter(_people(sum(len(it.members) for it in stories), now))
        made = [_team(edition, it, [next(crew) for _member in it.members], now)
                for it in stories]
        _announce(actor, edition)
    for story, team, members in made:
        _canvas(story, team, members, now)
    _pitch(*made[0], now)


def remove(actor: Actor, edition: Edition, now: datetime) -> None:
    """Take away every sample team of the edition with all that belongs to it."""
    with write():
        edition = _locked(edition)
        sample = _teams(edition)
        if not sample:
            return
        boards_of = session().scalars(
            select(Canvas.id).where(Canvas.team_id.in_([it.id for it in sample]))
        ).all()
        lent = session().scalars(
            select(Person.id).where(Person.email.like(f"%@{DOMAIN}"), ~Person.active)
        ).all()
        for canvas_id in boards_of:
            unit.afterwards(lambda it=canvas_id: live.close(it, "deleted"))  # type: ignore[misc]
        _delete(_below(Team.__table__, [(it.id,) for it in sample]))  # type: ignore[arg-type]
        session().execute(
            delete(Grant).where(Grant.scope_kind == "edition", Grant.scope_id == edition.id,
                                Grant.person_id.in_(lent))
        )
        session().expire_all()
        feeding.sweep()
        _announce(actor, edition)


def _announce(actor: Actor, edition: Edition) -> None:
    announce(EditionChanged(actor.person_id, edition.programme_id, edition.id, ("sample_teams",)))


def _locked(edition: Edition) -> Edition:
    return session().scalars(
        select(Edition).where(Edition.id == edition.id).with_for_update(of=Edition)
        .execution_options(populate_existing=True)
    ).one()


def _teams(edition: Edition) -> Sequence[Team]:
    return session().scalars(
        select(Team).where(Team.edition_id == edition.id, Team.is_sample)
    ).all()


# Making


def _people(count: int, now: datetime) -> list[Person]:
    found = []
    names = people.more_names()
    for number in range(1, count + 1):
        name, email = next(names), f"sample-{number}@{DOMAIN}"
        person = session().scalar(select(Person).where(Person.email == email))
        if person is None:
            person = Person(name=name, email=email, active=False, language="en", created_at=now)
            session().add(person)
            session().flush()
            announce(PersonRegistered(person.id, person.id))
        found.append(person)
    return found


def _team(edition: Edition, story: TeamStory, members: list[Person], now: datetime,
          ) -> tuple[TeamStory, Team, list[Person]]:
    for person in members:
        grants.give(HOUSE, person.id, "participant", "edition", edition.id, now,
                    basis="membership")
    lead = actor_for(members[0], now)
    home = edition.programme.organisation
    parts = [teams.Part(it.status, it.role, None) for it in story.members]
    team = teams.begin_team(
        lead, edition,
        teams.TeamDraft(name=story.name, home=home, title=story.title, pitch=story.pitch,
                        keywords=story.keywords),
        parts[0], now, is_sample=True,
    )
    lead = actor_for(members[0], now)
    for person, part in zip(members[1:], parts[1:], strict=True):
        teams.admit(lead, team, person.id, part, now)
    agreements.write_charter(lead, team, CHARTER, now, seen=0)
    for person in members:
        agreements.sign_charter(actor_for(person, now), team, 1, now)
    return story, team, members


def _canvas(story: TeamStory, team: Team, members: list[Person], now: datetime) -> None:
    lead = actor_for(members[0], now)
    with write():
        canvas = boards.make_canvas(lead, team, story.template_id, "", now)

    def fill(document: Document) -> None:
        for note in story.notes:
            document.add_note(block=note.block_id, author=lead.public_id, text=note.text,
                              weight=note.importance, note_id=note.id, at=now)
            document.set_status(note.id, note.status)

    live.edit(None, canvas, fill)  # the house itself: nobody can act as a person of the samples
    session().commit()
    versions.name_version(lead, canvas, "First draft")
    for note in story.notes:
        if note.evidence:
            _evidence(lead, canvas, note)


def _evidence(lead: Actor, canvas: Canvas, note: NoteStory) -> None:
    line = board_queries.note_of(lead, canvas, note.id)
    stance = "against" if note.status == "refuted" else "for"
    with write():
        discovery.add(lead, canvas, line,
                      discovery.EvidenceDraft(stance, note.evidence, "", note.strength))


def _pitch(story: TeamStory, team: Team, members: list[Person], now: datetime) -> None:
    """One team hands in, so that a review waits for its reviewers; unless the day is over."""
    lead = actor_for(members[0], now)
    due = submission_queries.due_at(team, Purpose.PITCH_REVIEW)
    if due is not None and due <= now:
        return
    paper = deck.of(story, team.edition.title, story.pitch)
    with write():
        draft = submissions.start(lead, team, Purpose.PITCH_REVIEW, now)
    file = files.take_upload(lead, io.BytesIO(paper), f"{story.name}.pdf",
                             ("submission", draft.id), team.id)
    canvas = session().scalars(select(Canvas).where(Canvas.team_id == team.id)).one()
    with write():
        submissions.set_deck(lead, draft, file, now)
        submissions.save(lead, draft, submissions.PitchDraft(story.title, story.pitch), now)
        submissions.submit(lead, draft, {"canvas": canvas.public_id}, now)


# Taking away


def _below(table: Table, keys: Iterable[Key]) -> dict[Table, set[Key]]:
    """Primary keys of these rows and of all rows that stand on them, however far down."""
    found: dict[Table, set[Key]] = {table: set(keys)}
    fresh = dict(found)
    while fresh:
        upper, ids = fresh.popitem()
        for lower in Base.metadata.sorted_tables:
            for column in lower.columns:
                if not any(it.column.table is upper for it in column.foreign_keys):
                    continue
                rows = session().execute(
                    select(*lower.primary_key.columns).where(column.in_([it[0] for it in ids]))
                ).all()
                new = {_key(it) for it in rows} - found.get(lower, set())
                if new:
                    found.setdefault(lower, set()).update(new)
                    fresh.setdefault(lower, set()).update(new)
    return found


def _key(row: Row[tuple[object, ...]]) -> Key:
    return tuple(row)


def _delete(found: dict[Table, set[Key]]) -> None:
    """Delete rows from the bottom up, with what names them without a foreign key."""
    by_name = {table.name: [it[0] for it in keys] for table, keys in found.items()}
    _delete_loose(found, by_name)
    keys: list[str] = []
    if "file" in by_name:
        keys += session().scalars(select(File.storage_key).where(File.id.in_(by_name["file"])))
        keys += session().scalars(
            select(FilePage.image_key).where(FilePage.file_id.in_(by_name["file"]))
        )
    for table in reversed(Base.metadata.sorted_tables):
        if table in found:
            columns = list(table.primary_key.columns)
            held = list(found[table])
            which: ColumnElement[bool] = (
                columns[0].in_([it[0] for it in held]) if len(columns) == 1
                else tuple_(*columns).in_(held)
            )
            session().execute(delete(table).where(which))
    unit.afterwards(lambda: _forget(keys))


def _delete_loose(found: dict[Table, set[Key]], by_name: dict[str, list[object]]) -> None:
    """Grants, invitations, agreements, notices and histories: they hold a kind and a number."""
    for kind in (Grant, Invitation, ConfidentialityAgreement):
        scoped = [and_(kind.scope_kind == name, kind.scope_id.in_(ids))
                  for name, ids in by_name.items()]
        session().execute(delete(kind).where(or_(*scoped)))
    for table in found:
        if "public_id" in table.columns:
            ids = by_name[table.name]
            session().execute(
                delete(Notice).where(
                    Notice.about_kind == table.name,
                    Notice.about_id.in_(select(table.c.public_id).where(table.c.id.in_(ids))),
                )
            )
    session().execute(
        delete(StateChange).where(
            or_(*(and_(StateChange.kind == name.replace("_", "-"), StateChange.thing_id.in_(ids))
                  for name, ids in by_name.items()))
        )
    )


def _forget(keys: list[str]) -> None:
    for key in keys:
        storage().delete(key)
