"""What people type, as safe HTML: Markdown without raw HTML, then an allow list on the output."""

from __future__ import annotations

import html
import re
import time
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import InlineProcessor, Treeprocessor
from markdown.util import AtomicString
from markupsafe import Markup, escape

from workspace.foundation.errors import Refused
from workspace.foundation.text import lazy

MOST_BYTES = 100_000
MOST_NESTING = 50
SECONDS = 2.0

# How often a character that starts inline markup may stand in one paragraph: the parser looks for
# its partner from each one, so work grows with the square of the count.
MOST_MARKS = 400
MARKS = re.compile(r"[*_`~\[\]<>!&\\^]")
MOST_PARAGRAPH = 20_000
MOST_LINES = 4_000
OWN_IMAGE = re.compile(r"/files/[A-Za-z0-9_-]{22}(/pages/[0-9]{1,3})?")
LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+", re.IGNORECASE)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
"""Headings move down two steps: the page's own title and section stand above them."""

TAGS = {
    "p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "del", "code", "pre", "blockquote",
    "ul", "ol", "li", "a", "img", "input", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "input": {"type", "checked", "disabled"},
    "ol": {"start"},
    "code": {"class"},
    "li": {"class"},
    "ul": {"class"},
}
NEST = re.compile(r"(?P<space>[ \t])|(?P<mark>>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))")
LIST = re.compile(r"(?:[-*+]|\d{1,9}\.)[ \t]+\S")
INSIDE_LIST = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}\.)[ \t]|[ \t]{2,}|[ \t]*>|\|")
STASH = "\x02wzxhzdk:"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LANGUAGE = re.compile(r"language-[a-z0-9+#.-]{1,30}")


class _TooSlow(Exception):
    """The text took longer than the limit."""


def _is_tangled(paragraph: str) -> bool:
    return len(paragraph) > MOST_PARAGRAPH or len(MARKS.findall(paragraph)) > MOST_MARKS


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() > self.at:
            raise _TooSlow


class _Blocks(BlockParser):
    """The block parser, asking the time before each step."""

    def __init__(self, md: Markdown, deadline: _Deadline) -> None:
        super().__init__(md)
        self.deadline = deadline

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802
        self.deadline.check()
        super().parseBlocks(parent, blocks)


class _Inline(InlineProcessor):
    """The inline parser, asking the time before each step."""

    def __init__(self, md: Markdown, deadline: _Deadline) -> None:
        super().__init__(md)
        self.deadline = deadline

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        """Refuse paragraphs that are too long or too full of marks, then parse the others."""
        for element in tree.iter():
            for part in (element.text, element.tail):
                if part and not isinstance(part, AtomicString) and _is_tangled(part):
                    raise _TooSlow
        return super().run(tree, ancestors)

    def _InlineProcessor__applyPattern(self, *args: object) -> object:  # noqa: N802
        self.deadline.check()
        return super()._InlineProcessor__applyPattern(*args)  # type: ignore[misc]


class _Breathing(Preprocessor):
    """Puts the empty line before a list, table or code, which people leave out."""

    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        for line in lines:
            above = out[-1] if out else ""
            starts = bool(LIST.match(line)) and not INSIDE_LIST.match(above)
            starts |= line.lstrip().startswith("|") and not above.lstrip().startswith("|")
            stash = STASH in line or STASH in above
            if above.strip() and (starts or stash):
                out.append("")
            out.append(line)
        return out


class _Tidy(Treeprocessor):
    """Shifts headings and turns pictures that are not our own files into links."""

    def run(self, root: Element) -> None:
        levels = sorted({it.tag for it in root.iter() if it.tag in HEADINGS})
        deepest = 2  # the text stands under an h2 of the page; no level below it is left out
        for element in root.iter():
            if element.tag in HEADINGS:
                deepest = min(3 + levels.index(element.tag), deepest + 1, 6)
                element.tag = f"h{deepest}"
            if element.tag == "img" and not OWN_IMAGE.fullmatch(element.get("src", "")):
                # A picture elsewhere would tell its server who reads this page.
                address, words = element.get("src", ""), element.get("alt", "")
                tail = element.tail
                element.clear()
                element.tail = tail
                element.tag = "a"
                element.set("href", address)
                element.text = words or address


