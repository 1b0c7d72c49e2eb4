"""What refuses fields whose values are asked for document by document, where they are not kept so.

Source: recordings of 7.10.2 and 8.19.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.version import Behaviour


def disabled(field: Field, index: str, behaviour: Behaviour) -> str:
    """The text that refuses sorting and aggregating on a text without ``fielddata``."""
    tail = (
        "Text fields are not optimised for operations that require per-document field data like aggregations and sorting, "
        "so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on "
        f"[{field.path}] in order to load field data by uninverting the inverted index. Note that this can use significant memory."
    )
    return f"Fielddata is disabled on [{field.path}] in [{index}]. {tail}" if behaviour.major >= 8 else tail


def unsupported(field: Field) -> str:
    """The text that refuses a field without ``doc_values``."""
    return f"Can't load fielddata on [{field.path}] because fielddata is unsupported on fields of type [{field.type_name}]. Use doc values instead."


def not_supported(path: str, type_name: str) -> str:
    """The text that refuses a type that has no values by document at all."""
    return f"Fielddata is not supported on field [{path}] of type [{type_name}]"
