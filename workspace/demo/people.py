"""Who plays in the demonstration: invented people, one for every role of the cast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PASSWORD: Final = "open-canvas-2026"  # noqa: S105  (on every sign-in page of the demo)
"""Of every persona; the demonstration answers this machine only."""
DOMAIN: Final = "demo.innocore.example"


@dataclass(frozen=True)
class Persona:
    """Somebody to look around as. `key` is how the seed finds her."""

    key: str
    role: str
    name: str
    note: str

    @property
    def email(self) -> str:
        """For the ordinary sign-in form."""
        return f"{self.key}@{DOMAIN}"


PERSONAS: Final = (
    Persona("student", "Student", "Rita Moreau", "Works on the canvas of Dropspark."),
    Persona("lead", "Team lead", "Tomáš Král", "Leads Dropspark."),
    Persona("mentor", "Mentor", "Signe Halvard", "Advises Dropspark and reviews pitches."),
    Persona("sponsor", "Sponsor", "Karel Malý", "Corvanta Diagnostics. Follows one challenge."),
    Persona("officer", "Transfer officer", "Tommaso Bellandi", "Decides on releases."),
    Persona("programme-lead", "Programme lead", "Marco Villa", "Runs the edition."),
    Persona("scout", "Scout", "Silvia Vidal", "Looks for teams at an accelerator."),
    Persona("facility-manager", "Facility manager", "Jana Lišková", "Signs for the facility."),
    Persona("administrator", "Administrator", "Ada Duarte", "Sets up people and organisations."),
    Persona("reviewer", "Reviewer", "Radek Votava", "Has a pitch to review."),
    Persona("pi", "Principal investigator", "Pia Lorenzi", "Signs for the research group."),
    Persona("rival", "Student of another team", "Davide Poli", "Works on Dimlight."),
    Persona("organisation-admin", "Organisation admin", "Olga Berti", "Manages her university."),
    Persona("other-sponsor", "Sponsor of another challenge", "Lena Vogt", "Lumevo Optics."),
    Persona("former", "Former member", "Ugo Ferrero", "Left Dropspark in week 6."),
    Persona("conflicted", "Mentor with a conflict", "Conrad Weiler", "Works where a team works."),
    Persona("stranger", "Account without a role", "Sam Novák", "Has joined nothing yet."),
)
BY_KEY: Final = {it.key: it for it in PERSONAS}

NAMES: Final = (
    "Inês Braga", "Nora Lindqvist", "Pavel Hrubý", "Chiara Fontana", "Miguel Ortega",
    "Anna Kowalska", "Beatriz Nunes", "Jan Havel", "Elisa Conti", "Marta Ruiz", "Otto Brandt",
    "Sofia Pires", "Lukas Maier", "Giulia Serra", "Hugo Ferreira", "Eva Dvořáková",
    "Paolo Rinaldi", "Carmen Vega", "Felix Keller", "Teresa Lobo", "Jakub Beran",
    "Irene Galli", "David Serrano", "Klára Malá", "Tiago Rocha", "Emma Schulz",
    "Clara Engel", "Nuno Teixeira", "Ludmila Benešová", "Andrea Costa",
)


def more_names() -> Iterator[str]:
    """Names for everybody else, each once."""
    yield from NAMES
    number = 1
    while True:
        number += 1
        for name in NAMES:
            yield f"{name} {number}"
