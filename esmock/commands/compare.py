"""``esmock compare``: the same requests to two servers, and every difference of their answers.

Exit codes: 0 no difference, 1 some, 2 the servers or the suite could not be used.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

SAME, DIFFERENT, UNUSABLE = 0, 1, 2


def add_parser(commands: Any) -> None:
    """Declare the command."""
    from esmock.controls.recording.normalise import NORMALISATIONS

    parser = commands.add_parser(
        "compare",
        help="run a suite on two servers and print the differences",
        description="Send the requests of console files, recordings, YAML tests or documentation pages to two servers, and print every "
        "difference in status, headers, values, missing and extra keys, and the order of keys.",
        epilog="Normalised first, unless --exact NAME (or all): "
        + "; ".join(f"{name}: {text}" for name, text in NORMALISATIONS.items())
        + ". YAML tests and pages EMPTY both servers between tests. Exit codes: 0 same, 1 different, 2 unusable.",
    )
    parser.add_argument("--left", required=True, metavar="URL", help="one server, http(s)://[user:password@]host:port")
    parser.add_argument("--right", required=True, metavar="URL", help="the other")
    parser.add_argument("suite", nargs="+", type=Path, metavar="SUITE", help="a console file, NAME.recording.jsonl, YAML tests, a page")
    parser.add_argument("--exact", action="append", default=[], metavar="NAME", help="a normalisation to leave out; all for each; repeatable")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the differences as JSON")
    parser.add_argument("--insecure", action="store_true", help="accept any certificate")
    parser.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="for one request (default: 60)")
    parser.add_argument("-q", "--quiet", action="store_true", help="only the summary")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare, and say so."""
    from esmock.conformance.place import LoadError, StepError
    from esmock.conformance.target import Target, Unreachable
    from esmock.controls.recording.compare import Pair
    from esmock.controls.recording.file import RecordingError
    from esmock.controls.recording.normalise import chosen
    from esmock.controls.recording.suite import run_suite
    from esmock.controls.refusal import ControlError

    try:
        names = chosen(options.exact)
        found = []
        with closing(Target(options.left, (), options.timeout, options.insecure)) as left, closing(
            Target(options.right, (), options.timeout, options.insecure)
        ) as right:
            for path in options.suite:
                for compared in run_suite(path, Pair(left, right, names)):
                    found.append(compared)
                    if compared.differences and not options.quiet:
                        _print(compared)
    except (ControlError, RecordingError, LoadError, StepError, Unreachable, ValueError, OSError) as error:
        print(f"esmock compare: {error}", file=sys.stderr)
        return UNUSABLE
    if not found:
        print("esmock compare: the suite has no requests", file=sys.stderr)
        return UNUSABLE
    _summary(found, options)
    return DIFFERENT if any(one.differences for one in found) else SAME


def _print(compared: Any) -> None:
    from esmock.commands.paint import paint

    print(f"{paint('bold', compared.where)}: {compared.request}")
    for one in compared.differences:
        print(f"  {paint('yellow', one.kind)} {one.place}")
        print(f"    {paint('red', '<')} {one.left}")
        print(f"    {paint('green', '>')} {one.right}")


def _summary(found: list[Any], options: argparse.Namespace) -> None:
    kinds = Counter(one.kind for compared in found for one in compared.differences)
    different = sum(1 for one in found if one.differences)
    told = ", ".join(f"{n} {kind}" for kind, n in kinds.items()) or "no difference"
    print(f"{len(found)} requests, {different} answered differently: {told}")
    if options.json is not None:
        rows = [
            {
                "where": one.where,
                "request": str(one.request),
                "differences": [{"kind": d.kind, "place": d.place, "left": d.left, "right": d.right} for d in one.differences],
            }
            for one in found
            if one.differences
        ]
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
