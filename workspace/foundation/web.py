"""The page door: who, which thing, allowed, one action, an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import unquote

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from workspace.foundation import unit
from workspace.foundation.access import VISITOR, Actor, allow, find_visible, rules
from workspace.foundation.errors import HouseError, Missing, Refused, Stale
from workspace.foundation.features import house
from workspace.foundation.forms import Form
from workspace.foundation.text import _

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_LIMIT = 1024 * 1024
UPLOAD_LIMIT = 26 * 1024 * 1024
View = Callable[..., Any]


@dataclass(frozen=True)
class Door:
    """What one address declares: its verb and kind, or why it is open to everybody."""

    endpoint: str
    path: str
    methods: tuple[str, ...]
    verb: str
    kind: str
    public: str | None = None
    fresh: bool = False
    door: str = "page"

    def record(self) -> dict[str, Any]:
        """For `run.py doors`."""
        return {
            "door": self.door,
            "methods": list(self.methods),
            "path": self.path,
            "verb": self.verb,
            "kind": self.kind,
            "public": self.public,
            "fresh": self.fresh,
        }


@dataclass(frozen=True)
class Admission:
    """Who gets in at one address: the things of its path, the verb that is asked of the last."""

    verb: str | None
    things: Mapping[str, type]
    target: type | None
    public: str | None
    own: bool


class SignInNeeded(HouseError):
    """Nobody has signed in, and the address is not public."""

    status, code = 401, "login_required"


class FreshNeeded(HouseError):
    """The person must prove once more who she is: her proof is older than ten minutes."""

    status, code = 403, "reauth"


IS_FRESH = "innocore.is_fresh"


def require_fresh() -> None:
    """Raise FreshNeeded unless this browser's person proved who she is within ten minutes.

    Bearer tokens prove nothing of the kind: whoever comes with one is refused as well.
    """
    is_fresh: Callable[[], bool] = current_app.extensions[IS_FRESH]
    if not is_fresh():
        raise FreshNeeded


class Doors:
    """The addresses of one feature: a blueprint on which every view states who may."""

    def __init__(self, name: str, prefix: str = "") -> None:
        self.name = name
        self.blueprint = Blueprint(name, name, url_prefix=prefix or None)
        self._prefix = prefix

    def page(
        self,
        path: str,
        *,
        verb: str | None = None,
        things: Mapping[str, type] | None = None,
        kind: type | None = None,
        public: str | None = None,
        own: bool = False,
        methods: Sequence[str] = ("GET",),
        writes: str | None = "unit",
        upload: bool = False,
        fresh: bool = False,
        one_click: bool = False,
        name: str | None = None,
    ) -> Callable[[View], View]:
        """Declare an address.

        `things` maps path parameters to tables, outermost first: each is found as `find_visible`
        does, and must belong to the one before it (`child.<parent>_id`). `verb` is asked of the
        last thing, or of `kind` for lists and creation. `own=True`: any signed-in person, about
        herself. `public` gives the reason why everybody may. Unsafe methods run in one unit of
        work unless `writes` is None (the view opens it) or "room" (a live room commits).
        `fresh=True`: an unsafe method asks the person to prove who she is when she has not done so
        for ten minutes, and goes on with what she had typed.
        `one_click=True`: mail programs send here without a form of ours (RFC 8058), so the forgery
        check lets it pass; only for a door whose address itself is the whole permission.
        The view is called with the actor and the things by name.
        """
        if public is None and not own and (verb is None or (kind is None and not things)):
            raise ValueError(f"{self.name} {path}: says not who may")
        found = dict(things or {})
        target = kind or (list(found.values())[-1] if found else None)
        rule = Admission(verb, found, target, public, own)
        declared = {
            "verb": verb or ("own" if own else "public"),
            "kind": target.__name__ if target else "-",
            "public": public,
            "methods": tuple(methods),
            "fresh": fresh,
        }

        def declare(view: View) -> View:
            @wraps(view)
            def answer(**params: Any) -> Any:
                if request.method == "HEAD" and not SAFE.issuperset(methods):
                    # Who asks for the head of a form looks: a view that acts whenever it is not
                    # asked with GET must not act, and nobody has looked for a forged request.
                    request.method = "GET"
                unsafe = request.method not in SAFE
                if unsafe:
                    _ = request.form  # read what was sent before a transaction is open
                work = unit.write() if unsafe and writes == "unit" else nullcontext()
                with work:
                    result = _serve(view, params, rule, proof=fresh and unsafe)
                    response = make_response(result)
                    if response.status_code >= 400:
                        unit.abandon()
                return response

            endpoint = name or view.__name__
            answer.door = declared  # type: ignore[attr-defined]
            answer.admission = rule  # type: ignore[attr-defined]
            answer.one_click = one_click  # type: ignore[attr-defined]
            answer.largest = UPLOAD_LIMIT if upload else FORM_LIMIT  # type: ignore[attr-defined]
            self.blueprint.add_url_rule(path, endpoint, answer, methods=list(methods))
            return view

        return declare


def _serve(view: View, params: dict[str, Any], rule: Admission, *, proof: bool) -> Any:
    actor = current_actor()
    found = admit(actor, rule, params)
    if proof:  # after the admission: whoever may not know of a thing learns nothing by it
        require_fresh()
    g.innocore_things = found
    watched(actor, found)
    rest = {word: value for word, value in params.items() if word not in found}
    return view(actor, **found, **rest)


def watched(actor: Actor, found: Mapping[str, Any]) -> None:
    """Tell features that watch what is read that somebody was let in to these things."""
    for watch in house().offered("watches"):
        watch(actor, request.endpoint or "", tuple(found.values()))


def admit(actor: Actor, rule: Admission, params: Mapping[str, Any]) -> dict[str, Any]:
    """The things that an address names, when the actor may do there what the door is for.

    Raises SignInNeeded, Missing when a thing is absent, hidden or under another parent, and Denied
    when it can be seen but the verb is refused. Every page goes through here; so does whoever
    proves who may (`docs/access.md`).
    """
    if rule.public is None and actor.is_visitor:
        raise SignInNeeded
    found: dict[str, Any] = {}
    before: tuple[str, Any] | None = None
    for word, kind in rule.things.items():
        thing: Any = find_visible(actor, kind, str(params[word]))
        if before is not None and getattr(thing, f"{before[0]}_id") != before[1].id:
            raise Missing
        found[word] = thing
        before = (word, thing)
    if rule.public is None and not rule.own and rule.verb is not None:
        asked = before[1] if before is not None and type(before[1]) is rule.target else rule.target
        allow(actor, rule.verb, asked)
    return found


def current_actor() -> Actor:
    """Whoever made this request; read from the database once per request."""
    found: Actor | None = g.get("innocore_actor")
    if found is None:
        identify: Callable[[], Actor] = current_app.extensions["innocore.identify"]
        found = identify() if request else VISITOR
        g.innocore_actor = found
    return found


def forget_actor() -> None:
    """Read the person's rights again; after signing in, out, or changing one's own rights."""
    g.pop("innocore_actor", None)


def wants_fragment() -> bool:
    """Whether htmx asks for a piece and not for a whole page."""
    return request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted")


def page(
    template: str,
    *,
    form: Form | None = None,
    status: int | None = None,
    fragment: str | None = None,
    **context: Any,
) -> Response:
    """Render a page: 422 when the form has errors. `fragment` names the block that htmx gets."""
    wrong = form is not None and bool(form.errors)
    if wrong:
        unit.abandon()
    if form is not None:
        context["form"] = form
    if fragment is not None and wants_fragment():
        body = render_block(template, fragment, **context)
    else:
        body = render_template(template, **context)
    return make_response(body, status or (422 if wrong else 200))


def render_block(template: str, block: str, **context: Any) -> str:
    """One block of a template, with the same context as the whole."""
    current_app.update_template_context(context)
    found = current_app.jinja_env.get_template(template)
    return "".join(found.blocks[block](found.new_context(context)))


def go(endpoint: str, message: str | None = None, **values: Any) -> AnyResponse:
    """Go to another page after a change, with a short sentence on what was done."""
    return go_to(url_for(endpoint, **values), message)


def go_to(url: str, message: str | None = None) -> AnyResponse:
    """Go to a path of this house."""
    if message:
        flash(message, "done")
    if wants_fragment():
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url
        return response
    return redirect(url, 303)


@contextmanager
def refusals(form: Form) -> Iterator[None]:
    """Turn a rule's refusal inside the block into an error of the form; nothing is kept."""
    try:
        yield
    except Refused as refusal:
        unit.abandon()
        form.refuse(refusal.reason, refusal.field)
    except Stale as refusal:
        unit.abandon()
        form.refuse(refusal.reason)


