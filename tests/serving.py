"""The workspace under gevent, as it is served to people: python -m tests.serving PORT."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

from gevent.pywsgi import WSGIServer  # noqa: E402
from geventwebsocket.handler import WebSocketHandler  # noqa: E402

from wsgi import create_app  # noqa: E402

if __name__ == "__main__":
    WSGIServer(
        ("127.0.0.1", int(sys.argv[1])), create_app(), handler_class=WebSocketHandler, log=None
    ).serve_forever()
