"""The application as a web server loads it."""

from reintegrate.app import create_app
from reintegrate.config import production_config

app = create_app(production_config())
