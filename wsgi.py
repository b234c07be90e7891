"""The application for any WSGI server: `granian --interface wsgi wsgi:app`."""

from app.core import memory
from app.factory import create_app, warm_up

app = create_app()
warm_up(app.extensions["tieout"])
memory.settle()
