"""The whole service over a data folder, in a process of its own: `python -m bench.service FOLDER`."""

from __future__ import annotations

import os
import sys

from bench.server import serve

if __name__ == "__main__":
    os.environ["TIEOUT_DATA_DIR"] = sys.argv[1]
    from wsgi import app

    serve(app)
