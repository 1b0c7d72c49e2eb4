"""Compiling scripts: languages, contexts, limits, and a cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from esmock import errors
from esmock.script.context import BY_NAME, LANGUAGES, Context
from esmock.script.deprecation import telling_of_types
from esmock.script.script import DEFAULT_LANG, Script
from esmock.version import Behaviour

Json = Any
_UNITS_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "ms": 1}


class CompiledScript(Protocol):
    """What every language's compiler gives."""

    def run(self, **variables: Any) -> Any:
        """Run once with the context's variables by name (``params``, ``ctx``, ``doc``, ``_score`` ...)."""


class ScriptService:
    """One per cluster.

    Args:
        behaviour: the version played.
        settings: flat cluster settings; ``script.*`` are read at each compilation, so updates count.
        stored: id to ``{"lang": ..., "source": ..., "options": ...}``.
        now_ms: the clock, for the compilation rate.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        settings: Mapping[str, Any],
        stored: Mapping[str, Json],
        now_ms: Callable[[], int] = lambda: 0,
    ) -> None:
        self.behaviour = behaviour
        self._settings = settings
        self._stored = stored
        self._now_ms = now_ms
        self._cache: OrderedDict[tuple[str, str, str], CompiledScript] = OrderedDict()
        self._buckets: dict[str, _Bucket] = {}
        self._painless: Any = None
        self.compilations = 0
        self.limit_triggered = 0

    def compile(self, script: Script | str, context: str) -> CompiledScript:
        """A script that can run in a context.

        Raises:
            errors.Script: it does not compile.
            errors.GeneralScript: the compilation rate is exceeded, or the language refuses the context.
            errors.IllegalArgument: unknown language, script too long, type or context not allowed.
            errors.ResourceNotFound: no such stored script.
        """
        script = Script(script) if isinstance(script, str) else script
        code, lang, options = self._resolve(script)
        if lang not in LANGUAGES:
            raise errors.IllegalArgument(f"script_lang not supported [{lang}]")
        self._check_allowed(script, context)
        if not script.stored:
            self._check_size(code)
        key = (lang, context, code)
        found = self._cache.get(key)
        if found is not None:
            self._cache.move_to_end(key)
            return found
        compiled = self._compile(script, code, lang, options, BY_NAME[context])
        self._cache[key] = compiled
        self.compilations += 1
        while len(self._cache) > int(self._settings.get("script.cache.max_size", 1000)):
            self._cache.popitem(last=False)
        return compiled

    def _resolve(self, script: Script) -> tuple[str, str, Mapping[str, Json]]:
        if not script.stored:
            return script.id_or_code, script.lang or DEFAULT_LANG, script.options
        body = self._stored.get(script.id_or_code)
        if body is None:
            raise errors.ResourceNotFound(f"unable to find script [{script.id_or_code}] in cluster state")
        return body["source"], body["lang"], body.get("options") or {}

    def _check_allowed(self, script: Script, context: str) -> None:
        kind = "stored" if script.stored else "inline"
        types = _items(self._settings.get("script.allowed_types"))
        if types and kind not in types:
            raise errors.IllegalArgument(f"cannot execute [{kind}] scripts")
        contexts = _items(self._settings.get("script.allowed_contexts"))
        if contexts and context not in contexts:
            raise errors.IllegalArgument(f"cannot execute scripts using [{context}] context")

    def _check_size(self, code: str) -> None:
        most = int(self._settings.get("script.max_size_in_bytes", 65535))
        size = len(code.encode("utf-8", "surrogatepass"))
        if size > most:
            raise errors.IllegalArgument(
                f"exceeded max allowed inline script size in bytes [{most}] with size [{size}] for script [{code}]"
            )

    def _compile(self, script: Script, code: str, lang: str, options: Mapping[str, Json], context: Context) -> Any:
        kind = "stored" if script.stored else "inline"
        failed = f"Failed to compile {kind} script [{script.id_or_code}] using lang [{lang}]"
        try:
            self._spend(context)
            if lang == "painless":
                if options:
                    shown = ", ".join(f"{name}={value}" for name, value in options.items())
                    raise errors.IllegalArgument(f"Unrecognized compile-time parameter(s): {{{shown}}}")
                return PainlessScript(self._engine().compile(code, context))
            return self._other(code, lang, options, context)
        except errors.Script:
            raise
        except errors.ApiError as cause:
            raise errors.GeneralScript(failed, cause=cause) from None

    def _other(self, code: str, lang: str, options: Mapping[str, Json], context: Context) -> Any:
        if lang == "expression":
            from esmock.script.expression.compiler import compile_expression

            compiled = compile_expression(code, context)
            if context.name not in LANGUAGES["expression"]:
                raise errors.IllegalArgument(
                    f"expression engine does not know how to handle script context [{context.name}]"
                )
            return compiled
        if context.name != "template":
            raise errors.IllegalArgument(f"mustache engine does not know how to handle context [{context.name}]")
        from esmock.script.mustache.template import compile_template

        return compile_template(code, str(options.get("content_type", "application/json")))

    def _engine(self) -> Any:
        from esmock.script.painless.engine import Engine, Limits
        from esmock.script.painless.runtime.regex import Regexes

        if self._painless is None:
            enabled = str(self._settings.get("script.painless.regex.enabled", "limited"))
            factor = int(self._settings.get("script.painless.regex.limit-factor", 6))
            self._painless = Engine(
                Limits(Regexes(enabled, factor)),
                fields_api=self.behaviour.script_fields_api,
                fields_in_conditions=self.behaviour.script_fields_in_conditions,
            )
        return self._painless

    # -- the compilation rate

    def _spend(self, context: Context) -> None:
        setting = "script.max_compilations_rate"
        if str(self._settings.get("script.disable_max_compilations_rate", "false")) == "true":
            return
        rate = str(self._settings.get(setting, "use-context"))
        name = context.name
        if rate == "use-context":
            setting = f"script.context.{name}.max_compilations_rate"
            rate = str(self._settings.get(setting, context.cache_rate))
        else:
            name = ""
        if rate == "unlimited":
            return
        bucket = self._buckets.get(name)
        if bucket is None or bucket.rate != rate:
            bucket = self._buckets[name] = _Bucket(rate, self._now_ms())
        if not bucket.take(self._now_ms()):
            self.limit_triggered += 1
            raise errors.CircuitBreaking(
                f"[script] Too many dynamic script compilations within, max: [{rate}]; please use indexed, or scripts with "
                f"parameters instead; this limit can be changed by the [{setting}] setting",
                extra={"bytes_wanted": 0, "bytes_limit": 0, "durability": "TRANSIENT"},
            )


def _items(value: Any) -> list[str]:
    if not value or value == "both" or value == []:
        return []
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else list(value)


class _Bucket:
    """Compilations that may be spent; refills evenly."""

    def __init__(self, rate: str, now_ms: int) -> None:
        self.rate = rate
        count, _, window = rate.partition("/")
        unit = window.lstrip("0123456789")
        self._most = float(count)
        self._per_ms = self._most / (int(window[: len(window) - len(unit)]) * _UNITS_MS[unit])
        self._left, self._at = self._most, now_ms

    def take(self, now_ms: int) -> bool:
        self._left = min(self._most, self._left + (now_ms - self._at) * self._per_ms)
        self._at = now_ms
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class PainlessScript:
    """A Painless program with its variables by name."""

    def __init__(self, program: Any) -> None:
        self.program = program
        self._reads_type = "ctx" in program.names and "_type" in program.source

    def run(self, **variables: Any) -> Any:
        """The script's value. Raises errors.Script with the place in the script."""
        given = map(variables.get, self.program.names)
        if self._reads_type:
            with telling_of_types(variables["ctx"]):
                return self.program.run(*given)
        return self.program.run(*given)

    def function(self) -> Any:
        """The bare function for hot loops: takes the variables of ``program.names`` in order and raises Throwable."""
        return self.program.execute

    def vectorised(self, columns: Any) -> Any:
        """A function over whole columns, where the script has that form, or None: see ``painless.vector``."""
        from esmock.script.painless.vector import vectorise

        return vectorise(self.program.source, columns)

    def texts(self, columns: Any, params: Any, n_docs: int) -> Any:
        """What it gives for whole columns, as text, where it has that form, or None: see ``painless.vector``."""
        from esmock.script.painless.vector import vectorised_texts

        return vectorised_texts(self.program.source, columns, params, n_docs)
