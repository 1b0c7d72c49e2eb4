"""Errors whose class is Java's or a library's own, not Elasticsearch's: root_cause shows a stand-in for them.

Source: recordings of 7.10.2 and 8.19.21 (fixtures/recorded).
"""

from __future__ import annotations

from esmock.errors.base import ApiError


class JavaError(ApiError):
    """A plain Java exception: no metadata, and root_cause shows a stand-in for it."""

    package = "java.lang"
    is_elasticsearch = False
    java = "RuntimeException"


class IllegalArgument(JavaError):
    status = 400


class NumberFormat(IllegalArgument):
    pass


class IllegalState(JavaError):
    pass


class NullPointer(JavaError):
    pass


class ArrayStore(JavaError):
    pass


class UnsupportedOperation(JavaError):
    pass


class ClassCast(JavaError):
    pass


class MissingResource(JavaError):
    package = "java.util"


class Arithmetic(JavaError):
    pass


class IndexOutOfBounds(JavaError):
    pass


class ArrayIndexOutOfBounds(JavaError):
    pass


class NegativeArraySize(JavaError):
    pass


class StringIndexOutOfBounds(JavaError):
    pass


class RuntimeError_(JavaError):
    java = "RuntimeException"
    type = "runtime_exception"


class Execution(JavaError):
    package = "java.util.concurrent"


class Certificate(JavaError):
    package = "java.security.cert"


class SecurityJava(JavaError):
    java = "SecurityException"


class NoSuchElement(JavaError):
    package = "java.util"


class EmptyStack(JavaError):
    package = "java.util"


class ConcurrentModification(JavaError):
    package = "java.util"


class PatternSyntax(IllegalArgument):
    package = "java.util.regex"


class ClassNotFound(JavaError):
    pass


class IOError_(JavaError):
    java = "IOException"
    package = "java.io"


class MalformedURL(JavaError):
    package = "java.net"


class EOF(JavaError):
    java = "EOFException"
    package = "java.io"


class BufferUnderflow(JavaError):
    package = "java.nio"


class FileNotFound(JavaError):
    package = "java.io"


class FileAlreadyExists(JavaError):
    package = "java.nio.file"


class FileSystem(JavaError):
    package = "java.nio.file"


class NoSuchFile(JavaError):
    package = "java.nio.file"


class AccessDenied(JavaError):
    package = "java.nio.file"


class DateTimeParse(JavaError):
    package = "java.time.format"


class DateTime(JavaError):
    package = "java.time"


class TextParse(JavaError):
    java = "ParseException"
    package = "java.text"


class ZoneRules(JavaError):
    package = "java.time.zone"


class JsonParse(JavaError):
    """Jackson's syntax error; its own status only on 7.x, where it reaches the top."""

    package = "com.fasterxml.jackson.core"
    status = 400


class UncheckedIO(JavaError):
    java = "UncheckedIOException"
    package = "java.io"
    type = "unchecked_i_o_exception"


class NotSmile(JsonParse):
    """A body that is no SMILE, found before its parser exists: from 8.0 nobody wraps it, and it has no status of its own."""

    java = "JsonParseException"
    type = "json_parse_exception"


class JsonEOF(JsonParse):
    java = "JsonEOFException"
    package = "com.fasterxml.jackson.core.io"


class JacksonYaml(JsonParse):
    java = "JacksonYAMLParseException"
    package = "com.fasterxml.jackson.dataformat.yaml"


class MarkedYaml(JsonParse):
    java = "MarkedYAMLException"
    package = "com.fasterxml.jackson.dataformat.yaml.snakeyaml.error"


class _SnakeYaml(JavaError):
    package = "org.yaml.snakeyaml"
    status = 400


class YamlScanner(_SnakeYaml):
    java = "ScannerException"


class YamlParser(_SnakeYaml):
    java = "ParserException"


class YamlReader(_SnakeYaml):
    java = "ReaderException"


class Yaml(_SnakeYaml):
    java = "YAMLException"


class CharConversion(JavaError):
    package = "java.io"


class StreamConstraints(JavaError):
    """A text beyond the JSON parser's limits (8.x)."""

    package = "com.fasterxml.jackson.core.exc"
    status = 400


class InputCoercion(JavaError):
    package = "com.fasterxml.jackson.core.exc"


class NotXContent(JavaError):
    package = "org.elasticsearch.common.compress"


class LuceneParse(JavaError):
    """The query string grammar's syntax error; its wire type equals that of ElasticsearchParseException."""

    java = "ParseException"
    package = "org.apache.lucene.queryparser.classic"


class TooManyClauses(JavaError):
    java = "TooManyClauses"
    package = "org.apache.lucene.search.IndexSearcher"


class EsRejectedExecution(JavaError):
    package = "org.elasticsearch.common.util.concurrent"
    status = 429


class Validation(IllegalArgument):
    """Several messages in one: ``Validation Failed: 1: a;2: b;``."""

    package = "org.elasticsearch.common"

    def __init__(self, *messages: str) -> None:
        super().__init__("Validation Failed: " + "".join(f"{n}: {text};" for n, text in enumerate(messages, 1)))


class ActionRequestValidation(Validation):
    package = "org.elasticsearch.action"


class QueryValidation(Validation):
    """A query's values; given as the finished text."""

    package = "org.elasticsearch.index.query"

    def __init__(self, reason: str) -> None:
        IllegalArgument.__init__(self, reason)


class XContentParse(IllegalArgument):
    """A declarative parser's error; ``at`` is (line, column) and becomes the prefix of the reason."""

    java = "XContentParseException"
    package = "org.elasticsearch.xcontent"

    def __init__(self, reason: str, at: tuple[int, int] | None = None, *, cause: ApiError | None = None) -> None:
        super().__init__(f"[{at[0]}:{at[1]}] {reason}" if at else reason, cause=cause)

    def _roots(self) -> list[ApiError]:
        if self.cause is not None and (isinstance(self.cause, XContentParse) or self.cause.is_elasticsearch):
            return self.cause.roots()
        return super()._roots()


class XContentEOF(XContentParse):
    java = "XContentEOFException"


class NamedObjectNotFound(XContentParse):
    pass
