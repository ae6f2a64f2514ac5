"""The page door of reviews: the lead assigns, the reviewer scores, the team answers."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask import jsonify, make_response, request, url_for
from flask_babel import format_time
from sqlalchemy import func, select
from wtforms import DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from mentors.reviews import actions, conflicts, definitions, queries, rules, scoring
from mentors.reviews.models import FeedbackTask, Panel, Pin, Review
from workspace.accounts.models import Person
from workspace.foundation import limits
from workspace.foundation.access import Actor, can, visible
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.forms import Form, clean, text_field
from workspace.foundation.guard import wants_json
from workspace.foundation.text import _, lazy
from workspace.foundation.web import Doors, go, go_to, page, refusals
from workspace.programmes.models import Edition
from workspace.submissions.queries import slides_of
from workspace.submissions.views import drawn
from workspace.teams.models import Team

doors = Doors("reviews")
PANEL, REVIEW = {"panel": Panel}, {"review": Review}
NONE = "none"
MOST = 20_000


class AssignForm(Form):
    """Ask somebody to review."""

    person = SelectField(lazy("Reviewer"), validators=[Optional()])
    email = StringField(lazy("Or somebody else, by e-mail address"), validators=[
        Optional(), Length(max=254)])


class ReasonForm(Form):
    """Why another reviewer takes over."""

    reason = text_field(lazy("Why?"), required=False, maximum=2000)


class ConflictForm(Form):
    """The declaration before a review."""

    kind = RadioField(lazy("Do you have a conflict of interest with this team?"), choices=[],
                      validators=[InputRequired(lazy("Say whether you have one."))])


class PinForm(Form):
    """A comment on a slide."""

    text = text_field(lazy("Comment"), maximum=5000)


class AnswerForm(Form):
    """The team's answer to a comment."""

    kind = RadioField(lazy("Your answer"), choices=[],
                      validators=[InputRequired(lazy("Choose an answer."))])
    text = text_field(lazy("In words"), required=False, maximum=5000)
    owner = SelectField(lazy("Who does it?"), validators=[Optional()])
    due_on = DateField(lazy("Until when?"), validators=[Optional()])


# The lead


@doors.page("/editions/<edition>/reviews", verb="run-reviews", things={"edition": Edition})
def of_edition(actor: Actor, edition: Edition) -> Any:
    """All panels of an edition, those that wait first."""
    found = queries.panels_of(actor, edition)
    summaries = queries.summaries([it for it, _facts in found])
    return page(
        "reviews/of_edition.html", edition=edition, label=rules.PANEL.label, at=now(),
        panels=[(it, facts, summaries[it.id]) for it, facts in found],
    )


@doors.page("/panels/<panel>", verb="run", things=PANEL)
def panel(actor: Actor, panel: Panel) -> Any:
    """One panel: reviewers, conflicts, what comes next."""
    return _panel(actor, panel)


def _panel(actor: Actor, panel: Panel, form: AssignForm | None = None,
           reason: ReasonForm | None = None, of: Review | None = None) -> Any:
    found = queries.candidates(panel)
    form = form or AssignForm(formdata=None)
    form.person.choices = [("", _("Choose a person"))] + [
        (it.person.public_id, it.person.name) for it in found if not it.conflicts
    ]
    facts = queries.facts_of(panel)
    return page(
        "reviews/panel.html", form=reason if reason is not None else form if form.errors else None,
        assign_form=form, reason_form=reason, reason_of=of, panel=panel,
        team=panel.team, candidates=found, reviews=queries.counted(panel), at=now(),
        label=rules.PANEL.label(panel.state), review_label=rules.REVIEW.label,
        summary=queries.summary(panel), rubric=queries.rubric_of(panel),
        levels=queries.levels, score=lambda it: scoring.weighted_score(
            queries.rubric_of(panel), queries.levels(it)),
        objection=rules.PANEL.objection(panel.state, "release", facts), facts=facts,
        conflicts_of=lambda it: queries.conflicts_of(it.reviewer_id, panel.team),
    )


