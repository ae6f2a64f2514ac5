"""The steps that time takes by itself."""

from __future__ import annotations

import logging

from workspace.challenges import actions, queries
from workspace.challenges.models import Challenge
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.errors import HouseError
from workspace.foundation.unit import write

log = logging.getLogger(__name__)


def keep_time() -> None:
    """Close applications and start judging where a deadline has passed; each in its own unit."""
    at = now()
    for challenge_id in queries.due_challenges(at):
        try:
            with write():
                challenge = session().get(Challenge, challenge_id)
                if challenge is not None:
                    actions.keep_time(challenge, at)
        except HouseError as error:
            log.warning("challenge %s waits: %s", challenge_id, error.code)
