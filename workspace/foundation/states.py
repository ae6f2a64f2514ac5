"""State machines of the features: one table of allowed steps per thing, and its drawing.

A feature declares `class State(StrEnum)`, a table of `Step`s and one `Machine` in its `rules.py`.
No state is set anywhere else: an action asks `machine.step(state, name, facts)` and stores the
answer. The drawings in `docs/states.md` are made from the same tables:

    python -m workspace.foundation.states > docs/states.md
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar

from workspace.foundation.errors import Refused
from workspace.foundation.text import _

S = TypeVar("S", bound=StrEnum)
F = TypeVar("F")

Sentence: TypeAlias = object
"""What a person reads; lazy where it is written before the reader is known: use `str(...)`."""

Guard = Callable[[F], str | None]
"""Looks at the facts of a thing and returns None, or the sentence that says what is missing."""


@dataclass(frozen=True)
class Step(Generic[S, F]):
    """One allowed change of state.

    `who` are role words of the domain, for reading and drawing; the access rules decide who may.
    `target` None means: back to the state it was in before (the caller knows it from history).
    """

    name: str
    label: Sentence
    sources: frozenset[S]
    target: S | None
    who: tuple[str, ...]
    guards: tuple[Guard[F], ...] = ()


def step(
    name: str,
    label: Sentence,
    sources: S | Iterable[S],
    target: S | None,
    who: str,
    *guards: Guard[F],
) -> Step[S, F]:
    """A `Step`, written as one row: `who` is a comma-separated list of role words."""
    held = frozenset([sources]) if isinstance(sources, StrEnum) else frozenset(sources)
    words = tuple(word.strip() for word in who.split(","))
    return Step(name, label, held, target, words, guards)


@dataclass(frozen=True)
class Machine(Generic[S, F]):
    """The states of one thing, where it starts, and every step it may take.

    Raises ValueError when it is built from a table that contradicts itself: two steps with one
    name, a state without a label, or a state that no step reaches.
    """

    title: str
    start: S
    labels: Mapping[S, Sentence]
    steps: tuple[Step[S, F], ...]

    def __post_init__(self) -> None:
        names = [one.name for one in self.steps]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"{self.title}: two steps are called {', '.join(sorted(twice))}")
        states = set(type(self.start))
        unnamed = states - set(self.labels)
        if unnamed:
            raise ValueError(f"{self.title}: no label for {', '.join(sorted(unnamed))}")
        lost = states - {self.start} - {one.target for one in self.steps if one.target}
        if lost:
            raise ValueError(f"{self.title}: no step leads to {', '.join(sorted(lost))}")

    @property
    def states(self) -> tuple[S, ...]:
        """Every state, in the order in which it was written."""
        return tuple(type(self.start))

    @property
    def ends(self) -> frozenset[S]:
        """The states that nothing leaves."""
        left = {source for one in self.steps for source in one.sources}
        return frozenset(set(self.states) - left)

    def label(self, state: str) -> str:
        """The word for `state` in the reader's language. ValueError for an unknown state."""
        return str(self.labels[type(self.start)(state)])

    def named(self, name: str) -> Step[S, F]:
        """The step called `name`. KeyError when there is none: a mistake of the programmer."""
        for one in self.steps:
            if one.name == name:
                return one
        raise KeyError(f"{self.title} has no step {name!r}")

    def allowed(self, state: str) -> tuple[Step[S, F], ...]:
        """The steps that the table allows from `state`, whatever the guards say."""
        held = type(self.start)(state)
        return tuple(one for one in self.steps if held in one.sources)

    def objection(self, state: str, name: str, facts: F) -> str | None:
        """Why the step cannot be taken now (the first reason), or None. For buttons and lists."""
        held, one = type(self.start)(state), self.named(name)
        if held not in one.sources:
            return _(
                "%(step)s is not possible while the state is “%(state)s”.",
                step=str(one.label),
                state=self.label(held),
            )
        for guard in one.guards:
            if sentence := guard(facts):
                return sentence
        return None

    def objections(self, state: str, name: str, facts: F) -> tuple[str, ...]:
        """Everything that stands in the way of the step, so that a page can list it."""
        held, one = type(self.start)(state), self.named(name)
        if held not in one.sources:
            reason = self.objection(state, name, facts)
            return (reason,) if reason else ()
        return tuple(sentence for guard in one.guards if (sentence := guard(facts)))

    def step(self, state: str, name: str, facts: F, *, before: str | None = None) -> S:
        """The state after the step `name`.

        `before` is the state to return to, for steps that go back (resume). Raises Refused: code
        "state" (409) when the table has no such step from `state`, code "guard" (422) when a
        guard objects.
        """
        held, one = type(self.start)(state), self.named(name)
        reason = self.objection(state, name, facts)
        if reason is not None:
            if held not in one.sources:
                raise Refused(reason, code="state", status=409)
            raise Refused(reason, code="guard")
        if one.target is not None:
            return one.target
        if before is None:
            raise ValueError(f"{self.title}: {name} needs the state it goes back to")
        back = type(self.start)(before)
        if back not in self.returns(held):
            raise ValueError(f"{self.title}: {held} cannot go back to {back}")
        return back

    def returns(self, state: str) -> frozenset[S]:
        """The states from which a step leads to `state`: where a way back may end."""
        held = type(self.start)(state)
        return frozenset(
            source for one in self.steps if one.target == held for source in one.sources
        )

    def drawing(self) -> str:
        """The machine as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        for state in self.states:
            lines.append(f"    {_ident(state)}: {state}")
        lines.append(f"    [*] --> {_ident(self.start)}")
        for one in self.steps:
            for source in sorted(one.sources, key=self.states.index):
                ends = [one.target] if one.target else sorted(self.returns(source))
                for end in ends:
                    lines.append(f"    {_ident(source)} --> {_ident(end)}: {one.name}")
        lines += [f"    {_ident(state)} --> [*]" for state in self.states if state in self.ends]
        return "\n".join(lines)

    def table(self) -> str:
        """The steps as a Markdown table, with the guards' docstrings as conditions."""
        rows = ["| step | from | to | who | only when |", "|---|---|---|---|---|"]
        for one in self.steps:
            sources = ", ".join(f"`{s}`" for s in sorted(one.sources, key=self.states.index))
            target = f"`{one.target}`" if one.target else "the state before"
            when = "; ".join(_condition(guard) for guard in one.guards)
            rows.append(
                f"| `{one.name}` | {sources} | {target} | {', '.join(one.who)} | {when} |"
            )
        return "\n".join(rows)


