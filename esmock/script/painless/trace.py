"""Where in the script something was thrown."""

from __future__ import annotations

from esmock.script.painless.compiler.emit import FILENAME
from esmock.script.painless.runtime.throwables import Throwable


def offset_of(thrown: BaseException) -> int | None:
    """The offset of the innermost frame of generated code; an exception that a script made was thrown where it was made."""
    if isinstance(thrown, Throwable) and thrown.origin is not None:
        return thrown.origin
    offset = None
    trace = thrown.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILENAME:
            offset = trace.tb_lineno - 1
        trace = trace.tb_next
    return offset
