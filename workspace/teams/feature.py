"""The face of teams."""

from workspace.foundation.features import Feature
from workspace.teams import access
from workspace.teams.models import Team

FEATURE = Feature(
    name="teams",
    may={
        ("read", Team): access.may_read,
        ("edit", Team): access.may_edit,
        ("lead", Team): access.may_lead,
        ("mentor", Team): access.may_mentor,
        ("decide", Team): access.may_decide_for,
        ("oversee", Team): access.may_oversee,
    },
    visible={Team: access.team_clause},
)
