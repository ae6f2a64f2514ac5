"""Servers for live tests: `threads` as `flask run` has them, `gevent` as people are served.

python -m tests.canvases.live.serving KIND PORT
"""

import sys

if __name__ == "__main__" and sys.argv[1] == "gevent":
    from gevent import monkey

    monkey.patch_all()

from wsgi import create_app


def serve(kind: str, port: int) -> None:
    """Serve on the loopback until the process is ended."""
    app = create_app()
    if kind == "gevent":
        from gevent.pywsgi import WSGIServer
        from geventwebsocket.handler import WebSocketHandler

        WSGIServer(
            ("127.0.0.1", port), app, handler_class=WebSocketHandler, log=None
        ).serve_forever()
    else:
        app.run("127.0.0.1", port, threaded=True, use_reloader=False)


def main(words: list[str]) -> None:
    """The same with the words of the command line."""
    serve(words[0], int(words[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
