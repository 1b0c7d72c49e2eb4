"""``esmock proxy``, ``record`` and ``replay``: in front of a real cluster, and in its place."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from esmock.complaint import Complaint
from esmock.controls.refusal import ControlError


def add_parsers(commands: Any) -> None:
    """Declare the three commands."""
    proxy = commands.add_parser(
        "proxy",
        help="put faults, stubs and journal in front of a real cluster",
        description="Serve a real Elasticsearch or OpenSearch with esmock's faults, stubs, journal and inspector in front of it.",
    )
    _add_upstream(proxy)
    _add_listening(proxy)
    proxy.set_defaults(run=run_proxy)
    record = commands.add_parser(
        "record",
        help="store what a real cluster answers",
        description="The same as proxy, and every exchange is written into a file: normalised, and without credentials.",
    )
    record.add_argument("file", type=Path, metavar="FILE", help="NAME.recording.jsonl; begun anew")
    record.add_argument("--exact", action="append", default=[], metavar="NAME", help="a normalisation to leave out; all for each")
    _add_upstream(record)
    _add_listening(record)
    record.set_defaults(run=run_record)
    replay = commands.add_parser(
        "replay", help="serve a recording", description="Answer the requests of a recording as they were answered; others with 501."
    )
    replay.add_argument("file", type=Path, metavar="FILE", help="what esmock record wrote")
    _add_listening(replay)
    replay.set_defaults(run=run_replay)


def _add_upstream(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--upstream", required=True, metavar="URL", help="http(s)://[user:password@]host:port of the real cluster")
    parser.add_argument("--insecure", action="store_true", help="accept any certificate")
    parser.add_argument("--faults", action="append", default=[], type=Path, metavar="FILE", help="YAML or JSON of faults to start with")
    parser.add_argument("--stubs", action="append", default=[], type=Path, metavar="FILE", help="the same of stubs")
    parser.add_argument("--control-token", metavar="TEXT", help="what the control API wants to be shown")


def _add_listening(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9200, help="port to listen on; 0 takes a free one")
    parser.add_argument("--json", action="store_true", help="print the ready line as JSON")


def run_proxy(options: argparse.Namespace) -> int:
    """Serve until told to stop. Raises Complaint."""
    return _run(options, None)


def run_record(options: argparse.Namespace) -> int:
    """The same, writing a file. Raises Complaint."""
    from esmock.controls.recording.file import SUFFIX, Recorder
    from esmock.controls.recording.normalise import chosen
    from esmock.proxy import Upstream, profile_of

    if not options.file.name.endswith(SUFFIX):
        raise Complaint(f"{options.file}: a recording is called NAME{SUFFIX}")
    try:
        names = chosen(options.exact)
        upstream = Upstream(options.upstream, insecure=options.insecure)
        _, about = profile_of(upstream)
        recorder = Recorder(options.file, about, names)
    except (ControlError, ValueError) as error:
        raise Complaint(str(error)) from None
    except OSError as error:
        raise Complaint(f"{options.file} cannot be written: {error.strerror}") from None
    try:
        return _run(options, recorder)
    finally:
        recorder.close()


def _run(options: argparse.Namespace, record: Any) -> int:
    from esmock.controls.api.access import Access
    from esmock.proxy import ProxyServer

    access: Any = Access(options.control_token) if options.control_token else "local"
    try:
        server = ProxyServer(
            options.upstream, insecure=options.insecure, record=record, host=options.host, port=options.port, access=access
        )
        for path in options.faults:
            server.faults.load_file(path)
        for path in options.stubs:
            server.stubs.load_file(path)
    except (ControlError, ValueError) as error:
        raise Complaint(str(error)) from None
    except OSError as error:
        raise Complaint(f"{error.filename} cannot be read: {error.strerror}") from None
    ready = {"version": server.version, "upstream": server.upstream.target.address}
    try:
        return serve_until_stopped(options, server, ready)
    finally:
        server.upstream.close()


def run_replay(options: argparse.Namespace) -> int:
    """Serve a recording. Raises Complaint."""
    from esmock.controls.recording.file import RecordingError, read_recording
    from esmock.controls.recording.replay import Replay

    try:
        replay = Replay(read_recording(options.file))
    except (RecordingError, OSError) as error:
        raise Complaint(f"{options.file}: {error}") from None
    code = asyncio.run(_replay(options, replay))
    unused = replay.unused()
    if unused:
        print(f"esmock: {len(unused)} of {len(replay.recording.exchanges)} exchanges were not asked for", file=sys.stderr)
    return code


async def _replay(options: argparse.Namespace, replay: Any) -> int:
    from esmock.http.connection import listen
    from esmock.http.netty import Rules
    from esmock.version import LATEST, behaviour

    listener = await _listened(listen(replay.handle, Rules.of(behaviour(LATEST)), options.host, options.port), options)
    announce(options, listener.port, {"exchanges": len(replay.recording.exchanges), **replay.recording.head["of"]})
    await stopped()
    listener.close()
    await asyncio.sleep(0)
    return 0


def serve_until_stopped(options: argparse.Namespace, server: Any, ready: dict[str, Any]) -> int:
    """Run a server in the foreground. Raises Complaint where its address is taken."""

    async def run() -> int:
        listeners = await _listened(server.listen_here(server.handle), options)
        announce(options, server.port, ready)
        await stopped()
        await server.close_here(listeners)
        return 0

    return asyncio.run(run())


async def _listened(work: Any, options: argparse.Namespace) -> Any:
    try:
        return await work
    except OSError as error:
        raise Complaint(f"cannot listen on {options.host}:{options.port} ({error.strerror or error}); choose another with --port") from None


def announce(options: argparse.Namespace, port: int, about: dict[str, Any]) -> None:
    """The ready line."""
    ready = {"url": f"http://{options.host}:{port}", "pid": os.getpid(), **about}
    if options.json:
        print(json.dumps(ready), flush=True)
    else:
        rest = ", ".join(f"{name} {value}" for name, value in about.items() if value is not None)
        print(f"esmock listens at {ready['url']} ({rest})", flush=True)


async def stopped() -> None:
    """Wait for an interrupt or the end of the process."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    await stop.wait()
