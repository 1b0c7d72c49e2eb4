"""Painless source to something that runs, and its errors."""

from __future__ import annotations

import decimal
import re
from dataclasses import dataclass, field
from typing import Any

from esmock import errors
from esmock.script.context import Context
from esmock.script.painless import contexts
from esmock.script.painless.allowlist import Lookup, class_info
from esmock.script.painless.compiler.statements import Statements
from esmock.script.painless.failure import CompileFailure
from esmock.script.painless.parser import parse
from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.dynamic import Dynamic
from esmock.script.painless.runtime.limits import Budget
from esmock.script.painless.runtime.regex import Regexes
from esmock.script.painless.runtime.values import array_class, binary_name, class_of, to_text
from esmock.script.painless.trace import offset_of

NAME = "painless"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the settings and the double bound: regexes, and the seconds one run may take."""

    regexes: Regexes = field(default_factory=Regexes)
    seconds: float = 10.0


class Program:
    """A compiled script. ``execute`` takes the context's variables in order; errors come out as ``errors.Script``."""

    def __init__(self, source: str, name: str, context: Context, execute: Any, statements: set[int], budget: Budget) -> None:
        self.source, self.name, self.context = source, name, context
        self.execute = execute
        self._statements = sorted(statements)
        self._budget = budget
        self.names = tuple(name for name, _ in context.variables)
        self.emitted: list[Any] = []
        """What a script of a runtime field has emitted; the caller clears it before each run."""

    THROWN: tuple[type[BaseException], ...] = ()
    """What ``execute`` may raise; ``failure`` makes an error of it."""

    def start(self) -> None:
        """To be called before each ``execute``: the time of a run begins."""
        self._budget.start()

    def run(self, *values: Any) -> Any:
        """Run once. Raises errors.Script for whatever the script throws."""
        self._budget.start()
        try:
            return self.execute(*values)
        except self.THROWN as thrown:
            raise self.failure(thrown) from thrown

    def failure(self, thrown: BaseException) -> errors.Script:
        """The script exception of something thrown.

        Differs: an argument that the library's Python cannot take becomes a class_cast_exception without a message, whatever
        Java's method would have said about it.
        """
        offset = offset_of(thrown)
        if isinstance(thrown, RecursionError):
            thrown = t.StackOverflow(None)
        elif isinstance(thrown, MemoryError):
            thrown = t.OutOfMemory("Java heap space")
        elif isinstance(thrown, decimal.DecimalException):
            thrown = t.ArithmeticError_("Overflow")
        elif isinstance(thrown, _MISFITS):
            thrown = t.ClassCast(None)
        if not isinstance(thrown, t.Throwable):
            raise thrown
        extra: dict[str, Any] = {}
        if offset is None or offset < 0:
            stack = ["<<< unknown portion of script >>>"]
            position = None
        else:
            start = max((s for s in self._statements if s <= offset), default=-1)
            end = min((s for s in self._statements if s > start), default=len(self.source))
            if start < 0:
                start = 0
            stack = [*thrown.frames, self.source[start:end], " " * (offset - start) + "^---- HERE"]
            position = {"offset": offset, "start": start, "end": end}
        explained = getattr(thrown, "explained", _NOTHING)
        if explained is not _NOTHING:
            extra.update(_explanation(explained))
        return script_error("runtime error", t.to_error(thrown), stack, self.name, position, extra)


_NOTHING = object()
_MISFITS = (TypeError, AttributeError, ValueError, IndexError, KeyError, OverflowError)
"""What Python raises where a value does not fit; any other exception is a bug of esmock's."""
Program.THROWN = (t.Throwable, RecursionError, MemoryError, decimal.DecimalException, *_MISFITS)


def _explanation(value: Any) -> dict[str, Any]:
    if value is None:
        return {"to_string": "null"}
    name = class_of(value)
    known = {} if class_info(name) is None else {"painless_class": name}
    java_class = array_class(name[:-2]) if name.endswith("[]") else binary_name(name)
    return {**known, "to_string": to_text(value), "java_class": java_class}


