"""The systemd units of deploy/, read by systemd itself."""

from __future__ import annotations

import configparser
import os
import subprocess
from pathlib import Path

import pytest

from newscrawl.cli import area_of

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in {".service", ".timer"})
PROGRAM = "/opt/newscrawl/.venv/bin/newscrawl"


def complaints(folder: Path, *names: str) -> str:
    """What systemd-analyze says of units, of which it knows those in the folder and its own."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        cwd=folder,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout + done.stderr).strip()


def copied(folder: Path, *, change: tuple[str, str] = ("", "")) -> list[str]:
    """The units with a program that is there; the names of instances."""
    for path in UNITS:
        text = path.read_text().replace(PROGRAM, "/bin/true").replace(*change)
        (folder / path.name).write_text(text)
    return [path.name.replace("@.", "@eastmoney.") for path in UNITS]


@pytest.mark.needs("systemd-analyze")
def test_systemd_has_no_complaint(tmp_path: Path) -> None:
    assert complaints(tmp_path, *copied(tmp_path)) == ""


@pytest.mark.needs("systemd-analyze")
@pytest.mark.parametrize("change", [("KillMode=mixed", "KillMode=mixd"), ("OnFailure=", "OnFail=")])
def test_a_mistake_is_found(tmp_path: Path, change: tuple[str, str]) -> None:
    assert complaints(tmp_path, *copied(tmp_path, change=change))


@pytest.mark.parametrize(
    "path", [path for path in UNITS if PROGRAM in path.read_text()], ids=lambda path: path.name
)
def test_each_service_runs_a_command_as_its_own_user_and_reports_failures(path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path)
    program, *words = unit["Service"]["ExecStart"].split()
    assert program == PROGRAM
    assert area_of(words)
    assert unit["Service"]["User"] == "newscrawl"
    assert unit["Service"]["NoNewPrivileges"] == "yes"
    assert unit["Unit"]["OnFailure"] == "newscrawl-failed@%n.service"
