"""No planted word is found by anybody who is not in its row of the table, anywhere."""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from collections.abc import Callable

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from canvases.boards import wire
from canvases.boards.log import SqlLog
from canvases.boards.models import Canvas
from canvases.boards.rights import HouseRights
from canvases.boards.rooms import Rooms
from tests.canvases.live.conftest import Ear, Editor
from tests.cast import SEATS
from tests.leaks.table import NOT_SHOWN, allowed
from tests.leaks.world import HOME, RIVAL, Key, Planted
from tests.matrix.addresses import Book
from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.foundation import jobs, mail
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.jobs import Job
from workspace.foundation.unit import write
from workspace.inbox.models import Notice
from workspace.journal.models import JournalEntry
from workspace.releases import actions as releases
from workspace.releases.models import Release
from workspace.releases.rules import ReleaseState

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PARTS = 4
"""The crawl is shared among the workers of a run."""
WORD = re.compile(rb"zq[0-9a-f]{12}xz")
TEAMS = {HOME: ("lead",), RIVAL: ("rival_lead",)}
"""Who finds whatever her team may find, so that a crawl that is blind is noticed."""
PART_OF = {seat: place % PARTS for place, seat in enumerate(SEATS)}
Enter = Callable[[Person], FlaskClient]


def found_in(world: Planted, data: bytes) -> set[Key]:
    """The kinds of the planted words in these bytes."""
    by_word = {word: key for key, word in world.words.items()}
    return {by_word[word.decode()] for word in WORD.findall(data)}


