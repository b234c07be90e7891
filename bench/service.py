"""The whole service over a data folder, in a process of its own: `python -m bench.service FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from app import settings as configuration
from app.factory import create_app
from bench.server import serve

if __name__ == "__main__":
    serve(create_app(configuration.load(data_dir=Path(sys.argv[1]))))
