"""A release from the request to withdrawal: who decides, on what, when it is shown, to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import builders
from tests.cast import SEATS
from tests.submissions.desk import Desk
from tests.submissions.test_hand_in import told
from tests.submissions.test_pages import post
from workspace.accounts.models import Person
from workspace.files.models import File
from workspace.foundation import clock
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError, Refused
from workspace.foundation.history import StateChange
from workspace.foundation.unit import write
from workspace.grants import actions as grants
from workspace.journal.models import JournalEntry
from workspace.releases import actions, queries
from workspace.releases.models import Release, ReleaseOpening
from workspace.releases.rules import ReleaseState as State
from workspace.submissions import actions as submissions
from workspace.submissions.models import Submission

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Enter = Callable[[Person], FlaskClient]
READERS = {"lead", "member", "mentor", "officer", "pi"}


def steps(release: Release) -> list[str]:
    return list(session().scalars(
        select(StateChange.step).where(
            StateChange.kind == "release", StateChange.thing_id == release.id
        ).order_by(StateChange.id)
    ))


def test_the_sponsor_sees_nothing_then_exactly_it_then_nothing(desk: Desk, enter: Enter) -> None:
    desk.entered()
    done = desk.handed_in()
    deck = done.deck
    assert deck is not None
    with write():
        release = desk.ask(done)
    page, file = f"/released/{release.public_id}", f"/files/{deck.public_id}"
    paths = (page, file, f"{file}/pages/1", f"{file}/pages/2")
    outside = {it: enter(desk.cast.person(it)) for it in set(SEATS) - READERS - {"visitor"}}

    def may(seat: str) -> set[int]:
        return {outside[seat].get(path).status_code for path in paths}

    assert all(may(seat) == {404} for seat in outside)
    with write():
        desk.decide(release)
    assert steps(release) == ["request", "approve", "release"]
    assert told(desk, "sponsor", "release-published") == 1
    assert told(desk, "other_sponsor", "release-published") == 0
    assert told(desk, "member", "release-decided") == 1
    for seat in outside:
        assert may(seat) == ({200} if seat == "sponsor" else {404}), seat
    shown = outside["sponsor"].get(page).text
    assert "Gel sensor" in shown and f"{file}/pages/2" in shown
    # Nothing else of the team: not the submission, not the request, not another deck.
    other = desk.ready("result").deck
    assert other is not None
    for path in (f"/submissions/{done.public_id}", f"/files/{other.public_id}",
                 f"/teams/{desk.team.public_id}"):
        assert outside["sponsor"].get(path).status_code == 404, path
    assert outside["sponsor"].get(f"/releases/{release.public_id}").status_code == 403
    with write():
        actions.withdraw(desk.cast.actor("officer"), desk.release(release.id), now())
    assert all(may(seat) == {404} for seat in outside)
    assert steps(release) == ["request", "approve", "release", "log", "withdraw"]
    # Openings are on record, with ids and nothing else.
    assert session().scalar(select(func.count()).select_from(ReleaseOpening)) == 2
    entries = session().scalars(
        select(JournalEntry).where(JournalEntry.event == "release-opened")
    ).all()
    assert len(entries) == 2 and all("Gel" not in str(it.detail) for it in entries)
    assert queries.openings(release) == 1


@SQLITE
def test_everybody_sees_what_is_public_until_it_is_withdrawn(desk: Desk, enter: Enter) -> None:
    done = desk.handed_in()
    deck = done.deck
    assert deck is not None
    visitor, stranger = desk.app.test_client(), enter(desk.cast.person("stranger"))
    with write():
        release = desk.ask(done, "public")
    page, file = f"/released/{release.public_id}", f"/files/{deck.public_id}"
    for path in (page, file, f"{file}/pages/1"):
        assert "/sign-in" in visitor.get(path).location
    with write():
        desk.decide(release)
    for browser in (visitor, stranger):
        for path in (page, file, f"{file}/pages/1"):
            answer = browser.get(path)
            assert answer.status_code == 200, path
            assert answer.headers["Cache-Control"] == "no-store"
    assert "Gel that sees" in visitor.get(page).text
    # The visitor's look is on record, without a person.
    assert steps(release)[-1] == "log"
    with write():
        actions.withdraw(desk.cast.actor("lead"), desk.release(release.id), now())
    for path in (page, file, f"{file}/pages/1"):
        assert "/sign-in" in visitor.get(path).location
        assert stranger.get(path).status_code == 404


@SQLITE
def test_a_canvas_and_a_scout(desk: Desk, enter: Enter) -> None:
    """A released canvas shows the notes of the audience's circle and no others."""
    from canvases.boards import live, versions
    from canvases.boards.document import Document
    from canvases.boards.models import Canvas

    lead = desk.cast.actor("lead")
    canvas = session().scalars(select(Canvas).where(Canvas.public_id == desk.canvas)).one()

    def fill(document: Document) -> None:
        for tier, word in (("team", "quokka"), ("sponsor", "narwhal"), ("public", "okapi")):
            document.add_note(block="bmc-channels", author=lead.public_id, text=word, tier=tier,
                              status="untested")

    session().commit()
    live.edit(lead, canvas, fill)
    with write():
        kept = versions.name_version(lead, canvas, "For outside")
        release = actions.request_release(
            lead, desk.team,
            actions.RequestDraft(f"canvas.{kept.public_id}", "Model", "version 1", "accelerator",
                                 desk.cast.accelerator, desk.today(), "Scouting day"), now())
    scout = enter(desk.cast.person("scout"))
    page = f"/released/{release.public_id}"
    assert scout.get(page).status_code == 404
    with write():
        desk.decide(release)
    shown = scout.get(page).text
    assert "narwhal" in shown and "okapi" in shown and "quokka" not in shown
    assert enter(desk.cast.person("sponsor")).get(page).status_code == 404
    with write():
        grants.end(builders.NOBODY, desk.cast.person("scout").id, ("scout",),
                            "organisation", desk.cast.accelerator.id, now())
    assert scout.get(page).status_code == 404


