"""Templates: strict, without anything inline, and every name that they use exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined, nodes

from tests.house.tree import ROOT, read, templates

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.S),
    "a style element": re.compile(r"<style\b"),
    "a script handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.S),
    "an htmx script": re.compile(r"hx-on|hx-vals\s*=\s*[\"']js:|hx-vars"),
    "a script address": re.compile(r"javascript:", re.I),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.S),
    "markup taken on trust": re.compile(r"\|\s*safe\b"),
}
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)


def pages() -> list[Path]:
    """Templates for browsers: mail and typeset documents have other rules."""
    return [it for it in templates() if it.suffix == ".html" and it.parts[1] != "mail"]


def test_every_template_compiles(app: Flask) -> None:
    assert app.jinja_env.undefined is StrictUndefined
    for path in templates():
        if path.suffix in {".html", ".txt"}:
            app.jinja_env.get_template(str(path.relative_to("templates")))


def test_nothing_is_inline(app: Flask) -> None:
    found = []
    for path in pages():
        text = read(path)
        markup = JINJA.sub(lambda hit: "\n" * hit.group().count("\n"), text)
        for what, pattern in INLINE.items():
            searched = text if what == "markup taken on trust" else markup
            found += [
                f"{path}:{searched[: hit.start()].count(chr(10)) + 1} has {what}"
                for hit in pattern.finditer(searched)
            ]
    assert not found, "\n".join(found)


def constants(app: Flask, function: str) -> list[tuple[Path, int, str]]:
    """(file, line, first argument) of every call of a function with a constant in templates."""
    found = []
    for path in pages():
        tree = app.jinja_env.parse(read(path))
        for call in tree.find_all(nodes.Call):
            named = getattr(call.node, "name", None) or getattr(call.node, "attr", None)
            if named == function and call.args and isinstance(call.args[0], nodes.Const):
                found.append((path, call.lineno, str(call.args[0].value)))
    return found


def test_every_endpoint_exists(app: Flask) -> None:
    known = set(app.view_functions)
    wrong = [
        f"{path}:{line} {endpoint}"
        for path, line, endpoint in constants(app, "url_for")
        if not endpoint.startswith(".") and endpoint not in known
    ]
    assert not wrong, "\n".join(wrong)


def test_every_static_file_exists(app: Flask) -> None:
    wrong = [
        f"{path}:{line} {name}"
        for path, line, name in constants(app, "static")
        if not (ROOT / "workspace" / "static" / name).is_file()
    ]
    assert not wrong, "\n".join(wrong)


def test_every_icon_exists(app: Flask) -> None:
    sprite = (ROOT / "workspace/static/icons/sprite.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    wrong = [
        f"{path}:{line} {name}"
        for path, line, name in constants(app, "icon") if name not in drawn
    ]
    assert not wrong, "\n".join(wrong)


def test_every_filter_and_test_exists(app: Flask) -> None:
    wrong = []
    for path in templates():
        if path.suffix not in {".html", ".txt"}:
            continue
        tree = app.jinja_env.parse(read(path))
        wrong += [
            f"{path}:{it.lineno} {it.name}"
            for it in tree.find_all(nodes.Filter) if it.name not in app.jinja_env.filters
        ]
        wrong += [
            f"{path}:{it.lineno} {it.name}"
            for it in tree.find_all(nodes.Test) if it.name not in app.jinja_env.tests
        ]
    assert not wrong, "\n".join(wrong)
