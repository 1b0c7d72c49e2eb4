"""``esmock curl``: one request as the console writes it, answered pretty, in colour."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from typing import Any

from esmock.complaint import Complaint

_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b')


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "curl",
        help="send one request",
        description="Send one request, written as in the console: esmock curl GET /books/_search '{\"query\": {\"match_all\": {}}}'.",
        epilog="The server is --url, $ESMOCK_URL, $ES_URL or http://127.0.0.1:9200. Exit codes: 0 below 400, 1 from 400, 2 no answer.",
    )
    parser.add_argument("request", nargs="+", metavar="[METHOD] PATH [BODY]", help="method (GET, or POST with a body), path, and body; - reads it")
    parser.add_argument("--url", default=None, help="http(s)://[user:password@]host:port")
    parser.add_argument("-H", "--header", action="append", default=[], metavar="NAME: VALUE", help="a further header; repeatable")
    parser.add_argument("-i", "--include", action="store_true", help="show status and headers")
    parser.add_argument("-r", "--raw", action="store_true", help="the body as it came")
    parser.add_argument("--insecure", action="store_true", help="accept any certificate")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Send it. Raises Complaint."""
    from esmock.commands.paint import is_colourful, paint
    from esmock.conformance.target import Target, Unreachable

    method, path, body = _parts(options.request)
    url = options.url or os.environ.get("ESMOCK_URL") or os.environ.get("ES_URL") or "http://127.0.0.1:9200"
    try:
        target = Target(url, tuple(_headers(options.header)), insecure=options.insecure)
        kind = "application/x-ndjson" if any(one in path for one in ("_bulk", "_msearch")) else "application/json"
        answer = target.send(method, path, body, [("Content-Type", kind)] if body else [])
        target.close()
    except ValueError as error:
        raise Complaint(str(error)) from None
    except Unreachable as error:
        print(f"esmock: {error}; esmock doctor {url} finds out why", file=sys.stderr)
        return 2
    if options.include:
        print(paint("green" if answer.status < 400 else "red", str(answer.status)))
        print(*(f"{paint('cyan', name)}: {value}" for name, value in answer.headers), "", sep="\n")
    text = answer.body.decode("utf-8", "replace")
    print(text if options.raw else _pretty(text, colour=is_colourful()))
    return 0 if answer.status < 400 else 1


def _parts(words: list[str]) -> tuple[str, str, bytes]:
    words = list(words)
    method = words.pop(0).upper() if words[0].isalpha() and words[0].upper() == words[0] else ""
    if not words or len(words) > 2:
        raise Complaint("write it as METHOD PATH BODY, with the body in quotes")
    path = words[0] if words[0].startswith("/") else f"/{words[0]}"
    text = words[1] if len(words) == 2 else ""
    if text == "-":
        text = sys.stdin.read()
    if text and any(one in path for one in ("_bulk", "_msearch")) and not text.endswith("\n"):
        text += "\n"
    return method or ("POST" if text else "GET"), path, text.encode()


def _headers(lines: list[str]) -> list[tuple[str, str]]:
    out = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise Complaint(f"{line!r} is no header; write it as NAME: VALUE")
        out.append((name.strip(), value.strip()))
    return out


def _pretty(text: str, *, colour: bool) -> str:
    try:
        shown = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
    return _TOKEN.sub(_painted, shown) if colour else shown


def _painted(match: re.Match[str]) -> str:
    from esmock.commands.paint import paint

    word, colon, number, name = match.groups()
    if word is not None:
        return paint("blue", word) + colon if colon else paint("green", word)
    return paint("yellow", number) if number is not None else paint("cyan", name)
