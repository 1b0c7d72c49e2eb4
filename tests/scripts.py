"""Scripts that are no modules of a package: the recorders of fixtures/, benchmarks, tools."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

FIXTURES = Path(__file__).parents[1] / "fixtures"


def load_script(path: Path) -> ModuleType:
    """A script as a module. Raises FileNotFoundError."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def recorder(name: str) -> ModuleType:
    """``fixtures/record_NAME.py``, for its requests and what it replaces in answers."""
    return load_script(FIXTURES / f"record_{name}.py")
