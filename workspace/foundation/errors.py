"""What an action may say no with; each door translates these once."""

from __future__ import annotations


class HouseError(Exception):
    """A refusal that a person can act on. `status` and `code` are those of the HTTP answer."""

    status = 500
    code = "internal"

    def __init__(self, reason: object = "") -> None:
        super().__init__(reason)
        self._reason = reason

    @property
    def reason(self) -> str:
        """The sentence, in the reader's language at the time it is asked for."""
        return str(self._reason)


class BadRequest(HouseError):
    """The request itself could not be read."""

    status, code = 400, "bad_request"


class Missing(HouseError):
    """Absent, or not visible to the person: both look the same."""

    status, code = 404, "not_found"


class Denied(HouseError):
    """Visible, but not allowed."""

    status, code = 403, "not_allowed"


class Stale(HouseError):
    """Somebody else changed it meanwhile, or its state forbids the step."""

    status, code = 409, "conflict"


class TooLarge(HouseError):
    """More bytes than the limit."""

    status, code = 413, "too_large"


class TooMany(HouseError):
    """Too often; try again after `retry_after` seconds."""

    status, code = 429, "rate_limited"

    def __init__(self, reason: object = "", retry_after: int = 60) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Unavailable(HouseError):
    """The house cannot write now (maintenance, full disk, database away)."""

    status, code = 503, "unavailable"


class Refused(HouseError):
    """A rule says no. `field` names the form field that it is about, if any."""

    status = 422

    def __init__(self, reason: object = "", *, field: str | None = None, code: str = "refused",
                 status: int = 422) -> None:
        super().__init__(reason)
        self.field = field
        self.code = code
        self.status = status
