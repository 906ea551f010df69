"""Whether requirements.lock holds what pyproject.toml asks for, at versions that fit, and nothing else."""

import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; (.*?))? \\$", re.MULTILINE)


def applies(requirement: Requirement, extras: Iterable[str] = ()) -> bool:
    """Whether a requirement counts on this machine, for one of the extras asked for."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ["", *extras])


def locked() -> dict[str, str]:
    """Versions by name, of the packages that this machine needs."""
    found = {}
    for name, version, marker in ENTRY.findall(Path("requirements.lock").read_text(encoding="utf-8")):
        if applies(Requirement(f"{name} ; {marker}" if marker else name)):
            found[canonicalize_name(name)] = version
    return found


def problems() -> list[str]:
    versions = locked()
    with Path("pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    waiting = [("pyproject.toml", Requirement(line)) for line in asked]
    seen: set[tuple[str, frozenset[str]]] = set()
    wrong = []
    while waiting:
        asker, requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        version = versions.get(name)
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{asker} asks for {requirement}, the lock has {version or 'nothing'}")
        if version is None or (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            needed = [Requirement(line) for line in requires(name) or []]
        except PackageNotFoundError:
            wrong.append(f"{name} is locked but not installed")
            continue
        waiting += [(name, further) for further in needed if applies(further, extras)]
    unasked = sorted(set(versions) - {name for name, _extras in seen})
    return [*wrong, *(f"{name} is locked, and nothing asks for it" for name in unasked)]


if found := sorted(set(problems())):
    print("\n".join(found))
    sys.exit(
        "requirements.lock does not fit. Make it anew: uv pip compile --universal --generate-hashes"
        " --no-annotate --no-header --python-version 3.11 pyproject.toml --group dev -o requirements.lock"
    )
