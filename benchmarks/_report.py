"""How a run tells its figures: JSON lines for programs on stdout, a table for people on stderr.

Every line is ``{"name", "value", "unit", "goal", "ok"}``. A run ends with 1 when one is not ok.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """One thing measured. ``goal`` is what it may be at most (or must be exactly), in words."""

    name: str
    value: float | int | str
    unit: str
    goal: str
    ok: bool


@dataclass
class Report:
    """The figures of one run, told as they come."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, name: str, value: float | int | str, unit: str, goal: str, ok: bool) -> None:
        """Tell one figure."""
        shown = round(value, 3) if isinstance(value, float) else value
        figure = Figure(name, shown, unit, goal, bool(ok))
        self.figures.append(figure)
        sys.stdout.write(json.dumps(vars(figure), ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def at_most(self, name: str, value: float | int, limit: float | int, unit: str) -> None:
        """A figure that must not pass ``limit``."""
        self.add(name, value, unit, f"<= {limit:g}", value <= limit)

    def at_least(self, name: str, value: float | int, limit: float | int, unit: str) -> None:
        """A figure that must reach ``limit``."""
        self.add(name, value, unit, f">= {limit:g}", value >= limit)

    def exactly(self, name: str, value: float | int | str, wanted: float | int | str) -> None:
        """A figure that must be ``wanted``."""
        self.add(name, value, "", f"= {wanted}", value == wanted)

    def say(self, text: str) -> None:
        """Tell a person what goes on."""
        sys.stderr.write(f"  {text}\n")
        sys.stderr.flush()

    def end(self) -> int:
        """Print the table; give the exit code."""
        wide = max((len(it.name) for it in self.figures), default=4)
        for it in self.figures:
            mark = "ok " if it.ok else "NOT"
            told = f"{mark}  {it.name:<{wide}}  {it.value!s:>12} {it.unit:<6} {it.goal}\n"
            sys.stderr.write(told)
        missed = [it.name for it in self.figures if not it.ok]
        if missed:
            sys.stderr.write(f"Not reached: {', '.join(missed)}\n")
        return 1 if missed else 0
