"""Makers with sensible defaults: each makes one thing, the way the product makes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask_security.utils import hash_password

from workspace.accounts.models import Person
from workspace.accounts.sessions import actor_for
from workspace.challenges.models import Challenge, Criterion
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.grants import actions as grants
from workspace.organisations.models import Organisation
from workspace.programmes.models import Edition, Phase, Programme
from workspace.teams.models import Member, Team

PASSWORD = "correct horse battery"
NOBODY = Actor()


@lru_cache(maxsize=1)
def _hashed() -> str:
    return str(hash_password(PASSWORD))  # slow on purpose, so once is enough


def person(name: str, email: str | None = None, **fields: Any) -> Person:
    """Somebody with a confirmed account and the password of this file."""
    made = Person(
        name=name, email=email or f"{name.lower().replace(' ', '.')}@example.org",
        password=_hashed(), confirmed_at=now(), **fields,
    )
    session().add(made)
    session().flush()
    return made


def actor(of: Person) -> Actor:
    """The person with the rights that she holds now."""
    return actor_for(of, now())


def give(to: Person, role: str, kind: str, scope_id: int, **options: Any) -> None:
    """A role in force from now on."""
    grants.give(NOBODY, to.id, role, kind, scope_id, now(), **({"basis": "setup"} | options))


def organisation(name: str, kind: str = "university", **fields: Any) -> Organisation:
    """An organisation without people."""
    made = Organisation(name=name, kind=kind, country=fields.pop("country", "IT"), **fields)
    session().add(made)
    session().flush()
    return made


def edition(
    of: Organisation, lead: Person, title: str = "Autumn edition", **fields: Any
) -> Edition:
    """An open edition in its tenth week, with three phases."""
    programme = Programme(
        organisation_id=of.id, title="InnoCore path", created_by_id=lead.id, languages=["en"]
    )
    session().add(programme)
    session().flush()
    start = now() - timedelta(weeks=10)
    made = Edition(
        programme_id=programme.id, title=title, state="open", starts_on=start.date(),
        ends_on=(start + timedelta(weeks=30)).date(), zone="Europe/Rome", **fields,
    )
    session().add(made)
    session().flush()
    for position, (key, word, first, last) in enumerate(
        (("canvas", "Canvas draft", 0, 8), ("evidence", "Evidence", 8, 13),
         ("pitch", "Pitch", 13, 20))
    ):
        session().add(
            Phase(
                edition_id=made.id, position=position, key=key, title=word,
                starts_at=start + timedelta(weeks=first), ends_at=start + timedelta(weeks=last),
            )
        )
    give(lead, "programme-lead", "programme", programme.id)
    session().flush()
    return made


def challenge(in_: Edition, of: Organisation, by: Person, title: str = "A challenge",
              state: str = "published", **fields: Any) -> Challenge:
    """A published challenge with an annex."""
    made = Challenge(
        **{
            "edition_id": in_.id, "organisation_id": of.id, "created_by_id": by.id,
            "title": title, "state": state, "sector": "diagnostics", "problem": "The problem.",
            "background": "The background.", "constraints": "- One constraint",
            "annex": "The annex.", "agreement_text": "I keep the annex secret.",
            "ip_terms": {"model": "ip-team-owned-with-option"}, "prize_cash": 5000,
            "opens_at": now() - timedelta(weeks=10),
            "applications_close_at": now() + timedelta(weeks=1),
            "kick_off_at": now() + timedelta(weeks=2),
            "mid_review_at": now() + timedelta(weeks=4),
            "submission_at": now() + timedelta(weeks=8),
            "demo_day_at": now() + timedelta(weeks=10),
        }
        | fields
    )
    session().add(made)
    session().flush()
    for position, (word, weight) in enumerate((("Performance", 60), ("Business case", 40))):
        session().add(
            Criterion(challenge_id=made.id, position=position, title=word, weight=weight)
        )
    session().flush()
    session().refresh(made)
    return made


def team(in_: Edition, home: Organisation, lead: Person, *others: Person, name: str = "A team",
         **fields: Any) -> Team:
    """A team with its lead and members."""
    made = Team(
        edition_id=in_.id, home_organisation_id=home.id, name=name, created_by_id=lead.id,
        **({"title": f"{name} project", "pitch": f"{name} in one line", "state": "discovery"}
           | fields),
    )
    session().add(made)
    session().flush()
    for position, who in enumerate((lead, *others)):
        join(made, who, "lead" if position == 0 else "member", home)
    session().refresh(made)
    return made


def join(to: Team, who: Person, role: str = "member", home: Organisation | None = None) -> Member:
    """One more member, with the rights of one."""
    member = Member(
        team_id=to.id, person_id=who.id, role=role,
        organisation_id=home.id if home else to.home_organisation_id,
    )
    session().add(member)
    session().flush()
    give(who, f"team-{role}", "team", to.id, basis="membership", basis_id=member.id)
    give(who, "participant", "edition", to.edition_id, basis="membership", basis_id=member.id)
    return member


def monday(week: int = 0) -> datetime:
    """A Monday noon in UTC, `week` weeks after 23 November 2026."""
    return datetime.combine(date(2026, 11, 23), datetime.min.time(), UTC) + timedelta(
        weeks=week, hours=12
    )
