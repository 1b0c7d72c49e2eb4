"""The kinds of tokens of a JSON text, named as Jackson names them in its errors."""

from __future__ import annotations

START_OBJECT, END_OBJECT, START_ARRAY, END_ARRAY = "START_OBJECT", "END_OBJECT", "START_ARRAY", "END_ARRAY"
FIELD_NAME, VALUE_STRING, VALUE_NUMBER = "FIELD_NAME", "VALUE_STRING", "VALUE_NUMBER"
VALUE_BOOLEAN, VALUE_NULL = "VALUE_BOOLEAN", "VALUE_NULL"