@SQLITE
def test_it_is_shown_from_the_instant_on(desk: Desk, enter: Enter) -> None:
    desk.entered()
    done = desk.handed_in()
    with write():
        release = desk.ask(done, in_days=3)
        desk.decide(release)
    page = f"/released/{release.public_id}"
    assert desk.release(release.id).state == State.APPROVED
    assert enter(desk.cast.person("sponsor")).get(page).status_code == 404
    # The team looks at the request until then.
    early = enter(desk.cast.person("lead")).get(page)
    assert early.status_code == 303 and early.location.endswith(f"/releases/{release.public_id}")
    start = release.show_from
    with clock.frozen(start - timedelta(microseconds=1)), write():
        assert actions.keep_time(now()) == 0
    with clock.frozen(start), write():
        assert actions.keep_time(now()) == 1
    with clock.frozen(start):
        assert told(desk, "sponsor", "release-published") == 1
        assert enter(desk.cast.person("sponsor")).get(page).status_code == 200
        with write():
            assert actions.keep_time(now()) == 0


@SQLITE
def test_what_nobody_decided_expires_the_day_after(desk: Desk) -> None:
    desk.entered()
    done = desk.handed_in()
    with write():
        release = desk.ask(done, in_days=1)
        held = desk.ask(done, "accelerator", in_days=1)
        desk.decide(held, "hold", "The filing comes first.",
                    held_until=desk.today() + timedelta(days=20))
    day = timedelta(days=1)
    with clock.frozen(release.show_from + day - timedelta(microseconds=1)), write():
        assert actions.keep_time(now()) == 0
    with clock.frozen(release.show_from + day + timedelta(seconds=1)), write():
        assert actions.keep_time(now()) == 2
    assert desk.release(release.id).state == desk.release(held.id).state == State.EXPIRED
    with pytest.raises(Refused) as refusal, write():
        desk.decide(release)
    assert refusal.value.status == 409


@SQLITE
def test_edits_are_wanted_then_asked_again(desk: Desk, enter: Enter) -> None:
    desk.entered()
    done = desk.handed_in()
    with write():
        release = desk.ask(done)
    first = release.sha256
    with pytest.raises(Refused, match="Say why"), write():
        desk.decide(release, "approve-with-edits")
    with write():
        desk.decide(release, "approve-with-edits", "Take slide 2 out.")
    sponsor = enter(desk.cast.person("sponsor"))
    assert sponsor.get(f"/released/{release.public_id}").status_code == 404
    lead = enter(desk.cast.person("lead"))
    home = lead.get(f"/releases/{release.public_id}/again").text
    assert "Take slide 2 out." in home
    newer = desk.ready()
    deck = desk.upload(newer, _other_deck())
    with write():
        submissions.set_deck(desk.cast.actor("lead"), newer, session().get(File, deck.id), now())
        desk.submit(newer)
    wrong = post(lead, f"/releases/{release.public_id}/again", item=f"deck.{newer.public_id}",
                 show_on="2020-01-01", purpose="Kept purpose")
    assert wrong.status_code == 422 and "Kept purpose" in wrong.text
    fields = {"item": f"deck.{newer.public_id}", "show_on": desk.today().isoformat(),
              "purpose": "Demo day"}
    waiting = post(lead, f"/releases/{release.public_id}/again", **fields)
    assert waiting.status_code == 422 and "still being drawn" in waiting.text
    from workspace.foundation import jobs

    jobs.run_due(desk.app)
    assert post(lead, f"/releases/{release.public_id}/again", **fields).status_code == 303
    assert post(lead, f"/releases/{release.public_id}/again", **fields).status_code == 422
    again = desk.release(release.id)
    assert again.state == State.REQUESTED and again.sha256 != first
    # An officer whose page still shows the first version cannot approve the second.
    officer = enter(desk.cast.person("officer"))
    path = f"/releases/{release.public_id}/decision"
    for seen in (first, ""):
        stale = post(officer, path, decision="approve", text="", seen=seen)
        assert stale.status_code == 422 and "Read it again" in stale.text
    assert post(officer, path, decision="approve", seen=again.sha256).status_code == 303
    assert sponsor.get(f"/released/{release.public_id}").status_code == 200


