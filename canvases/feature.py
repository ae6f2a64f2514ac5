"""The face of the wing."""

from canvases.boards.feature import FEATURE as BOARDS
from canvases.boards.pages import FEATURE as PAGES
from canvases.discovery.feature import FEATURE as DISCOVERY
from canvases.invited.feature import FEATURE as INVITED
from canvases.suggestions.feature import FEATURE as SUGGESTIONS

FEATURES = (BOARDS, PAGES, DISCOVERY, INVITED, SUGGESTIONS)
