"""What every request passes: forgery check, headers, error pages."""

from __future__ import annotations

import logging
import time
from typing import Any
from urllib.parse import quote, urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from workspace.foundation.access import VISITOR
from workspace.foundation.errors import BadRequest, HouseError, Refused, TooMany
from workspace.foundation.features import house
from workspace.foundation.logs import new_request_id
from workspace.foundation.text import _
from workspace.foundation.web import (
    FORM_LIMIT,
    SAFE,
    FreshNeeded,
    SignInNeeded,
    expired_form_sentence,
    wants_fragment,
)

log = logging.getLogger(__name__)
csrf = CSRFProtect()

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
KEPT_SECRET = frozenset(
    {"csrf_token", "password", "new_password", "password_again", "current", "code"}
)


def install(app: Flask) -> None:
    """Put the guard round every request of `app`."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None,
                      WTF_CSRF_SSL_STRICT=False)
    csrf.init_app(app)
    app.before_request(_begin)
    app.after_request(_headers)
    app.register_error_handler(HouseError, _refusal)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(exc.DataError, _unfit)
    app.register_error_handler(OverflowError, _unfit)
    for away in (exc.OperationalError, exc.InterfaceError, exc.TimeoutError):
        app.register_error_handler(away, _away)
    app.register_error_handler(Exception, _bug)


def _begin() -> None:
    g.innocore_began = time.perf_counter()
    g.request_id = new_request_id(
        request.headers.get("X-Request-Id"), current_app.config["INNOCORE"].proxies > 0
    )
    if not request.host:  # reading it refuses names that are not on the trusted list
        raise BadRequest
    if "\x00" in request.path or any(
        "\x00" in part for pair in request.args.items(multi=True) for part in pair
    ):
        raise BadRequest
    # Before the forgery check, which reads the form: nobody sends 26 MB where no file is taken.
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "largest", FORM_LIMIT)
    if request.method in SAFE or getattr(view, "bearer_only", False):
        return  # a door that hears no cookie cannot be made to act by another site
    if getattr(view, "one_click", False):
        return  # the signed ticket in the address is the permission, whoever sends it
    _same_site()
    csrf.protect()


def _same_site() -> None:
    """Refuse what another site sends, whatever token it found."""
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise CSRFError("foreign site")
    origin = request.headers.get("Origin")
    if origin is None:
        return
    home = urlsplit(current_app.config["INNOCORE"].base_url)
    if _sender(origin) not in {home.netloc, request.host}:
        raise CSRFError("foreign origin")


def _sender(origin: str) -> str:
    """Host and port that a request says it comes from; empty when it says nothing readable."""
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as "http://["
        return ""


def _headers(response: Response) -> Response:
    heads = response.headers
    heads.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    heads["X-Content-Type-Options"] = "nosniff"
    heads["Referrer-Policy"] = "same-origin"
    heads["Cross-Origin-Opener-Policy"] = "same-origin"
    heads["Cross-Origin-Resource-Policy"] = "same-origin"
    heads["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    heads["X-Request-Id"] = g.get("request_id", "")
    if current_app.config["INNOCORE"].secure:
        heads["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static" or response.status_code >= 400:  # an error page names who asked
        heads["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
        response.vary.add("HX-Request")
    return response


def wants_json() -> bool:
    """Whether the asker is a script and not a person."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def _answer(status: int, code: str, reason: str, field: str | None = None,
            **extra: Any) -> Response:
    if wants_json():
        body = {"error": code, "message": reason, "request_id": g.get("request_id", "")}
        if field:
            body["field"] = field
        return make_response(jsonify(body), status)
    if request_ctx.url_adapter is None:  # an untrusted Host: there is no address to build on
        return Response(reason, status, mimetype="text/plain")
    template = f"errors/{status}.html"
    if template not in _known_pages():
        template = "errors/400.html" if status < 500 else "errors/500.html"
    try:
        page = render_template(
            template, status=status, code=code, reason=reason,
            request_id=g.get("request_id", ""), again=extra.get("again"),
        )
    except Exception:
        log.exception("the error page failed")
        return Response(reason, status, mimetype="text/plain")
    return make_response(page, status)


