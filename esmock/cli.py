"""The ``esmock`` command."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from esmock.complaint import Complaint
from esmock.version import LATEST, ROLLUPS, VERSIONS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(arguments[0] if arguments else None)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    try:
        return int(options.run(options))
    except Complaint as complaint:
        print(f"esmock: {complaint}", file=sys.stderr)
        return 1


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal. One is made for every option at each start: argparse's own would import shutil for that."""

    def __init__(self, prog: str) -> None:
        try:
            columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
        except (AttributeError, ValueError, OSError):
            columns = 0
        super().__init__(prog, width=(columns if columns > 0 else 80) - 2)


class _Parser(argparse.ArgumentParser):
    """A parser, and the parsers of its commands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Help, **options})


def _parser(command: str | None) -> argparse.ArgumentParser:
    """The parser; what belongs to another command than the given one is not imported."""
    parser = _Parser(prog="esmock", description="A test double for Elasticsearch.")
    parser.add_argument("--version", action="version", version=f"esmock {_own_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_serve(commands)
    if command != "serve":
        _add_others(parser, commands)
    return parser


def whole_parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    return _parser(None)


def _add_others(parser: argparse.ArgumentParser, commands: Any) -> None:
    from esmock.commands import compare, completion, curl, doctor, proxy
    from esmock.conformance.command import add_yaml_parser
    from esmock.conformance.snippets.command import add_docs_parser

    add_yaml_parser(commands).set_defaults(run=_run_yaml)
    add_docs_parser(commands).set_defaults(run=_run_docs)
    proxy.add_parsers(commands)
    for module in (compare, doctor, curl):
        module.add_parser(commands)
    completion.add_parser(commands, parser)


def _own_version() -> str:
    from esmock import __version__

    return __version__


def _option(parser: argparse.ArgumentParser, name: str, **more: Any) -> None:
    """An option of ``serve``, whose default an environment variable may set."""
    variable = "ESMOCK_" + name.lstrip("-").replace("-", "_").upper()
    given = os.environ.get(variable)
    if given is not None:
        if more.get("action") == "store_true":
            more["default"] = given.lower() not in ("", "0", "false", "no")
        elif more.get("action") == "append":
            more["default"] = [part for part in given.split(os.pathsep) if part]
        else:
            more["default"] = given
    more["help"] = f"{more['help']} (environment: {variable})"
    parser.add_argument(name, **more)


def _add_serve(commands: Any) -> None:
    serve = commands.add_parser("serve", help="run a server", description="Run a server until it is told to stop.")
    _option(serve, "--host", default="127.0.0.1", help="address to listen on")
    _option(serve, "--port", default="9200", help="port to listen on; 0 takes a free one")
    _option(serve, "--es-version", default=LATEST, help=f"Elasticsearch to play: {', '.join(VERSIONS)}")
    _option(serve, "--seed", action="append", default=[], metavar="DIR|FILE", help="data to load first; repeatable")
    _option(serve, "--data", default=None, metavar="DIR", help="keep everything in this folder across restarts and kills")
    _option(serve, "--fsync", action="store_true", default=False, help="with --data: wait for the disk after each request")
    _option(serve, "--cluster-name", default="esmock", help="name of the cluster")
    _option(serve, "--node-name", default="node-0", help="name of the node")
    _option(
        serve,
        "--nodes",
        default="1",
        metavar="N|NAME:ROLES:ATTRIBUTES;...",
        help="how many nodes the cluster seems to have, or what each is, such as a:master,data:zone=1;b:data",
    )
    _option(serve, "--random-seed", default="0", help="seed of ids and random scores")
    _option(serve, "--frozen-clock", default=None, metavar="ISO", help="stand still at this instant")
    _option(serve, "--set", action="append", default=[], metavar="KEY=VALUE", help="a node setting; repeatable")
    _option(serve, "--security", action="store_true", default=False, help="authenticate and authorize every request")
    _option(serve, "--password", action="append", default=[], metavar="USER=PASSWORD", help="of a reserved user; elastic=changeme")
    _option(serve, "--tls", default=None, metavar="auto|CERT,KEY", help="speak https, with certificates made or read")
    _option(serve, "--client-ca", default=None, metavar="auto|FILE", help="with --tls: let clients in by certificates of this authority")
    _option(serve, "--jwt", default=None, metavar="FILE", help="JSON of a jwt realm: issuer, audiences, key, client_secret ...")
    _option(serve, "--ca-out", default=None, metavar="FILE", help="with --tls: write the CA's certificate there")
    _option(serve, "--parent-pid", default=None, metavar="PID", help="stop when this process is gone")
    _option(serve, "--no-rollup-use", action="store_true", default=False, help="from 8.11: refuse new rollup jobs")
    _option(serve, "--rollup-as", default=None, metavar="VERSION", help=f"on a 7.x: rollup as of {', '.join(ROLLUPS)}")
    _option(serve, "--no-control", action="store_true", default=False, help="no control API and no inspector under /_esmock/")
    _option(serve, "--control-token", default=None, metavar="TEXT", help="what the control API wants to be shown")
    _option(serve, "--control-host", action="append", default=[], metavar="NAME", help="names of this server that may be used; * for any")
    _option(serve, "--journal", default=None, metavar="N", help="exchanges to keep; 0 keeps none")
    _option(serve, "--faults", action="append", default=[], metavar="FILE", help="YAML or JSON of faults to start with; repeatable")
    _option(serve, "--stubs", action="append", default=[], metavar="FILE", help="the same of stubs")
    _option(serve, "--json", action="store_true", default=False, help="print the ready line as JSON")
    _option(serve, "--log", action="store_true", default=False, help="print one line per request to stderr")
    serve.set_defaults(run=_run_serve)


def _run_serve(options: argparse.Namespace) -> int:
    gc.disable()  # nothing that the start makes is garbage; ``serve`` turns it on again
    from esmock.serve import serve

    return serve(options)


def _server_factory(version: str) -> Any:
    """A started server for commands that were given no URL."""
    from esmock.server import Server

    return Server(version=version).start()


@contextlib.contextmanager
def _server_context(version: str | None) -> Iterator[str]:
    """The URL of a server that lives as long as the context; of the newest version where none is named."""
    server = _server_factory(version or LATEST)
    try:
        yield server.url
    finally:
        server.stop()


def _run_yaml(options: argparse.Namespace) -> int:
    from esmock.conformance.command import run_yaml

    return run_yaml(options, _server_context)


def _run_docs(options: argparse.Namespace) -> int:
    from esmock.conformance.snippets.command import run_docs

    return run_docs(options, _server_factory)
