"""Who hears of a release."""

from __future__ import annotations

from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.paths import path_to
from workspace.foundation.text import lazy
from workspace.grants.queries import holders
from workspace.inbox.actions import tell
from workspace.releases import facts
from workspace.releases.models import Release

SENTENCES = {
    "release-requested": lazy("A team asks to show something outside."),
    "release-decided": lazy("The transfer office has decided on your release."),
    "release-published": lazy("Something was released to you."),
    "release-withdrawn": lazy("A release was withdrawn."),
}


def asked(fact: facts.ReleaseRequested) -> None:
    """The office of the team's institution."""
    release = session().get_one(Release, fact.release_id)
    officers = holders(("transfer-officer",), "organisation",
                       release.team.home_organisation_id, now())
    members = {it.person_id for it in release.team.present}
    tell({it.id for it in officers} - members - {fact.who}, "release-requested", "answer", release,
         path_to("releases.show", release=release.public_id))


def decided(fact: facts.ReleaseDecided) -> None:
    """The team."""
    release = session().get_one(Release, fact.release_id)
    tell((it.person_id for it in release.team.present if it.person_id != fact.who),
         "release-decided", "news", release,
         path_to("releases.show", release=release.public_id), mail=True)


def published(fact: facts.ReleasePublished) -> None:
    """The audience, when it is an organisation."""
    release = session().get_one(Release, fact.release_id)
    if release.audience_organisation_id is None:
        return
    role = "sponsor" if release.audience == "sponsor" else "scout"
    people = holders((role,), "organisation", release.audience_organisation_id, now())
    tell((it.id for it in people), "release-published", "news", release,
         path_to("releases.released", release=release.public_id))


def withdrawn(fact: facts.ReleaseWithdrawn) -> None:
    """The team, when the office took it back."""
    release = session().get_one(Release, fact.release_id)
    tell((it.person_id for it in release.team.present if it.person_id != fact.who),
         "release-withdrawn", "news", release,
         path_to("releases.show", release=release.public_id))
