"""The confidential annex: read it, or sign the agreement first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workspace.challenges import access, actions
from workspace.challenges.forms import SignForm
from workspace.challenges.models import Challenge
from workspace.challenges.views.door import crumbs, doors, title_of
from workspace.foundation.access import Actor, can
from workspace.foundation.clock import now
from workspace.foundation.errors import Denied, Refused
from workspace.foundation.text import _
from workspace.foundation.unit import write
from workspace.foundation.web import go, page, refusals
from workspace.grants.queries import valid_agreement


@doors.page("/<challenge>/annex", verb="view", things={"challenge": Challenge})
def annex(actor: Actor, challenge: Challenge) -> Any:
    """The annex under an agreement that is valid now; else the agreement to sign."""
    at = now()
    if access.may_read_annex(actor, challenge):
        held = valid_agreement(actor.person_id or 0, "challenge", challenge.id, at)
        if not access.is_sponsor(actor, challenge):
            with write():
                actions.note_opened(actor, challenge)
        return page(
            "challenges/annex.html", challenge=challenge, title=title_of(challenge), held=held,
            crumbs=crumbs(challenge, (_("Annex"), None)),
        )
    verdict = can(actor, "sign", challenge)
    if not verdict:
        raise Denied(getattr(verdict, "reason", ""))
    return _sign_page(challenge, SignForm())


@doors.page("/<challenge>/agreement", verb="sign", things={"challenge": Challenge},
            methods=["POST"], fresh=True)
def sign(actor: Actor, challenge: Challenge) -> Any:
    """Sign the agreement; the annex opens at once."""
    form = SignForm()
    with refusals(form):
        if form.validate() and not form.agreed.data:
            raise Refused(_("Tick the box to sign."), field="agreed")
        if not form.errors:
            actions.sign_annex(actor, challenge, now())
            return go(".annex", _("Signed. You can read the annex now."),
                      challenge=challenge.public_id)
    return _sign_page(challenge, form)


def _sign_page(challenge: Challenge, form: SignForm) -> Any:
    return page(
        "challenges/sign.html", form=form, challenge=challenge, title=title_of(challenge),
        text=actions.agreement_text(challenge),
        until=now() + timedelta(days=challenge.agreement_days),
        crumbs=crumbs(challenge, (_("Confidentiality agreement"), None)),
    )
