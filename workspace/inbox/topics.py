"""What people may choose by: topics that features offer, and what each person has chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, select

from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Refused
from workspace.foundation.facts import announce
from workspace.foundation.features import house
from workspace.foundation.text import lazy
from workspace.inbox.facts import NoticeChoiceMade
from workspace.inbox.models import NoticeChoice
from workspace.inbox.rules import DIGEST, OTHER, Topic, Way, topic_of


def topics() -> list[Topic]:
    """Every topic, in the order of the page; what belongs to none comes last."""
    found = [it for offer in house().offered("topics") for it in offer]
    return [*sorted(found, key=lambda it: it.order), OTHER]


def sentences() -> dict[str, Any]:
    """Every sentence that features offer, by kind."""
    found: dict[str, Any] = {}
    for offer in house().offered("sentences"):
        found |= offer
    return found


def topic(kind: str) -> Topic:
    """The topic of a kind of notice."""
    return topic_of(kind, topics())


def chosen_by(person_ids: Collection[int], key: str) -> Mapping[int, str]:
    """What these people have chosen for one topic."""
    rows = session().execute(
        select(NoticeChoice.person_id, NoticeChoice.way).where(
            NoticeChoice.person_id.in_(person_ids), NoticeChoice.topic == key
        )
    )
    return dict(rows.all())


def choices_of(person_id: int) -> dict[str, str]:
    """What one person has chosen, by topic."""
    rows = session().execute(
        select(NoticeChoice.topic, NoticeChoice.way).where(NoticeChoice.person_id == person_id)
    )
    return dict(rows.all())


def choose(person_id: int, key: str, way: str, who: int | None) -> None:
    """Keep how a person wants to hear of a topic; the usual way needs no row. Raises Refused."""
    if key == DIGEST:
        allowed: tuple[Way, ...] = (Way.USUAL, Way.APP)
    else:
        found = next((it for it in topics() if it.key == key and not it.fixed), None)
        allowed = found.ways if found is not None else ()
    if way not in allowed:
        raise Refused(lazy("Choose one of the ways."), field=key)
    before = choices_of(person_id).get(key, Way.USUAL)
    if before == way:
        return
    session().execute(
        delete(NoticeChoice).where(NoticeChoice.person_id == person_id, NoticeChoice.topic == key)
    )
    if way != Way.USUAL:
        session().add(NoticeChoice(person_id=person_id, topic=key, way=way))
    session().flush()
    announce(NoticeChoiceMade(who, person_id, key, way))


def choose_all(actor: Actor, wanted: Mapping[str, str]) -> None:
    """Keep everything that the page of settings says."""
    assert actor.person_id is not None
    for key, way in wanted.items():
        choose(actor.person_id, key, way, actor.person_id)


def quiet(person_id: int, key: str) -> None:
    """No letters of this topic any more; what must be known still stands in the inbox."""
    choose(person_id, key, Way.APP, None)
