"""Reader of definition files: YAML in, checked values out, errors that name file, line and path.

Features describe their content (canvases, checklists, rubrics, scales, calendars) in YAML beside
the code, and a programme may bring its own. A loader walks the file with `Entry`, which gives
typed values and refuses everything else with one sentence that a person can act on:

    transfer-checklists.yaml:212 checklists[0].sections[1].items[3].gate: expected blocking or
    advisory, found "hard"

The texts of a definition are content in the language that the file names (`language`, "en" when
it says nothing); they do not go through gettext.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_BYTES: Final = 512 * 1024
MAX_DEPTH: Final = 30
SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TAG: Final = "tag:yaml.org,2002:"
_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,12}")


class DefinitionError(ValueError):
    """A definition file that cannot be used; the message is for the person who wrote it."""

    def __init__(self, file: str, line: int, path: str, reason: str) -> None:
        super().__init__(f"{file}:{line} {path}: {reason}" if path else f"{file}:{line} {reason}")
        self.file = file
        self.line = line
        self.path = path
        self.reason = reason


_Raise = Callable[[str, str | None], DefinitionError]


@dataclass(frozen=True)
class Source:
    """Where a definition comes from, and what its head says."""

    file: str
    schema_version: int
    language: str


class Entry:
    """One block of keys in a definition file.

    Every reading method takes a key, checks the value and returns it typed. Without a `default`
    the key is required. All raise DefinitionError.
    """

    def __init__(self, file: str, node: MappingNode, path: str) -> None:
        self.file = file
        self.path = path
        self.line = node.start_mark.line + 1
        self._values: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise DefinitionError(file, key.start_mark.line + 1, path, "a key must be a word")
            if key.value in self._values:
                raise DefinitionError(
                    file, key.start_mark.line + 1, self._at(key.value), "the key stands here twice"
                )
            self._values[key.value] = value

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def error(self, reason: str, key: str | None = None) -> DefinitionError:
        """The error to raise about the value at `key`, or about this whole block."""
        if key is None:
            return DefinitionError(self.file, self.line, self.path, reason)
        node = self._values.get(key)
        line = node.start_mark.line + 1 if node is not None else self.line
        return DefinitionError(self.file, line, self._at(key), reason)

    def only(self, *keys: str) -> None:
        """Refuse a key that is not one of these: a typing mistake would be ignored otherwise."""
        for key in self._values:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                hint = f"; did you mean {near[0]}" if near else ""
                raise self.error(f"unknown key, expected {_either(keys)}{hint}", key)

    def _node(self, key: str) -> Node:
        node = self._values.get(key)
        if node is None:
            raise self.error("the key is missing", key)
        return node

    def _scalar(self, key: str, wanted: str) -> ScalarNode:
        node = self._node(key)
        if not isinstance(node, ScalarNode):
            raise self.error(f"expected {wanted}, found {_shape(node)}", key)
        return node

    def is_null(self, key: str) -> bool:
        """The key is absent, or written as null."""
        node = self._values.get(key)
        return node is None or node.tag == f"{_TAG}null"

    def text(self, key: str, default: str | None = None, *, empty: bool = False) -> str:
        """Text. Not empty unless `empty`; what YAML reads as yes, 1 or a date needs quotes."""
        if default is not None and key not in self:
            return default
        return _text(self._scalar(key, "text"), self.error, key, empty)

    def optional_text(self, key: str) -> str | None:
        """Text, or None when the key is absent or null."""
        return None if self.is_null(key) else self.text(key)

    def slug(self, key: str) -> str:
        """An id: lower-case words joined by hyphens."""
        found = self.text(key)
        if not SLUG.fullmatch(found) or len(found) > 80:
            raise self.error(
                f"expected lower-case words joined by hyphens, found {_quoted(found)}", key
            )
        return found

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of the `allowed` words."""
        found = self.text(key, default)
        if found not in allowed:
            raise self.error(f"expected {_either(allowed)}, found {_quoted(found)}", key)
        return found

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        if default is not None and key not in self:
            return default
        node = self._scalar(key, "true or false")
        if node.tag != f"{_TAG}bool":
            raise self.error(f"expected true or false, found {_quoted(node.value)}", key)
        return node.value.lower() in {"true", "yes", "on"}

    def number(
        self, key: str, default: int | None = None, *, least: int | None = None,
        most: int | None = None,
    ) -> int:
        """A whole number within the bounds."""
        if default is not None and key not in self:
            return default
        return _number(self._scalar(key, "a whole number"), self.error, key, least, most)

    def decimal(self, key: str, *, least: float, most: float) -> float:
        """A number with or without decimals, within the bounds."""
        node = self._scalar(key, "a number")
        try:
            found = float(node.value) if node.tag in {f"{_TAG}int", f"{_TAG}float"} else None
        except ValueError:
            found = None
        if found is None or not least <= found <= most:
            raise self.error(
                f"expected a number from {least:g} to {most:g}, found {_quoted(node.value)}", key
            )
        return found

    def day(self, key: str) -> date:
        """A calendar day, written 2026-09-14 (with or without quotes)."""
        node = self._scalar(key, "a date like 2026-09-14")
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            raise self.error(
                f"expected a date like 2026-09-14, found {_quoted(node.value)}", key
            ) from None

    def _items(self, key: str, wanted: str) -> list[Node]:
        node = self._node(key)
        if not isinstance(node, SequenceNode):
            raise self.error(f"expected {wanted}, found {_shape(node)}", key)
        return list(node.value)

    def _blame(self, node: Node) -> _Blame:
        return _Blame(self.file, node.start_mark.line + 1, self.path)

    def texts(
        self, key: str, *, allowed: Collection[str] | None = None, least: int = 1,
        optional: bool = False,
    ) -> tuple[str, ...]:
        """A list of texts: at least `least`, each of `allowed` when given. () when optional."""
        if optional and key not in self:
            return ()
        found = []
        for index, node in enumerate(self._items(key, "a list of texts")):
            blame, at = self._blame(node), f"{key}[{index}]"
            if not isinstance(node, ScalarNode):
                raise blame.error(f"expected text, found {_shape(node)}", at)
            text = _text(node, blame.error, at, empty=False)
            if allowed is not None and text not in allowed:
                raise blame.error(f"expected {_either(allowed)}, found {_quoted(text)}", at)
            found.append(text)
        if len(found) < least:
            raise self.error(f"expected at least {least} in the list, found {len(found)}", key)
        return tuple(found)

    def numbers(self, key: str, *, least: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers within the bounds."""
        found = []
        for index, node in enumerate(self._items(key, "a list of numbers")):
            blame, at = self._blame(node), f"{key}[{index}]"
            if not isinstance(node, ScalarNode):
                raise blame.error(f"expected a whole number, found {_shape(node)}", at)
            found.append(_number(node, blame.error, at, least, most))
        return tuple(found)

    def entry(self, key: str) -> Entry:
        """A block of keys."""
        node = self._node(key)
        if not isinstance(node, MappingNode):
            raise self.error(f"expected a block of keys, found {_shape(node)}", key)
        return Entry(self.file, node, self._at(key))

    def entries(self, key: str, *, least: int = 1, optional: bool = False) -> tuple[Entry, ...]:
        """A list of blocks: at least `least` of them. () when optional and absent."""
        if optional and key not in self:
            return ()
        found = []
        for index, node in enumerate(self._items(key, "a list of blocks")):
            at = f"{key}[{index}]"
            if not isinstance(node, MappingNode):
                raise self._blame(node).error(f"expected a block of keys, found {_shape(node)}", at)
            found.append(Entry(self.file, node, self._at(at)))
        if len(found) < least:
            raise self.error(f"expected at least {least} in the list, found {len(found)}", key)
        return tuple(found)

    def source(self, *versions: int) -> Source:
        """What the head of the file says; only on the root. `versions` are those we can read."""
        version = self.number("schema_version", least=1)
        if version not in versions:
            raise self.error(
                f"this version of the workspace reads {_either([str(v) for v in versions])}, "
                f"found {version}",
                "schema_version",
            )
        return Source(self.file, version, self.text("language", "en"))


@dataclass(frozen=True)
class _Blame:
    file: str
    line: int
    path: str

    def error(self, reason: str, key: str | None = None) -> DefinitionError:
        at = f"{self.path}.{key}" if self.path else key or ""
        return DefinitionError(self.file, self.line, at, reason)


class Names:
    """Ids that must be unique in a file, and that others may refer to."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._lines: dict[str, int] = {}

    def take(self, entry: Entry, key: str = "id") -> str:
        """The id at `key`, remembered. Raises DefinitionError when it was taken before."""
        name = entry.slug(key)
        if name in self._lines:
            raise entry.error(
                f"this {self.kind} is already defined in line {self._lines[name]}", key
            )
        self._lines[name] = entry.line
        return name

    def __contains__(self, name: object) -> bool:
        return name in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def read(source: Path | str | bytes, file: str | None = None) -> Entry:
    """The root block of a definition: a file, or its text (what a programme has uploaded).

    `file` is the name for error messages; the path's own name when not given. At most 512 KB,
    plain YAML without aliases or tags, at most 30 levels deep. Raises DefinitionError.
    """
    if isinstance(source, Path):
        file = file or source.name
        source = source.read_bytes()
    name = file or "definition.yaml"
    raw = source.encode() if isinstance(source, str) else source
    if len(raw) > MAX_BYTES:
        raise DefinitionError(name, 1, "", f"the file is larger than {MAX_BYTES // 1024} KB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = raw[: bad.start].count(b"\n") + 1
        raise DefinitionError(name, line, "", "the file is not UTF-8 text") from None
    node = _compose(text, name)
    if not isinstance(node, MappingNode):
        raise DefinitionError(name, 1, "", "expected a block of keys at the top of the file")
    return Entry(name, node, "")


def _compose(text: str, name: str) -> Node | None:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                raise DefinitionError(name, line, "", "aliases (*name) cannot be used here")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                raise DefinitionError(name, line, "", f"more than {MAX_DEPTH} levels deep")
            tag = getattr(event, "tag", None)
            if tag is not None:
                raise DefinitionError(name, line, "", f"a tag ({tag}) cannot be used here")
        found: Node | None = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as bad:
        mark = bad.problem_mark or bad.context_mark
        line = mark.line + 1 if mark else 1
        raise DefinitionError(name, line, "", f"not valid YAML: {bad.problem}") from None
    except yaml.YAMLError as bad:
        raise DefinitionError(name, 1, "", f"not valid YAML: {bad}") from None
    return found


def _text(node: ScalarNode, error: _Raise, key: str, empty: bool) -> str:
    if node.tag != f"{_TAG}str":
        raise error(f"expected text, found {_quoted(node.value)}: put it in quotes", key)
    if not empty and not node.value.strip():
        raise error("the text is empty", key)
    return str(node.value)


def _number(
    node: ScalarNode, error: _Raise, key: str, least: int | None, most: int | None
) -> int:
    if node.tag != f"{_TAG}int" or not _WHOLE.fullmatch(node.value):
        raise error(f"expected a whole number, found {_quoted(node.value)}", key)
    found = int(node.value)
    if (least is not None and found < least) or (most is not None and found > most):
        bounds = f"from {least} to {most}" if most is not None else f"of at least {least}"
        raise error(f"expected a number {bounds}, found {found}", key)
    return found


def _shape(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return _quoted(node.value)
    return "a list" if isinstance(node, SequenceNode) else "a block of keys"


def _quoted(text: object) -> str:
    shown = str(text)
    return f'"{shown[:60]}…"' if len(shown) > 60 else f'"{shown}"'


def _either(words: Collection[str]) -> str:
    listed = list(words)
    if len(listed) > 12:
        listed = [*listed[:12], "…"]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"
