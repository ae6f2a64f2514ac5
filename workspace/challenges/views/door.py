"""The doors of challenges, and what all their pages need."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import format_time, get_timezone

from workspace.challenges.models import Challenge
from workspace.foundation.babel import day_month
from workspace.foundation.clock import now
from workspace.foundation.text import _
from workspace.foundation.web import Doors

doors = Doors("challenges", prefix="/challenges")

TONES = {
    "draft": "neutral", "in-review": "info", "published": "good", "closed": "neutral",
    "judging": "info", "decided": "brand", "option-running": "brand", "completed": "neutral",
    "cancelled": "bad",
}


def zone_note(at: datetime, zone: str) -> str:
    """The wall time in the edition's zone, for readers whose clocks show another one; else ""."""
    there = at.astimezone(ZoneInfo(zone))
    reader = get_timezone()
    if reader is None or at.astimezone(reader).utcoffset() == there.utcoffset():
        return ""
    hour = format_time(there.replace(tzinfo=None), "short", rebase=False)
    wall = f"{day_month(there.date())}, {hour}"
    return _("%(time)s in %(zone)s", time=wall, zone=zone)


def days_until(at: datetime, zone: str) -> int:
    """Whole days from today to the day of `at`, both in the edition's zone."""
    key = ZoneInfo(zone)
    return (at.astimezone(key).date() - now().astimezone(key).date()).days


def title_of(challenge: Challenge) -> str:
    """Its title, or a word for a draft that has none yet."""
    return challenge.title or _("Untitled challenge")


def crumbs(challenge: Challenge | None = None, *more: tuple[str, str | None]) -> list[
    tuple[str, str | None]
]:
    """The way to this page."""
    way: list[tuple[str, str | None]] = [(_("Challenges"), url_for("challenges.index"))]
    if challenge is not None:
        way.append((title_of(challenge), url_for("challenges.show", challenge=challenge.public_id)))
    way += more
    return [*way[:-1], (way[-1][0], None)]
