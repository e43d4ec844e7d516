"""What `make test` looks for on a machine, and the words it stops with (Debian and Ubuntu)."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from core.serving import ROOT

TOOLS = ("cat", "dirname", "env", "find", "grep", "head", "id", "python3", "sh", "timeout")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with a few tools, and no browser."""
    for name in TOOLS:
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    return tmp_path


def install(machine: Path, name: str, words: str = "", code: int = 0) -> Path:
    program = machine / name
    program.write_text(f"#!/bin/sh\n{words}\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def run(machine: Path, script: str, *words: str, **told: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "TZXM_CHROMIUM"}
    command = [ROOT / "tools" / script, *words]
    return subprocess.run(command, env=clean | {"PATH": str(machine)} | told, text=True, capture_output=True)


def test_a_stub_that_can_not_say_its_version_is_no_chromium(machine: Path) -> None:
    install(machine, "chromium-browser", code=1)
    assert run(machine, "chromium.sh").returncode == 1
    chrome = install(machine, "google-chrome")
    assert run(machine, "chromium.sh").stdout.strip() == str(chrome)


def test_the_browser_that_is_named_is_taken_and_no_other(machine: Path) -> None:
    install(machine, "chromium")
    own = install(machine, "a-browser-of-my-own")
    assert run(machine, "chromium.sh", TZXM_CHROMIUM=str(own)).stdout.strip() == str(own)
    assert run(machine, "chromium.sh", TZXM_CHROMIUM="/nowhere/chromium").returncode == 1
    stopped = run(machine, "setup.sh", "test", TZXM_CHROMIUM="/nowhere/chromium")
    assert (stopped.returncode, "/nowhere/chromium 不能运行" in stopped.stderr) == (1, True)


def test_where_apt_has_no_chromium_setting_up_says_what_to_install(machine: Path) -> None:
    install(machine, "sudo", '[ "$1" = -n ] && shift\n"$@"')
    install(machine, "apt-get")
    install(machine, "apt-cache", "echo '  Candidate: (none)'")
    stopped = run(machine, "setup.sh", "test")
    assert stopped.returncode == 1
    assert "google-chrome-stable_current_amd64.deb" in stopped.stderr
    assert "TZXM_CHROMIUM" in stopped.stderr
