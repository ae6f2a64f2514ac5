"""What people type comes out as safe HTML, in bounded time, and never gets lost."""

from __future__ import annotations

import html
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workspace.foundation import markdown
from workspace.foundation.errors import Refused

OWN = "/files/abcdefghijklmnopqrstuv"
PIECES = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt&colon;alert(1))", "[x](data:text/html,<b>)",
    "![x](https://evil.example/p.png)", "<https://ok.example>", "<javascript:alert(1)>",
    "[x]: javascript:alert(1)", "[x]", '[x](https://a.example "\' onclick=alert(1) x=")',
    "`", "```", "```html", "~~~", "<", ">", "&lt;script&gt;", "&#60;script&#62;", "<!--", "-->",
    "<svg/onload=alert(1)>", "<a href='vbscript:x'>", "{: onclick=alert(1) id=csrf_token }", "|",
    "|---|", "\n", "\n\n", "    ", "- [ ] ", "- ", "> ", "# ", "**", "_", "\\", "a", "é", "\x02",
    "\x03", "\x00", "\x02wzxhzdk:0\x03", "\ud800", "//evil.example", "www.evil.example",
    "mailto:a@b.example?body=x", "<style>*{display:none}</style>", "<input autofocus onfocus=x>",
]


class Reader(HTMLParser):
    """Reads the output as a browser would and collects what it would act on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def read(text: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Reader()
    reader.feed(markdown.to_html(text))
    reader.close()
    return reader.found


def assert_safe(text: str) -> None:
    for tag, attributes in read(text):
        assert tag in markdown.TAGS
        for name, value in attributes.items():
            assert name == "rel" or name in markdown.ATTRIBUTES[tag], (tag, name)
            if name == "href":
                assert value is not None
                assert value.lower().startswith(("http://", "https://", "mailto:"))
            if name == "src":
                assert value is not None
                assert markdown.OWN_IMAGE.fullmatch(value)
        if tag == "a" and "href" in attributes:
            assert attributes["rel"] == "noopener nofollow ugc"


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_no_mixture_of_attacks_gets_through(text: str) -> None:
    assert_safe(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_at_all_gets_through_or_fails(text: str) -> None:
    assert_safe(text)


def test_what_people_use_works() -> None:
    shown = markdown.to_html(
        "# Title\nThis is **new** and ~~old~~, see https://example.org/a?b=1&c=2\n"
        "- [x] done\n- [ ] open\n\n1. one\n2. two\n\n```python\nif a < b:\n    x()\n```\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n> said\n\nline one\nline two"
    )
    assert "<h3>Title</h3>" in shown, "headings stand below the page's own"
    assert "<strong>new</strong>" in shown and "<del>old</del>" in shown
    assert (
        '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener nofollow ugc">' in shown
    )
    assert shown.count('type="checkbox"') == 2
    assert '<ol>\n<li>one</li>' in shown
    assert "if a &lt; b:\n    x()" in shown
    assert "<td>2</td>" in shown and "<blockquote>" in shown
    assert "line one<br>\nline two" in shown


def test_only_our_own_files_are_shown_as_pictures() -> None:
    shown = markdown.to_html(f"![ours]({OWN}) ![page]({OWN}/pages/3) ![theirs](https://e.example/p)")
    assert shown.count("<img") == 2
    assert '<a href="https://e.example/p" rel="noopener nofollow ugc">theirs</a>' in shown


def test_no_element_has_an_id_or_a_name() -> None:
    shown = markdown.to_html('# A\n<a id="csrf_token" name="form">x</a>\n\n[^1]\n\n[^1]: note')
    assert not any({"id", "name"} & set(attributes) for _, attributes in read(shown))
    assert " id=" not in shown.replace("&lt;a id=", "")


@pytest.mark.parametrize(
    "unit",
    ["[", "![", "[a](", "[a][", "[](", "*", "_", "**a ", "a*", "~~a", "`", "`a ", "<", "<!--", "&",
     "\\", "> ", "- ", "1. ", "```\n", "~~~\n", "a\n\n", "a|b\n-|-\n", "|\n", "- a\n", "> a\n\n",
     "[a]: x\n", "http://a ", "a@b.c ", "# ", "    a\n", "\n", " ", "*a **b ", "a"],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["solid", "paragraphs"])
def test_hostile_repetition_ends_in_time(unit: str, shape: str) -> None:
    solid = (unit * (99_000 // len(unit)))[:99_000]
    if shape == "paragraphs":
        marks = max(1, len(markdown.MARKS.findall(unit)))
        part = (unit * (markdown.MOST_MARKS // marks))[: markdown.MOST_PARAGRAPH]
        solid = ((part + "\n\n") * 300)[:99_000]
    began = time.thread_time()
    shown = markdown.to_html(solid)
    assert time.thread_time() - began < markdown.SECONDS + 1
    assert isinstance(shown, str)


def test_too_long_and_too_deep_texts_are_refused_by_the_form_and_shown_as_typed() -> None:
    for text in ("a " * 60_000, "> " * 51 + "x", "    " * 51 + "- x", "- " * 51 + "<b>x"):
        with pytest.raises(Refused) as refusal:
            markdown.check(text, field="body")
        assert refusal.value.code == "too_large"
        assert refusal.value.field == "body"
        shown = markdown.to_html(text)
        assert html.unescape(shown.removeprefix("<p>").removesuffix("</p>")) == text


def test_fifty_levels_are_allowed() -> None:
    markdown.check("> " * 50 + "x")
    assert markdown.to_html("> " * 50 + "x").count("<blockquote>") == 50


def test_an_excerpt_is_plain_words_cut_between_them() -> None:
    text = "# Gel <b>sensors</b>\n\nWe **measure** [leaks](https://a.example) & more every day"
    assert markdown.excerpt(text, 500) == "Gel <b>sensors</b> We measure leaks & more every day"
    assert markdown.excerpt(text, 30) == "Gel <b>sensors</b> We…"
    assert markdown.excerpt("", 30) == ""
    assert len(markdown.excerpt("x" * 500, 30)) == 30


def test_headings_leave_no_level_out() -> None:
    """A reader who steps from heading to heading misses nothing, whatever the writer began with."""
    def levels(text: str) -> list[str]:
        return re.findall(r"<(h\d)>", markdown.to_html(text))

    assert levels("## Goal\n\n## Roles\n\n#### Who") == ["h3", "h3", "h4"]
    assert levels("### Deep first\n\n# Then high\n\n## Between") == ["h3", "h3", "h4"]
    assert levels("\n\n".join(f"{'#' * n} x" for n in range(1, 7))) == [
        "h3", "h4", "h5", "h6", "h6", "h6"]
