"""What building does besides packing: the catalogues of translations are compiled."""

import runpy
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface[Any]):
    """Compiles each catalogue, so that every package holds the one that fits its texts."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before anything is packed."""
        runpy.run_path("reintegrate/translations/build.py", run_name="__main__")
