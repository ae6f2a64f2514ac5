"""The face of first pages."""

from workspace.foundation.features import Feature
from workspace.home import queries
from workspace.home.views import doors

FEATURE = Feature(name="home", doors=[doors], offers={"workplaces": queries.workplaces})
