"""The demonstration: `python -m workspace.demo serve --data DIR --port N [--fresh] [--json]`."""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402

gc.disable()  # until all is imported: hardly anything of it is ever thrown away

import sys  # noqa: E402

from workspace.demo.serving import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
