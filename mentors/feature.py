"""The face of the wing."""

from mentors.reviews.feature import FEATURE as REVIEWS

FEATURES = (REVIEWS,)
