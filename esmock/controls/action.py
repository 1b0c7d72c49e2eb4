"""What a rule does to a request that it matches: faults and stubs have this one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from esmock.controls.refusal import ControlError, unknown

if TYPE_CHECKING:
    from esmock.api.request import Response
    from esmock.controls.controls import Controls
    from esmock.controls.exchange import Exchange
    from esmock.state.cluster import Cluster
    from esmock.version import Behaviour
    from esmock.wire import RawResponse

Json = Any
REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Option:
    """One option of an action: how it is read from JSON, its default, and what it is for."""

    read: Callable[[Json, str], Any]
    default: Any
    text: str


class Action:
    """What a rule does. A subclass has a ``name``, a ``summary`` and ``options``, and overrides what it needs.

    Attributes:
        evidence: where the bodies come from: ``recorded`` (of real servers), ``documented``, ``reasoned``, or ``own`` where the
            fault is not one of Elasticsearch's.
        endpoints: names and globs to which it can apply; empty: to all.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    evidence: ClassVar[str] = "own"
    options: ClassVar[Mapping[str, Option]] = MappingProxyType({})
    endpoints: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **values: Any) -> None:
        for name, option in self.options.items():
            setattr(self, name, values.get(name, option.default))
        self.given = values

    def applies(self, exchange: Exchange) -> bool:
        """Whether it has anything to do with a request that the rule matches."""
        if not self.endpoints:
            return True
        from fnmatch import fnmatchcase

        return exchange.endpoint is not None and any(fnmatchcase(exchange.endpoint, one) for one in self.endpoints)

    def before(self, exchange: Exchange) -> Response | None:
        """Answer in the handler's place, or raise the error; None lets the request go on."""
        return None

    def around(self, exchange: Exchange, cluster: Cluster) -> AbstractContextManager[None] | None:
        """The state of the cluster while the handler runs."""
        return None

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        """Change the finished answer."""
        return answer

    def delay_s(self) -> float:
        """Seconds by which the answer comes late, in real time."""
        return 0.0

    def installed(self, controls: Controls) -> None:
        """The rule is at work from now on."""

    def release(self) -> None:
        """The rule is gone: let go of what waits for it."""

    def spec(self) -> dict[str, Json]:
        """The options as they were given."""
        return dict(self.given)


def read_options(action: type[Action], tree: Mapping[str, Json]) -> dict[str, Any]:
    """The options of an action from JSON. Raises ControlError naming the option."""
    for name in tree:
        if name not in action.options:
            raise unknown(name, name, action.options, f"option of {action.name}")
    made = {name: action.options[name].read(value, name) for name, value in tree.items() if value is not None}
    for name, option in action.options.items():
        if option.default is REQUIRED and name not in made:
            raise ControlError(name, f"{action.name} needs it: {option.text}")
    return made


def behaviour_of(exchange: Exchange) -> Behaviour:
    """The version that answers."""
    assert exchange.controls is not None
    return exchange.controls.behaviour


def choice(*names: str) -> Callable[[Json, str], str]:
    """A reader of one of some words."""

    def read(value: Json, field: str) -> str:
        if value not in names:
            raise unknown(field, str(value), names, "choice")
        return str(value)

    return read


def text(value: Json, field: str) -> str:
    """A reader of text."""
    if not isinstance(value, str):
        raise ControlError(field, f"expected text, found {value!r}")
    return value


def flag(value: Json, field: str) -> bool:
    """A reader of true and false."""
    if not isinstance(value, bool):
        raise ControlError(field, f"expected true or false, found {value!r}")
    return value
