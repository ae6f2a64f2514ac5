"""The face of the administrator's desk."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for

from workspace.administration import access, actions, commands, facts, notices, own_data
from workspace.administration.access import Platform
from workspace.administration.models import GlassBroken
from workspace.administration.views import doors
from workspace.foundation.access import Actor
from workspace.foundation.features import Feature, NavItem, Workplace
from workspace.foundation.text import lazy
from workspace.inbox.rules import Topic


def _to(endpoint: str) -> Callable[[Actor, Workplace], str]:
    return lambda _actor, _place: url_for(endpoint)


FEATURE = Feature(
    name="administration",
    doors=[doors],
    may={("administer", Platform): access.may_administer, ("end", GlassBroken): access.may_end},
    visible={GlassBroken: access.glass_clause},
    on={
        facts.BreakGlassOpened: [notices.opened],
        facts.BreakGlassEnded: [notices.ended],
    },
    nav=[
        NavItem(("administrator",), lazy("Overview"), "layout-dashboard", 5,
                _to("administration.index"), bottom=True),
        NavItem(("administrator",), lazy("Invitations"), "mail", 30,
                _to("administration.invitations")),
        NavItem(("administrator",), lazy("Roles and rules"), "key-round", 40,
                _to("administration.roles")),
        NavItem(("administrator",), lazy("Break glass"), "triangle-alert", 50,
                _to("administration.break_glass")),
        NavItem(("administrator",), lazy("Audit log"), "history", 60,
                _to("administration.audit"), bottom=True),
        NavItem(("administrator",), lazy("System"), "server", 70, _to("administration.system")),
    ],
    commands=[commands.administrator_command],
    offers={
        "topics": [
            Topic("emergency", lazy("Emergency access"), frozenset(notices.SENTENCES), fixed=True),
        ],
        "sentences": notices.SENTENCES,
        "watches": actions.watch,
        "records": own_data.records,
        "before_erasure": actions.keep_an_administrator,
    },
)
