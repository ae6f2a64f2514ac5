"""What Prometheus hears of live boards: numbers, no names."""

from __future__ import annotations

import pytest

from canvases.boards import live
from canvases.boards.figures import figures
from tests.canvases.live.conftest import Stage

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_open_boards_and_editors_are_counted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> dict[str, float]:
        return {it.name: it.value for it in figures()}

    monkeypatch.setattr(live.door(), "rooms", stage.rooms)
    assert told() == {"innocore_boards_open": 0, "innocore_lines_open": 0, "innocore_editors": 0}
    stage.enter("lead")
    stage.enter("lead")
    stage.enter("member")
    assert told()["innocore_boards_open"] == 1
    assert told()["innocore_editors"] == 2
    assert not [it for it in figures() if it.of]
