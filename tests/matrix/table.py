"""The table of who gets in where, and the page of the docs that is made from it.

``python -m tests.matrix.table`` prints the page. A change of rights is a change of
``access.yaml``, which a reviewer of security reads; the test holds the house against it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "access.yaml"
EVERYBODY = "everybody"
SIGNED_IN = "signed-in"
"""Everybody but a visitor."""
OWNER_WORDS = {
    "own": "the home team's", "rival": "the other team's", "elsewhere": "somebody else's",
    "archived": "put away by the home team", "draft": "a draft of the home team",
    "withdrawn": "taken back", "-": "",
}
HEAD = "| door | whose | gets in | refused |"
INTRODUCTION = """# Who may

Made from `tests/matrix/access.yaml` by `python3 run.py build`; `tests/matrix/test_access.py` asks
every door with every seat of the cast and everything in the house, and holds the answers against
it.

**Gets in**: the door does its work. **Refused**: the thing can be seen, the deed cannot be done
(403 with a reason). Everybody who is named in neither column gets 404 with the body of a random
id, and a visitor is asked to sign in. An absent id, and an id under a parent that is not its own,
is 404 for everybody: the test tries that at every door, so it has no rows here.

Seats: `lead` and `member` are the home team, `rival_lead` and `rival` another team of the same
edition whose institution is another one; `mentor` accompanies the home team and edits its canvas
by invitation, `conflicted` accompanies the other and has not answered such an invitation;
`officer` is the transfer officer of the home team's institution, `other_officer` of the other's;
`reviewer` and `second_reviewer` read the home team's submission; `sponsor` set the challenge;
`participant` is in the edition without a team; `former` has left the home team; `stranger` has an
account and nothing else. `own` rows are about things of the home team, its challenge, its edition
and its university.
"""


@cache
def table() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Door -> owner -> `in` and `refused`: seats with blanks between them."""
    found: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def seats(told: str, everybody: frozenset[str]) -> frozenset[str]:
    """The seats of one cell."""
    if told == EVERYBODY:
        return everybody
    if told.startswith(SIGNED_IN):
        less = told.removeprefix(SIGNED_IN).split()
        return everybody - {"visitor"} - {it.removeprefix("-") for it in less}
    return frozenset(told.split())


def cell(found: frozenset[str], everybody: frozenset[str]) -> str:
    """The shortest way to write these seats."""
    if found == everybody:
        return EVERYBODY
    missing = everybody - {"visitor"} - found
    if "visitor" not in found and len(missing) <= 3:
        return " ".join([SIGNED_IN, *(f"-{it}" for it in sorted(missing))])
    return " ".join(sorted(found))


def page() -> str:
    """The page of the docs."""
    lines = [INTRODUCTION]
    part = ""
    for door, owners in table().items():
        _methods, _blank, path = door.partition(" ")
        first = path.split("/")[1] or "first page"
        if first != part:
            part = first
            lines += [f"## {first}", "", HEAD, "|---|---|---|---|"]
        for owner, row in owners.items():
            lines.append(
                f"| `{door}` | {OWNER_WORDS[owner]} | {row.get('in', '') or '-'} "
                f"| {row.get('refused', '') or '-'} |"
            )
    return "\n".join(lines) + "\n"


def write(found: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    """The table as YAML, one line an owner."""
    out = []
    for door in sorted(found, key=lambda it: (it.split(" ")[1], it)):
        out.append(f"{door}:")
        for owner, row in found[door].items():
            cells = ", ".join(f"{word}: {told}" for word, told in row.items() if told)
            out.append(f'  "{owner}": {{{cells}}}' if owner == "-" else f"  {owner}: {{{cells}}}")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
