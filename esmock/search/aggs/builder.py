"""The parsed form of aggregations: definitions, their levels, and what every type declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from esmock.errors import AggregationInitialization, IllegalArgument
from esmock.search.aggs.collecting import Aggregator, ShardContext
from esmock.search.aggs.kinds import BOOLEAN
from esmock.search.aggs.source import Source
from esmock.search.aggs.source_config import SourceConfig
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.version import Behaviour

Json = Any


class Factories:
    """The aggregations and pipelines of one level, in the order of the body."""

    __slots__ = ("aggregations", "pipelines")

    def __init__(self) -> None:
        self.aggregations: list[Builder] = []
        self.pipelines: list[Any] = []

    def __bool__(self) -> bool:
        return bool(self.aggregations or self.pipelines)

    def add(self, builder: Any) -> None:
        """Raises IllegalArgument for a name that is taken."""
        if any(one.agg_name == builder.agg_name for one in (*self.aggregations, *self.pipelines)):
            raise IllegalArgument(f"Two sibling aggregations cannot have the same name: [{builder.agg_name}]")
        (self.pipelines if builder.is_pipeline else self.aggregations).append(builder)

    def find(self, name: str) -> Builder | None:
        """The aggregation of a name."""
        return next((one for one in self.aggregations if one.agg_name == name), None)


class Builder:
    """One aggregation as parsed.

    A type declares ``name`` (in the DSL), ``parser`` and ``aggregator``; ``setup`` checks and keeps the parsed fields.
    """

    name: ClassVar[str]
    is_pipeline: ClassVar[bool] = False
    since: ClassVar[int | tuple[int, int]] = 0
    until: ClassVar[int | tuple[int, int]] = 99
    """The versions (major, or major and minor) that know the type: from ``since`` to before ``until``."""
    is_metric: ClassVar[bool] = False

    hands_many_buckets: ClassVar[bool] = True
    """Whether it may have several buckets, of which pipelines beside it read each; never true of metrics."""

    java: ClassVar[str | None] = None
    """Elasticsearch's class below ``org.elasticsearch``, where it is not made of the name."""

    takes_subs: ClassVar[bool] = True
    """Whether aggregations may stand below; never below metrics."""

    parser: ClassVar[Parser]
    aggregator: ClassVar[type[Aggregator]]

    behaviour: Behaviour
    """The version's; set when it is parsed."""

    def __init__(self, agg_name: str) -> None:
        self.agg_name = agg_name
        self.meta: Json = None
        self.subs = Factories()
        self.parent: Builder | None = None

    @classmethod
    def java_class(cls) -> str:
        """The class of builders that Elasticsearch names in errors."""
        words = "".join(part.capitalize() for part in cls.name.split("_"))
        package = "metrics" if cls.is_metric else f"bucket.{cls.name.replace('_', '')}"
        return f"org.elasticsearch.{cls.java or f'search.aggregations.{package}.{words}'}AggregationBuilder"

    @classmethod
    def parse(cls, agg_name: str, body: Json, ctx: Reading) -> Builder:
        """Read the body of an aggregation. Raises XContentParse, Parsing and IllegalArgument as Elasticsearch words them."""
        out = cls(agg_name)
        out.behaviour = ctx.behaviour
        out.setup(cls.parser.parse(body, ctx, out.setter_checks()), ctx)
        return out

    def checks(self) -> dict[str, Any]:
        """Checks of single fields, whose errors name the field."""
        return {}

    def setter_checks(self) -> dict[str, Any]:
        """``checks`` with those that a family of types shares."""
        return self.checks()

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        """Keep the parsed fields."""

    def set_subs(self, subs: Factories, behaviour: Behaviour) -> None:
        """Take sub-aggregations. Raises AggregationInitialization (7.x), IllegalArgument where the type has none."""
        if self.is_metric or not self.takes_subs:
            reason = f"Aggregator [{self.agg_name}] of type [{self.name}] cannot accept sub-aggregations"
            raise IllegalArgument(reason) if behaviour.aggregation_misuse_is_400 else AggregationInitialization(reason)
        self.subs = subs

    def queries(self) -> list[Any]:
        """The queries that it holds itself."""
        return []

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        """Refuse what does not fit the shard's mapping, here and below, before any aggregator is made.

        Elasticsearch makes all factories first and then the aggregators, so their errors come in this order.
        """
        self.parent = parent
        for one in self.subs.aggregations:
            one.configure(ctx, self)

    def create(self, ctx: ShardContext, parent: Aggregator | None) -> Aggregator:
        """The aggregator on a shard."""
        return self.aggregator(self, ctx, parent)


class SourceBuilder(Builder):
    """An aggregation over one values source."""

    kinds: ClassVar[tuple[str, ...]] = ()
    default_kind: ClassVar[str] = "number"
    source_required: ClassVar[bool] = True
    """Whether a field or script must be named."""
    over_dates: ClassVar[str | None] = None
    """For those over dates: what deprecations of booleans call it."""

    def __init__(self, agg_name: str) -> None:
        super().__init__(agg_name)
        self.source = SourceConfig()

    def setter_checks(self) -> dict[str, Any]:
        return {"missing": self._check_missing, **self.checks()}

    def _check_missing(self, missing: Json) -> None:
        if missing is None:
            raise IllegalArgument(f"[missing] must not be null: [{self.agg_name}]")

    def setup(self, given: dict[str, Any], ctx: Reading) -> None:
        from esmock.search.aggs.parse import required

        if self.source_required:
            names = [name for name in ("field", "script") if name in self.parser.names]
            required(*names, given=given, behaviour=ctx.behaviour)
        self.source = SourceConfig.take(given)
        for name, value in given.items():
            setattr(self, name, value)

    def configure(self, ctx: ShardContext, parent: Builder | None) -> None:
        self.resolve(ctx)
        super().configure(ctx, parent)

    def resolve(self, ctx: ShardContext) -> Source:
        """The values source on a shard, the same one whenever it is asked for."""
        found = ctx.sources.get(id(self))
        if found is None:
            found = ctx.sources[id(self)] = self.source.resolve(ctx, self.name, self._kinds(ctx), self.default_kind)
            if self.over_dates and found.kind == BOOLEAN and ctx.behaviour.warns_of_boolean_dates and ctx.shard.warn:
                ctx.shard.warn(f"Running {self.over_dates} aggregations on [boolean] fields is deprecated")
        return found  # type: ignore[no-any-return]

    def _kinds(self, ctx: ShardContext) -> tuple[str, ...]:
        if self.over_dates is None or ctx.behaviour.dates_of_booleans:
            return self.kinds
        return tuple(kind for kind in self.kinds if kind != BOOLEAN)


class SourceAggregator(Aggregator):
    """An aggregator over one values source."""

    builder: SourceBuilder

    def __init__(self, builder: SourceBuilder, ctx: ShardContext, parent: Aggregator | None = None) -> None:
        self.source = builder.resolve(ctx)
        super().__init__(builder, ctx, parent)
        self.prepare()

    @property
    def needs_scores(self) -> bool:
        return self.source.needs_scores or super().needs_scores

    def prepare(self) -> None:
        """Make the state."""
