"""What importing costs: the package must not pull in what few requests need."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numpy", "yaml", "cbor2", "aiohttp", "snowballstemmer")


def test_the_package_imports_without_its_heavy_helpers() -> None:
    names = "json_reader json_writer located object_parser value_reader filter_path formats reading similar units".split()
    code = f"import {', '.join('esmock.xcontent.' + name for name in names)}, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
