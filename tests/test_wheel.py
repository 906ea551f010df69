"""What is packed is all of it: installed elsewhere, without this checkout, the command works."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, at: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=at,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A wheel and a source distribution of this checkout."""
    folder = tmp_path_factory.mktemp("packed")
    run(sys.executable, "-m", "hatchling", "build", "-d", folder, at=ROOT)
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


def names_in(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_every_file(packed: tuple[Path, Path]) -> None:
    expected = set()
    for folder, inside in (
        ("reintegrate", ""),
        ("templates", "reintegrate/"),
        ("migrations", "reintegrate/"),
    ):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pot":
                expected.add(inside + path.relative_to(ROOT).as_posix())

    assert names_in(packed[0]) == expected
    assert {"reintegrate/templates/base.html", "reintegrate/migrations/env.py"} <= expected


def test_every_catalogue_is_compiled_in_the_wheel(packed: tuple[Path, Path]) -> None:
    names = names_in(packed[0])

    assert [name for name in names if name.endswith(".po") and f"{name[:-3]}.mo" not in names] == []


def test_the_source_distribution_makes_the_same_wheel(packed: tuple[Path, Path], tmp_path: Path) -> None:
    with tarfile.open(packed[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, at=source)

    assert names_in(next(tmp_path.glob("*.whl"))) == names_in(packed[0])


def test_the_installed_command_sets_the_demo_up_and_opens_its_pages(
    packed: tuple[Path, Path], tmp_path: Path
) -> None:
    target, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    install = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    run(sys.executable, *install, "--target", target, packed[0], at=elsewhere)
    command = target / "bin" / "reintegrate"
    place = "import reintegrate, sys; sys.stdout.write(reintegrate.__file__)"

    found = run(sys.executable, "-c", place, at=elsewhere, PYTHONPATH=str(target))
    assert Path(found).is_relative_to(target)
    assert "version" in run(command, "--version", at=elsewhere, PYTHONPATH=str(target))
    said = run(command, "demo", "--check", "--folder", elsewhere, at=elsewhere, PYTHONPATH=str(target))
    assert said.splitlines()[-1].endswith(" passed, 0 failed")
    assert not said.splitlines()[-1].startswith("0 passed")
