"""The brief of a challenge: what a sponsor says, and what it must hold before review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from workspace.foundation.checks import Problem
from workspace.foundation.states import Sentence
from workspace.foundation.text import _, lazy

MAX_CRITERIA: Final = 12
MAX_TEAMS: Final = 100
MAX_OPTION_DAYS: Final = 365
DECISION_DAYS: Final = 21
MIN_MEMBERS: Final = 3
MAX_MEMBERS: Final = 6
MAX_MEMBERS_EVER: Final = 12
AGREEMENT_DAYS: Final = 365
MAX_AGREEMENT_DAYS: Final = 3650


class Confidentiality(StrEnum):
    """How much of a challenge people without an agreement may read."""

    PUBLIC = "public"
    ANNEX = "public-brief-confidential-annex"
    CONFIDENTIAL = "confidential"


CONFIDENTIALITY_LABELS: Final[Mapping[Confidentiality, Sentence]] = {
    Confidentiality.PUBLIC: lazy("Everything is public"),
    Confidentiality.ANNEX: lazy("The brief is public, the annex is confidential"),
    Confidentiality.CONFIDENTIAL: lazy("Brief and annex are confidential"),
}


class IpModel(StrEnum):
    """Who owns what a team makes for a challenge."""

    TEAM_OWNED = "ip-team-owned-with-option"
    INSTITUTION_OWNED = "ip-institution-owned-with-option"
    SPONSOR_OWNED = "ip-sponsor-owned-for-fee"
    JOINT = "ip-joint"
    OPEN = "ip-open"


@dataclass(frozen=True)
class IpModelText:
    """What to show about an IP model; `is_fair_for_students` False needs separate contracts."""

    title: Sentence
    summary: Sentence
    is_fair_for_students: bool = True


IP_MODELS: Final[Mapping[IpModel, IpModelText]] = {
    IpModel.TEAM_OWNED: IpModelText(
        lazy("Team-owned with sponsor option"),
        lazy("Foreground belongs to the team members or their institutions under their own "
             "rules. The sponsor gets a time-limited option to negotiate a licence.")),
    IpModel.INSTITUTION_OWNED: IpModelText(
        lazy("Institution-owned with sponsor option"),
        lazy("Members assign to the lead institution with income sharing; the sponsor gets an "
             "option.")),
    IpModel.SPONSOR_OWNED: IpModelText(
        lazy("Sponsor-owned against fee"),
        lazy("Contract research: full cost is paid, foreground passes to the sponsor after "
             "payment. Only with separately contracted participants, never as a condition of a "
             "graded course."),
        is_fair_for_students=False),
    IpModel.JOINT: IpModelText(
        lazy("Jointly owned"),
        lazy("Joint ownership with agreement on use, licensing and cost signed before work "
             "starts.")),
    IpModel.OPEN: IpModelText(
        lazy("Open release"),
        lazy("Results released under an open licence; no exclusive rights for anybody.")),
}


@dataclass(frozen=True)
class Criterion:
    """One thing by which entries are judged. `weight` in percent of the whole."""

    title: str
    weight: int
    measure: str = ""


@dataclass(frozen=True)
class Timeline:
    """The dates of a challenge: aware instants. The order of the fields is the order in time."""

    opens_at: datetime | None = None
    applications_close_at: datetime | None = None
    kick_off_at: datetime | None = None
    mid_review_at: datetime | None = None
    submission_at: datetime | None = None
    demo_day_at: datetime | None = None
    decision_within_days: int = DECISION_DAYS

    @property
    def decision_due(self) -> datetime | None:
        """The latest instant of the decision, or None while there is no demo day."""
        if self.demo_day_at is None:
            return None
        return self.demo_day_at + timedelta(days=self.decision_within_days)


TIMELINE_LABELS: Final[Mapping[str, Sentence]] = {
    "opens_at": lazy("Opens"),
    "applications_close_at": lazy("Applications close"),
    "kick_off_at": lazy("Kick-off"),
    "mid_review_at": lazy("Mid review"),
    "submission_at": lazy("Submission"),
    "demo_day_at": lazy("Demo day"),
}
REQUIRED_DATES: Final = ("opens_at", "applications_close_at", "submission_at", "demo_day_at")
DEADLINES: Final = ("applications_close_at", "submission_at")
"""Dates that close something: after publication they may only move to later."""


@dataclass(frozen=True)
class Terms:
    """What a sponsor gets and owes: who owns results, the option, how publication is reviewed."""

    model: str = ""
    background: str = ""
    option_field: str = ""
    option_period_days: int = 0
    option_fee_eur: int = 0
    fallback_after_option: str = ""
    publication_review_days: int = 30
    max_publication_delay_days: int = 90
    thesis_always_examinable: bool = True

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Terms:
        """The terms in a stored mapping; keys that are not known here are left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{key: value for key, value in stored.items() if key in known})


