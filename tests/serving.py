"""The workspace under gevent, as it is served to people: python -m tests.serving PORT."""

if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import sys

from workspace.foundation.serving import serve
from wsgi import create_app


def main(words: list[str]) -> None:
    """Serve on the loopback; the caller has patched with gevent."""
    serve(create_app(), "127.0.0.1", int(words[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
