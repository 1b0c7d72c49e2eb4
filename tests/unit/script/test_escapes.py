"""Nothing outside the allow list can be reached, and no script hangs."""

from __future__ import annotations

from typing import Any

import pytest

from esmock import errors
from esmock.script.painless.runtime import limits
from esmock.script.service import ScriptService
from esmock.version import behaviour

RECEIVERS = (
    "'a'",
    "1",
    "1.5",
    "1L",
    "true",
    "[1]",
    "[1:2]",
    "params",
    "/a/",
    "new ArrayList()",
    "new HashMap()",
    "new StringBuilder()",
    "new Object()",
    "Optional.of(1)",
    "[1].stream()",
    "ZonedDateTime.parse('2020-01-01T00:00:00Z')",
    "new int[1]",
    "(def)'a'",
    "(def)[1]",
    "new RuntimeException('x')",
)
MEMBERS = (
    "__class__",
    "__dict__",
    "__globals__",
    "__builtins__",
    "__init__",
    "__subclasses__",
    "__mro__",
    "__code__",
    "__getattribute__",
    "gi_frame",
    "f_globals",
    "func_globals",
    "class",
    "getClass()",
    "__class__()",
    "__reduce__()",
    "__subclasses__()",
    "format_map(1)",
    "forName('os')",
    "getClassLoader()",
    "exec('rm')",
    "j_toString()",
    "values_()",
    "java_class",
)
SOURCES = (
    "__import__('os')",
    "import os",
    "eval('1')",
    "exec('1')",
    "open('/etc/passwd')",
    "globals()",
    "locals()",
    "vars()",
    "getattr('a', 'b')",
    "print(1)",
    "os.system('ls')",
    "sys.modules",
    "__builtins__",
    "__name__",
    "java.lang.Runtime.getRuntime()",
    "Runtime.getRuntime().exec('ls')",
    "System.exit(0)",
    "System.getProperty('user.home')",
    "System.getenv('PATH')",
    "java.lang.System.getenv()",
    "Class.forName('java.lang.Runtime')",
    "new File('/etc/passwd')",
    "new java.io.File('/')",
    "java.nio.file.Files.readAllLines(null)",
    "new Thread()",
    "Thread.sleep(1000)",
    "new ProcessBuilder(['ls'])",
    "new URL('http://127.0.0.1')",
    "new Socket('127.0.0.1', 80)",
    "java.lang.reflect.Method m = null",
    "ClassLoader.getSystemClassLoader()",
    "String.class",
    "int.class",
    "this.getClass()",
    "'a'.getBytes()",
    "Math.__class__",
    "Math.getClass()",
    "params.getClass().forName('java.lang.Runtime')",
    "def x = params; x.__class__",
    "def f = 'x'; f::__class__",
    "[1].stream().map(String::__class__).collect(Collectors.toList())",
    "[1].stream().map(Runtime::exec).collect(Collectors.toList())",
    "def x = 1; return x.__add__(1)",
    "def l = []; l.__class__.__base__",
    "params['__class__'].__mro__",
    "doc",
    "ctx",
    "k1",
    "t1",
    "v1",
    "c_params",
    "_left",
    "execute()",
)
ESCAPES = SOURCES + tuple(f"({receiver}).{member}" for receiver in RECEIVERS for member in MEMBERS)


@pytest.fixture
def service() -> ScriptService:
    return ScriptService(behaviour("7.10.2"), {"script.disable_max_compilations_rate": "true"}, {})


def run(service: ScriptService, source: str) -> Any:
    return service.compile(source, "painless_test").run(params={})


def test_every_escape_is_refused_as_a_script_error(service: ScriptService) -> None:
    assert len(ESCAPES) >= 200
    reached = []
    for source in ESCAPES:
        try:
            result = run(service, source)
        except errors.Script:
            continue
        reached.append((source, result))
    # a map's missing key reads as null, whatever its name
    assert [one for one in reached if one[1] is not None] == []
    assert all("params" in source or "[1:2]" in source or "new HashMap()" in source for source, _ in reached)