@doors.page("/panels/<panel>/reviewers", verb="run", things=PANEL, methods=["POST"])
def assign(actor: Actor, panel: Panel) -> Any:
    """Ask somebody to review."""
    form = AssignForm()
    form.person.choices = [("", "")] + [
        (it.person.public_id, it.person.name) for it in queries.candidates(panel)
    ]
    if form.validate_on_submit():
        with refusals(form):
            person = _wanted(form)
            actions.assign(actor, panel, person, now())
            return go(".panel", _("%(name)s is asked to review.", name=person.name),
                      panel=panel.public_id)
    return _panel(actor, panel, form)


def _wanted(form: AssignForm) -> Person:
    query = select(Person).where(Person.active)
    if form.email.data:
        found = session().scalar(query.where(func.lower(Person.email) == form.email.data.lower()))
        if found is None:
            raise Refused(lazy("Nobody with this address has an account. Invite her first."),
                          field="email")
        return found
    if not form.person.data:
        raise Refused(lazy("Choose a person, or write an address."), field="person")
    found = session().scalar(query.where(Person.public_id == form.person.data))
    if found is None:
        raise Refused(lazy("Choose a person, or write an address."), field="person")
    return found


@doors.page("/panels/<panel>/reviewers/<review>/removal", verb="run-review",
            things={"panel": Panel, "review": Review}, methods=["POST"])
def take_away(actor: Actor, panel: Panel, review: Review) -> Any:
    """Give the review to somebody else."""
    form = ReasonForm()
    if form.validate_on_submit():
        with refusals(form):
            actions.take_away(actor, review, form.reason.data or "", now())
            return go(".panel", _("Taken from the panel. Ask somebody else."),
                      panel=panel.public_id)
    return _panel(actor, panel, reason=form, of=review)


@doors.page("/panels/<panel>/release", verb="run", things=PANEL, methods=["POST"])
def release(actor: Actor, panel: Panel) -> Any:
    """Let the team read all reviews together."""
    actions.release(actor, panel, now())
    return go(".panel", _("Released. The team reads all reviews now."), panel=panel.public_id)


# The reviewer


@doors.page("/reviews", own=True)
def mine(actor: Actor) -> Any:
    """My reviews, by date."""
    return page("reviews/mine.html", reviews=queries.my_reviews(actor), at=now(),
                label=rules.REVIEW.label)


@doors.page("/reviews/<review>", verb="write", things=REVIEW)
def review(actor: Actor, review: Review) -> Any:
    """Slides on one side, the rubric on the other."""
    return _review(actor, review)


def _review(actor: Actor, review: Review, form: Any = None, errors: Any = None,
            typed: dict[str, Any] | None = None) -> Any:
    panel = review.panel
    team = panel.team
    conflict_form = form if isinstance(form, ConflictForm) else ConflictForm(formdata=None)
    conflict_form.kind.choices = _kinds() if review.state == rules.ReviewState.ASSIGNED else (
        _kinds()[1:])
    if review.state == rules.ReviewState.ASSIGNED:
        return page("reviews/declare.html", form=conflict_form if conflict_form.errors else None,
                    conflict_form=conflict_form, review=review, panel=panel, team=team,
                    members=[it.person.name for it in team.present])
    slides = slides_of(panel.submission)
    asked = request.args.get("slide", 1, type=int) if request.method == "GET" else (
        request.form.get("page", 1, type=int))
    number = min(max(asked, 1), max(len(slides), 1))
    rows = {it.criterion: it for it in review.scores}
    rubric = queries.rubric_of(panel)
    values = typed or {
        "scores": {key: it.score for key, it in rows.items()},
        "bare": {key for key, it in rows.items() if it.not_assessable},
        "comments": {key: it.comment for key, it in rows.items()},
        "feedback": review.feedback, "remark": review.remark,
    }
    others, next_review = queries.beside(actor, review)
    return page(
        "reviews/review.html", form=form if form is not None and form.errors else None,
        review=review, panel=panel, team=team, slides=slides, number=number, rubric=rubric,
        values=values, errors=errors or {}, done=review.state == rules.ReviewState.SUBMITTED,
        score=scoring.weighted_score(rubric, queries.levels(review)), at=now(),
        scored=len(queries.scored(review)), feedback_fields=definitions.built_in().feedback,
        parts=[(it.title, drawn(it)) for it in panel.submission.parts], others=others,
        conflict_form=conflict_form,
        summary=queries.summaries([panel])[panel.id] if others else None,
        next_review=next_review,
        pin_form=form if isinstance(form, PinForm) else PinForm(formdata=None),
    )


