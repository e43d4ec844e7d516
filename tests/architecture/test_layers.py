"""The law stands alone: core/domain is values in, values out. Who else may import whom, import-linter says."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOMAIN = sorted((ROOT / "core" / "domain").glob("*.py"))
VERSIONS = sorted((ROOT / "migrations").glob("*/versions/*.py"))
OUTSIDE_WORLD = {"io", "logging", "os", "pathlib", "random", "secrets", "socket", "subprocess", "sys", "time"}
CLOCK_READINGS = {"now", "today", "utcnow"}


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"


def calls_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr


def is_allowed_in_domain(module: str) -> bool:
    top = module.split(".")[0]
    if top == "core":
        return module == "core.errors" or f"{module}.".startswith("core.domain.")
    return top in sys.stdlib_module_names and top not in OUTSIDE_WORLD


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_imports_the_standard_library_and_errors_alone(path):
    assert [module for module in imports_of(path) if not is_allowed_in_domain(module)] == []


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_reads_no_clock_and_no_file(path):
    assert set(calls_of(path)).isdisjoint(CLOCK_READINGS | {"open", "print", "input"})


def test_the_domain_was_found():
    assert {"clock", "case_states", "project_code"} <= {path.stem for path in DOMAIN}


@pytest.mark.parametrize("module", ["sqlmodel", "core.database", "core.domains", "os.path", "time", ".clock"])
def test_what_the_domain_may_not_import(module):
    assert not is_allowed_in_domain(module)


def test_migrations_never_import_core():
    # a migration must do tomorrow what it did when it was released
    strays = [(path.name, module) for path in VERSIONS for module in imports_of(path) if module.startswith("core")]
    assert strays == []