def _known_pages() -> frozenset[str]:
    known: frozenset[str] | None = current_app.extensions.get("innocore.error_pages")
    if known is None:
        known = frozenset(
            current_app.jinja_env.list_templates(filter_func=lambda n: n.startswith("errors/"))
        )
        current_app.extensions["innocore.error_pages"] = known
    return known


def _refusal(error: HouseError) -> AnyResponse:
    if isinstance(error, SignInNeeded):
        return _sign_in()
    if isinstance(error, FreshNeeded):
        return _confirm_person()
    for tell in house().offered("refused"):
        tell(g.get("innocore_actor", VISITOR), error.code, request.endpoint or "",
             request.view_args or {})
    reason = error.reason or _default_reason(error.status)
    field = error.field if isinstance(error, Refused) else None
    response = _answer(error.status, error.code, reason, field)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _sign_in() -> AnyResponse:
    if wants_json():
        return _answer(401, "login_required", _("Sign in first."))
    back = request.full_path.rstrip("?") if request.method in SAFE else ""
    target = url_for("accounts.sign_in") + (f"?next={quote(back)}" if back not in {"", "/"} else "")
    if wants_fragment():
        response = make_response("", 401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target, 302)


def _confirm_person() -> AnyResponse:
    """Ask who it is, and keep what was sent: whoever offers `ask_again` knows how."""
    ways = house().offered("ask_again")
    if wants_json() or not ways:
        return _answer(403, "reauth", _("Confirm first that it is you: sign in once more."))
    kept = [
        (name, value)
        for name in request.form
        if name not in KEPT_SECRET
        for value in request.form.getlist(name)
    ]
    response: AnyResponse = ways[0](kept)
    return response


def _forged(_error: CSRFError) -> AnyResponse:
    """The form was old, or another site sent it. Our own old form may be sent again as it is."""
    again = None
    home = urlsplit(current_app.config["INNOCORE"].base_url).netloc
    origin = _sender(request.headers.get("Origin", ""))
    ours = origin in {home, request.host} and not request.files
    if origin and ours and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        again = [
            (name, value)
            for name in request.form
            if name not in KEPT_SECRET
            for value in request.form.getlist(name)
        ]
    return _answer(400, "csrf", expired_form_sentence(), again=again)


def _http(error: HTTPException) -> AnyResponse:
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()
    status = error.code or 500
    code = {400: "bad_request", 404: "not_found", 405: "bad_request", 413: "too_large",
            415: "type_not_allowed", 429: "rate_limited", 503: "unavailable"}
    response = _answer(status, code.get(status, "internal" if status >= 500 else "bad_request"),
                       _default_reason(status))
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    if isinstance(error, RequestEntityTooLarge):
        response.headers["Connection"] = "close"
    return response


def _unfit(_error: Exception) -> AnyResponse:
    """A number or text that no column can hold: the asker's mistake, not ours."""
    return _answer(400, "bad_request", _default_reason(400))


def _away(error: Exception) -> AnyResponse:
    """The database cannot be asked now: whoever comes again in a moment is answered."""
    log.warning("the database does not answer: %s", type(getattr(error, "orig", error)).__name__)
    g.innocore_actor = VISITOR  # who it is could not be asked either
    response = _answer(503, "unavailable", _default_reason(503))
    response.headers["Retry-After"] = "5"
    return response


def _bug(error: Exception) -> AnyResponse:
    log.exception("request %s failed", g.get("request_id", ""))
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return _answer(500, "internal", _default_reason(500))


def _default_reason(status: int) -> str:
    reasons = {
        400: _(
            "The workspace could not read this request. Go back, reload the page and try again."
        ),
        404: _("There is nothing here, or it is not yours to see."),
        405: _("This address does not take that kind of request."),
        413: _("This is larger than the workspace accepts."),
        415: _("This kind of file is not accepted here."),
        429: _("That was too often. Wait a minute and try again."),
        503: _("The workspace cannot save right now. Nothing was changed; try again soon."),
    }
    return reasons.get(
        status, _("Something went wrong on our side. Your text may still be in the form; go back.")
    )