@dataclass(frozen=True)
class Prize:
    """What the winning teams get."""

    cash: int = 0
    """Whole euros."""
    in_kind: str = ""


@dataclass(frozen=True)
class Brief:
    """Everything that a sponsor says about a challenge; texts in Markdown."""

    title: str = ""
    problem: str = ""
    background: str = ""
    constraints: str = ""
    annex: str = ""
    confidentiality: str = Confidentiality.ANNEX
    criteria: tuple[Criterion, ...] = ()
    terms: Terms = Terms()
    prize: Prize = Prize()
    timeline: Timeline = Timeline()
    team_min: int = MIN_MEMBERS
    team_max: int = MAX_MEMBERS
    max_teams: int = 0
    """0: no limit."""
    sector: str = ""
    provided: str = ""
    """What the sponsor gives to the teams."""
    agreement_text: str = ""
    """What a reader of the annex promises; empty means the standard text."""
    agreement_days: int = AGREEMENT_DAYS
    """How long a promise is valid, in days."""

    @property
    def needs_agreement(self) -> bool:
        """Whether something can be read only under a confidentiality agreement."""
        return self.confidentiality != Confidentiality.PUBLIC and (
            bool(self.annex.strip()) or self.confidentiality == Confidentiality.CONFIDENTIAL
        )


def check_team_size(least: int, most: int) -> list[Problem]:
    """Problems of a team size that somebody wants to set (fields `team_min`, `team_max`)."""
    problems = []
    if least < 1:
        problems.append(Problem("team_min", _("A team has at least one member.")))
    if most > MAX_MEMBERS_EVER:
        problems.append(Problem("team_max", _("A team has at most %(most)d members.",
                                              most=MAX_MEMBERS_EVER)))
    if most < least:
        problems.append(Problem("team_max", _("The largest size is below the smallest. "
                                              "Choose %(least)d or more.", least=least)))
    return problems


def check_criteria(criteria: Sequence[Criterion]) -> list[Problem]:
    """Problems of the criteria: each named once and weighted, together exactly 100 percent.

    Fields are `criteria-<index>-title`, `criteria-<index>-weight` and `criteria`.
    """
    if not criteria:
        return [Problem("criteria", _("Add at least one criterion."))]
    problems = []
    if len(criteria) > MAX_CRITERIA:
        problems.append(Problem("criteria", _("Keep at most %(most)d criteria.",
                                              most=MAX_CRITERIA)))
    seen: set[str] = set()
    for index, one in enumerate(criteria):
        name = one.title.strip().casefold()
        if not name:
            problems.append(Problem(f"criteria-{index}-title", _("Name the criterion.")))
        elif name in seen:
            problems.append(Problem(f"criteria-{index}-title",
                                    _("Another criterion has this name already.")))
        seen.add(name)
        if not 1 <= one.weight <= 100:
            problems.append(Problem(f"criteria-{index}-weight",
                                    _("Give a weight from 1 to 100.")))
    total = sum(one.weight for one in criteria)
    if total < 100:
        problems.append(Problem("criteria", _(
            "The weights add up to %(total)d. Add %(rest)d so that they make 100.",
            total=total, rest=100 - total)))
    elif total > 100:
        problems.append(Problem("criteria", _(
            "The weights add up to %(total)d. Take %(rest)d away so that they make 100.",
            total=total, rest=total - 100)))
    return problems


