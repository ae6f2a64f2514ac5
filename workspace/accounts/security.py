"""Flask-Security behind our own pages: the store of people, Argon2 and the moment of signing in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from flask_login.utils import _user_context_processor
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore
from flask_security import login_user as let_in
from flask_security.signals import user_authenticated
from flask_security.utils import hash_password, verify_password
from sqlalchemy.orm import Session

from workspace.accounts import sessions
from workspace.accounts.facts import SecondFactorShown
from workspace.accounts.models import Person, SignIn
from workspace.accounts.rules import SHORTEST_PASSWORD
from workspace.foundation.clock import now
from workspace.foundation.db import session
from workspace.foundation.facts import announce
from workspace.foundation.web import IS_FRESH, current_actor, forget_actor

# RFC 9106, section 4, second recommended option, with half its lanes: two cores are the least
# machine that this house stands on.
STRONG = {"argon2__memory_cost": 65536, "argon2__time_cost": 3, "argon2__parallelism": 2}
QUICK = {"argon2__memory_cost": 8192, "argon2__time_cost": 1, "argon2__parallelism": 1}


class Shelf:
    """What Flask-Security calls the database: an object with the session of this context."""

    @property
    def session(self) -> Session:
        """The session in hand."""
        return session()


class NoRole(RoleMixin):
    """Flask-Security wants a table of roles; ours are held per scope and read from grants."""

    name = ""


def install(app: Flask) -> None:
    """Put Flask-Security into `app`: no pages and no roles of its own, our sessions underneath."""
    settings = app.config["INNOCORE"]
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=(
            QUICK if settings.environment == "testing" else STRONG
        ),
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_FRESHNESS=timedelta(minutes=10),
        SECURITY_CSRF_PROTECT_MECHANISMS=["session", "basic"],
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
        SECURITY_USE_REGISTER_V2=True,
    )
    security = Security(
        app, SQLAlchemyUserDatastore(Shelf(), Person, NoRole), register_blueprint=False
    )
    # A person is whoever the session row says, and nobody once it has ended.
    security.login_manager.user_loader(lambda _uniquifier: _present_person())
    security.login_manager.request_loader(lambda _request: _present_person())
    security.principal.identity_loaders.clear()
    app.template_context_processors[None].remove(_user_context_processor)
    user_authenticated.connect(_begin, app)
    app.extensions[IS_FRESH] = sessions.is_fresh


def _present_person() -> Person | None:
    actor = current_actor()
    return None if actor.is_visitor else session().get(Person, actor.person_id)


def _begin(_app: Flask, user: Person, authn_via: Sequence[str] = (), **_how: Any) -> None:
    sessions.begin(user, now(), authn_via[0] if authn_via else "")


def begin_session(person: Person, way: str, second: str | None = None) -> SignIn:
    """Sign a person in who has proved who she is; `way` is "password", "persona" and the like.

    `second` is the second factor that was shown, if any.

    Must be called inside a unit of work. Every way in passes here, and so does Flask-Security's
    own: its signal begins the session.
    """
    let_in(person, remember=False, authn_via=[way])
    found = sessions.present()
    assert found is not None
    if second is not None:
        found.second_at = found.seen_at
        session().flush()
        announce(SecondFactorShown(person.id, person.id, found.id, second))
        forget_actor()
    return found


def normal(password: str) -> str:
    """The one spelling of a password: composed characters may be typed in two ways."""
    return unicodedata.normalize("NFKD", password)


def hashed(password: str) -> str:
    """The Argon2id hash to store. Slow on purpose: never call it inside a unit of work."""
    return str(hash_password(normal(password)))


def is_password(person: Person | None, password: str) -> bool:
    """Whether it is the person's password; for nobody it takes as long and is False.

    Slow on purpose: never call it inside a unit of work.
    """
    known = person is not None and person.password is not None
    stored = person.password if person is not None and person.password else _dummy()
    held = verify_password(normal(password), stored)
    return bool(known and held)


def _dummy() -> str:
    found: str | None = current_app.extensions.get("innocore.dummy_hash")
    if found is None:
        found = str(hash_password("nobody has this password"))
        current_app.extensions["innocore.dummy_hash"] = found
    return found