def _kinds() -> list[tuple[str, str]]:
    return [(NONE, _("No, none"))] + [
        (it.value, str(conflicts.OWN_WORDS[it])) for it in conflicts.DECLARABLE
    ]


@doors.page("/reviews/<review>/declaration", verb="write", things=REVIEW, methods=["POST"])
def declare(actor: Actor, review: Review) -> Any:
    """Say whether there is a conflict."""
    form = ConflictForm()
    form.kind.choices = _kinds()
    if form.validate_on_submit():
        with refusals(form):
            if actions.declare(actor, review, "" if form.kind.data == NONE else form.kind.data,
                               now()):
                return go(".review", review=review.public_id)
            return go(".mine", _("Thank you. Somebody else reviews this team."))
    return _review(actor, review, form)


def _typed(review: Review) -> dict[str, Any]:
    rubric = queries.rubric_of(review.panel)
    data = request.form
    scores = {}
    for it in rubric.criteria:
        word = data.get(f"score-{it.id}", "")
        scores[it.id] = int(word) if word in {"1", "2", "3", "4", "5"} else None
    return {
        "scores": scores,
        "bare": {it.id for it in rubric.criteria if data.get(f"score-{it.id}") == "na"},
        "comments": {it.id: str(clean(data.get(f"comment-{it.id}", ""))) for it in rubric.criteria},
        "feedback": {it.id: str(clean(data.get(it.id, "")))
                     for it in definitions.built_in().feedback},
        "remark": str(clean(data.get("remark", ""))),
    }


def _check_text(typed: dict[str, Any]) -> None:
    """Refuse what cannot be kept as it was typed; nothing is cut off."""
    for value in (*typed["comments"].values(), *typed["feedback"].values(), typed["remark"]):
        if len(value) > MOST:
            raise Refused(lazy("One of your texts is longer than %(most)d characters. Shorten it.",
                               most=MOST))
        if any(unicodedata.category(it) in {"Cc", "Cs"} and it not in "\n\t" for it in value):
            raise Refused(lazy("This text holds a character that cannot be shown. Delete it "
                               "and try again."))


@doors.page("/reviews/<review>/draft", verb="write", things=REVIEW, methods=["POST"])
def save(actor: Actor, review: Review) -> Any:
    """Keep the draft; with `submit`, finish. A script gets JSON, a person the page."""
    typed = _typed(review)
    form = Form(formdata=None)
    with refusals(form):
        _check_text(typed)
        if review.state != rules.ReviewState.SUBMITTED or not request.form.get("submit"):
            actions.save(
                actor, review,
                actions.ReviewDraft(
                    {key: (level, key in typed["bare"], typed["comments"][key])
                     for key, level in typed["scores"].items()},
                    typed["feedback"], typed["remark"],
                ),
                now(),
            )
        if request.form.get("submit"):
            actions.submit(actor, review, now())
            return go(".mine", _("Your review of %(team)s is submitted.",
                                 team=review.panel.team.name))
        if wants_json():
            score = scoring.weighted_score(queries.rubric_of(review.panel),
                                           queries.levels(review))
            return jsonify(saved=format_time(now(), "short"), score=score,
                           scored=len(queries.scored(review)))
        return go(".review", _("The draft is kept."), review=review.public_id)
    if wants_json():
        return make_response(jsonify(error="refused", message=form.form_errors[0]), 422)
    problems = rules.check_complete(
        queries.rubric_of(review.panel),
        {key: rules.Scored(level, typed["comments"][key])
         for key, level in typed["scores"].items() if level is not None or key in typed["bare"]},
    )
    return _review(actor, review, form, {it.field: it.reason for it in problems}, typed)


