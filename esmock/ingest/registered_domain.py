"""The processor ``registered_domain``, on the Public Suffix List (the extra ``ingest``). Docs: registered-domain-processor.

Differs: the list is that of the installed ``publicsuffixlist``, not of the version played.
"""

from __future__ import annotations

import functools
from typing import Any, ClassVar

from esmock.errors import Unsupported
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Processor


@functools.cache
def _suffixes() -> Any:
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError:
        raise Unsupported("the registered_domain processor where the extra esmock[ingest] is not installed") from None
    return PublicSuffixList(accept_unknown=False)


def domain_parts(domain: str) -> dict[str, str] | None:
    """``domain``, ``registered_domain``, ``top_level_domain`` and ``subdomain`` as far as there are; None for no known suffix.

    Raises Unsupported without publicsuffixlist.
    """
    suffix = _suffixes().publicsuffix(domain)
    if suffix is None:
        return None
    found = {"domain": domain}
    registered = _suffixes().privatesuffix(domain)
    if registered is not None:
        found["registered_domain"] = registered
    found["top_level_domain"] = suffix
    if registered is not None and len(domain) > len(registered):
        found["subdomain"] = domain[: -len(registered) - 1]
    return found


class RegisteredDomain(Processor):
    name: ClassVar[str] = "registered_domain"
    since: ClassVar[tuple[int, int]] = (7, 13)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.target = config.string("target_field", "")
        self.ignore_missing = config.boolean("ignore_missing", True)

    def execute(self, document: IngestDocument) -> None:
        value = document.text(self.field, ignore_missing=self.ignore_missing)
        found = domain_parts(value) if value is not None else None
        prefix = f"{self.target}." if self.target else ""
        for name, part in (found or {}).items():
            document.set(prefix + name, part)


PROCESSORS = (RegisteredDomain,)
