"""Words and decisions of organisations: kinds, their roles, mail domains."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from workspace.foundation.errors import Refused
from workspace.foundation.text import lazy


class Kind(StrEnum):
    """What an organisation is."""

    UNIVERSITY = "university"
    COMPANY = "company"
    FACILITY_HOST = "facility-host"
    ACCELERATOR = "accelerator"


KIND_WORDS: Final[Mapping[Kind, Any]] = {
    Kind.UNIVERSITY: lazy("University"),
    Kind.COMPANY: lazy("Company"),
    Kind.FACILITY_HOST: lazy("Facility host"),
    Kind.ACCELERATOR: lazy("Accelerator"),
}

ADMIN, MEMBER, OFFICER = "organisation-admin", "member", "transfer-officer"
ROLES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.UNIVERSITY: (MEMBER, ADMIN, OFFICER, "facility-manager"),
    Kind.COMPANY: (MEMBER, ADMIN, "sponsor"),
    Kind.FACILITY_HOST: (MEMBER, ADMIN, "facility-manager"),
    Kind.ACCELERATOR: (MEMBER, ADMIN, "scout"),
}
"""The roles that people can hold in each kind of organisation."""
ALL_ROLES: Final = tuple(dict.fromkeys(role for roles in ROLES.values() for role in roles))

ROLE_NOTES: Final[Mapping[str, Any]] = {
    MEMBER: lazy("Belongs to the organisation and sees who else does."),
    ADMIN: lazy("Invites people, gives and ends roles, and edits this page."),
    OFFICER: lazy("Reads what teams of this organisation make, and decides what may be shown."),
    "facility-manager": lazy("Looks after the facilities: requests, calendar, training."),
    "sponsor": lazy("Writes the company's challenges and sees what teams release to it."),
    "scout": lazy("Looks for teams among what was released to the public."),
}

MOST_DOMAINS = 20
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
FOR_EVERYBODY: Final = frozenset(
    {
        "aol.com",
        "centrum.cz",
        "email.cz",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "hotmail.es",
        "hotmail.it",
        "icloud.com",
        "libero.it",
        "live.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "outlook.com",
        "outlook.es",
        "outlook.it",
        "outlook.pt",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "sapo.pt",
        "seznam.cz",
        "tiscali.it",
        "tutanota.com",
        "virgilio.it",
        "web.de",
        "yahoo.com",
        "yahoo.es",
        "yahoo.it",
        "yandex.com",
    }
)
"""Mail services where anybody gets an address: having one says nothing about a person."""


def roles_of(kind: str) -> tuple[str, ...]:
    """The roles of a kind of organisation. ValueError for an unknown kind."""
    return ROLES[Kind(kind)]


def as_domains(text: str) -> list[str]:
    """A list of mail domains as typed: lower case, each once. Raises Refused for what is none."""
    found: dict[str, None] = {}
    for part in re.split(r"[\s,;]+", unicodedata.normalize("NFKC", text)):
        word = part.strip().lstrip("@").rstrip(".").lower()
        if not word:
            continue
        try:
            plain = word.encode("idna").decode("ascii")
        except UnicodeError:
            plain = word
        if len(plain) > 253 or not DOMAIN.fullmatch(plain):
            raise Refused(
                lazy("“%(word)s” is no mail domain. Write it like university.org.", word=word),
                field="domains",
            )
        if plain in FOR_EVERYBODY:
            raise Refused(
                lazy(
                    "Anybody can get an address at %(word)s. List domains of your organisation "
                    "only.",
                    word=word,
                ),
                field="domains",
            )
        found[plain] = None
    if len(found) > MOST_DOMAINS:
        raise Refused(lazy("List at most %(count)d domains.", count=MOST_DOMAINS), field="domains")
    return list(found)


def check_domains(
    domains: Iterable[str],
    own: Iterable[str],
    taken: Iterable[str],
    *,
    of_administrator: bool,
) -> None:
    """Raise Refused when a domain is not this organisation's to open.

    `own` are domains of the person's proved address and those that the organisation already has;
    an administrator may open any. `taken` belong to other organisations.
    """
    mine, others = set(own), set(taken)
    for domain in domains:
        if domain in others:
            raise Refused(
                lazy("Another organisation uses %(domain)s. Ask the administrator.", domain=domain),
                field="domains",
            )
        if not of_administrator and domain not in mine:
            raise Refused(
                lazy(
                    "You can open registration for the domain of your own address. The "
                    "administrator can add %(domain)s.",
                    domain=domain,
                ),
                field="domains",
            )
