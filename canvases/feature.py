"""The face of the wing."""

from canvases.boards.feature import FEATURE as BOARDS
from canvases.boards.pages import FEATURE as PAGES
from canvases.discovery.feature import FEATURE as DISCOVERY

FEATURES = (BOARDS, PAGES, DISCOVERY)
