"""The addresses of accounts; the views hang themselves on them."""

from workspace.foundation.web import Doors

DOORS = Doors("accounts")
