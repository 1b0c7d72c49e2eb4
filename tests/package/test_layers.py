"""The architecture, enforced: imports go one way, modules stay readable, nothing mutable hangs on a module."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "esmock"
LAYERS = (
    "http",
    "controls",
    "api",
    "shape",
    "features",
    "ingest",
    "search",
    "script",
    "state",
    "store",
    "mapping",
    "analysis",
)
GROUND = ("xcontent", "families", "errors", "version", "clock", "settings", "murmur", "addition", "wire")
MAX_LINES = 800
MODULES = sorted(ROOT.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """First name below ``esmock`` of everything that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "esmock" and len(parts) > 1:
                found.add(parts[1])
    return found


def is_for_types_only(path: Path, target: str) -> bool:
    """Whether every import of ``target`` stands under ``if TYPE_CHECKING``."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in list(ast.walk(tree)):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("esmock."):
            names.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("esmock.")}
    return target not in names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_imported_is_there(path):
    """Also inside functions, where nobody notices until they run: the type checker takes a module that is gone for a foreign one."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "esmock":
            target = ROOT.parent.joinpath(*node.module.split("."))
            assert target.with_suffix(".py").is_file() or (target / "__init__.py").is_file(), node.module


def test_there_are_modules_to_look_at():
    assert len(MODULES) > 50


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    parts = path.relative_to(ROOT).parts
    layer = parts[0].removesuffix(".py")
    bad = []
    for target in imported(path):
        if layer in GROUND and target in LAYERS:
            bad.append(target)
        if layer == "conformance" and target != "conformance":
            bad.append(target)
        if layer in LAYERS and target in LAYERS and LAYERS.index(target) < LAYERS.index(layer):
            bad.append(target)
        if target in ("server", "cli", "pytest_plugin", "transport", "serve") and layer in (*LAYERS, *GROUND):
            bad.append(target)
    bad = [target for target in bad if not is_for_types_only(path, target)]
    assert not bad, f"{path.relative_to(ROOT)} imports {bad}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_readable(path):
    assert len(path.read_text("utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_hold_no_mutable_state(path):
    """Module-level names bound to containers are constants in capitals, and nothing says ``global``."""
    tree = ast.parse(path.read_text("utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)]
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        value = getattr(node, "value", None)
        if isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp):
            for target in targets:
                name = target.id if isinstance(target, ast.Name) else ""
                assert name.isupper() or name == "__all__", f"{path.name}: {name} is not a constant"


def test_versions_are_compared_where_flags_are_set():
    asked = {path for path in MODULES if re.search(r"\bVersion\(\s*\d", path.read_text("utf-8"))}
    assert {path.name for path in asked if "conformance" not in path.parts} == {"version.py", "rollup_traits.py"}


def test_no_module_is_named_for_leftovers():
    assert not [path for path in MODULES if path.stem in ("utils", "helpers", "common", "misc")]
