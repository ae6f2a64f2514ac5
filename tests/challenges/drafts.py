"""A complete brief, as a draft and as a form."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from workspace.challenges.brief import Brief, Criterion, Prize, Terms, Timeline

WEEKS = {
    "opens_at": 0, "applications_close_at": 4, "kick_off_at": 6, "mid_review_at": 10,
    "submission_at": 20, "demo_day_at": 22,
}


def brief(at: datetime, **fields: Any) -> Brief:
    """A brief that may go to review; its first date is `at`."""
    dates: dict[str, Any] = {name: at + timedelta(weeks=weeks) for name, weeks in WEEKS.items()}
    return Brief(**{
        "title": "Cold chain without dry ice", "sector": "logistics",
        "problem": "Shipments thaw at customs.", "background": "Dry ice is late.",
        "constraints": "- Holds 96 hours", "annex": "Route 7 fails most.",
        "criteria": (Criterion("Hold time", 60, "Hours"), Criterion("Cost", 40, "Euros")),
        "terms": Terms("ip-team-owned-with-option", "Stays with its owner", "cold chain", 90, 5000,
                       "Team is free"),
        "prize": Prize(12_000, "A paid pilot"), "timeline": Timeline(**dates), **fields,
    })


def form(at: datetime, **fields: Any) -> dict[str, Any]:
    """The same as what a browser sends."""
    dates = {
        name: (at + timedelta(weeks=weeks)).strftime("%Y-%m-%dT%H:%M")
        for name, weeks in WEEKS.items()
    }
    return {
        "title": "Cold chain without dry ice", "sector": "logistics",
        "problem": "Shipments thaw at customs.", "background": "Dry ice is late.",
        "constraints": "- Holds 96 hours", "annex": "Route 7 fails most.",
        "criteria-0-title": "Hold time", "criteria-0-weight": "60", "criteria-0-measure": "Hours",
        "criteria-1-title": "Cost", "criteria-1-weight": "40", "criteria-1-measure": "Euros",
        "confidentiality": "public-brief-confidential-annex", "agreement_days": "365",
        "model": "ip-team-owned-with-option", "option_field": "cold chain",
        "option_period_days": "90", "option_fee_eur": "5000", "publication_review_days": "30",
        "max_publication_delay_days": "90", "thesis_always_examinable": "y",
        "prize_cash": "12000", "prize_in_kind": "A paid pilot", "decision_within_days": "21",
        "team_min": "3", "team_max": "6", "max_teams": "4", **dates, "do": "save",
    } | fields
