"""The application as a web server loads it; it refuses a database that is not up to date."""

from reintegrate.app import create_app, refuse_other_state
from reintegrate.config import production_config

app = create_app(production_config())
refuse_other_state(app)
