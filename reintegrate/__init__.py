"""reintegrate: case management for the reintegration of returnees."""

from importlib.metadata import version

__version__ = version("reintegrate")
