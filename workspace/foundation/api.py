"""The API door: a token, which thing, allowed, strict JSON, one action, an answer."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, request
from flask_smorest import Api as Smorest
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields
from sqlalchemy import Select

from workspace.foundation import cursors, limits, replays, unit
from workspace.foundation.access import Actor
from workspace.foundation.db import session
from workspace.foundation.errors import Denied, HouseError, Refused
from workspace.foundation.openapi import Problem, operation, share_problems
from workspace.foundation.strict import read_json
from workspace.foundation.text import _, lazy
from workspace.foundation.web import (
    FORM_LIMIT,
    SAFE,
    UPLOAD_LIMIT,
    Admission,
    SignInNeeded,
    View,
    admit,
    current_actor,
    watched,
)

PREFIX = "/api/v1"
RATE, PER_MINUTE = "600 per minute", 600
BEARER, DOORS, DOCUMENT = "innocore.bearer", "innocore.api", "innocore.openapi"
MOST, USUAL = 100, 50


@dataclass(frozen=True)
class Bearer:
    """Whoever came with a token."""

    actor: Actor
    token: str
    """Public id of the token; requests are counted by it."""
    allowed: bool
    """Whether the token is for this kind of request anywhere at all."""
    everywhere: bool
    """Whether it is for the whole of its owner's rights, and so for her own account."""


class WrongKind(HouseError):
    """The body is not JSON."""

    status, code = 415, "type_not_allowed"


class MarkNeeded(HouseError):
    """A change that does not say which state it was made for."""

    status, code = 428, "precondition_required"


class MarkStale(HouseError):
    """The thing is no longer as the asker saw it."""

    status, code = 412, "precondition_failed"


class Api:
    """The API doors of one feature: every one states who may, what it takes and what it gives."""

    def __init__(self, name: str, title: str, description: str = "") -> None:
        self.name = name
        self.blueprint = Blueprint(
            f"api_{name}", f"api_{name}", url_prefix=PREFIX, description=description
        )
        self._title = title

    def door(
        self,
        path: str,
        *,
        gives: type[Schema] | None,
        method: str = "GET",
        verb: str | None = None,
        things: Mapping[str, type] | None = None,
        kind: type | None = None,
        own: bool = False,
        takes: type[Schema] | None = None,
        many: bool = False,
        creates: bool = False,
        of: View | None = None,
        needs: str | None = None,
        writes: str | None = "unit",
        upload: bool = False,
        example: Any = None,
    ) -> Callable[[View], View]:
        """Declare an address below `/api/v1`, with the same words as a page door.

        `takes` is the shape of the body: the view gets its values as the second argument. `many`:
        the view gives a query for rows with public ids, `cursors.Keyed` or `cursors.Fetched`; the
        door cuts pages. `creates`:
        an `Idempotency-Key` is heard, the answer is 201. `of` names the view that shows the thing:
        its mark must be sent as `If-Match`. `needs="review"` asks for a token that is for
        reviewing. `writes` is as for page doors.
        """
        if not own and (verb is None or (kind is None and not things)):
            raise ValueError(f"{self.name} {path}: says not who may")
        found = dict(things or {})
        target = kind or (list(found.values())[-1] if found else None)
        rule = Admission(verb, found, target, None, own)
        status = 201 if creates else (204 if gives is None else 200)
        shape = _Shape(rule, gives, takes, many, creates, of, writes, status)

        def declare(view: View) -> View:
            @wraps(view)
            def answer(**params: Any) -> Any:
                return _answer(view, shape, params)

            answer.door = {  # type: ignore[attr-defined]
                "door": "api", "verb": verb or "own", "kind": target.__name__ if target else "-",
                "public": None, "methods": (method,), "fresh": False,
            }
            answer.admission = rule  # type: ignore[attr-defined]
            answer.largest = UPLOAD_LIMIT if upload else FORM_LIMIT  # type: ignore[attr-defined]
            answer.bearer_only = True  # type: ignore[attr-defined]
            if needs is not None:
                answer.needs = needs  # type: ignore[attr-defined]
            documented = self.blueprint.doc(
                **operation(
                    f"{self.name}_{view.__name__}", gives=gives, takes=takes, many=many,
                    creates=creates, changes=of is not None, status=status, upload=upload,
                    unsafe=method not in SAFE, example=example, words=found,
                )
            )(answer)
            for name in ("door", "admission", "largest", "bearer_only", "needs"):
                if hasattr(answer, name):
                    setattr(documented, name, getattr(answer, name))
            self.blueprint.add_url_rule(
                path, view.__name__, documented, methods=[method], tags=[self._title],
                provide_automatic_options=False,
            )
            view.gives = gives  # type: ignore[attr-defined]
            return view

        return declare


