"""The face of reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for

from mentors.reviews import access, actions, documents, facts, notices, own_data, queries, rules
from mentors.reviews.answers_api import API as ANSWERS
from mentors.reviews.api import API
from mentors.reviews.models import FeedbackTask, Panel, Pin, Review
from mentors.reviews.pins_api import API as PINS
from mentors.reviews.views import doors
from workspace.foundation.access import Actor, Verdict
from workspace.foundation.clock import now
from workspace.foundation.features import (
    Card,
    Column,
    Counted,
    Dated,
    Feature,
    NavItem,
    Need,
    Workplace,
)
from workspace.foundation.text import _, lazy, ngettext
from workspace.grants.facts import GrantGiven
from workspace.inbox.rules import Topic
from workspace.programmes.models import Edition
from workspace.submissions.facts import EntryStepped, SubmissionMade, SubmissionWithdrawn
from workspace.teams.access import may_edit
from workspace.teams.models import Team

OPEN = (rules.ReviewState.ASSIGNED, rules.ReviewState.IN_PROGRESS)


def _run_review(actor: Actor, review: Review) -> Verdict:
    return access.may_run(actor, review.panel)


def _remove_pin(actor: Actor, pin: Pin) -> Verdict:
    return access.may_write(actor, pin.review)


def _mine(_actor: Actor, _place: Workplace) -> str | None:
    return url_for("reviews.mine")


def _open_count(actor: Actor, _place: Workplace) -> Counted:
    return Counted((queries.open_reviews(actor),), lambda count: count or None)


def _of_edition(_actor: Actor, place: Workplace) -> str | None:
    if place.kind != "edition":
        return None
    return url_for("reviews.of_edition", edition=place.public_id)


def _feedback(_actor: Actor, place: Workplace) -> str | None:
    return url_for("reviews.feedback", team=place.public_id) if place.kind == "team" else None


def _workplaces(actor: Actor) -> list[Workplace]:
    if not actor.scopes("reviewer", "submission"):
        return []
    return [Workplace("reviewer", "platform", 0, "all", _("My reviews"), _("Reviewer"),
                      url_for("reviews.mine"))]


def _dates(actor: Actor, place: str, _thing: Any) -> Sequence[Dated]:
    """A reviewer's own reviews, for calendars."""
    if place != "person":
        return ()
    return [
        Dated(it.panel.due_at, _("A review is due"), it.panel.team.name,
              url_for("reviews.mine"), f"review:{it.public_id}", public=True)
        for it in queries.my_reviews(actor)
        if it.panel.due_at is not None
        and it.state in OPEN
    ]


def _needs(actor: Actor, place: str, thing: Any) -> Sequence[Need]:
    if place == "overview" and isinstance(thing, Edition):
        found = []
        for panel, facts_now in queries.panels_of(actor, thing):
            if panel.submission.state == "withdrawn":
                continue
            url = url_for("reviews.panel", panel=panel.public_id)
            if panel.state == rules.PanelState.REQUESTED and panel.submission.state == "submitted":
                missing = panel.min_reviews - facts_now.reviewers
                found.append(
                    Need(
                        ngettext("%(team)s waits for %(num)d reviewer",
                                 "%(team)s waits for %(num)d reviewers", max(missing, 1),
                                 team=panel.team.name),
                        _("The pitch was handed in."), url, _("Assign reviewers"),
                        "clipboard-check", "info", panel.due_at,
                    )
                )
            elif panel.state == rules.PanelState.CONSOLIDATED:
                found.append(
                    Need(_("All reviews of %(team)s are in", team=panel.team.name),
                         _("Release them to the team together."), url, _("Release"),
                         "clipboard-check", "good", panel.due_at)
                )
            elif panel.due_at is not None and panel.due_at < now() and panel.state in {
                rules.PanelState.ASSIGNED, rules.PanelState.IN_PROGRESS
            }:
                found.append(
                    Need(_("Reviews of %(team)s are late", team=panel.team.name),
                         _("The team waits for its feedback."), url, _("Open the panel"), "clock",
                         "warn", panel.due_at)
                )
        return found
    if place == "mentor":
        return [
            Need(
                _("Review the pitch of %(team)s", team=it.panel.team.name),
                # The title is the team's own; it waits for the declaration.
                it.panel.submission.title if it.declared_at else
                _("First say whether you have a conflict of interest."),
                url_for("reviews.review", review=it.public_id),
                _("Go on") if it.state == rules.ReviewState.IN_PROGRESS else _("Begin"),
                "clipboard-check", "info", it.panel.due_at,
            )
            for it in queries.my_reviews(actor) if it.state in OPEN
        ]
    if place == "team" and isinstance(thing, Team) and may_edit(actor, thing):
        found = []
        for count in queries.unanswered(queries.released(actor, thing)[0]).values():
            if count:
                found.append(
                    Need(
                        ngettext("Answer %(num)d comment of your reviewers",
                                 "Answer %(num)d comments of your reviewers", count),
                        _("Say what you do with each: done, will do, disagree, or ask."),
                        url_for("reviews.feedback", team=thing.public_id), _("Read the feedback"),
                        "message-square", "info",
                    )
                )
        return found
    return ()


