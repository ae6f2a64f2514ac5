"""The demo's story: one edition with its sponsors, challenges, mentors and teams, all fictional.

`read_story` reads `challenges.yaml` into frozen values with the words of the product; `Story.at`
moves every date by whole weeks, so that weekdays stay and the edition is in its tenth week today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from workspace.challenges.brief import Confidentiality, Criterion, IpModel, Terms
from workspace.foundation.definitions import Entry, Names, read
from workspace.teams.rules import MemberStatus, TeamState

BUILT_IN: Final = Path(__file__).parent / "challenges.yaml"
WEEK: Final = timedelta(days=7)
SHOWN_WEEK: Final = 10
"""The demo shows an edition in this week."""

MEMBER_STATUS: Final[Mapping[str, MemberStatus]] = {
    "facility-staff": MemberStatus.FACILITY_STAFF,
    "mba-student": MemberStatus.STUDENT,
    "msc-student": MemberStatus.STUDENT,
    "phd-student": MemberStatus.STUDENT,
    "physician": MemberStatus.EMPLOYEE,
    "postdoc": MemberStatus.EMPLOYEE,
    "professional": MemberStatus.PROFESSIONAL,
}
"""The story's finer words, mapped once to those of the product."""

SCALES: Final = ("trl", "crl", "brl", "iprl", "tmrl", "frl")


@dataclass(frozen=True)
class Sponsor:
    """A company or body that posts challenges."""

    id: str
    name: str
    profile: str
    country: str


@dataclass(frozen=True)
class Mentor:
    """An experienced adviser."""

    id: str
    name: str
    profile: str
    country: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Dates:
    """The days of a challenge."""

    opens: date
    applications_close: date
    kick_off: date
    mid_review: date
    submission: date
    demo_day: date
    decision_within_days: int

    def moved(self, by: timedelta) -> Dates:
        """The same days, all moved."""
        return replace(self, **{
            name: getattr(self, name) + by for name in (
                "opens", "applications_close", "kick_off", "mid_review", "submission", "demo_day")
        })


@dataclass(frozen=True)
class ChallengeStory:
    """A sponsor's brief."""

    id: str
    title: str
    sponsor_id: str
    sector: str
    confidentiality: Confidentiality
    problem: str
    background: str
    constraints: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    terms: Terms
    prize_cash: int
    prize_in_kind: str
    dates: Dates
    facilities: tuple[str, ...]
    competences: tuple[str, ...]
    provided: tuple[str, ...]
    max_teams: int
    team_min: int
    team_max: int


@dataclass(frozen=True)
class MemberStory:
    """Somebody in a team; the demo gives names."""

    role: str
    status: MemberStatus
    position: str
    """The story's own word for the status, such as `phd-student`."""
    institution: str
    country: str


@dataclass(frozen=True)
class NoteStory:
    """A note on a team's canvas. `importance` and `strength` from 1 to 5."""

    id: str
    block_id: str
    text: str
    status: str
    importance: int
    strength: int
    evidence: str


@dataclass(frozen=True)
class TeamStory:
    """A team, its idea and its canvas. `challenge_id` None: an idea of its own."""

    id: str
    name: str
    title: str
    pitch: str
    challenge_id: str | None
    keywords: tuple[str, ...]
    readiness: Mapping[str, int]
    state: TeamState
    members: tuple[MemberStory, ...]
    facilities: tuple[str, ...]
    template_id: str
    notes: tuple[NoteStory, ...]
    mentor_note: str


@dataclass(frozen=True)
class Story:
    """Everything that the demo tells."""

    edition_id: str
    edition_title: str
    starts_on: date
    ends_on: date
    sponsors: tuple[Sponsor, ...]
    mentors: tuple[Mentor, ...]
    challenges: tuple[ChallengeStory, ...]
    teams: tuple[TeamStory, ...]

    def at(self, today: date, week: int = SHOWN_WEEK) -> Story:
        """The same story with all dates moved so that `today` lies in this week of the edition."""
        by = shift(self.starts_on, today, week)
        return replace(
            self, starts_on=self.starts_on + by, ends_on=self.ends_on + by,
            challenges=tuple(
                replace(one, dates=one.dates.moved(by)) for one in self.challenges),
        )


