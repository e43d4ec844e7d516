"""What is installed is what was tested: every pin carries its digests, and no host is named."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PINS = LOCK.replace("\\\n", " ").splitlines()
PIN = re.compile(r"[a-z0-9-]+==[^\s;]+( ;.+?)?(\s+--hash=sha256:[0-9a-f]{64})+")


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[=<>~;]", line)[0].strip() for line in requirements}


def wanted(part: str) -> list[str]:
    return [line for line in part.splitlines() if line and not line.startswith("#")]


RUNTIME, CHECKS = (ROOT / "requirements.in").read_text().split("# Checks and tests\n")


@pytest.mark.parametrize("banned", ["://", "--index", "--extra-index", "--find-links", " @ "])
def test_the_lock_names_no_host(banned):
    assert banned not in LOCK


def test_every_pin_is_exact_and_hashed():
    assert [line for line in PINS if not PIN.fullmatch(line.strip())] == []


def test_the_lock_holds_what_was_asked_for():
    assert names(wanted(RUNTIME) + wanted(CHECKS)) <= names(PINS)


def test_the_project_depends_on_the_runtime_part():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["dependencies"] == wanted(RUNTIME)