def check(text: str, field: str | None = None) -> None:
    """Refuse a text that the house will not typeset: too long or nested too deeply."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Refused(
            lazy("This text is longer than 100 kB. Shorten it or attach it as a file."),
            field=field, code="too_large",
        )
    if _nesting(text) > MOST_NESTING:
        raise Refused(
            lazy("Lists and quotes in this text are nested more than 50 deep. Nest them less."),
            field=field, code="too_large",
        )


def to_html(text: str) -> Markup:
    """Markdown as HTML: tables, task lists, fenced code; nothing that runs, no foreign picture.

    A text that is too long, too deep or too slow to parse comes back as it was typed, escaped:
    nothing that a person wrote is lost. No element has an id, so none can shadow the page's own.
    """
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.encode("utf-8", "replace").decode("utf-8")
    try:
        check(text)
    except Refused:
        return _as_typed(text)
    if text.count("\n") > MOST_LINES:
        return _as_typed(text)
    deadline = _Deadline(SECONDS)
    try:
        return Markup(_clean(_parser(deadline).convert(text)))  # noqa: S704  cleaned just here
    except (_TooSlow, RecursionError):
        return _as_typed(text)


def excerpt(text: str, n: int = 200) -> str:
    """The first `n` characters of the words in a Markdown text, cut between words."""
    words = nh3.clean(to_html(text), tags=set(), attributes={})
    plain = " ".join(html.unescape(words).split())
    if len(plain) <= n:
        return plain
    head = plain[: n - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > n // 2 else head).rstrip(" ,.;:-") + "…"


def _parser(deadline: _Deadline) -> Markdown:
    # One for each text: Markdown objects keep state and may not be shared between greenlets.
    md = Markdown(
        extensions=["tables", "nl2br", "sane_lists", "pymdownx.superfences", "pymdownx.tasklist",
                    "pymdownx.tilde", "pymdownx.magiclink"],
        extension_configs={
            "pymdownx.superfences": {"custom_fences": []},
            "pymdownx.tilde": {"subscript": False},
        },
        output_format="html",
    )
    blocks = _Blocks(md, deadline)
    blocks.blockprocessors = md.parser.blockprocessors
    for processor in blocks.blockprocessors:
        processor.parser = blocks
    md.parser = blocks
    md.preprocessors.deregister("html_block")
    md.inlinePatterns.deregister("html")
    md.preprocessors.register(_Breathing(md), "breathing", 15)
    md.treeprocessors.register(_Inline(md, deadline), "inline", 20)
    md.treeprocessors.register(_Tidy(md), "tidy", 5)
    return md


def _clean(rendered: str) -> str:
    return nh3.clean(
        rendered,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
        strip_comments=True,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if LINK.fullmatch(value) else None
    if name == "src":
        return value if OWN_IMAGE.fullmatch(value) else None
    if name == "class":
        if tag == "code":
            return value if LANGUAGE.fullmatch(value) else None
        return value if value in {"task-list", "task-list-item"} else None
    if tag == "input":
        return {"type": "checkbox", "checked": "", "disabled": ""}[name]
    return value


def _as_typed(text: str) -> Markup:
    parts = [part for part in re.split(r"\n{2,}", text) if part.strip()]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>\n").join(escape(line) for line in part.split("\n")))
        for part in parts
    )


def _nesting(text: str) -> int:
    """How deep the deepest line is nested: quote marks, list marks and indentation together."""
    deepest = 0
    for line in text.split("\n"):
        depth, width, at = 0, 0, 0
        line = line.rstrip()
        while mark := NEST.match(line, at):
            at = mark.end()
            if mark.lastgroup == "space":
                width += 4 if mark.group() == "\t" else 1
            else:
                depth += 1
        # One space belongs to each mark; the rest is indentation.
        deepest = max(deepest, depth + max(0, width - depth) // 4)
    return deepest