def _ident(state: StrEnum) -> str:
    return state.value.replace("-", "_")


def _condition(guard: Callable[..., Any]) -> str:
    first = (guard.__doc__ or "").strip().splitlines()
    return first[0].rstrip(".") if first else guard.__name__.replace("_", " ")


def machines() -> list[Machine[Any, Any]]:
    """Every machine of the project, found in the `rules.py` of the features, sorted by title.

    Only the drawings and the tests of the house ask for this: rules import nothing of a feature.
    """
    root = Path(__file__).resolve().parents[2]
    found: dict[str, Machine[Any, Any]] = {}
    for building in BUILDINGS:
        for path in sorted((root / building).rglob("rules.py")):
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            for thing in vars(importlib.import_module(name)).values():
                if isinstance(thing, Machine):
                    found[thing.title] = thing
    return [found[title] for title in sorted(found)]


BUILDINGS: Final = (
    "workspace", "canvases", "mentors", "transfer", "sponsors", "learning", "facilities",
)


def document() -> str:
    """The page `docs/states.md`: every machine drawn and listed."""
    parts = [
        "# States",
        "Made by `python -m workspace.foundation.states > docs/states.md` from the tables in the "
        "`rules.py` of each feature. Change the table, then make the page again.",
    ]
    for machine in machines():
        parts += [f"## {machine.title}", f"```mermaid\n{machine.drawing()}\n```", machine.table()]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    # Run as a program this module is not the one that the rules import.
    sys.stdout.write(importlib.import_module("workspace.foundation.states").document())
