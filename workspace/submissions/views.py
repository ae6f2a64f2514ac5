"""The page door of entries and submissions."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from workspace.challenges.models import Challenge
from workspace.files import actions as files
from workspace.foundation.access import Actor, allow, can, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError, Missing, Refused, TooLarge, TooMany
from workspace.foundation.features import house
from workspace.foundation.text import _, lazy
from workspace.foundation.unit import write
from workspace.foundation.web import Doors, go, page, refusals
from workspace.submissions import actions, forms, queries, rules
from workspace.submissions.models import Entry, Submission
from workspace.teams.models import Team

doors = Doors("submissions")
TEAM, ONE = {"team": Team}, {"submission": Submission}


@doors.page("/teams/<team>/pitch", verb="read", things=TEAM)
def of_team(actor: Actor, team: Team) -> Any:
    """Every version, and the draft in hand."""
    return page(
        "submissions/of_team.html", team=team, entries=queries.entries_of(actor, team),
        submissions=queries.submissions_of(actor, team), label=rules.SUBMISSION.label,
        entry_label=rules.ENTRY.label, at=now(), is_member=bool(can(actor, "edit", team)),
        is_lead=bool(can(actor, "lead", team)),
        due={purpose: queries.due_at(team, purpose) for purpose in rules.Purpose},
        drafts={purpose: queries.draft_of(team, purpose) for purpose in rules.Purpose},
        late=queries.late_decisions(actor, team),
        steps=lambda entry: {it.name for it in rules.ENTRY.allowed(entry.state)},
    )


@doors.page("/teams/<team>/pitch/<purpose>", verb="edit", things=TEAM, methods=["POST"])
def start(actor: Actor, team: Team, purpose: str) -> Any:
    """Begin a version, or go on with the draft in hand."""
    if purpose not in set(rules.Purpose):
        raise Missing
    draft = actions.start(actor, team, purpose, now())
    return go(".show", submission=draft.public_id)


def _canvas_choices(actor: Actor, team: Team) -> list[tuple[str, str]]:
    part = house().part("canvas")
    return list(part.choices(actor, team)) if part is not None and part.choices else []


def _edit(actor: Actor, submission: Submission, form: forms.PitchForm | None = None) -> Any:
    choices = _canvas_choices(actor, submission.team)
    due = queries.due_of(submission)
    if form is None:
        form = forms.PitchForm(
            formdata=None, title=submission.title, pitch_text=submission.pitch_text,
            canvas=choices[0][0] if choices else "",
        )
        form.canvas.choices = choices
    return page(
        "submissions/edit.html", form=form, submission=submission, team=submission.team,
        pages=queries.pages_of(submission.deck), at=now(), choices=choices, due=due,
        late_until=queries.late_until(submission.team, submission.purpose),
        purpose=rules.PURPOSE_LABELS[rules.Purpose(submission.purpose)],
        nearness=rules.nearness(now(), due),
    )


@doors.page("/submissions/<submission>", verb="view", things=ONE)
def show(actor: Actor, submission: Submission) -> Any:
    """A draft to work on, or a version as it was handed in."""
    if submission.state == rules.SubmissionState.DRAFT:
        allow(actor, "edit", submission)
        return _edit(actor, submission)
    allow(actor, "read", submission)
    return page(
        "submissions/show.html", submission=submission, team=submission.team,
        pages=queries.pages_of(submission.deck), label=rules.SUBMISSION.label(submission.state),
        parts=[(it.title, drawn(it)) for it in submission.parts],
        purpose=rules.PURPOSE_LABELS[rules.Purpose(submission.purpose)],
        may_withdraw=bool(can(actor, "edit", submission))
        and any(it.name == "withdraw" for it in rules.SUBMISSION.allowed(submission.state)),
    )


def drawn(part: Any) -> Any:
    """A frozen part as markup."""
    kind = house().part(part.kind)
    return kind.draw(part.data) if kind is not None else ""


@doors.page("/submissions/<submission>/draft", verb="edit", things=ONE, methods=["POST"],
            writes=None, upload=True)
def save(actor: Actor, submission: Submission) -> Any:
    """Keep the draft with its deck, or hand it in. One form: nothing typed is lost on the way."""
    asked = request.form.get("submit")
    if asked and submission.state != rules.SubmissionState.DRAFT:
        return go(".show", _("This version is handed in already."),
                  submission=submission.public_id)
    form = forms.PitchForm()
    form.canvas.choices = _canvas_choices(actor, submission.team)
    if not form.validate_on_submit():
        return _edit(actor, submission, form)
    try:
        _keep(actor, submission, form)
        if asked:
            with write():
                actions.submit(actor, submission, {"canvas": form.canvas.data or ""}, now())
    except HouseError as refusal:
        field = getattr(refusal, "field", None)
        form.refuse(refusal.reason, "deck" if field == "file" else field)
        answer = _edit(actor, submission, form)
        answer.status_code = refusal.status
        return answer
    if asked:
        message = _("Submitted as version %(version)d.", version=submission.version)
    elif request.form.get("remove"):
        message = _("The deck is taken out.")
    elif form.deck.data and form.deck.data.filename:
        message = _("The deck is here. Its pages are being drawn.")
    else:
        message = _("The draft is kept.")
    return go(".show", message, submission=submission.public_id)


def _keep(actor: Actor, submission: Submission, form: forms.PitchForm) -> None:
    """Save what was typed, then the deck; a deck that is refused leaves the text saved."""
    with write():
        actions.save(
            actor, submission,
            actions.PitchDraft(form.title.data or "", form.pitch_text.data or ""), now(),
        )
        if request.form.get("remove"):
            actions.set_deck(actor, submission, None, now())
            return
    upload = form.deck.data
    if not upload or not upload.filename:
        if request.form.get("upload"):
            raise Refused(lazy("Choose a PDF file first."), field="deck")
        return
    if not upload.filename.lower().endswith(".pdf"):
        raise Refused(lazy("A deck is a PDF file. Export your slides as PDF first."),
                      field="deck", code="type_not_allowed", status=415)
    try:
        file = files.take_upload(
            actor, upload.stream, upload.filename, ("submission", submission.id),
            submission.team_id,
        )
    except (TooLarge, TooMany) as refusal:
        raise Refused(refusal.reason, field="deck", code=refusal.code,
                      status=refusal.status) from refusal
    with write():
        actions.set_deck(actor, submission, file, now())


@doors.page("/submissions/<submission>/slides", verb="read", things=ONE)
def slides(actor: Actor, submission: Submission) -> Any:
    """The slides of the deck as a fragment; asked again while they are being drawn."""
    return page("submissions/slides.html", submission=submission,
                pages=queries.pages_of(submission.deck))


@doors.page("/submissions/<submission>/withdrawal", verb="edit", things=ONE, methods=["POST"])
def withdraw(actor: Actor, submission: Submission) -> Any:
    """Take it back."""
    actions.withdraw(actor, submission, now())
    return go(".of_team", _("Withdrawn. Reviewers no longer see it."),
              team=submission.team.public_id)


@doors.page("/teams/<team>/late", verb="oversee", things=TEAM, methods=["GET", "POST"])
def late(actor: Actor, team: Team) -> Any:
    """The programme lead lets one team hand in later."""
    allow(actor, "allow-late", team)
    form = forms.LateForm()
    if form.validate_on_submit() and form.until.data is not None:
        until = form.until.data.replace(tzinfo=ZoneInfo(team.edition.zone))
        with refusals(form):
            actions.allow_late(actor, team, form.purpose.data, until, form.reason.data, now())
            return go("home.team", _("The team may hand in late."), team=team.public_id)
    return page("submissions/late.html", form=form, team=team,
                due={it: queries.due_at(team, it) for it in rules.Purpose})


# Entries


@doors.page("/challenges/<challenge>/enter", verb="read-brief", things={"challenge": Challenge},
            methods=["GET", "POST"])
def enter(actor: Actor, challenge: Challenge) -> Any:
    """Apply with one of the teams that the person leads in this edition."""
    led = session().scalars(queries.led_teams(actor, challenge).order_by(Team.name)).all()
    form = forms.EntryForm()
    form.team.choices = [(it.public_id, it.name) for it in led]
    if form.validate_on_submit():
        team = next(it for it in led if it.public_id == form.team.data)
        with refusals(form):
            actions.enter(actor, team, challenge, form.motivation.data, now())
            return go(".of_team", _("Your team has applied."), team=team.public_id)
    return page("submissions/enter.html", form=form, challenge=challenge, led=led)


@doors.page("/entries/<entry>/withdrawal", verb="edit", things={"entry": Entry}, methods=["POST"])
def withdraw_entry(actor: Actor, entry: Entry) -> Any:
    """Take the application back."""
    actions.step_entry(actor, entry, "withdraw", now())
    return go(".of_team", _("The application is withdrawn."), team=entry.team.public_id)


@doors.page("/challenges/<challenge>/entries", verb="run", things={"challenge": Challenge})
def entries(actor: Actor, challenge: Challenge) -> Any:
    """The programme lead's list of applications."""
    rows = session().scalars(
        visible(actor, Entry).where(Entry.challenge_id == challenge.id).order_by(Entry.id)
    ).all()
    return page("submissions/entries.html", challenge=challenge,
                entries=[it for it in rows if it.state != rules.EntryState.DRAFT],
                label=rules.ENTRY.label, steps=lambda it: [
                    one for one in rules.ENTRY.allowed(it.state)
                    if one.name in {"shortlist", "decline", "activate", "make-winner",
                                    "make-runner-up", "make-finalist"}
                ])


@doors.page("/entries/<entry>/step", verb="select", things={"entry": Entry}, methods=["POST"])
def step_entry(actor: Actor, entry: Entry) -> Any:
    """Shortlist, select, start, place."""
    name = request.form.get("step", "")
    if name not in {it.name for it in rules.ENTRY.steps} - {"submit", "withdraw", "submit-result"}:
        raise Missing
    actions.step_entry(actor, entry, name, now(), request.form.get("reason", "")[:500])
    return go(".entries", _("Saved."), challenge=entry.challenge.public_id)
