"""The face of the wing."""

from mentors.mentoring.feature import FEATURE as MENTORING
from mentors.reviews.feature import FEATURE as REVIEWS

FEATURES = (REVIEWS, MENTORING)
