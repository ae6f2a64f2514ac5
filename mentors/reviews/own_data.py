"""What reviews has from a person: what she wrote as a reviewer, and the ties that she declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from mentors.reviews.models import CommentAnswer, DeclaredConflict, Review
from workspace.foundation.db import session


def records(person_id: int, _at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Her own words alone: never a review that others wrote about a team of hers."""
    rows = session().scalars
    return {
        "reviews_written": [
            {
                "review": it.public_id, "state": it.state, "submitted": it.submitted_at,
                "feedback": it.feedback, "remark": it.remark,
                "scores": [
                    {"criterion": s.criterion, "score": s.score, "comment": s.comment}
                    for s in it.scores
                ],
                "pins": [{"page": p.page, "text": p.text} for p in it.pins],
            }
            for it in rows(
                select(Review).where(Review.reviewer_id == person_id).order_by(Review.id)
            )
        ],
        "answers_to_reviewers": [
            {"kind": it.kind, "text": it.text, "at": it.created_at}
            for it in rows(select(CommentAnswer).where(CommentAnswer.answered_by_id == person_id))
        ],
        "declared_conflicts": [
            {"kind": it.kind, "at": it.created_at}
            for it in rows(
                select(DeclaredConflict).where(DeclaredConflict.declared_by_id == person_id)
            )
        ],
    }
