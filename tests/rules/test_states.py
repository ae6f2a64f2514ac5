"""Every machine of the project: nothing is reachable outside its table."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.foundation.errors import Refused
from workspace.foundation.states import Machine, Step, document, machines, step

MACHINES = machines()
TITLES = [machine.title for machine in MACHINES]


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    DARK = "dark"


def needs_power(facts: bool) -> str | None:
    """there is power"""
    return None if facts else "There is no power."


LABELS = {Light.RED: "Red", Light.GREEN: "Green", Light.DARK: "Dark"}
ROWS: tuple[Step[Light, bool], ...] = (
    step("go", "Go", Light.RED, Light.GREEN, "driver, walker", needs_power),
    step("stop", "Stop", Light.GREEN, Light.RED, "driver"),
    step("fail", "Fail", (Light.RED, Light.GREEN), Light.DARK, "system"),
    step("repair", "Repair", Light.DARK, None, "system", needs_power),
)
LIGHT: Machine[Light, bool] = Machine("Light", Light.RED, LABELS, ROWS)


def test_a_step_that_is_in_the_table_gives_its_target() -> None:
    assert LIGHT.step("red", "go", True) is Light.GREEN


def test_a_step_from_the_wrong_state_is_refused_with_a_sentence() -> None:
    with pytest.raises(Refused) as refused:
        LIGHT.step("green", "go", True)
    assert refused.value.reason == "Go is not possible while the state is “Green”."
    assert (refused.value.code, refused.value.status) == ("state", 409)


def test_a_guard_that_objects_gives_its_sentence() -> None:
    with pytest.raises(Refused) as refused:
        LIGHT.step("red", "go", False)
    assert refused.value.reason == "There is no power."
    assert (refused.value.code, refused.value.status) == ("guard", 422)
    assert LIGHT.objections("red", "go", False) == ("There is no power.",)


def test_a_way_back_needs_a_state_from_which_one_came() -> None:
    assert LIGHT.step("dark", "repair", True, before="green") is Light.GREEN
    with pytest.raises(ValueError, match="cannot go back"):
        LIGHT.step("dark", "repair", True, before="dark")
    with pytest.raises(ValueError, match="needs the state"):
        LIGHT.step("dark", "repair", True)


def test_an_unknown_step_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(KeyError):
        LIGHT.step("red", "fly", True)


@pytest.mark.parametrize(("labels", "rows", "words"), [
    (LABELS, (*ROWS, ROWS[0]), "two steps are called go"),
    ({Light.RED: "Red"}, ROWS, "no label for dark, green"),
    (LABELS, ROWS[1:], "no step leads to green"),
])
def test_a_table_that_contradicts_itself_is_refused(labels: Any, rows: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Machine("Light", Light.RED, labels, rows)


def test_allowed_and_ends_and_drawing() -> None:
    assert [one.name for one in LIGHT.allowed("red")] == ["go", "fail"]
    assert LIGHT.ends == frozenset()
    assert "red --> green: go" in LIGHT.drawing()
    assert "dark --> green: repair" in LIGHT.drawing()
    assert "| `go` | `red` | `green` | driver, walker | there is power |" in LIGHT.table()


def test_every_feature_with_states_is_found() -> None:
    assert {
        "Challenge", "Challenge entry", "Checklist item", "Edition", "Public-disclosure request",
        "Readiness claim", "Review", "Review panel", "Sponsor engagement", "Submission", "Team",
    } <= set(TITLES)


@pytest.mark.parametrize("machine", MACHINES, ids=TITLES)
def test_every_state_is_reachable_from_the_start(machine: Machine[Any, Any]) -> None:
    reached, edge = {machine.start}, [machine.start]
    while edge:
        for one in machine.allowed(edge.pop()):
            if one.target and one.target not in reached:
                reached.add(one.target)
                edge.append(one.target)
    assert reached == set(machine.states)


@pytest.mark.parametrize("machine", MACHINES, ids=TITLES)
def test_every_state_and_step_has_words(machine: Machine[Any, Any]) -> None:
    assert all(machine.label(state).strip() for state in machine.states)
    assert all(str(one.label).strip() and one.who for one in machine.steps)
    assert all(guard.__doc__ for one in machine.steps for guard in one.guards)


@given(st.data())
def test_no_walk_leaves_the_table(data: st.DataObject) -> None:
    """Whatever is tried in whatever order, each change of state is a row of the table."""
    machine = data.draw(st.sampled_from(MACHINES))
    free: Machine[Any, Any] = Machine(machine.title, machine.start, machine.labels, tuple(
        step(one.name, one.label, one.sources, one.target, ",".join(one.who))
        for one in machine.steps
    ))
    rows = {(source, one.name): one.target for one in machine.steps for source in one.sources}
    state, came_from = machine.start, machine.start
    for name in data.draw(st.lists(st.sampled_from([one.name for one in machine.steps]),
                                   max_size=12)):
        if (state, name) not in rows:
            with pytest.raises(Refused):
                free.step(state, name, None, before=came_from)
            continue
        after = free.step(state, name, None, before=came_from)
        assert after == (rows[state, name] or came_from)
        came_from, state = state, after
        assert state in machine.states


def test_the_page_of_states_is_the_tables() -> None:
    page = Path(__file__).parents[2] / "docs" / "states.md"
    assert page.read_text() == document(), "python -m workspace.foundation.states > docs/states.md"