@dataclass(frozen=True)
class _Shape:
    rule: Admission
    gives: type[Schema] | None
    takes: type[Schema] | None
    many: bool
    creates: bool
    of: View | None
    writes: str | None
    status: int


def _answer(view: View, shape: _Shape, params: dict[str, Any]) -> Response:
    came: Bearer | None = current_app.extensions[BEARER]()
    if came is None:
        limits.count("api-without-token", RATE, limits.address())
        raise SignInNeeded
    limits.count("api", RATE, came.token)
    g.innocore_api = came
    if not came.allowed or (shape.rule.own and not came.everywhere):
        raise Denied(lazy("This access token is not for this. Make one with the right scope."))
    unsafe = request.method not in SAFE
    sent = request.get_data() if unsafe and not request.files else b""
    key = request.headers.get("Idempotency-Key") if shape.creates else None
    asked = None if key is None else replays.hash_of(
        request.method.encode(), request.full_path.encode(), sent, *_files()
    )
    work = unit.write() if unsafe and shape.writes == "unit" else nullcontext()
    with work:
        things = admit(current_actor(), shape.rule, params)
        g.innocore_things = things
        watched(current_actor(), things)
        rest = {word: value for word, value in params.items() if word not in things}
        if key is not None and asked is not None:
            with unit.write():
                done = replays.begin(came.actor.person_id or 0, replays.checked(key), asked)
                if done is not None:
                    return _told_again(done)
            g.innocore_made_id = replays.name(came.actor.person_id or 0, key, asked)
        try:
            response = _serve(view, shape, things, rest)
        except BaseException:
            if key is not None and unit.current() is None:
                with unit.write():
                    replays.drop(came.actor.person_id or 0, key)
            raise
        if key is not None:
            with unit.write():
                replays.finish(
                    came.actor.person_id or 0, key, response.status_code, response.get_json()
                )
    return response


def _files() -> list[bytes]:
    if not request.files:
        return []
    parts = []
    for name, file in sorted(request.files.items()):
        parts += [name.encode(), (file.filename or "").encode("utf-8", "replace"), file.read()]
        file.seek(0)
    return parts


def _told_again(done: replays.Replay) -> Response:
    response = make_response(jsonify(done.answer), done.status)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _serve(view: View, shape: _Shape, things: dict[str, Any], rest: dict[str, Any]) -> Response:
    actor = current_actor()
    arguments: list[Any] = [actor]
    if shape.of is not None:
        _check_mark(actor, shape, things, rest)
    if shape.takes is not None:
        arguments.append(_body(shape.takes))
    result = view(*arguments, **things, **rest)
    if isinstance(result, Response):
        return result
    if shape.many:
        return _page(result, shape)
    if shape.gives is None:
        return make_response("", shape.status)
    response = make_response(jsonify(shape.gives().dump(result)), shape.status)
    shown = shape.of is not None and shape.of.gives is shape.gives  # type: ignore[attr-defined]
    if request.method in SAFE or shown or shape.creates:
        response.set_etag(_mark(response.get_data()))
        if request.method in SAFE:
            response.make_conditional(request)
    return response


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _check_mark(actor: Actor, shape: _Shape, things: dict[str, Any], rest: dict[str, Any]) -> None:
    """Refuse a change of something that is no longer as the asker saw it."""
    if not request.if_match or request.if_match.star_tag:  # a star has seen nothing
        raise MarkNeeded(lazy("Send the ETag of what you saw as If-Match."))
    last = next(reversed(things.values()), None)
    if last is not None and unit.current() is not None:
        session().refresh(last, with_for_update={"of": type(last)})
    assert shape.of is not None
    seen = shape.of(actor, **things, **rest)
    gives: type[Schema] = shape.of.gives  # type: ignore[attr-defined]
    if not request.if_match.contains(_mark(jsonify(gives().dump(seen)).get_data())):
        raise MarkStale(lazy("Somebody changed this since you read it. Read it again."))


def _body(takes: type[Schema]) -> Any:
    if not request.is_json:
        raise WrongKind(lazy("Send JSON, with the content type application/json."))
    try:
        return takes().load(read_json(request.get_data()))
    except ValidationError as error:
        field, reason = _first(error.messages)
        raise Refused(reason, field=field) from error


