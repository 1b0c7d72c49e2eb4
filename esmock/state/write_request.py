"""One write: what a client may ask of a document, and what is wrong with asking it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, IllegalArgument
from esmock.state.shard import NO_CONDITION, Condition

if TYPE_CHECKING:
    from esmock.version import Behaviour

MAX_ID_BYTES = 512


def sequence_number(value: int) -> int | None:
    """What ``if_seq_no`` demands; None for -2, which demands nothing. Raises IllegalArgument."""
    if value < 0 and value != -2:
        raise IllegalArgument(f"sequence numbers must be non negative. got [{value}].")
    return None if value == -2 else value


def primary_term(value: int) -> int | None:
    """What ``if_primary_term`` demands; None for 0, which demands nothing. Raises IllegalArgument."""
    if value < 0:
        raise IllegalArgument(f"primary term must be non negative. got [{value}]")
    return value or None


@dataclass(slots=True)
class UpdateBody:
    """The body of an update, checked."""

    doc: dict[str, Any] | None = None
    upsert: dict[str, Any] | None = None
    script: Any = None
    doc_as_upsert: bool = False
    scripted_upsert: bool = False
    detect_noop: bool = True
    source_filter: Any = None
    if_seq_no: int | None = None
    if_primary_term: int | None = None


@dataclass(slots=True)
class WriteRequest:
    """An index, create, delete or update of one document.

    Args:
        op: ``index``, ``create``, ``delete`` or ``update``.
        source: the document as sent, for index and create.
        companions: how many requests of the same bulk go to the same shard; 0: the write stands alone.
        active_shards: ``wait_for_active_shards``; None: the index's own.
        warn: told of deprecations.
        script: runs the update's script on its ``ctx``, in place.
        transform: what pipelines make of the document that a single update writes.
        is_alone: it did not come in a bulk.
        has_own_id: the id was made for it.
        dynamic_templates: full names of new fields to the names of the dynamic templates that make them.
        sent: the write as it came, where pipelines changed it.
        reached: the index whose shard the write came to, by whatever name it was asked for.
    """

    op: str
    index: str | None
    doc_id: str | None = None
    routing: str | None = None
    source: bytes = b""
    version: int | None = None
    version_type: str = "internal"
    if_seq_no: int | None = None
    if_primary_term: int | None = None
    pipeline: str | None = None
    require_alias: bool = False
    require_data_stream: bool = False
    retry_on_conflict: int = 0
    update: UpdateBody | None = None
    type: str | None = None
    timeout: str = "1m"
    active_shards: int | str | None = None
    companions: int = 0
    warn: Callable[[str], None] = lambda _text: None
    script: Callable[[dict[str, Any]], None] | None = None
    transform: Callable[[bytes, int], bytes] | None = None
    is_alone: bool = False
    has_own_id: bool = False
    sent: WriteRequest | None = None
    reached: str | None = None
    dynamic_templates: dict[str, str] | None = None

    def take(self, update: UpdateBody) -> None:
        """Become an update with this body; conditions in the body stand for those of the URL."""
        self.update = update
        if update.if_seq_no is not None:
            self.if_seq_no = update.if_seq_no
        if update.if_primary_term is not None:
            self.if_primary_term = update.if_primary_term
        self.check_numbers()

    def shown(self, index: str, *, typed: bool, source: str | None = None) -> str:
        """The write as Java prints it, with its own source or what stands for it."""
        place = f"[{index}]" + ("[_doc]" if typed else "") + f"[{self.doc_id}]"
        if self.op == "delete":
            return f"delete {{{place}}}"
        if self.op == "update":
            return f"update {{{place}}}"
        size = len(self.source)
        if source is None:
            source = self.source.decode("utf-8", "replace") if size <= 2048 else f"n/a, actual length: [{size / 1024:.1f}kb], max length: 2kb"
        return f"index {{{place}, source[{source}]}}"

    @property
    def wanted_version(self) -> int:
        """The version as pipelines see it: -3 stands for any, -4 for none."""
        if self.version is not None:
            return self.version
        return -4 if self.op == "create" else -3

    def transformed(self, source: bytes, version: int) -> bytes:
        """The source that an update writes, after the pipelines of its index; ``version`` as they see it."""
        return source if self.transform is None else self.transform(source, version)

    def check_numbers(self) -> None:
        """What is refused while the request is being read. Raises IllegalArgument."""
        if self.if_seq_no is not None:
            self.if_seq_no = sequence_number(self.if_seq_no)
        if self.if_primary_term is not None:
            self.if_primary_term = primary_term(self.if_primary_term)

    def problems(self, *, of_update_ids: bool) -> list[str]:
        """The messages of a failed validation, in Elasticsearch's order.

        Args:
            of_update_ids: whether updates are told of ids that are too long: before 8.x only what they insert is.
        """
        found: list[str] = []
        if self.index is None:
            found.append("index is missing")
        if self.op in ("delete", "update"):
            if not self.doc_id:
                found.append("id is missing")
        elif self.op == "create":
            refused = self._create_problem()
            if refused:
                return [*found, refused]
        found.extend(self._version_problems())
        if self.op in ("index", "create") or (self.op == "update" and of_update_ids):
            found.extend(self._id_problems())
        if self.op == "update":
            found.extend(self._update_problems())
        if self.pipeline == "" and self.op in ("index", "create"):
            found.append("pipeline cannot be an empty string")
        return found

    def _id_problems(self) -> list[str]:
        size = 0 if self.doc_id is None else len(self.doc_id.encode())
        told = f"id [{self.doc_id}] is too long, must be no longer than {MAX_ID_BYTES} bytes but was: {size}"
        return [told] if size > MAX_ID_BYTES else []

    def validate(self, behaviour: Behaviour) -> None:
        """Raises ActionRequestValidation."""
        if found := self.problems(of_update_ids=behaviour.major >= 8):
            raise ActionRequestValidation(*found)

    def validate_id(self) -> None:
        """The same of what an update inserts. Raises ActionRequestValidation."""
        if found := self._id_problems():
            raise ActionRequestValidation(*found)

    def _create_problem(self) -> str | None:
        if self.version_type != "internal":
            return "create operations only support internal versioning. use index instead"
        if self.version is not None:
            return "create operations do not support explicit versions. use index instead"
        if self.if_seq_no is not None or self.if_primary_term is not None:
            return "create operations do not support compare and set. use index instead"
        return None

    def _version_problems(self) -> list[str]:
        found: list[str] = []
        is_internal = self.version_type == "internal"
        if (is_internal and self.version is not None and self.version < 1) or (
            not is_internal and (self.version is None or self.version < 0)
        ):
            shown = -3 if self.version is None else self.version
            found.append(f"illegal version value [{shown}] for version type [{self.version_type.upper()}]")
        if is_internal and self.version is not None:
            found.append(
                "internal versioning can not be used for optimistic concurrency control. "
                "Please use `if_seq_no` and `if_primary_term` instead"
            )
        if self.if_seq_no is not None and (not is_internal or self.version is not None):
            found.append("compare and write operations can not use versioning")
        if self.if_seq_no is not None and self.if_primary_term is None:
            found.append("ifSeqNo is set, but primary term is [0]")
        if self.if_seq_no is None and self.if_primary_term is not None:
            found.append(f"ifSeqNo is unassigned, but primary term is [{self.if_primary_term}]")
        return found

    def _update_problems(self) -> list[str]:
        body = self.update or UpdateBody()
        found: list[str] = []
        if self.version_type != "internal":
            found.append("update requests do not support versioning. Please use `if_seq_no` and `if_primary_term` instead")
        if self.if_seq_no is not None:
            if self.retry_on_conflict > 0:
                found.append("compare and write operations can not be retried")
            if body.doc_as_upsert:
                found.append("compare and write operations can not be used with upsert")
            if body.upsert is not None:
                found.append("upsert requests don't support `if_seq_no` and `if_primary_term`")
        if body.script is None and body.doc is None:
            found.append("script or doc is missing")
        if body.script is not None and body.doc is not None:
            found.append("can't provide both script and doc")
        if body.doc is None and body.doc_as_upsert:
            found.append("doc must be specified if doc_as_upsert is enabled")
        return found

    def condition(self) -> Condition:
        """What the write demands of the current document."""
        if (
            self.op != "create"
            and self.version is None
            and self.if_seq_no is None
            and self.version_type == "internal"
        ):
            return NO_CONDITION
        return Condition(
            create=self.op == "create",
            version=self.version,
            version_type=self.version_type,
            if_seq_no=self.if_seq_no,
            if_primary_term=self.if_primary_term,
        )
