"""java.util's Observable, EventObject, Dictionary and Formatter."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.enums import JavaEnum, constants_of, enum_constants
from esmock.script.painless.runtime.formatting import format_text
from esmock.script.painless.runtime.strings import StringBuilder
from esmock.script.painless.runtime.util.locale import DEFAULT
from esmock.script.painless.runtime.values import to_text


class Observable:
    java_class = "java.util.Observable"

    def __init__(self) -> None:
        self.observers: list[Any] = []

    def j_addObserver(self, observer: Any) -> None:
        if observer is None:
            raise t.NullPointer(None)
        if observer not in self.observers:
            self.observers.append(observer)

    def j_deleteObserver(self, observer: Any) -> None:
        self.observers = [one for one in self.observers if one is not observer]

    def j_deleteObservers(self) -> None:
        self.observers = []

    def j_countObservers(self) -> int:
        return len(self.observers)

    def j_hasChanged(self) -> bool:
        """Only a subclass could say so, and scripts cannot make one."""
        return False

    def j_notifyObservers(self, argument: Any = None) -> None:
        """Nothing has changed: nobody is told."""


class EventObject:
    java_class = "java.util.EventObject"

    def __init__(self, source: Any) -> None:
        if source is None:
            raise t.IllegalArgument("null source")
        self.source = source

    def j_getSource(self) -> Any:
        return self.source

    def j_toString(self) -> str:
        return f"java.util.EventObject[source={to_text(self.source)}]"


class Formatter:
    """java.util.Formatter over something that text can be appended to."""

    java_class = "java.util.Formatter"

    def __init__(self, out: Any = None, locale: Any = DEFAULT) -> None:
        self._out = out if out is not None else StringBuilder()
        self._locale = locale

    def j_format(self, *given: Any) -> Formatter:
        pattern, values = given[-2:]
        self._out.j_append(format_text(pattern, values))
        return self

    def j_locale(self) -> Any:
        return self._locale

    def j_out(self) -> Any:
        return self._out

    def j_toString(self) -> str:
        return to_text(self._out)


class BigDecimalLayoutForm(JavaEnum):
    java_class = "java.util.Formatter.BigDecimalLayoutForm"
    __slots__ = ()


def _update(observer: Any, *arguments: Any) -> None:
    observer(*arguments)


def _format_to(formattable: Any, *arguments: Any) -> None:
    formattable(*arguments)


METHODS: dict[str, Any] = {
    "Observer.update/2": _update,
    "Formattable.formatTo/4": _format_to,
    "EventListenerProxy.getListener/0": lambda proxy: proxy.listener,
    "Appendable.append/3": lambda out, text, start, end: out.j_append(text, start, end),
}
CONSTRUCTORS: dict[str, Any] = {
    "Observable/0": Observable,
    "EventObject/1": EventObject,
    "Formatter/0": Formatter,
    "Formatter/1": Formatter,
    "Formatter/2": Formatter,
}
CONSTANTS: dict[str, Any] = {
    "FormattableFlags.LEFT_JUSTIFY": 1,
    "FormattableFlags.UPPERCASE": 2,
    "FormattableFlags.ALTERNATE": 4,
} | enum_constants(constants_of(BigDecimalLayoutForm, "SCIENTIFIC DECIMAL_FLOAT"))