def check_timeline(timeline: Timeline) -> list[Problem]:
    """Problems of the dates: the required ones are there, and each is after the one before it."""
    problems = []
    before: tuple[str, datetime] | None = None
    for name, label in TIMELINE_LABELS.items():
        at: datetime | None = getattr(timeline, name)
        if at is None:
            if name in REQUIRED_DATES:
                problems.append(Problem(name, _("Choose a date.")))
            continue
        if before is not None and at <= before[1]:
            problems.append(Problem(name, _(
                "“%(this)s” must be after “%(other)s”. Choose a later date.",
                this=str(label), other=str(TIMELINE_LABELS[before[0]]))))
        else:
            before = (name, at)
    if not 1 <= timeline.decision_within_days <= 90:
        problems.append(Problem("decision_within_days",
                                _("Choose between 1 and 90 days for the decision.")))
    return problems


def check_terms(terms: Terms) -> list[Problem]:
    """Problems of the IP terms (fields are those of `Terms`)."""
    if terms.model not in set(IpModel):
        return [Problem("model", _("Choose who owns the results."))]
    problems = []
    optional = {IpModel.OPEN, IpModel.SPONSOR_OWNED}
    if not 0 <= terms.option_period_days <= MAX_OPTION_DAYS:
        problems.append(Problem("option_period_days", _(
            "Choose an option of at most %(most)d days.", most=MAX_OPTION_DAYS)))
    elif terms.option_period_days and IpModel(terms.model) in optional:
        problems.append(Problem("option_period_days", _(
            "This model has no option. Write 0 days.")))
    if terms.option_period_days > 0 and not terms.option_field.strip():
        problems.append(Problem("option_field", _("Say for which field of use the option is.")))
    if terms.option_fee_eur < 0:
        problems.append(Problem("option_fee_eur", _("Write 0 or more.")))
    if not 0 <= terms.publication_review_days <= 90:
        problems.append(Problem("publication_review_days", _("Choose between 0 and 90 days.")))
    if not terms.publication_review_days <= terms.max_publication_delay_days <= 180:
        problems.append(Problem("max_publication_delay_days", _(
            "Choose a delay from %(least)d to 180 days: it includes the review.",
            least=terms.publication_review_days)))
    if not terms.thesis_always_examinable:
        problems.append(Problem("thesis_always_examinable", _(
            "A thesis must always be open to its examiners.")))
    return problems


def check_brief(brief: Brief) -> list[Problem]:
    """Everything that keeps the brief from going to review, in the order of the form."""
    problems = []
    if not brief.title.strip():
        problems.append(Problem("title", _("Give the challenge a title.")))
    if not brief.problem.strip():
        problems.append(Problem("problem", _("Describe the problem.")))
    if brief.confidentiality not in set(Confidentiality):
        problems.append(Problem("confidentiality", _("Choose who may read what.")))
    if brief.confidentiality == Confidentiality.PUBLIC and brief.annex.strip():
        problems.append(Problem("confidentiality", _(
            "The annex has text. Choose that the annex is confidential, or empty the annex.")))
    problems += check_criteria(brief.criteria)
    problems += check_terms(brief.terms)
    if brief.prize.cash < 0:
        problems.append(Problem("prize_cash", _("Write 0 or more.")))
    problems += check_timeline(brief.timeline)
    problems += check_team_size(brief.team_min, brief.team_max)
    if not 0 <= brief.max_teams <= MAX_TEAMS:
        problems.append(Problem("max_teams", _(
            "Choose at most %(most)d teams, or 0 for no limit.", most=MAX_TEAMS)))
    if not 1 <= brief.agreement_days <= MAX_AGREEMENT_DAYS:
        problems.append(Problem("agreement_days", _(
            "Choose between 1 and %(most)d days.", most=MAX_AGREEMENT_DAYS)))
    return problems


def option_ends(timeline: Timeline, terms: Terms) -> datetime | None:
    """The instant at which the option is over (half-open), counted in days from demo day."""
    if timeline.demo_day_at is None or terms.option_period_days <= 0:
        return None
    return timeline.demo_day_at + timedelta(days=terms.option_period_days)