@doors.page("/reviews/<review>/pins", verb="write", things=REVIEW, methods=["POST"])
def add_pin(actor: Actor, review: Review) -> Any:
    """Put a comment on a slide."""
    form = PinForm()
    number = request.form.get("page", 1, type=int)
    if form.validate_on_submit():
        limits.count("comment", rules.REMARKS, actor.person_id)
        with refusals(form):
            actions.add_pin(actor, review, number, request.form.get("x", 500, type=int),
                            request.form.get("y", 500, type=int), form.text.data, now())
            url = url_for(".review", review=review.public_id, slide=number)
            return go_to(f"{url}#pins", _("The comment is on slide %(number)d.", number=number))
    return _review(actor, review, form)


@doors.page("/reviews/<review>/pins/<pin>/removal", verb="remove",
            things={"review": Review, "pin": Pin}, methods=["POST"])
def remove_pin(actor: Actor, review: Review, pin: Pin) -> Any:
    """Take a comment off."""
    number = pin.page
    actions.remove_pin(actor, pin, now())
    url = url_for(".review", review=review.public_id, slide=number)
    return go_to(f"{url}#pins", _("The comment is gone."))


# The team


@doors.page("/teams/<team>/feedback", verb="read", things={"team": Team})
def feedback(actor: Actor, team: Team) -> Any:
    """All released reviews side by side, with what the team answered."""
    return _feedback(actor, team)


def _feedback(actor: Actor, team: Team, form: AnswerForm | None = None,
              key: str | None = None) -> Any:
    panels = []
    for it in queries.released_panels(actor, team):
        reviews = [one for one in queries.counted(it)
                   if one.state == rules.ReviewState.SUBMITTED]
        comments = queries.comments_of(it)
        panels.append({
            "panel": it, "reviews": reviews, "rubric": queries.rubric_of(it),
            "summary": queries.summary(it), "comments": comments,
            "levels": {one.id: queries.levels(one) for one in reviews},
            "open": rules.unanswered([c.key for c in comments],
                                     [c.key for c in comments if c.answer]),
        })
    return page(
        "reviews/feedback.html", form=form if form is not None and form.errors else None,
        team=team, panels=panels, answer_form=form, wrong=key, kinds=rules.ANSWER_LABELS,
        members=[(it.person.public_id, it.person.name) for it in team.present],
        may_answer=bool(can(actor, "edit", team)),
        tasks=session().scalars(
            visible(actor, FeedbackTask).where(FeedbackTask.team_id == team.id)
            .order_by(FeedbackTask.done_at.is_not(None), FeedbackTask.due_on, FeedbackTask.id)
        ).all(),
    )


@doors.page("/panels/<panel>/answers", verb="answer", things=PANEL, methods=["POST"])
def answer(actor: Actor, panel: Panel) -> Any:
    """Answer one comment; a promise becomes a task."""
    form = AnswerForm()
    form.kind.choices = [(it.value, str(word)) for it, word in rules.ANSWER_LABELS.items()]
    form.owner.choices = [("", "-")] + [
        (it.person.public_id, it.person.name) for it in panel.team.present
    ]
    key = request.form.get("comment", "")[:120]
    if form.validate_on_submit():
        owner = next((it.person_id for it in panel.team.present
                      if it.person.public_id == form.owner.data), None)
        with refusals(form):
            actions.answer(
                actor, panel,
                actions.AnswerDraft(key, form.kind.data, form.text.data or "", owner,
                                    form.due_on.data),
                now(),
            )
            url = url_for(".feedback", team=panel.team.public_id)
            return go_to(f"{url}#{key}", _("Answered."))
    return _feedback(actor, panel.team, form, key)


@doors.page("/feedback-tasks/<task>", verb="change", things={"task": FeedbackTask},
            methods=["POST"])
def task(actor: Actor, task: FeedbackTask) -> Any:
    """Keep a promise, or open it again."""
    done = bool(request.form.get("done"))
    actions.finish_task(actor, task, done, now())
    return go(".feedback", _("Done.") if done else _("Open again."), team=task.team.public_id)