def _other_deck() -> bytes:
    from tests.files import made

    return made.pdf(1, "Other words")


@SQLITE
def test_an_approval_never_covers_another_version(desk: Desk) -> None:
    desk.entered()
    done = desk.handed_in()
    with write():
        release = desk.ask(done)
    # The version is taken back before the officer decides.
    with write():
        submissions.withdraw(desk.cast.actor("lead"), done, now())
    with pytest.raises(Refused, match="changed"), write():
        desk.decide(release)
    with write():
        desk.decide(release, "refuse", "It was taken back.")
    # Even data changed behind the back of the house shows nothing.
    second = desk.handed_in()
    with write():
        other = desk.ask(second)
        desk.decide(other)
        other.data = {**other.data, "title": "Swapped"}
        other.sha256 = actions.checksum(other.data)
    sponsor = desk.cast.actor("sponsor")
    assert queries.released_to(sponsor) == []


@SQLITE
def test_nobody_decides_on_her_own(desk: Desk) -> None:
    """An officer who leads the team, or asked for it, does not decide; others do."""
    desk.entered()
    done = desk.handed_in()
    with write():
        builders.give(desk.cast.person("lead"), "transfer-officer", "organisation",
                      desk.cast.university.id)
        release = desk.ask(done)
    assert queries.waiting_for(desk.cast.actor("lead")) == []
    assert len(queries.waiting_for(desk.cast.actor("officer"))) == 1
    assert told(desk, "lead", "release-requested") == 0
    assert told(desk, "officer", "release-requested") == 1
    with pytest.raises(Refused), write():
        desk.decide(release, seat="lead")
    assert desk.release(release.id).state == State.REQUESTED


def test_two_officers_at_once_and_one_decides(desk: Desk) -> None:
    desk.entered()
    done = desk.handed_in()
    with write():
        builders.give(desk.cast.person("stranger"), "transfer-officer", "organisation",
                      desk.cast.university.id)
        release_id = desk.ask(done).id

    def deed(seat: str, decision: str) -> object:
        desk.decide(session().get_one(Release, release_id), decision, "Because.", seat=seat)
        return decision

    found = desk.at_once(lambda: deed("officer", "approve"), lambda: deed("stranger", "refuse"))
    lost = [it for it in found if isinstance(it, HouseError)]
    assert len(lost) == 1 and "not possible while the state is" in lost[0].reason
    won = next(it for it in found if isinstance(it, str))
    release = desk.release(release_id)
    assert release.state == (State.RELEASED if won == "approve" else State.REFUSED)


def test_withdrawing_wins_over_a_look_at_the_same_moment(desk: Desk) -> None:
    desk.entered()
    done = desk.handed_in()
    with write():
        release = desk.ask(done)
        desk.decide(release)
    release_id, sponsor = release.id, desk.cast.actor("sponsor")
    desk.at_once(
        lambda: actions.withdraw(desk.cast.actor("lead"), session().get_one(Release, release_id),
                                 now()),
        lambda: actions.note_opening(sponsor, session().get_one(Release, release_id), now()),
    )
    assert desk.release(release_id).state == State.WITHDRAWN


def test_asking_twice_at_once_asks_once(desk: Desk) -> None:
    desk.entered()
    done = desk.handed_in()
    done_id = done.id

    def deed() -> int:
        return desk.ask(session().get_one(Submission, done_id)).id

    found = desk.at_once(deed, deed)
    assert sum(isinstance(it, HouseError) for it in found) == 1
    assert "already" in next(it.reason for it in found if isinstance(it, HouseError))
