"""``esmock serve``: start, say so in one line, run until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib.util
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from esmock.clock import parse_instant
from esmock.complaint import Complaint
from esmock.server import Server
from esmock.settings import NodeSettings, ServerSettings
from esmock.version import VERSIONS, behaviour
from esmock.wire import RawRequest

_PARENT_CHECK_SECONDS = 1.0


def serve(options: argparse.Namespace) -> int:
    """Run the server in the foreground. Raises Complaint for options that cannot be met."""
    settings = _settings(options)
    port = _integer(options.port, "--port")
    journal = None if options.journal is None else _integer(options.journal, "--journal")
    try:
        server = _made(settings, options, port, journal)
    except ValueError as error:
        raise Complaint(f"--nodes {options.nodes}: {error}") from None
    is_new = _open_data(server, options)
    if is_new:
        _load_seeds(server, options.seed, as_base=not options.data)
    _load_rules(server, options)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(server, options))
    except (OSError, OverflowError) as error:
        raise Complaint(
            f"cannot listen on {options.host}:{port} ({_why(error)}); choose another with --port, "
            "or --port 0 for a free one"
        ) from None
    finally:
        server.close()
    return 0


def _made(settings: ServerSettings, options: argparse.Namespace, port: int, journal: int | None) -> Server:
    """The server, and its CA's certificate where it is wanted. Raises Complaint, ValueError."""
    access = _access(options)
    if options.tls is None:
        if options.ca_out is not None:
            raise Complaint("--ca-out goes with --tls")
        if options.client_ca is not None:
            raise Complaint("--client-ca goes with --tls")
        return Server(settings, host=options.host, port=port, journal=journal, access=access)
    from esmock.http.tls import TlsError

    try:
        server = Server(
            settings, host=options.host, port=port, tls=options.tls, client_ca=options.client_ca, journal=journal, access=access
        )
    except TlsError as error:
        raise Complaint(f"--tls {options.tls}: {error}") from None
    if options.ca_out is not None and server.tls is not None:
        try:
            Path(options.ca_out).write_bytes(server.tls.ca)
        except OSError as error:
            raise Complaint(f"--ca-out {options.ca_out}: {_why(error)}") from None
    return server


def _why(error: OSError | OverflowError) -> str:
    """What the system says, without what asyncio adds."""
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    return str(getattr(error, "strerror", None) or "a port is a number from 0 to 65535").lower()


def _loop_factory() -> Any:
    """uvloop's event loop where the extra ``fast`` is installed, otherwise None: asyncio's own."""
    if sys.platform == "win32" or importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop

    return uvloop.new_event_loop


def _open_data(server: Server, options: argparse.Namespace) -> bool:
    """Restore a data folder, if there is to be one; whether the server is as new afterwards."""
    if not options.data:
        return True
    from esmock.data.folder import FolderError

    try:
        server.keep_in(options.data, fsync=options.fsync)
    except FolderError as error:
        raise Complaint(str(error)) from None
    return not server.cluster.indices


def _settings(options: argparse.Namespace) -> ServerSettings:
    if options.es_version not in VERSIONS:
        raise Complaint(f"unknown version {options.es_version}; --es-version takes one of {', '.join(VERSIONS)}")
    if options.parent_pid is not None:
        _integer(options.parent_pid, "--parent-pid")
    frozen = None
    if options.frozen_clock is not None:
        try:
            frozen = parse_instant(options.frozen_clock)
        except ValueError:
            raise Complaint(
                f"--frozen-clock {options.frozen_clock} is no instant; write it like 2030-01-31T12:00:00Z"
            ) from None
    node_settings = dict(_pair(text, "--set", "KEY=VALUE") for text in options.set)
    return ServerSettings(
        version=options.es_version,
        cluster_name=options.cluster_name,
        node_name=options.node_name,
        seed=_integer(options.random_seed, "--random-seed"),
        frozen_at_ms=frozen,
        existing_rollup_use=not options.no_rollup_use,
        rollup_as=_rollup_as(options),
        node_settings=node_settings,
        nodes=_nodes(options.nodes),
        security=options.security,
        passwords=dict(_pair(text, "--password", "USER=PASSWORD") for text in options.password) or {"elastic": "changeme"},
        jwt=_jwt(options.jwt),
    )


def _rollup_as(options: argparse.Namespace) -> str | None:
    """The release whose rollup is played. Raises Complaint."""
    try:
        behaviour(options.es_version, options.rollup_as or None)
    except ValueError as error:
        raise Complaint(f"--rollup-as {options.rollup_as}: {error}") from None
    return options.rollup_as or None


_JWT_REQUIRED = frozenset({"issuer", "audiences", "key"})
_JWT_OPTIONAL = frozenset({"client_secret", "principal_claim", "groups_claim"})