def test_generated_code_has_no_builtins_and_no_attributes(service: ScriptService) -> None:
    program = service.compile("def x = params.a; x.foo = [1, 2]; return x.foo.size() + 'a'.length()", "painless_test").program
    code = program.execute.__code__
    assert program.execute.__globals__["__builtins__"] == {}
    import dis

    assert [one.opname for one in dis.get_instructions(code) if "ATTR" in one.opname or "METHOD" in one.opname] == []


class Steps:
    """A clock that every look at it moves on, so that how far a script comes does not depend on the machine."""

    def __init__(self, seconds: float) -> None:
        self._step = seconds / 2000
        self._now = 0.0

    def monotonic(self) -> float:
        self._now += self._step
        return self._now


@pytest.mark.parametrize(
    "source",
    [
        "while (true) { int x = 1; }",
        "for (;;) {}",
        "int f(int n) { int s = 0; for (int i = 0; i < 900000; i++) { s += i; } return s; } "
        "for (int i = 0; i < 900000; i++) { f(i); }",
        "def f(int n) { return n < 2 ? n : f(n - 1) + f(n - 2) } f(60)",
        "IntStream.range(0, 900000).forEach(x -> { IntStream.range(0, 900000).forEach(y -> { int z = y; }); })",
        "List l = new ArrayList(); for (int i = 0; i < 900000; i++) { l.add(new int[1000000]); }",
        "String s = 'a'; for (int i = 0; i < 22; i++) { s += s; } List l = []; "
        "for (int i = 0; i < 900000; i++) { l.add(s + i); }",
        "def f() { return f() } f()",
        "String s = 'aaaaaaaaaaaaaaaa'; for (int i = 0; i < 60; i++) { s += s; }",
        "BigInteger.TEN.pow(100000000)",
        "new int[2000000000]",
        "IntStream.range(0, 2000000000).sum()",
    ],
)
def test_a_script_that_would_not_end_is_stopped(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    service = ScriptService(behaviour("7.10.2"), {}, {})
    compiled = service.compile(source, "painless_test")
    monkeypatch.setattr(limits, "time", Steps(compiled.program._budget.seconds))
    with pytest.raises(errors.Script) as raised:
        compiled.run(params={})
    assert raised.value.reason == "runtime error"


def test_a_pattern_that_would_backtrack_for_ever_is_given_up(service: ScriptService) -> None:
    """The reason is as 7.10.2 gives it."""
    text = "a" * 60 + "c" * 5
    with pytest.raises(errors.Script) as raised:
        run(service, f"/(a|aa)+[bd]/.matcher('{text}').find()")
    cause = raised.value.cause
    assert isinstance(cause, errors.CircuitBreaking)
    assert cause.reason == (
        "[scripting] Regular expression considered too many characters, pattern: [(a|aa)+[bd]], limit factor: [6], char limit: [390], "
        f"count: [391], wrapped: [{text[:61]}...], this limit can be changed by changed by the "
        "[script.painless.regex.limit-factor] setting"
    )


def test_nested_repetitions_match_as_they_are(service: ScriptService) -> None:
    assert run(service, "/(a+)+b/.matcher('" + "a" * 60 + "b').matches()") is True
    assert run(service, "/(a+)+b/.matcher('" + "a" * 60 + "').matches()") is False


@pytest.mark.parametrize(
    ("source", "thrown"),
    [
        ("String.format('%2000000000d', new def[]{1})", "out_of_memory_error"),
        ("String.format('%.2000000000f', new def[]{1.0})", "out_of_memory_error"),
        ("new BigDecimal('1e2000000000').toPlainString()", "out_of_memory_error"),
        ("StringBuilder b = new StringBuilder(); b.setLength(2000000000); return b.length()", "out_of_memory_error"),
        ("new BigDecimal('1').setScale(2000000000)", "arithmetic_exception"),
    ],
)
def test_what_would_build_too_much_is_refused(service: ScriptService, source: str, thrown: str) -> None:
    with pytest.raises(errors.Script) as caught:
        run(service, source)
    assert caught.value.body()["error"]["caused_by"]["type"] == thrown


def test_a_calendar_keeps_to_64_bits(service: ScriptService) -> None:
    source = "Calendar c = new GregorianCalendar(); c.setTimeInMillis(0); c.add(Calendar.YEAR, 2000000000); return c.getTimeInMillis()"
    assert -(2**63) <= run(service, source) < 2**63
