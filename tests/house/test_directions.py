"""Imports run downward only; a rule knows no database; an action reads no request."""

from __future__ import annotations

import ast

from tests.house.tree import LISTENERS, OURS, SPINE, WINGS, imports, read, sources

WEB_AND_DATA = ("flask", "werkzeug", "sqlalchemy", "wtforms", "socketio", "gevent", "pycrdt")
IMPURE = ("clock", "db", "unit", "web", "jobs", "mail", "storage", "sockets", "access", "facts")
DOOR_ROOMS = ("views", "live", "forms", "commands", "notices")


def test_wings_never_import_each_other() -> None:
    wrong = [
        f"{path}:{line} imports {module}: what two wings need belongs to the spine, and what a "
        f"spine page needs of a wing is offered in the wing's feature.py"
        for path in sources()
        for line, module in imports(path)
        if path.parts[0] in WINGS
        and module.split(".")[0] in WINGS
        and module.split(".")[0] != path.parts[0]
    ]
    assert not wrong, "\n".join(wrong)


def test_the_spine_never_imports_a_wing() -> None:
    wrong = [
        f"{path}:{line} imports {module}: announce a fact, or ask the features for a piece"
        for path in sources()
        for line, module in imports(path)
        if path.parts[0] == "workspace" and module.split(".")[0] in WINGS
        and path.parts[1] != "demo"  # the demo plays every wing's part
    ]
    assert not wrong, "\n".join(wrong)


def test_the_ground_knows_no_feature() -> None:
    rooms = tuple(f"workspace.{room}." for room in (*SPINE, *LISTENERS))
    wrong = [
        f"{path}:{line} imports {module}: the factory hands it over, or a Feature offers it"
        for path in sources()
        for line, module in imports(path)
        if path.parts[:2] == ("workspace", "foundation")
        and (module.split(".")[0] in WINGS or module.startswith(rooms))
    ]
    assert not wrong, "\n".join(wrong)


def test_rules_need_neither_database_nor_request() -> None:
    wrong = [
        f"{path}:{line} imports {module}: pass the value in, from an action or a query"
        for path in sources()
        if path.name == "rules.py" or path.parent.name == "rules"
        for line, module in imports(path)
        if module.split(".")[0] in WEB_AND_DATA
        or (module.startswith("workspace.foundation.") and module.split(".")[2] in IMPURE)
        or module.split(".")[-1] in {"models", "queries", "actions"}
    ]
    assert not wrong, "\n".join(wrong)


def test_actions_neither_commit_nor_read_a_request() -> None:
    wrong = []
    for path in sources():
        if not (path.name == "actions.py" or path.parent.name == "actions"):
            continue
        wrong += [
            f"{path}:{line} imports {module}: the door reads the request and passes a draft"
            for line, module in imports(path)
            if module in {"flask.request", "flask.session", "flask.g"}
            or any(module.split(".")[-1] == room for room in DOOR_ROOMS)
        ]
        wrong += [
            f"{path}:{node.lineno} ends the transaction: the door's unit of work does"
            for node in ast.walk(ast.parse(read(path)))
            if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
        ]
    assert not wrong, "\n".join(wrong)


def test_only_the_clock_tells_the_time() -> None:
    wrong = [
        f"{path}:{node.lineno} reads the time: use workspace.foundation.clock"
        for path in sources()
        if path.name != "clock.py"
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_of_ours_is_asynchronous() -> None:
    wrong = [
        f"{path}:{node.lineno}: gevent waits for us; an event loop would stop every greenlet"
        for path in sources()
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncWith | ast.AsyncFor)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_building_has_only_known_names() -> None:
    assert {path.parts[0] for path in sources()} <= set(OURS)
