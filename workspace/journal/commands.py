"""Command line: `flask --app wsgi audit verify`."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup, with_appcontext

from workspace.journal.actions import verify

audit = AppGroup("audit", help="The record of everything that happened.")


@audit.command("verify")
@with_appcontext
def verify_command() -> None:
    """Check every chain of the record; names the first bad line of each."""
    faults = list(verify())
    for fault in faults:
        click.echo(f"{fault.chain} line {fault.seq}: {fault.why}")
    click.echo("The record does not hold." if faults else "The record holds.")
    sys.exit(1 if faults else 0)