def _first(messages: Any, path: str = "") -> tuple[str | None, str]:
    """The first complaint with the path of its field."""
    if isinstance(messages, Mapping):
        name, below = next(iter(messages.items()))
        inner = path if name == "_schema" else f"{path}.{name}" if path else str(name)
        return _first(below, inner)
    if isinstance(messages, Sequence) and not isinstance(messages, str):
        return _first(messages[0], path)
    return path or None, str(messages)


def _page(result: Any, shape: _Shape) -> Response:
    assert shape.gives is not None
    limit = _limit()
    after = request.args.get("after")
    rows: Sequence[Any]
    if isinstance(result, Select):
        rows, following = _cut(result, limit, after)
    elif isinstance(result, cursors.Fetched):
        rows, following = result.fetch(after, limit)
    else:
        rows, following = cursors.cut(result, limit, after)
    return make_response(jsonify({"items": shape.gives(many=True).dump(rows), "next": following}))


def _cut(query: Select[Any], limit: int, after: str | None) -> tuple[list[Any], str | None]:
    """One page, the newest first. The cursor is the public id of the last row."""
    kind: Any = query.column_descriptions[0]["entity"]
    if after is not None:
        last = session().scalar(query.where(kind.public_id == after))
        if last is None:
            raise cursors.lost()
        query = query.where(kind.id < last.id)
    rows = list(session().scalars(query.order_by(None).order_by(kind.id.desc()).limit(limit + 1)))
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, rows[-1].public_id if more else None


def _limit() -> int:
    said = request.args.get("limit", str(USUAL))
    if not said.isascii() or not said.isdigit() or not 1 <= int(said[:9]) <= MOST:
        raise Refused(_("Choose a number from 1 to %(most)d.", most=MOST), field="limit")
    return int(said)


class _House(Smorest):  # type: ignore[misc]
    """Our problems, our error pages, our own page to read it."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """The guard answers for all doors."""

    def write_down(self, doors: Blueprint) -> None:
        """Put doors that the application has already into the document."""
        doors.register_views_in_doc(
            self, self._app, self.spec, name=doors.name, parameters=None
        )
        self.spec.tag({"name": doors.name, "description": doors.description})


def install(app: Flask, doors: Sequence[Api], bearer: Callable[[], Bearer | None]) -> None:
    """Put the API doors into `app`; `bearer` tells who came with a token."""
    app.extensions[BEARER] = bearer
    app.config.update(
        API_TITLE="InnoCore workspace", API_VERSION="1", OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": "The workspace for programs. See docs/api.md."},
            "security": [{"token": []}],
            "components": {
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        },
    )
    for one in doors:
        app.register_blueprint(one.blueprint)
    app.extensions[DOORS] = tuple(one.blueprint for one in doors)
    app.after_request(_headers)


def document() -> dict[str, Any]:
    """The OpenAPI document of the running application.

    It is written when somebody first asks: that takes longer than all the rest of starting.
    """
    extensions = current_app.extensions
    if DOCUMENT not in extensions:
        made = _House(current_app._get_current_object())  # type: ignore[attr-defined]
        share_problems(made.spec)
        for doors in extensions[DOORS]:
            made.write_down(doors)
        extensions[DOCUMENT] = made.spec
    found: dict[str, Any] = extensions[DOCUMENT].to_dict()
    return json.loads(json.dumps(found, default=str))  # type: ignore[no-any-return]


def _headers(response: Response) -> Response:
    if not request.path.startswith(PREFIX + "/"):
        return response
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    came: Bearer | None = g.get("innocore_api")
    if came is not None:
        left, ends = limits.left("api", RATE, came.token)
        response.headers["RateLimit-Policy"] = f'"api";q={PER_MINUTE};w=60'
        response.headers["RateLimit"] = f'"api";r={left};t={max(0, int(ends - time.time()))}'
    return response


class Text(fields.String):
    """Text of a person: composed characters, no blanks round it, at most `maximum` characters."""

    def __init__(self, *, maximum: int = 200, least: int = 0, **options: Any) -> None:
        from marshmallow.validate import Length

        options.setdefault("validate", Length(min=least, max=maximum))
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        from workspace.foundation.forms import clean

        text = super()._deserialize(value, attr, data, **options)
        if any(ord(char) < 32 and char not in "\n\t\r" for char in text):
            raise ValidationError(str(_("This text holds a character that cannot be shown. "
                                        "Delete it and try again.")))
        return str(clean(text))


