"""Command line: `flask --app wsgi audit verify`, `sign`, `key` and `rotate-key`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from workspace.foundation.unit import write
from workspace.journal import keys, statements
from workspace.journal.checking import check
from workspace.journal.rules import HASH, Malformed, Signed, imported, mark

audit = AppGroup("audit", help="The record of everything that happened.")


def _file(path: Path | None) -> Signed | None:
    if path is None:
        return None
    try:
        if path.stat().st_size > statements.LARGEST:
            raise Malformed("too large")
        return imported(path.read_text(encoding="ascii"))
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error
    except (Malformed, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} is no signed head of a record.") from error


@audit.command("verify")
@click.option("--head", type=click.Path(path_type=Path),
              help="A signed head that was kept elsewhere.")
@click.option("--key", default="", help="The public key to believe, as 64 hex digits; default: "
                                        "the one whose private half is on this machine.")
@with_appcontext
def verify_command(head: Path | None, key: str) -> None:
    """Check every chain and every signed head; names the first bad line of each."""
    key = "".join(key.split()).lower()
    if key and not HASH.fullmatch(key):
        raise click.UsageError("A public key has 64 hex digits.")
    kept = _file(head)
    report = check(kept, key)
    for fault in report.faults:
        click.echo(f"{fault.place}: {fault.why}")
    click.echo(f"{report.lines} lines in {report.chains} chains, {report.statements} signed heads"
               + (f", the last of {report.last}." if report.last else "."))
    if kept is not None and not report.faults:
        click.echo(f"The head of {kept.statement.made_at} fits.")
    click.echo("The record does not hold." if report.faults else "The record holds.")
    sys.exit(1 if report.faults else 0)


@audit.command("sign")
@with_appcontext
def sign_command() -> None:
    """Sign the heads of all chains now; a worker does it once a day."""
    try:
        with write():
            row = statements.sign()
    except (keys.KeyAway, statements.Behind) as problem:
        click.echo(f"audit: {problem}", err=True)
        sys.exit(2)
    click.echo(f"Statement {row.number}: {row.chains} chains.")


@audit.command("key")
@with_appcontext
def key_command() -> None:
    """Show the public keys, the newest last: keep the last one elsewhere."""
    known = keys.links()
    if not known:
        click.echo("Nothing was signed yet.")
    for it in known:
        click.echo(f"{it.number}  {it.key}  ({mark(it.key)})")


@audit.command("rotate-key")
@click.option("--lost", is_flag=True, help="The private key is lost: begin with a new one.")
@with_appcontext
def rotate_command(lost: bool) -> None:
    """Sign with a new key from now on. The old public keys stay."""
    try:
        row = keys.rotate(lost)
    except keys.KeyAway as problem:
        click.echo(f"audit: {problem}", err=True)
        sys.exit(2)
    click.echo(f"{row.number}  {row.public_key}  ({mark(row.public_key)})")
    click.echo("Copy the new file to the other machines, and the public key to whoever checks.")
