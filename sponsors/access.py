"""Who sees a sponsor's or a scout's first page: people of the organisation in that role."""

from __future__ import annotations

from workspace.foundation.access import Actor, No, Verdict
from workspace.foundation.text import lazy
from workspace.organisations.models import Organisation


def may_sponsor(actor: Actor, organisation: Organisation) -> Verdict:
    """Representatives of the company."""
    if actor.has("sponsor", "organisation", organisation.id):
        return True
    return No(lazy("This page is for the sponsor's own people."))


def may_scout(actor: Actor, organisation: Organisation) -> Verdict:
    """Scouts of the accelerator."""
    if actor.has("scout", "organisation", organisation.id):
        return True
    return No(lazy("This page is for scouts of this accelerator."))