@pytest.mark.parametrize("part", range(PARTS))
def test_every_seat_finds_only_what_is_hers(
    part: int, app: Flask, planted: Planted, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        addresses = list(Book().pages())
    seen: dict[Key, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    faults: list[str] = []
    with caplog.at_level(logging.INFO):
        for seat in (*SEATS, *planted.people)[part::PARTS]:
            client = app.test_client() if seat == "visitor" else enter(planted.person(seat))
            for address in addresses:
                answer = client.get(address.path)
                if answer.status_code >= 500 or answer.status_code == 429:
                    faults.append(f"{seat}: {address.path} answers {answer.status_code}")
                told = answer.data + repr(answer.headers).encode()
                for key in found_in(planted, told):
                    seen[key][seat].add(address.door.path)
    for (kind, side), seats in seen.items():
        may = allowed(kind, side)
        faults += [
            f"{seat} finds {kind} of {side} on {', '.join(sorted(paths))}"
            for seat, paths in seats.items()
            if seat not in may and kind not in _own_name(seat)
        ]
    blind = {
        kind
        for kind, side in planted.words
        if not NOT_SHOWN & {kind}
        and not seen.keys() & {(kind, side)}
        and part == PART_OF["lead" if side == HOME else "rival_lead"]
        and side in TEAMS
        and allowed(kind, side) & set(TEAMS[side])
    }
    faults += [f"nobody finds {kind}: the test looks in the wrong places" for kind in blind]
    faults += [f"the log says {key}" for key in found_in(planted, caplog.text.encode())]
    assert not faults, "\n".join(sorted(set(faults)))


def _own_name(seat: str) -> set[str]:
    """Kinds that stand on every page of that seat: its own name and address."""
    return {"asker": {"asker.name"}, "applicant": {"applicant.email"}}.get(seat, set())


def test_letters_notices_jobs_and_the_journal_say_nothing(app: Flask, planted: Planted) -> None:
    jobs.run_due(app)
    addresses = {planted.person(seat).email: seat for seat in SEATS if seat != "visitor"}
    addresses |= {person.email: seat for seat, person in planted.people.items()}
    faults: list[str] = []
    with app.app_context():
        letters = mail.sent()
        assert letters, "nobody was written to: the test looks in the wrong place"
        for letter in letters:
            seat = addresses.get(letter["To"], "")
            head = str(letter["Subject"]).encode()
            faults += [f"a subject says {key}" for key in found_in(planted, head)]
            body = b"".join(
                part.get_payload(decode=True) or b""  # type: ignore[misc]
                for part in letter.walk()
                if not part.is_multipart()
            )
            faults += [
                f"a letter to {seat or letter['To']} says {key}"
                for key in found_in(planted, body)
                if seat not in allowed(*key) and key[0] not in ("team.name", "invitation.email")
            ]
        for entry in session().scalars(select(JournalEntry)):
            words = found_in(planted, json.dumps(entry.detail).encode())
            faults += [f"the journal says {key} at {entry.event}" for key in words]
        for notice in session().scalars(select(Notice)):
            words = found_in(planted, json.dumps(notice.details).encode())
            faults += [f"a notice {notice.kind} holds {key}" for key in words]
        for job in session().scalars(select(Job)):
            words = found_in(planted, json.dumps(job.payload).encode())
            faults += [
                f"a job {job.name} holds {key}"
                for key in words
                if key[0] not in ("invitation.email", "applicant.email")
            ]
    assert not faults, "\n".join(sorted(set(faults)))


def test_an_export_holds_the_notes_of_its_reader(
    app: Flask, planted: Planted, enter: Enter
) -> None:
    with app.app_context():
        canvas = (
            session()
            .scalars(
                select(Canvas).where(
                    Canvas.team_id == planted.cast.team.id, Canvas.archived_at.is_(None)
                )
            )
            .one()
            .public_id
        )
    faults: list[str] = []
    counts = {}
    for seat in ("lead", "mentor", "officer"):
        client = enter(planted.person(seat))
        for kind in ("pdf&paper=a4", "svg", "png"):
            if kind != "pdf&paper=a4" and seat != "mentor":
                continue
            answer = client.get(f"/canvases/{canvas}/export?format={kind}")
            assert answer.status_code == 200
            told = answer.data + repr(answer.headers).encode()
            if kind.startswith("pdf"):
                document = pypdfium2.PdfDocument(answer.data)
                text = "".join(page.get_textpage().get_text_bounded() for page in document)
                document.close()
                counts[seat] = len(re.findall(r"zq[0-9a-f]", text))
                # Long words are broken over lines on a narrow note.
                told += re.sub(r"\s|\u00ad|-|\u2010|\ufffe", "", text).encode()
            faults += [
                f"{seat} reads {key} in the {kind}"
                for key in found_in(planted, told)
                if seat not in allowed(*key)
            ]
    assert not faults, "\n".join(faults)
    assert counts["lead"] > counts["mentor"] > 0


def test_strangers_of_a_board_hear_nothing_on_its_line(app: Flask, planted: Planted) -> None:
    with app.app_context():
        canvases = session().scalars(select(Canvas).where(Canvas.archived_at.is_(None))).all()
        session().expunge_all()
    for canvas in canvases:
        ear = Ear()
        store = SqlLog(app.extensions["innocore.database"])
        rooms = Rooms(store, HouseRights(app), ear)
        team = (
            {"lead", "member"}
            if canvas.team_id == planted.cast.team.id
            else {"rival_lead", "rival"}
        )
        try:
            for seat in (*SEATS, *planted.people):
                if seat == "visitor" or seat in team:
                    continue
                editor = Editor(rooms, ear, planted.person(seat), f"s-{seat}", canvas)
                editor.join()
                assert [it["code"] for it in editor.nacks] == [wire.MISSING], seat
            assert not found_in(planted, repr(ear.heard).encode())
            member = Editor(rooms, ear, planted.person(min(team)), "s-own", canvas)
            member.join()
            assert found_in(planted, repr(member.texts()).encode())
        finally:
            rooms.stop(5)
            store.close()


def test_what_is_taken_back_is_gone(app: Flask, planted: Planted, enter: Enter) -> None:
    sponsor = enter(planted.person("sponsor"))
    with app.app_context():
        shown = (
            session()
            .scalars(
                select(Release).where(
                    Release.team_id == planted.cast.team.id, Release.item_kind == "canvas"
                )
            )
            .one()
        )
        path = f"/released/{shown.public_id}"
        release_id = shown.id
    assert found_in(planted, sponsor.get(path).data) == {
        ("canvas.title", HOME),
        ("note.public", HOME),
        ("note.sponsor", HOME),
        ("team.name", HOME),
    }
    with app.test_request_context():
        officer = actor_for(planted.person("officer"), now())
        with write():
            releases.withdraw(officer, session().get_one(Release, release_id), now())
            assert session().get_one(Release, release_id).state == ReleaseState.WITHDRAWN
    jobs.run_due(app)
    gone = sponsor.get(path)
    assert gone.status_code == 404
    company = planted.cast.company.public_id
    for page in (path, f"/organisations/{company}/sponsor", "/", "/inbox", "/inbox/recent"):
        answer = sponsor.get(page, follow_redirects=True)
        left = {kind for kind, side in found_in(planted, answer.data) if side == HOME}
        assert left <= {"team.name"}, page
