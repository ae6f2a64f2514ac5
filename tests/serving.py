"""The workspace under gevent, as it is served to people: python -m tests.serving PORT."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

from workspace.foundation.serving import serve  # noqa: E402
from wsgi import create_app  # noqa: E402

if __name__ == "__main__":
    serve(create_app(), "127.0.0.1", int(sys.argv[1]))
