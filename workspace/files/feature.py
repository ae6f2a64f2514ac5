"""The face of files."""

from workspace.files import access, actions, own_data, preview, views
from workspace.files.api import API
from workspace.files.models import File
from workspace.foundation.features import Feature

FEATURE = Feature(
    name="files",
    api=[API],
    doors=[views.DOORS],
    visible={File: access.readable},
    jobs={preview.JOB: preview.draw},
    every={"files.forget": (86_400, actions.forget_removed)},
    offers={"records": own_data.records, "own_files": own_data.own_files},
)
