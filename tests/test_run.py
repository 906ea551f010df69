"""`./run` sets up what is missing, however many are started at once."""

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "run"

TOOLS = "bash cat chmod cksum cp dirname env grep mkdir rm rmdir sh sleep"

PYTHON = """#!/bin/sh
echo "$*" >>log
case "$*" in
  "-m venv .venv")
    mkdir -p .venv/bin
    printf '#!/bin/sh\\necho served >>log\\n' >.venv/bin/reintegrate
    chmod +x .venv/bin/reintegrate
    cp "$0" .venv/bin/python ;;
  *requirements.lock)
    until [ "$(grep -c sys.version_info log)" -ge 2 ]; do sleep 0.05; done
    sleep 0.5 ;;
esac
"""
"""Notes what it is asked for; installs only once another ./run has begun as well."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copy(SCRIPT, tmp_path / "run")
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_text("what is needed\n", encoding="utf-8")
    (tmp_path / "python").write_text(PYTHON, encoding="utf-8")
    (tmp_path / "python").chmod(0o755)
    (tmp_path / "bin").mkdir()
    return tmp_path


@pytest.mark.parametrize("tools", [f"{TOOLS} flock", TOOLS], ids=["flock", "mkdir"])
def test_two_that_are_started_at_once_set_up_once(checkout: Path, tools: str) -> None:
    for tool in tools.split():
        found = shutil.which(tool)
        if found is None:
            pytest.skip(f"no {tool} here")
        (checkout / "bin" / tool).symlink_to(found)
    surroundings = os.environ | {"PATH": str(checkout / "bin"), "PYTHON": str(checkout / "python")}
    command = [str(checkout / "bin" / "bash"), str(checkout / "run"), "demo"]

    started = [subprocess.Popen(command, env=surroundings, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(60) for process in started] == [0, 0]

    asked = Counter((checkout / "log").read_text(encoding="utf-8").splitlines())
    assert asked["-m venv .venv"] == 1
    assert sum(times for words, times in asked.items() if "pip install" in words) == 2
    assert asked["served"] == 2
    assert not (checkout / ".venv.turn").exists()