_NAME_LENGTH = 256
_LINE = re.compile(r"[^\r\n]*")


def _abbreviated(source: str) -> str:
    """How a script that runs is called: by its source, cut where its first line ends or gets long."""
    shown = _LINE.match(source)[0][:_NAME_LENGTH]  # type: ignore[index]
    return shown if shown == source else shown + " ..."


def script_error(
    reason: str,
    cause: errors.ApiError,
    stack: list[str],
    source: str,
    position: dict[str, int] | None,
    extra: dict[str, Any] | None = None,
    lang: str = NAME,
) -> errors.Script:
    """A script exception with its fields in the answer's order."""
    fields: dict[str, Any] = {"script_stack": stack, "script": source, "lang": lang}
    if position is not None:
        fields["position"] = position
    return errors.Script(reason, cause=cause, extra={**(extra or {}), **fields})


def compile_error(source: str, failure: CompileFailure, name: str | None = None) -> errors.Script:
    """The script exception of a script that does not compile."""
    name = source if name is None else name
    if failure.offset < 0:
        return script_error("compile error", failure.error, [], name, None)
    offset = failure.offset
    start, end = max(0, offset - 25), min(len(source), offset + 25)
    before = "... " if start else ""
    after = " ..." if end < len(source) else ""
    pointer = ("    " if start else "") + " " * (offset - start) + "^---- HERE"
    position = {"offset": offset, "start": start, "end": end}
    return script_error("compile error", failure.error, [f"{before}{source[start:end]}{after}", pointer], name, position)


class Engine:
    """Compiles for every context; one per script service."""

    def __init__(self, limits: Limits | None = None, *, fields_api: bool = False, fields_in_conditions: bool = False) -> None:
        self.limits = limits or Limits()
        self._fields_api = fields_api
        self._fields_in_conditions = fields_in_conditions
        self._lookups: dict[str, tuple[Lookup, Dynamic]] = {}

    def _has_fields(self, context: Context) -> bool:
        """Whether scripts of a context may call ``field(...)``: where they see documents, or change them."""
        if context.name == "processor_conditional":
            return self._fields_in_conditions
        sees_document = context.name in ("ingest", "update") or any(name == "doc" for name, _ in context.variables)
        return self._fields_api and sees_document

    def _lookup(self, context: Context) -> tuple[Lookup, Dynamic]:
        if context.name not in self._lookups:
            lookup = contexts.lookup(context.name, self._has_fields(context))
            self._lookups[context.name] = lookup, Dynamic(lookup)
        return self._lookups[context.name]

    def compile(self, source: str, context: Context, name: str | None = None) -> Program:
        """Raises errors.Script when the source does not compile, Unsupported for library parts that are missing."""
        lookup, dynamic = self._lookup(context)
        budget = Budget(self.limits.seconds)
        imports = contexts.Imports(context.name, fields_api=self._has_fields(context))
        try:
            tree = parse(source, dollar=self._fields_api)
            compiler = Statements(
                source,
                lookup,
                regexes=self.limits.regexes,
                dynamic=dynamic,
                imports=imports,
                budget=budget,
            )
            returns = "def" if context.returns == "java.lang.Object" else context.returns
            code = compiler.compile_script(tree, context.variables, returns)
        except CompileFailure as failure:
            raise compile_error(source, failure, name) from None
        except RecursionError:
            deep = CompileFailure(-1, t.to_error(t.StackOverflow(None)))
            raise compile_error(source, deep, name) from None
        namespace: dict[str, Any] = {"__builtins__": {}, **compiler.globals}
        exec(code, namespace)
        shown = _abbreviated(source) if name is None else name
        program = Program(source, shown, context, namespace["execute"], compiler.statements, budget)
        program.emitted = imports.emitted
        return program
