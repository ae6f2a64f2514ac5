"""Command line: `flask --app wsgi administrator ADDRESS`, how the first one comes in."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from workspace.accounts.rules import RESET_FOR, as_address, is_address
from workspace.administration.actions import enter_administrator
from workspace.foundation.clock import now
from workspace.foundation.db import engine
from workspace.foundation.errors import Refused
from workspace.foundation.migrate import are_there
from workspace.foundation.unit import write


@click.command("administrator")
@click.argument("address")
@click.option("--name", default="", help="Of a person who has no account yet.")
@with_appcontext
def administrator_command(address: str, name: str) -> None:
    """Let somebody administrate; whoever has no account yet gets one, and a link for a password."""
    email = as_address(address)
    if not is_address(email):
        _stop("Write the address like name@university.org.")
    if not are_there(engine()):
        _stop("The tables are not there yet. Run: flask --app wsgi db upgrade")
    try:
        with write():
            person, token = enter_administrator(email, name.strip(), now())
    except Refused as refusal:
        _stop(str(refusal.reason))
    click.echo(f"{person.name} <{person.email}> administrates the workspace.")
    if token is not None:
        base = current_app.config["INNOCORE"].base_url.rstrip("/")
        minutes = int(RESET_FOR.total_seconds()) // 60
        click.echo(f"To choose a password, open within {minutes} minutes: {base}/reset/{token}")


def _stop(sentence: str) -> None:
    click.echo(f"administrator: {sentence}", err=True)
    sys.exit(2)
