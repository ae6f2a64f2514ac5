"""Public ids can be given to a command and put into a sheet as they are."""

from __future__ import annotations

import re

from workspace.foundation.db import new_public_id


def test_public_ids_are_safe_in_addresses_commands_and_sheets() -> None:
    made = {new_public_id() for _ in range(2_000)}
    assert len(made) == 2_000
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}", it) for it in made)
