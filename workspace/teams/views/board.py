"""Lists of teams: one's own or the programme's, and those that look for members."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.limits import count
from workspace.foundation.text import _
from workspace.foundation.web import go, page, refusals
from workspace.programmes.models import Edition
from workspace.teams import agreements, queries
from workspace.teams.access import member_teams
from workspace.teams.forms import MessageForm
from workspace.teams.models import JoinRequest, Opening, Team
from workspace.teams.rules import TEAM, TeamState
from workspace.teams.views.door import TONES, crumbs, doors


def _filters() -> queries.Filters:
    args = request.args
    number = args.get("page", "1")
    return queries.Filters(
        edition=args.get("edition", "")[:22], state=args.get("state", "")[:20],
        text=args.get("q", "").strip()[:200], skill=args.get("skill", "").strip()[:60],
        page=min(max(int(number), 1), 1000) if number.isdecimal() and len(number) < 5 else 1,
    )


@doors.page("", verb="list", kind=Team)
def index(actor: Actor) -> Any:
    """Teams that the person may know of; programme leads see name, state and counts."""
    filters = _filters()
    teams, total = queries.found(actor, filters)
    ids = [it.id for it in teams]
    shown = (filters.page - 1) * queries.PAGE + len(teams)
    keep = {"edition": filters.edition, "state": filters.state, "q": filters.text}
    keep = {name: value for name, value in keep.items() if value}
    more = None
    if shown < total:
        values: dict[str, Any] = dict(keep)
        more = url_for(".index", page=filters.page + 1, **values)
    return page(
        "teams/index.html", teams=teams, total=total, shown=shown, more=more, filters=filters,
        labels=TEAM.labels, tones=TONES, states=list(TeamState),
        editions=queries.known_editions(actor), members=queries.member_counts(ids),
        mentors=queries.mentor_names(ids, now()),
        own=member_teams(actor), starts=bool(queries.editions_for_teams(actor)),
        looks=bool(actor.scopes("participant", "edition")), crumbs=[(_("Teams"), None)],
    )


@doors.page("/looking", verb="list", kind=Opening)
def board(actor: Actor) -> Any:
    """Teams that look for members, by skill: only what they wrote for this page."""
    filters = _filters()
    rows = queries.openings(actor, filters)
    assert actor.person_id is not None
    return page(
        "teams/looking.html", openings=rows, filters=filters,
        skills=queries.skills_wanted(actor, filters.edition),
        requests=queries.requests_by(actor.person_id, [it.id for it in rows]),
        own=member_teams(actor), starts=bool(queries.editions_for_teams(actor)),
        can_ask=lambda opening: bool(can(actor, "ask", opening)),
        crumbs=crumbs(None, (_("Looking for members"), None)),
    )


@doors.page("/looking/<opening>", verb="ask", things={"opening": Opening},
            methods=["GET", "POST"])
def ask(actor: Actor, opening: Opening) -> Any:
    """Ask a team to take one in."""
    form = MessageForm()
    if form.is_submitted() and form.validate():
        count("join", "20 per hour", actor.person_id)
        with refusals(form):
            agreements.ask_to_join(actor, opening, form.message.data or "", now())
            return go(".board", _("Asked. You are told when the team has answered."),
                      edition=_edition_id(opening))
    return page("teams/ask.html", form=form, opening=opening,
                crumbs=crumbs(None, (_("Looking for members"), url_for(".board")),
                              (opening.name, None)))


def _edition_id(opening: Opening) -> str:
    found = session().get(Edition, opening.edition_id)
    return found.public_id if found is not None else ""


@doors.page("/<team>/requests/<join_request>", verb="answer",
            things={"team": Team, "join_request": JoinRequest}, methods=["POST"])
def answer(actor: Actor, team: Team, join_request: JoinRequest) -> Any:
    """Take somebody in, or not."""
    accepted = request.form.get("answer") == "accept"
    agreements.answer_request(actor, join_request, now(), accepted=accepted)
    said = (_("%(name)s is in your team now.", name=join_request.person.name) if accepted
            else _("Declined. %(name)s is told.", name=join_request.person.name))
    return go(".members", said, team=team.public_id)
