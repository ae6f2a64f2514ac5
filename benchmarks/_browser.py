"""A browser without scripts for runs against a served house: cookies, tokens, forms, uploads."""

from __future__ import annotations

import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from email.message import Message

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are answers, not errands."""

    def redirect_request(self, *_args: object, **_options: object) -> None:
        return None


class Browser:
    """One signed-in person."""

    def __init__(self, url: str, cookie: str) -> None:
        self.url = url.replace("localhost", "127.0.0.1")
        self.host = urllib.parse.urlsplit(url).netloc
        self.origin = url
        self.cookie = cookie
        self._token = ""
        self._open = urllib.request.build_opener(_Stay())

    def ask(self, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str, str]:
        """Status, text and where it leads to."""
        asked = urllib.request.Request(self.url + path, data=body)  # noqa: S310  (of ours)
        asked.add_header("Cookie", self.cookie)
        asked.add_header("Host", self.host)
        if body is not None:
            asked.add_header("Content-Type", kind or "application/x-www-form-urlencoded")
            asked.add_header("Origin", self.origin)
        try:
            with self._open.open(asked, timeout=60) as answer:
                self._keep(answer.headers)
                return answer.status, answer.read().decode("utf-8", "replace"), ""
        except urllib.error.HTTPError as error:
            self._keep(error.headers)
            return error.code, error.read().decode("utf-8", "replace"), error.headers.get(
                "Location", "")

    def _keep(self, headers: Message) -> None:
        for line in headers.get_all("Set-Cookie") or ():
            pair = line.split(";")[0]
            if pair.split("=")[0] == self.cookie.split("=")[0]:
                self.cookie = pair

    def token(self) -> str:
        """The token of this session's forms."""
        if not self._token:
            _status, text, _to = self.ask("/settings")
            found = TOKEN.search(text)
            if found is None:
                raise RuntimeError("the settings page has no form")
            self._token = found[1]
        return self._token

    def post(self, path: str, **fields: str) -> tuple[int, str, str]:
        """Send a form."""
        body = urllib.parse.urlencode({"csrf_token": self.token()} | fields).encode()
        return self.ask(path, body)

    def begin_pitch(self, team: str) -> str:
        """Prepare a pitch; gives the address that takes its deck."""
        status, text, to = self.post(f"/teams/{team}/pitch/pitch-review")
        if status != 303:
            raise RuntimeError(f"no pitch: {status} {text[:300]}")
        return urllib.parse.urlsplit(to).path + "/draft"

    def upload(self, path: str, field: str, name: str, data: bytes) -> int:
        """Send a file with a form; the status."""
        edge = secrets.token_hex(16)
        quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "")
        body = b"".join([
            f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
            f"{self.token()}\r\n".encode(),
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{quoted}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode(), data,
            f"\r\n--{edge}--\r\n".encode(),
        ])
        return self.ask(path, body, f"multipart/form-data; boundary={edge}")[0]