def local_path(target: str | None) -> str | None:
    """`target` when it is a path on this host, else None. Used for `next=`."""
    if not target or len(target) > 2000:
        return None
    if any(ord(char) < 33 or char == "\\" for char in target):
        return None
    path = unquote(target.split("?", 1)[0])
    if any(ord(char) < 32 for char in path):
        return None
    if any(not it.startswith("/") or it.startswith("//") or "\\" in it for it in (target, path)):
        return None
    return target


def _is_ruled(admission: Admission) -> bool:
    """Whether a feature decides on what the door asks; without that it would refuse everybody."""
    if admission.public is not None or admission.own or admission.verb is None:
        return True
    decided = rules()
    if (admission.verb, admission.target) in decided.may:
        return True
    return admission.verb == "view" and admission.target in decided.shown


def declared_doors() -> list[Door]:
    """Every page of the application with its declaration; raises when one has none, or when it
    asks for something that no feature has ruled on."""
    found = []
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        declared = getattr(view, "door", None)
        if declared is None:
            raise RuntimeError(f"{rule.endpoint} ({rule.rule}) declares no verb and is not public")
        admission: Admission | None = getattr(view, "admission", None)
        if admission is not None and not _is_ruled(admission):
            raise RuntimeError(
                f"{rule.endpoint} ({rule.rule}) asks {admission.verb!r} of "
                f"{getattr(admission.target, '__name__', None)}, and no feature says who may"
            )
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found.append(
            Door(rule.endpoint, rule.rule, methods, declared["verb"], declared["kind"],
                 declared["public"], declared.get("fresh", False), declared.get("door", "page"))
        )
    return sorted(found, key=lambda door: (door.path, door.methods))


def expired_form_sentence() -> str:
    """What a person reads when the CSRF token is missing or old."""
    return _("The form has expired. Your text is kept; send it again.")
