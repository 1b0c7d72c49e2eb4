"""The processor ``user_agent``, on the maintained rules of ua-parser (the extra ``ingest``). Docs: user-agent-processor.

Source: recordings of 7.10.2. Differs: the rules are those of the installed ``ua-parser-builtins``, not of the version played.
"""

from __future__ import annotations

from typing import Any, ClassVar

from esmock.errors import IllegalArgument, Unsupported
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Processor

_PROPERTIES = (
    "NAME", "MAJOR", "MINOR", "PATCH", "OS", "OS_NAME", "OS_MAJOR", "OS_MINOR", "DEVICE", "BUILD", "ORIGINAL", "VERSION",
)  # fmt: skip
_LATE = ("NAME", "OS", "DEVICE", "ORIGINAL", "VERSION")


def _version(*parts: str | None) -> str:
    """The parts up to the first that is missing."""
    out = []
    for part in parts:
        if part is None:
            break
        out.append(part)
    return ".".join(out)


def user_agent(value: str) -> dict[str, Any]:
    """``name``, ``version``, ``os``, ``device`` and ``original`` of a header. Raises Unsupported without ua-parser."""
    try:
        from ua_parser import parse
    except ImportError:
        raise Unsupported("the user_agent processor where the extra esmock[ingest] is not installed") from None
    found = parse(value)
    agent, system, device = found.user_agent, found.os, found.device
    out: dict[str, Any] = {"name": agent.family if agent else "Other"}
    if system:
        release = _version(system.major, system.minor, system.patch, system.patch_minor)
        out["os"] = {"name": system.family}
        if release:
            out["os"] |= {"version": release, "full": f"{system.family} {release}"}
    out["device"] = {"name": device.family if device else "Other"}
    out["original"] = value
    version = _version(agent.major, agent.minor, agent.patch, agent.patch_minor) if agent else ""
    if agent and agent.family == "Firefox" and agent.minor is not None and agent.patch is None:
        # ES: its rule for Firefox matches an empty patch
        version += "."
    if version:
        out["version"] = version
    return out


class UserAgent(Processor):
    name: ClassVar[str] = "user_agent"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        behaviour = config.environment.behaviour
        self.field = config.string("field")
        self.target = config.string("target_field", "user_agent")
        file = config.string("regex_file", None)
        if file is not None:
            raise config.error("regex_file", f"regex file [{file}] doesn't exist (has to exist at node startup)")
        wanted = config.list("properties", None)
        self.ignore_missing = config.boolean("ignore_missing", False)
        if behaviour.major < 8:
            config.boolean("ecs", True)
        elif config.boolean("extract_device_type", False):
            raise Unsupported("the option [extract_device_type] of the user_agent processor")
        known = _PROPERTIES if behaviour.major < 8 else _LATE
        self.properties = None if wanted is None else [self._property(config, one, known) for one in wanted]

    @staticmethod
    def _property(config: Configuration, name: Any, known: tuple[str, ...]) -> str:
        found = str(name).upper()
        if found not in known:
            raise config.error("properties", f"illegal property value [{name}]. valid values are [{', '.join(known)}]")
        return found.lower()

    def execute(self, document: IngestDocument) -> None:
        value = document.text(self.field, ignore_missing=self.ignore_missing)
        if value is None:
            if self.ignore_missing:
                return
            raise IllegalArgument(f"field [{self.field}] is null, cannot parse user-agent.")
        found = user_agent(value)
        if self.properties is not None:
            found = {name: one for name, one in found.items() if name in self.properties}
        document.set(self.target, found)


PROCESSORS = (UserAgent,)