def _jwt(path: str | None) -> dict[str, Any] | None:
    """The settings of a jwt realm in a file. Raises Complaint."""
    if path is None:
        return None
    try:
        found = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise Complaint(f"--jwt {path}: {_why(error)}") from None
    except ValueError as error:
        raise Complaint(f"--jwt {path}: no JSON: {error}") from None
    if not isinstance(found, dict) or not _JWT_REQUIRED <= set(found) <= _JWT_REQUIRED | _JWT_OPTIONAL:
        raise Complaint(f"--jwt {path} takes {', '.join(sorted(_JWT_REQUIRED))}; and may have {', '.join(sorted(_JWT_OPTIONAL))}")
    return found


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise Complaint(f"{option} {text} is no setting; write it as {form}")
    return key, value


def _nodes(text: str) -> int | list[NodeSettings]:
    """``3``, or ``NAME[:ROLE,ROLE...[:KEY=VALUE,...]];...``."""
    if text.isdecimal():
        return int(text)
    out = []
    for one in text.split(";"):
        name, _, rest = one.partition(":")
        roles, _, attributes = rest.partition(":")
        pairs = dict(pair.split("=", 1) for pair in attributes.split(",") if "=" in pair)
        out.append(NodeSettings(name or None, roles.split(",") if roles else None, pairs))
    return out


def _access(options: argparse.Namespace) -> Any:
    if options.no_control:
        return None
    if not options.control_token and not options.control_host:
        return "local"
    from esmock.controls.api.access import Access

    return Access(options.control_token, options.control_host)


def _load_rules(server: Server, options: argparse.Namespace) -> None:
    if not options.faults and not options.stubs:
        return
    from esmock.controls.refusal import ControlError

    try:
        for path in options.faults:
            server.faults.load_file(path)
        for path in options.stubs:
            server.stubs.load_file(path)
    except ControlError as error:
        raise Complaint(str(error)) from None
    except OSError as error:
        raise Complaint(f"{error.filename} cannot be read: {error.strerror}") from None


def _integer(text: str, option: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Complaint(f"{option} {text} is not a number") from None


def _load_seeds(server: Server, paths: list[str], *, as_base: bool) -> None:
    if not paths:
        return
    from esmock.seeds import SeedError

    try:
        server.seed(*paths)
    except SeedError as error:
        raise Complaint(str(error)) from None
    if as_base:
        server.keep_as_base()


async def _serve(server: Server, options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    door = _logging(server) if options.log else server.handle
    listeners = await server.listen_here(door)
    _announce(server, options.json)
    _collect_garbage_seldom()
    watch = asyncio.create_task(_watch_parent(options.parent_pid, stop)) if options.parent_pid else None
    await stop.wait()
    if watch is not None:
        watch.cancel()
    await server.close_here(listeners)


def _collect_garbage_seldom() -> None:
    """Leave alone what the start has made, and look for garbage less often than Python does by itself: few requests leave cycles."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def _announce(server: Server, as_json: bool) -> None:
    host = f"[{server.host}]" if ":" in server.host else server.host
    scheme = "http" if server.tls is None else "https"
    ready = {"url": f"{scheme}://{host}:{server.port}", "version": server.settings.version, "pid": os.getpid()}
    if server.tls is not None:
        ready["ca_fingerprint"] = server.tls.fingerprint
    if as_json:
        line = json.dumps(ready)
    else:
        line = f"esmock plays Elasticsearch {ready['version']} at {ready['url']} (pid {ready['pid']})"
        if server.tls is not None:
            line += f"; fingerprint of its CA: {server.tls.fingerprint}"
    print(line, flush=True)


async def _watch_parent(pid_text: str, stop: asyncio.Event) -> None:
    pid = _integer(pid_text, "--parent-pid")
    while _is_alive(pid):
        await asyncio.sleep(_PARENT_CHECK_SECONDS)
    stop.set()


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        return _is_alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _is_alive_on_windows(pid: int) -> bool:
    """There a signal 0 is no question: it would end the process."""
    import ctypes

    synchronize, timeout = 0x00100000, 0x102
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    handle = kernel.OpenProcess(synchronize, False, pid)
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == timeout)
    finally:
        kernel.CloseHandle(handle)


def _logging(server: Server) -> Any:
    """A door that prints one line per request."""

    async def door(raw: RawRequest) -> Any:
        started = time.perf_counter()
        answer = server.handle(raw)
        if hasattr(answer, "__await__"):
            answer = await answer
        took = (time.perf_counter() - started) * 1000
        print(f"{raw.method} {raw.target} {answer.status} {len(answer.body)}B {took:.1f}ms", file=sys.stderr)
        return answer

    return door
