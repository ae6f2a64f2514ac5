"""A canvas on paper: every template, every note whole, five languages, title, tags and credit."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from PIL import Image

from canvases.boards import paper, patterns
from canvases.boards.paper import Paper, Sheet
from workspace.foundation import cage, typeset
from workspace.foundation.errors import Refused

TEMPLATES = [it.id for it in patterns.built_in().templates]
STATUSES = [it.value for it in patterns.NoteStatus]
AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
LANGUAGES = {
    "en": "Warns 30 minutes before a leak", "it": "Perché è già così: città, caffè, più",
    "es": "¿Señal? ¡Año, corazón, lingüística!", "pt": "Não há opções, à mão, três vovó",
    "cs": "Příliš žluťoučký kůň úpěl ďábelské ódy",
}  # fmt: skip
MARKUP = '#let x = 1 *bold* _it_ $x$ \\ <label> @ref `raw` = // /* #read("/etc/passwd") "" \\u{1}'


@pytest.fixture(autouse=True)
def speaking() -> Iterator[None]:
    app = Flask("paper")
    Babel(app)
    with app.test_request_context():
        yield


def note(block: str, text: str, number: int = 0) -> dict[str, Any]:
    return {"block": block, "text": text, "status": STATUSES[number % 5], "weight": 1 + number % 5}


def sheet(template: str, notes: list[dict[str, Any]], **options: Any) -> Sheet:
    values: dict[str, Any] = {
        "title": "Business model", "team": "Gelsight Ostomy", "version": "version 3", "at": AT,
        "zone": "Europe/Rome",
    } | options
    return Sheet(patterns.template(template), tuple(notes), **values)


def some(template: str, each: int, most_words: int = 8) -> list[dict[str, Any]]:
    """Notes with a number each, so that none can go missing unseen."""
    dice = random.Random(each)
    notes: list[dict[str, Any]] = []
    for block in patterns.template(template).blocks:
        for _ in range(each):
            words = ["words"] * dice.randint(1, most_words)
            notes.append(note(block.id, f"No{len(notes)}x {' '.join(words)}", len(notes)))
    return notes


def read(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
    # PDFium gives a hyphen at the end of a line as U+0002.
    return text.replace("\u200b", "").replace("\r", "").replace("\x02", "-")


def count(data: bytes) -> int:
    with pypdfium2.PdfDocument(data) as document:
        return len(document)


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_prints_on_one_page(template: str) -> None:
    made = patterns.template(template)
    data = paper.pdf(sheet(template, some(template, 2)))
    text = " ".join(read(data).split())
    assert count(data) == 1
    assert made.credit in text
    for block in made.blocks:
        assert block.title in text
    for number in range(2 * len(made.blocks)):
        assert f"No{number}x" in text
    for word in ("Untested", "Testing", "Supported", "Refuted", "Parked", "Importance, 1 to 5",
                 "Printed 23 Nov 2026, 15:05", "Gelsight Ostomy, version 3"):
        assert word in text, word


@pytest.mark.parametrize(("size", "width", "height"), [(Paper.A3, 420, 297), (Paper.A4, 297, 210)])
def test_the_paper_has_its_size(size: Paper, width: float, height: float) -> None:
    data = paper.pdf(sheet("swot", some("swot", 2)), size)
    with pypdfium2.PdfDocument(data) as document:
        wide, high = (it / 72 * 25.4 for it in document[0].get_size())
    assert (wide, high) == (pytest.approx(width, abs=0.3), pytest.approx(height, abs=0.3))


def test_a_pdf_has_title_author_language_and_tags() -> None:
    data = paper.pdf(sheet("business-model-canvas", some("business-model-canvas", 1)))
    with pypdfium2.PdfDocument(data) as document:
        facts = document.get_metadata_dict()
        assert document.is_tagged()
    assert facts["Title"] == "Business model · Gelsight Ostomy"
    assert facts["Author"] == "Gelsight Ostomy"
    assert b"pdfuaid" in data
    assert str(Path(__file__).parent.parent.parent).encode() not in data


@pytest.mark.parametrize("size", list(Paper))
@pytest.mark.parametrize("template", ["business-model-canvas", "swot"])
def test_nothing_is_cut_from_a_board_that_is_too_full(template: str, size: Paper) -> None:
    blocks = patterns.template(template).blocks
    notes = [*some(template, 16, 30), note(blocks[0].id, "Long " * 3_900 + "THEEND")]
    data = paper.pdf(sheet(template, notes), size)
    text = read(data)
    assert count(data) > 1
    for number in range(len(notes) - 1):
        assert text.count(f"No{number}x") == 1, number
    assert text.count("THEEND") == 1
    assert text.count("Long") == 3_900
    assert "more notes on the next pages" in text
    assert f"{blocks[0].title}, continued" in text


def test_a_full_block_takes_smaller_type_before_it_takes_another_page() -> None:
    first = patterns.template("business-model-canvas").blocks[0].id
    for many in (9, 12):
        notes = [note(first, f"No{n}x some words that fill two lines here", n) for n in range(many)]
        data = paper.pdf(sheet("business-model-canvas", notes))
        assert count(data) == 1
        assert read(data).count("fill two lines") == many


def test_a_word_without_spaces_stays_in_its_note() -> None:
    first = patterns.template("swot").blocks[0].id
    address = "https://example.org/" + "very-long-path/" * 20
    data = paper.pdf(sheet("swot", [note(first, address)]))
    assert "".join(read(data).split()).count("very-long-path/") == 20
    with pypdfium2.PdfDocument(data) as document:
        page = document[0]
        text = page.get_textpage()
        half = page.get_width() / 2
        index = text.search("https").get_next()
        assert index is not None
        for char in range(index[0], index[0] + 150):
            assert text.get_charbox(char)[2] < half


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_languages_are_printed_with_their_letters(language: str) -> None:
    first = patterns.template("swot").blocks[0].id
    with force_locale(language):
        data = paper.pdf(sheet("swot", [note(first, LANGUAGES[language])],
                               title=LANGUAGES[language]))
    assert LANGUAGES[language] in " ".join(read(data).split())
    assert f"/Lang({language}".encode() in data.replace(b" ", b"") or language.encode() in data


def test_what_people_type_is_never_a_command() -> None:
    first = patterns.template("swot").blocks[0].id
    data = paper.pdf(sheet("swot", [note(first, MARKUP)], title=MARKUP, team=MARKUP))
    text = "".join(read(data).split())
    assert text.count("".join(MARKUP.split())) >= 3
    assert "root:" not in text


def test_control_marks_and_empty_notes_do_no_harm() -> None:
    first = patterns.template("swot").blocks[0].id
    notes = [note(first, ""), note(first, "\x01\x0b\x1f\u202e\ufffd"), note(first, "a\r\nb\n\n\nc"),
             note(first, "😀 日本 Ω"), note("nowhere", "not printed")]  # fmt: skip
    data = paper.pdf(sheet("swot", notes, version="", title="a\x00b"))
    assert "not printed" not in read(data)
    with pypdfium2.PdfDocument(data) as document:
        assert document.is_tagged()


def test_pictures_show_the_whole_board() -> None:
    few, many, most = some("swot", 2), some("swot", 20, 30), some("swot", 60, 30)
    sizes = []
    for notes in (few, many, most):
        data = paper.png(sheet("swot", notes))
        with Image.open(io.BytesIO(data)) as picture:
            sizes.append(picture.size)
        drawing = paper.svg(sheet("swot", notes))
        assert drawing.startswith(b"<svg")
        assert b"<script" not in drawing
    assert sizes[0][0] == sizes[1][0] == 1984
    assert sizes[1][1] > sizes[0][1], "what does not fit stands below"
    assert sizes[2][0] == 1191, "coarser, so that it fits into memory"


def test_two_thousand_notes_end_within_the_limits() -> None:
    first = patterns.template("business-model-canvas").blocks[0].id
    notes = [note(first, f"No{n}x " + "words " * 10, n) for n in range(2_000)]
    text = read(paper.pdf(sheet("business-model-canvas", notes)))
    assert all(f"No{n}x" in text for n in range(2_000))


def test_a_document_that_takes_too_long_is_refused_in_words(tmp_path: Path) -> None:
    endless = tmp_path / "endless.typ"
    endless.write_text(
        "#for i in range(100000) { for j in range(100000) { let x = calc.rem(i * j, 7) } }"
    )
    press = typeset.Press(limits=cage.Limits(seconds=1, memory=512))
    with pytest.raises(Refused) as refusal:
        press.pages(endless, {}, "pdf")
    assert refusal.value.code == "too_large"


def test_a_template_reads_no_file_but_its_own(tmp_path: Path) -> None:
    from workspace.foundation.errors import Unavailable

    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "print"
    folder.mkdir()
    for line in ('#read("../secret.txt")', '#read("/etc/passwd")',
                 '#import "@preview/cetz:0.2.2"'):
        (folder / "x.typ").write_text(line)
        with pytest.raises(Unavailable):
            typeset.pdf(folder / "x.typ", {})
