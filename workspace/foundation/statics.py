"""Static files, packed for browsers that can unpack them.

Pages stay as they are: what a person reads stands next to secrets there, and the length of a packed
page would tell of both. Static files are the same for everybody.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, request
from flask.wrappers import Response

PACKED = (".css", ".js", ".json", ".svg")
LITTLE = 1024


class Workspace(Flask):
    """Flask, with static files packed once for each process."""

    def send_static_file(self, filename: str) -> Response:
        """The file; a script, style sheet or drawing as gzip if the browser takes it."""
        answer = super().send_static_file(filename)
        if not filename.endswith(PACKED):
            return answer
        answer.vary.add("Accept-Encoding")
        whole = answer.status_code == 200 and "Range" not in request.headers
        if not whole or not request.accept_encodings["gzip"] or self.static_folder is None:
            return answer
        path = Path(self.static_folder) / filename
        body = _packed(path, path.stat().st_mtime_ns)
        if body is None:
            return answer
        mark, _ = answer.get_etag()
        answer.close()
        answer.direct_passthrough = False
        answer.set_data(body)
        answer.content_encoding = "gzip"
        answer.headers.pop("Accept-Ranges", None)
        if mark:
            answer.set_etag(mark, weak=True)
        return answer


@lru_cache(maxsize=64)
def _packed(path: Path, _changed: int) -> bytes | None:
    """The packed bytes of a file, or None where packing gains nothing."""
    plain = path.read_bytes()
    if len(plain) < LITTLE:
        return None
    return gzip.compress(plain, 9, mtime=0)