def _tasks(actor: Actor, team: Any) -> object | None:
    _panels, found = queries.released(actor, team)
    if not found:
        return None
    return render_template("reviews/_tasks_card.html", tasks=found, team=team,
                           may_change=bool(may_edit(actor, team)))


def _stats(actor: Actor, edition: Edition, _teams: Sequence[Team]) -> list[dict[str, Any]]:
    panels = [it for it, _facts in queries.panels_of(actor, edition)]
    waiting = [it for it in panels if it.state in {"requested", "assigned", "in-progress"}
               and it.submission.state != "withdrawn"]
    late = sum(it.due_at is not None and it.due_at < now() for it in waiting)
    return [{"label": _("Pitches in review"), "value": len(waiting),
             "note": ngettext("%(num)d late", "%(num)d late", late) if late else "",
             "tone": "bad" if late else ""}]


FEATURE = Feature(
    name="reviews",
    api=[API, ANSWERS, PINS],
    doors=[doors],
    may={
        ("run-reviews", Edition): access.may_run_edition,
        ("run", Panel): access.may_run,
        ("answer", Panel): access.may_answer,
        ("list", Review): access.may_list,
        ("write", Review): access.may_write,
        ("run-review", Review): _run_review,
        ("remove", Pin): _remove_pin,
        ("change", FeedbackTask): access.may_change_task,
    },
    visible={
        Panel: access.panel_clause,
        Review: access.review_clause,
        Pin: access.pin_clause,
        FeedbackTask: access.task_clause,
    },
    on={
        SubmissionMade: [actions.open_panel],
        SubmissionWithdrawn: [actions.close_panel],
        facts.ReviewerAssigned: [notices.assigned],
        facts.PanelStepped: [notices.panel],
        facts.ConflictDeclared: [notices.conflict],
        facts.ConflictFound: [notices.conflict],
        facts.ReviewStepped: [notices.taken],
        GrantGiven: [actions.look_again],
        EntryStepped: [actions.look_at_sponsor],
    },
    nav=[
        NavItem(("mentor", "reviewer"), lazy("Reviews"), "clipboard-check", 20, _mine, _open_count,
                badge=True, bottom=True),
        NavItem(("programme-lead",), lazy("Reviews"), "clipboard-check", 40, _of_edition,
                bottom=True),
        NavItem(("team-lead", "team-member", "mentor", "pi"), lazy("Feedback"), "message-square",
                70, _feedback),
    ],
    needs=[_needs],
    dates=[_dates],
    cards=[Card("team", 40, _tasks)],
    columns=[Column(lazy("Review"), 50, queries.means, number=True)],
    offers={
        "confidential": (Review,),
        "documents": documents.DOCUMENTS,
        "records": own_data.records,
        "deeds": documents.deeds,
        "reviews_per_entry": queries.reviews_per_entry,
        "topics": [
            Topic("reviews", lazy("Reviews"), frozenset(notices.SENTENCES), 45),
        ],
        "sentences": notices.SENTENCES, "workplaces": _workplaces, "overview_stats": _stats,
    },
)
