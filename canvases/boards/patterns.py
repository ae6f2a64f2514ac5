"""Canvas templates: blocks on a grid, guiding questions and credit, read from definition files.

One grid engine serves every canvas: a template names its areas row by row, and each block gets
its place from them. A programme brings its own template as a file of the same shape
(`docs/definitions.md`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from workspace.foundation.definitions import SLUG, DefinitionError, Entry, Names, read

BUILT_IN: Final = Path(__file__).parent / "definitions" / "canvases.yaml"
MAX_COLUMNS: Final = 12
MAX_ROWS: Final = 12


class NoteStatus(StrEnum):
    """What is known about a note. Fixed words: definitions may not bring others."""

    UNTESTED = "untested"
    TESTING = "testing"
    SUPPORTED = "supported"
    REFUTED = "refuted"
    PARKED = "parked"


class HypothesisType(StrEnum):
    """What kind of belief a block holds."""

    DESIRABILITY = "desirability"
    VIABILITY = "viability"
    FEASIBILITY = "feasibility"


@dataclass(frozen=True)
class Source:
    """Where a canvas comes from. `credit` stands under it on screen and in every export."""

    credit: str
    author: str
    licence: str
    licence_note: str
    work: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class Block:
    """A named area of a canvas. `x`, `y`, `w`, `h` count cells of the grid from the top left."""

    id: str
    area: str
    title: str
    fill_order: int
    hypothesis_type: HypothesisType | None
    questions: tuple[str, ...]
    hint: str | None
    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class CanvasTemplate:
    """The pattern of a canvas: which blocks, where, in which order to fill them, whose idea."""

    id: str
    title: str
    purpose: str
    when_to_use: str
    source: Source
    columns: int
    row_weights: tuple[int, ...]
    """Relative heights of the rows."""
    areas: tuple[tuple[str, ...], ...]
    """Names of areas, row by row and column by column."""
    blocks: tuple[Block, ...]
    """In the order of the file."""
    language: str = "en"
    also_known_as: str | None = None
    one_per: str | None = None

    @property
    def credit(self) -> str:
        """The line that stands under the canvas on screen and in every export."""
        return self.source.credit

    @property
    def rows(self) -> int:
        """Number of rows of the grid."""
        return len(self.row_weights)

    @cached_property
    def fill_order(self) -> tuple[Block, ...]:
        """The blocks in the order in which a team fills them."""
        return tuple(sorted(self.blocks, key=lambda block: block.fill_order))

    @cached_property
    def reading_order(self) -> tuple[Block, ...]:
        """The blocks from the top left to the bottom right: lists, print, screen readers."""
        return tuple(sorted(self.blocks, key=lambda block: (block.y, block.x)))

    def block(self, block_id: str) -> Block:
        """The block with this id. KeyError when the template has no such block."""
        for block in self.blocks:
            if block.id == block_id:
                return block
        raise KeyError(block_id)

    def has_block(self, block_id: str) -> bool:
        """Whether the template has a block with this id."""
        return any(block.id == block_id for block in self.blocks)

    def css(self, selector: str) -> str:
        """Grid rules for a style sheet file: the board at `selector`, `[data-area]` its blocks.

        Area names are checked when the file is read, so nothing can break out of the rules.
        """
        areas = " ".join(f'"{" ".join(row)}"' for row in self.areas)
        rows = " ".join(f"minmax(0, {weight}fr)" for weight in self.row_weights)
        rules = [
            f"{selector} {{ display: grid; grid-template-columns: "
            f"repeat({self.columns}, minmax(0, 1fr)); grid-template-rows: {rows}; "
            f"grid-template-areas: {areas}; }}"
        ]
        rules += [
            f'{selector} [data-area="{block.area}"] {{ grid-area: {block.area}; }}'
            for block in self.blocks
        ]
        return "\n".join(rules) + "\n"


def grid_of(entry: Entry) -> tuple[int, tuple[int, ...], tuple[tuple[str, ...], ...]]:
    """Columns, row weights and areas of a `grid` block. Raises DefinitionError."""
    entry.only("columns", "rows", "row_weights", "areas")
    columns = entry.number("columns", least=1, most=MAX_COLUMNS)
    rows = entry.number("rows", least=1, most=40)
    weights = entry.numbers("row_weights", least=1, most=20)
    if len(weights) != rows:
        raise entry.error(f"expected {rows} numbers, one a row, found {len(weights)}",
                          "row_weights")
    lines = entry.texts("areas")
    if len(lines) != rows:
        raise entry.error(f"expected {rows} lines, one a row, found {len(lines)}", "areas")
    areas = tuple(tuple(line.split()) for line in lines)
    for index, row in enumerate(areas):
        if len(row) != columns:
            raise entry.error(
                f"row {index + 1} has {len(row)} words, expected {columns}, one a column", "areas")
        for name in row:
            if not SLUG.fullmatch(name):
                raise entry.error(f'"{name}" is not a name for an area: use lower-case words '
                                  "joined by hyphens", "areas")
    return columns, weights, areas


def place(areas: tuple[tuple[str, ...], ...], name: str) -> tuple[int, int, int, int] | None:
    """x, y, w, h of an area, or None when it is not on the grid or not one rectangle."""
    cells = {(x, y) for y, row in enumerate(areas) for x, word in enumerate(row) if word == name}
    if not cells:
        return None
    left, top = min(x for x, _y in cells), min(y for _x, y in cells)
    wide = max(x for x, _y in cells) - left + 1
    high = max(y for _x, y in cells) - top + 1
    return (left, top, wide, high) if len(cells) == wide * high else None


def _source(entry: Entry) -> Source:
    entry.only("work", "author", "year", "licence", "licence_note", "attribution_text")
    return Source(
        credit=entry.text("attribution_text"),
        author=entry.text("author"),
        licence=entry.text("licence"),
        licence_note=entry.text("licence_note"),
        work=entry.optional_text("work"),
        year=None if entry.is_null("year") else entry.number("year", least=1800, most=2200),
    )


def _block(entry: Entry, names: Names, areas: tuple[tuple[str, ...], ...]) -> Block:
    entry.only("id", "area", "title", "fill_order", "hypothesis_type", "guiding_questions", "hint")
    area = entry.slug("area")
    spot = place(areas, area)
    if spot is None:
        on_grid = any(area in row for row in areas)
        raise entry.error(
            "the area is not one rectangle on the grid" if on_grid
            else "the area does not stand on the grid", "area")
    kind = None
    if not entry.is_null("hypothesis_type"):
        kinds = [one.value for one in HypothesisType]
        kind = HypothesisType(entry.choice("hypothesis_type", kinds))
    return Block(
        id=names.take(entry), area=area, title=entry.text("title"),
        fill_order=entry.number("fill_order", least=1, most=99), hypothesis_type=kind,
        questions=entry.texts("guiding_questions"), hint=entry.optional_text("hint"),
        x=spot[0], y=spot[1], w=spot[2], h=spot[3],
    )


def _template(entry: Entry, names: Names, block_names: Names, language: str) -> CanvasTemplate:
    entry.only("id", "title", "kind", "purpose", "when_to_use", "source", "grid", "blocks",
               "also_known_as", "one_per")
    entry.choice("kind", ["canvas"], "canvas")
    columns, weights, areas = grid_of(entry.entry("grid"))
    if len(weights) > MAX_ROWS:
        raise entry.error(f"a canvas has at most {MAX_ROWS} rows", "grid")
    blocks: list[Block] = []
    for one in entry.entries("blocks"):
        block = _block(one, block_names, areas)
        for other in blocks:
            if other.area == block.area:
                raise one.error("another block stands in this area already", "area")
            if other.fill_order == block.fill_order:
                raise one.error("another block has this place in the order already", "fill_order")
        blocks.append(block)
    empty = {name for row in areas for name in row} - {block.area for block in blocks}
    if empty:
        raise entry.error(f"no block for the area {sorted(empty)[0]}", "grid")
    return CanvasTemplate(
        id=names.take(entry), title=entry.text("title"), purpose=entry.text("purpose"),
        when_to_use=entry.text("when_to_use", ""), source=_source(entry.entry("source")),
        columns=columns, row_weights=weights, areas=areas, blocks=tuple(blocks),
        language=language, also_known_as=entry.optional_text("also_known_as"),
        one_per=entry.optional_text("one_per"),
    )


@dataclass(frozen=True)
class CanvasPatterns:
    """Everything that a file of canvases says."""

    templates: tuple[CanvasTemplate, ...]
    questions: dict[HypothesisType, str]
    """The question that each type of hypothesis answers."""
    evidence_strength: tuple[str, ...]
    """Labels of the strengths 1 to 5, weakest first."""

    def template(self, template_id: str) -> CanvasTemplate:
        """The template with this id. KeyError when there is none."""
        for template in self.templates:
            if template.id == template_id:
                return template
        raise KeyError(template_id)


def read_canvases(source: Path | str | bytes, file: str | None = None) -> CanvasPatterns:
    """The canvases in a definition file, or in the text of one. Raises DefinitionError."""
    root = read(source, file)
    head = root.source(1)
    root.only("schema_version", "language", "hypothesis_types", "note_statuses",
              "evidence_strength", "canvases")
    kinds = [one.value for one in HypothesisType]
    questions = {}
    for one in root.entries("hypothesis_types", optional=True):
        one.only("id", "question")
        questions[HypothesisType(one.choice("id", kinds))] = one.text("question")
    if "note_statuses" in root:
        root.texts("note_statuses", allowed=[one.value for one in NoteStatus])
    strengths = []
    for place_in_list, one in enumerate(root.entries("evidence_strength", optional=True), 1):
        one.only("level", "label")
        one.number("level", least=place_in_list, most=place_in_list)
        strengths.append(one.text("label"))
    names, blocks = Names("canvas"), Names("block")
    templates = tuple(
        _template(one, names, blocks, head.language) for one in root.entries("canvases")
    )
    return CanvasPatterns(templates, questions, tuple(strengths))


@cache
def built_in() -> CanvasPatterns:
    """The canvases that come with the workspace."""
    return read_canvases(BUILT_IN)


def template(template_id: str) -> CanvasTemplate:
    """The built-in template with this id. KeyError when there is none."""
    return built_in().template(template_id)


def sheet_css() -> str:
    """The style sheet that places the blocks of every built-in canvas, read-only and on paper.

    `frontend/src/styles/sheets.css` holds it; a test compares the two.
    """
    rules = "\n".join(it.css(f".sheet-{it.id}") for it in built_in().templates)
    indented = "".join(f"    {line}\n" if line else "\n" for line in rules.splitlines())
    return (
        "/* Made from the definitions of canvases by canvases.boards.patterns.sheet_css. */\n"
        f"@layer page {{\n  @container (min-width: 760px) {{\n{indented}  }}\n}}\n"
    )


__all__ = [
    "Block", "CanvasPatterns", "CanvasTemplate", "DefinitionError", "HypothesisType", "NoteStatus",
    "Source", "built_in", "grid_of", "place", "read_canvases", "sheet_css", "template",
]
