"""Whether strong roles need a second factor is a setting, and nothing else."""

from __future__ import annotations

import pytest

from workspace.foundation.settings import Settings, WrongSetting


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({"environment": "production"}, True),
        ({"environment": "development"}, True),
        ({"environment": "development", "demo": True}, False),
        ({"environment": "testing"}, False),
        ({"environment": "testing", "second_factor": "required"}, True),
        ({"environment": "production", "second_factor": "optional"}, False),
    ],
)
def test_only_a_setting_lets_it_off(given: dict[str, str], needed: bool) -> None:
    assert Settings(**given).needs_second_factor is needed  # type: ignore[arg-type]


def test_a_wrong_word_stops_the_start() -> None:
    with pytest.raises(WrongSetting, match="INNOCORE_SECOND_FACTOR"):
        Settings(second_factor="off").check()