def shift(starts_on: date, today: date, week: int = SHOWN_WEEK) -> timedelta:
    """By how much to move an edition so that `today` lies in its `week` (1 is the first).

    Whole weeks only, so that every date keeps its weekday.
    """
    return WEEK * ((today - starts_on).days // 7 - (week - 1))


def _dates(entry: Entry) -> Dates:
    entry.only("opens", "applications_close", "kick_off", "mid_review", "submission", "demo_day",
               "decision_within_days")
    return Dates(
        entry.day("opens"), entry.day("applications_close"), entry.day("kick_off"),
        entry.day("mid_review"), entry.day("submission"), entry.day("demo_day"),
        entry.number("decision_within_days", least=1, most=90),
    )


def _terms(entry: Entry) -> Terms:
    entry.only("model", "background", "option_field", "option_period_days", "option_starts",
               "option_fee_eur", "fallback_after_option", "publication_review_days",
               "max_publication_delay_days", "thesis_always_examinable")
    entry.choice("option_starts", ["demo-day"], "demo-day")
    return Terms(
        model=entry.choice("model", [one.value for one in IpModel]),
        background=entry.text("background"), option_field=entry.text("option_field"),
        option_period_days=entry.number("option_period_days", least=0, most=365),
        option_fee_eur=entry.number("option_fee_eur", least=0),
        fallback_after_option=entry.text("fallback_after_option"),
        publication_review_days=entry.number("publication_review_days", least=0, most=90),
        max_publication_delay_days=entry.number("max_publication_delay_days", least=0, most=180),
        thesis_always_examinable=entry.flag("thesis_always_examinable"),
    )


def _challenge(entry: Entry, names: Names, sponsors: Names) -> ChallengeStory:
    entry.only("id", "title", "sponsor_id", "sector", "confidentiality", "problem", "background",
               "constraints", "criteria", "ip_terms", "prize", "timeline", "preferred_facilities",
               "desired_competences", "provided_by_sponsor", "max_teams", "team_size")
    criteria = []
    for one in entry.entries("criteria"):
        one.only("id", "title", "weight", "measure")
        names.take(one)
        criteria.append(Criterion(one.text("title"), one.number("weight", least=1, most=100),
                                  one.text("measure")))
    prize, size = entry.entry("prize"), entry.entry("team_size")
    prize.only("cash_eur", "in_kind")
    size.only("min", "max")
    least = size.number("min", least=1)
    return ChallengeStory(
        id=names.take(entry), title=entry.text("title"),
        sponsor_id=entry.choice("sponsor_id", list(sponsors)), sector=entry.text("sector"),
        confidentiality=Confidentiality(
            entry.choice("confidentiality", [one.value for one in Confidentiality])),
        problem=entry.text("problem"), background=entry.text("background"),
        constraints=entry.texts("constraints"), criteria=tuple(criteria),
        terms=_terms(entry.entry("ip_terms")), prize_cash=prize.number("cash_eur", least=0),
        prize_in_kind=prize.text("in_kind", ""), dates=_dates(entry.entry("timeline")),
        facilities=entry.texts("preferred_facilities", optional=True),
        competences=entry.texts("desired_competences", optional=True),
        provided=entry.texts("provided_by_sponsor", optional=True),
        max_teams=entry.number("max_teams", least=0), team_min=least,
        team_max=size.number("max", least=least),
    )


def _note(entry: Entry, names: Names) -> NoteStory:
    entry.only("id", "block_id", "text", "status", "importance", "evidence_strength", "evidence")
    return NoteStory(
        names.take(entry), entry.slug("block_id"), entry.text("text"), entry.text("status"),
        entry.number("importance", least=1, most=5),
        entry.number("evidence_strength", least=1, most=5), entry.text("evidence", ""),
    )


def _member(entry: Entry) -> MemberStory:
    entry.only("role", "status", "institution", "country")
    position = entry.choice("status", list(MEMBER_STATUS))
    return MemberStory(entry.text("role"), MEMBER_STATUS[position], position,
                       entry.text("institution"), entry.text("country"))


def _team(entry: Entry, names: Names, challenges: Names) -> TeamStory:
    entry.only("id", "team_name", "title", "one_line_pitch", "challenge_id", "keywords",
               "readiness", "state", "members", "facilities", "canvas", "mentor_note")
    levels, canvas = entry.entry("readiness"), entry.entry("canvas")
    levels.only(*SCALES)
    canvas.only("template_id", "version", "notes")
    return TeamStory(
        id=names.take(entry), name=entry.text("team_name"), title=entry.text("title"),
        pitch=entry.text("one_line_pitch"),
        challenge_id=None if entry.is_null("challenge_id")
        else entry.choice("challenge_id", list(challenges)),
        keywords=entry.texts("keywords"),
        readiness={scale: levels.number(scale, least=1, most=9) for scale in SCALES},
        state=TeamState(entry.choice("state", [one.value for one in TeamState])),
        members=tuple(_member(one) for one in entry.entries("members")),
        facilities=entry.texts("facilities", optional=True),
        template_id=canvas.slug("template_id"),
        notes=tuple(_note(one, names) for one in canvas.entries("notes")),
        mentor_note=entry.text("mentor_note", ""),
    )


def read_story(source: Path | str | bytes, file: str | None = None) -> Story:
    """The story in a file, or in its text. Raises DefinitionError."""
    root = read(source, file)
    root.source(1)
    root.only("schema_version", "language", "programme_edition", "sponsors", "mentors",
              "challenges", "projects")
    edition = root.entry("programme_edition")
    edition.only("id", "title", "starts", "ends")
    sponsors, mentors, challenges, teams = (
        Names("sponsor"), Names("mentor"), Names("challenge"), Names("team"))
    sponsor_rows, mentor_rows = [], []
    for one in root.entries("sponsors"):
        one.only("id", "name", "profile", "country")
        sponsor_rows.append(Sponsor(sponsors.take(one), one.text("name"), one.text("profile"),
                                    one.text("country")))
    for one in root.entries("mentors"):
        one.only("id", "name", "profile", "country", "topics")
        mentor_rows.append(Mentor(mentors.take(one), one.text("name"), one.text("profile"),
                                  one.text("country"), one.texts("topics")))
    return Story(
        edition_id=edition.slug("id"), edition_title=edition.text("title"),
        starts_on=edition.day("starts"), ends_on=edition.day("ends"),
        sponsors=tuple(sponsor_rows), mentors=tuple(mentor_rows),
        challenges=tuple(_challenge(one, challenges, sponsors)
                         for one in root.entries("challenges")),
        teams=tuple(_team(one, teams, challenges) for one in root.entries("projects")),
    )


@cache
def built_in() -> Story:
    """The story as it is written, with its own dates."""
    return read_story(BUILT_IN)
