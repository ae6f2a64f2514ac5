"""The face of accounts."""

from workspace.accounts import views
from workspace.accounts.doors import DOORS
from workspace.foundation.features import Feature

assert views

FEATURE = Feature(name="accounts", doors=[DOORS])
