"""The shape of a new feed."""

from __future__ import annotations

from wtforms import BooleanField

from workspace.foundation.forms import Form, title_field
from workspace.foundation.text import lazy


class FeedForm(Form):
    """A name, and whether the feed may carry titles."""

    name = title_field(
        lazy("Name"), maximum=100, description=lazy("For yourself, for example “Phone”.")
    )
    titles = BooleanField(lazy("Show the titles of confidential dates"))
