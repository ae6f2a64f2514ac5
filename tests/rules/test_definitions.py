"""Definition files: the reader's errors, and the content that comes with the workspace."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from canvases.boards import patterns
from canvases.discovery import records
from mentors.reviews import definitions as rubrics
from transfer.checklists import definitions as checklists
from workspace.demo import story
from workspace.foundation.definitions import MAX_BYTES, DefinitionError, Names, read
from workspace.programmes import definitions as calendar
from workspace.readiness import definitions as readiness

LOADERS: dict[str, tuple[Path, Any]] = {
    "canvases": (patterns.BUILT_IN, patterns.read_canvases),
    "records": (records.BUILT_IN, records.read_records),
    "rubrics": (rubrics.BUILT_IN, rubrics.read_rubrics),
    "checklists": (checklists.BUILT_IN, checklists.read_checklists),
    "calendar": (calendar.BUILT_IN, calendar.read_calendar),
    "readiness": (readiness.BUILT_IN, readiness.read_readiness),
    "story": (story.BUILT_IN, story.read_story),
}

SMALL = """\
schema_version: 1
name: Sepsis
count: 3
open: true
share: 0.5
on: 2026-09-14
kind: blocking
words:
- one
- two
rows:
- id: a-row
  title: First
"""


def refused(text: str, ask: Any) -> str:
    with pytest.raises(DefinitionError) as error:
        ask(read(text, "small.yaml"))
    return str(error.value)


def test_values_are_typed() -> None:
    root = read(SMALL)
    assert root.source(1).schema_version == 1
    assert (root.text("name"), root.number("count"), root.flag("open")) == ("Sepsis", 3, True)
    assert root.decimal("share", least=0, most=1) == 0.5
    assert root.day("on").isoformat() == "2026-09-14"
    assert root.texts("words") == ("one", "two")
    assert [row.slug("id") for row in root.entries("rows")] == ["a-row"]
    assert root.text("absent", "none") == "none"
    assert root.optional_text("absent") is None
    assert root.entries("absent", optional=True) == ()


@pytest.mark.parametrize(("ask", "message"), [
    (lambda r: r.flag("kind"),
     'small.yaml:7 kind: expected true or false, found "blocking"'),
    (lambda r: r.text("count"), 'small.yaml:3 count: expected text, found "3": put it in quotes'),
    (lambda r: r.number("name"), 'small.yaml:2 name: expected a whole number, found "Sepsis"'),
    (lambda r: r.number("count", least=4, most=9),
     "small.yaml:3 count: expected a number from 4 to 9, found 3"),
    (lambda r: r.choice("kind", ("hard", "soft")),
     'small.yaml:7 kind: expected hard or soft, found "blocking"'),
    (lambda r: r.day("name"),
     'small.yaml:2 name: expected a date like 2026-09-14, found "Sepsis"'),
    (lambda r: r.texts("words", allowed=["one"]),
     'small.yaml:10 words[1]: expected one, found "two"'),
    (lambda r: r.texts("words", least=3),
     "small.yaml:9 words: expected at least 3 in the list, found 2"),
    (lambda r: r.entries("rows")[0].number("title"),
     'small.yaml:13 rows[0].title: expected a whole number, found "First"'),
    (lambda r: r.entries("rows")[0].text("why"), "small.yaml:12 rows[0].why: the key is missing"),
    (lambda r: r.entries("rows")[0].only("id", "titel"),
     "small.yaml:13 rows[0].title: unknown key, expected id or titel; did you mean titel"),
    (lambda r: r.entry("words"), "small.yaml:9 words: expected a block of keys, found a list"),
    (lambda r: r.source(2, 3),
     "small.yaml:1 schema_version: this version of the workspace reads 2 or 3, found 1"),
])
def test_an_error_names_file_line_and_path(ask: Any, message: str) -> None:
    assert refused(SMALL, ask) == message


@pytest.mark.parametrize(("text", "message"), [
    ("a: 1\na: 2\n", "small.yaml:2 a: the key stands here twice"),
    ("a: [1\nb: 2", "small.yaml:2 not valid YAML"),
    ("- 1\n", "small.yaml:1 expected a block of keys at the top of the file"),
    ("", "small.yaml:1 expected a block of keys at the top of the file"),
    ("a: &x [1]\nb: *x\n", "small.yaml:2 aliases (*name) cannot be used here"),
    ("a: 1\nb: !!python/object:os.system {}\n", "small.yaml:2 a tag (tag:yaml.org,2002:python"),
    ("a: " + "[" * 40 + "]" * 40, "small.yaml:1 more than 30 levels deep"),
    ("a: " + "x" * MAX_BYTES, "small.yaml:1 the file is larger than 512 KB"),
])
def test_a_file_that_is_no_definition_is_refused(text: str, message: str) -> None:
    assert refused(text, lambda _root: None).startswith(message)


def test_bytes_that_are_not_text_are_refused() -> None:
    with pytest.raises(DefinitionError, match=r"x\.yaml:2 the file is not UTF-8 text"):
        read(b"a: 1\nb: \xff\n", "x.yaml")


def test_an_id_is_taken_once() -> None:
    root = read("rows:\n- id: same\n- id: same\n", "x.yaml")
    names = Names("row")
    first, second = root.entries("rows")
    assert names.take(first) == "same"
    with pytest.raises(DefinitionError, match=r"x\.yaml:3 rows\[1\]\.id: .* in line 2"):
        names.take(second)


@pytest.mark.parametrize("name", LOADERS)
def test_the_built_in_files_load(name: str) -> None:
    path, load = LOADERS[name]
    assert load(path)


@pytest.mark.parametrize("name", LOADERS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_broken_line_is_named(name: str, data: st.DataObject) -> None:
    """Turn one text of the file into a list: the error points at that very line."""
    path, load = LOADERS[name]
    lines = path.read_text().splitlines()
    plain = [n for n, line in enumerate(lines)
             if re.match(r"\s*(- )?(id|title|question|purpose|gate|area|status|text): \S", line)
             and not (n + 1 < len(lines) and lines[n + 1].startswith(_deeper(line)))]
    at = data.draw(st.sampled_from(plain))
    lines[at] = re.sub(r": .*", ": [broken]", lines[at])
    with pytest.raises(DefinitionError) as error:
        load("\n".join(lines), path.name)
    assert error.value.line == at + 1
    assert error.value.file == path.name
    assert error.value.path


def _deeper(line: str) -> str:
    """Indentation of a text that goes on in the next line."""
    return " " * (len(line) - len(line.lstrip(" -")) + 1)


@pytest.mark.parametrize("name", LOADERS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_an_unknown_key_is_refused(name: str, data: st.DataObject) -> None:
    path, load = LOADERS[name]
    lines = path.read_text().splitlines()
    at = data.draw(st.sampled_from([n for n, line in enumerate(lines)
                                    if re.match(r"\s*(- )?id: \S", line)]))
    indent = " " * (len(lines[at]) - len(lines[at].lstrip(" -")))
    lines.insert(at + 1, f"{indent}idd: extra")
    with pytest.raises(DefinitionError, match=r"unknown key.*did you mean id") as error:
        load("\n".join(lines), path.name)
    assert error.value.line == at + 2


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_text_breaks_the_reader(text: str | bytes) -> None:
    """Whatever a programme uploads is a definition or a DefinitionError, nothing else."""
    try:
        patterns.read_canvases(text)
    except DefinitionError as error:
        assert error.line >= 1


# The canvases


CANVASES = patterns.built_in().templates


def test_there_are_eight_canvases() -> None:
    assert [one.id for one in CANVASES] == [
        "business-model-canvas", "lean-canvas", "value-fit-worksheet", "mission-model-canvas",
        "social-business-model-canvas", "core-technology-commercialisation-canvas", "team-canvas",
        "swot",
    ]


@pytest.mark.parametrize("canvas", CANVASES, ids=[one.id for one in CANVASES])
def test_blocks_tile_the_grid(canvas: patterns.CanvasTemplate) -> None:
    """No overlap and no hole: each cell belongs to exactly one block."""
    cells = [(x, y) for block in canvas.blocks
             for x in range(block.x, block.x + block.w) for y in range(block.y, block.y + block.h)]
    assert len(cells) == len(set(cells)) == canvas.columns * canvas.rows
    assert set(cells) == {(x, y) for x in range(canvas.columns) for y in range(canvas.rows)}


@pytest.mark.parametrize("canvas", CANVASES, ids=[one.id for one in CANVASES])
def test_a_canvas_has_credit_questions_and_an_order(canvas: patterns.CanvasTemplate) -> None:
    assert canvas.credit
    assert all(block.questions for block in canvas.blocks)
    assert [block.fill_order for block in canvas.fill_order] == list(
        range(1, len(canvas.blocks) + 1))
    assert set(canvas.reading_order) == set(canvas.blocks)
    assert canvas.reading_order[0].x == canvas.reading_order[0].y == 0
    assert canvas.block(canvas.blocks[0].id) is canvas.blocks[0]
    assert canvas.has_block("no-such-block") is False
    assert canvas.css(".board").count("grid-area:") == len(canvas.blocks)


def test_the_credit_of_the_business_model_canvas() -> None:
    credit = patterns.template("business-model-canvas").credit
    assert "Strategyzer" in credit
    assert "CC BY-SA 3.0" in credit


def test_statuses_are_those_of_the_glossary() -> None:
    assert [one.value for one in patterns.NoteStatus] == [
        "untested", "testing", "supported", "refuted", "parked"]


def broken_canvas(change: Any) -> str:
    data = yaml.safe_load(patterns.BUILT_IN.read_text())
    change(data["canvases"][-1])
    with pytest.raises(DefinitionError) as error:
        patterns.read_canvases(yaml.safe_dump(data, sort_keys=False), "own.yaml")
    return error.value.reason


@pytest.mark.parametrize(("change", "reason"), [
    (lambda c: c["grid"].update(areas=["strengths weaknesses", "weaknesses strengths",
                                       "opportunities threats"]),
     "the area is not one rectangle on the grid"),
    (lambda c: c["blocks"].pop(), "no block for the area actions"),
    (lambda c: c["blocks"][0].update(area="elsewhere"), "the area does not stand on the grid"),
    (lambda c: c["blocks"][1].update(area="strengths"),
     "another block stands in this area already"),
    (lambda c: c["blocks"][1].update(fill_order=1),
     "another block has this place in the order already"),
    (lambda c: c["grid"].update(row_weights=[1, 1]), "expected 3 numbers, one a row, found 2"),
    (lambda c: c["grid"].update(areas=["a;} b", "c d", "e f"]),
     '"a;}" is not a name for an area: use lower-case words joined by hyphens'),
    (lambda c: c["source"].pop("attribution_text"), "the key is missing"),
])
def test_a_canvas_that_does_not_tile_is_refused(change: Any, reason: str) -> None:
    assert broken_canvas(change) == reason


# The checklists


def test_there_are_twelve_checklists_with_158_items() -> None:
    found = checklists.built_in()
    assert len(found.checklists) == 12
    assert sum(len(one.items) for one in found.checklists) == 158
    assert found.disclaimer.startswith("Guidance for education and triage.")


def test_every_sign_off_role_is_known() -> None:
    found = checklists.built_in()
    roles = {role.id for role in found.roles}
    assert roles == {"team", "tto-officer", "pi", "facility-manager", "sponsor"}
    assert all(item.sign_off and set(item.sign_off) <= roles
               for one in found.checklists for item in one.items)


def test_every_gate_is_opened_by_one_checklist() -> None:
    found = checklists.built_in()
    gates = [one.releases_gate for one in found.checklists]
    assert len(set(gates)) == 12
    assert found.for_gate("ownership-cleared").id == "inventorship-ownership"


def test_most_of_europe_has_no_grace_period() -> None:
    months = {one.jurisdiction: one.months for one in checklists.built_in().grace_periods}
    assert (months["EPO"], months["UK"], months["US"], months["CN"]) == (0, 0, 12, 6)


# Rubrics, readiness, calendar, story


@pytest.mark.parametrize("rubric", rubrics.built_in().rubrics, ids=lambda one: one.id)
def test_weights_sum_to_100_and_every_level_has_words(rubric: rubrics.Rubric) -> None:
    assert sum(one.weight for one in rubric.criteria) == 100
    assert all(len(one.anchors) == 5 and all(one.anchors) for one in rubric.criteria)


def test_weights_that_miss_100_are_refused_at_their_line() -> None:
    text = rubrics.BUILT_IN.read_text().replace("weight: 15", "weight: 14", 1)
    with pytest.raises(DefinitionError, match=r"rubrics\[0\]\.criteria: the weights add up to 99"):
        rubrics.read_rubrics(text)


def test_six_scales_of_nine_levels() -> None:
    found = readiness.built_in()
    assert [one.id for one in found.scales] == ["trl", "crl", "brl", "iprl", "tmrl", "frl"]
    assert all([row.level for row in one.levels] == list(range(1, 10)) for one in found.scales)
    assert found.gate("gate-demo-day").minimum["crl"] == 4


def test_gates_of_the_calendar_are_those_of_the_scales() -> None:
    known = {gate.id for gate in readiness.built_in().gates}
    used = {phase.gate.levels for one in calendar.built_in() for phase in one.phases
            if phase.gate and phase.gate.levels}
    assert used <= known


def test_phases_follow_each_other() -> None:
    for one in calendar.built_in():
        ends = [0, *(phase.to_week for phase in one.phases)]
        assert [phase.from_week for phase in one.phases] == ends[:-1]
        assert ends[-1] == one.weeks


def test_a_hole_between_phases_is_refused() -> None:
    text = calendar.BUILT_IN.read_text().replace("    from: 6\n    to: 9", "    from: 7\n    to: 9")
    with pytest.raises(DefinitionError, match="phases follow each other: expected 6, found 7"):
        calendar.read_calendar(text)


def test_the_story_speaks_of_known_canvases_and_blocks() -> None:
    told = story.built_in()
    statuses = {one.value for one in patterns.NoteStatus}
    assert (len(told.sponsors), len(told.challenges), len(told.mentors), len(told.teams)) == (
        6, 6, 5, 8)
    for team in told.teams:
        canvas = patterns.template(team.template_id)
        assert all(canvas.has_block(note.block_id) for note in team.notes)
        assert {note.status for note in team.notes} <= statuses


def test_three_forms_of_discovery() -> None:
    assert [(one.id, len(one.fields)) for one in records.built_in()] == [
        ("customer-interview", 13), ("experiment-plan", 10), ("learning-record", 8)]


def test_the_canvas_in_the_docs_is_a_good_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "definitions.md").read_text()
    example = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert example
    own = patterns.read_canvases(example[1], "own.yaml").template("two-sided-market")
    assert [block.id for block in own.reading_order] == [
        "tsm-makers", "tsm-exchange", "tsm-payers", "tsm-costs", "tsm-income"]
