"""What the description says of how freight chooses its way: parameters, ways, observed shares."""

from dataclasses import dataclass

from lajvard.case.choice import Choice, Way
from lajvard.corridor import Corridor
from lajvard.routes import Weights

TOPIC = "flows"


@dataclass(frozen=True, slots=True)
class FlowParameters:
    """Parameters of the topic ``flows``; each default holds where a corridor has no row for it.

    Attributes
    ----------
    scale
        Scale of the logit, as a share of the least generalised cost of a choice set.
    nest
        Dissimilarity of routes by one main mode, in (0, 1].
    reliability_h_h2
        Hours of mean time that an h² of variance of the time is worth.
    risk_h
        Hours that a unit of risk, -ln(1 - share of time closed), is worth.
    empty_share
        Share of the unit loads without a load the other way that goes back empty by the pair.
    fill
        Share of the capacity of a service without observed volume that the described flows fill.
    post_use
        Utilisation that the observed traffic of a border post is taken for.
    horizon_h
        How long a load lasts that a post cannot serve, in hours.
    growth
        Growth of all flows a year, as a share.
    """

    scale: float = 0.1
    nest: float = 1.0
    reliability_h_h2: float = 0.0
    risk_h: float = 0.0
    empty_share: float = 0.8
    fill: float = 0.85
    post_use: float = 0.8
    horizon_h: float = 720.0
    growth: float = 0.0

    @classmethod
    def of(cls, corridor: Corridor) -> "FlowParameters":
        """The parameters that a corridor states."""
        table = corridor.used("parameter")
        topics, values = table.text("topic"), table.numbers("value")
        given = {
            name.removeprefix(f"{TOPIC}-").replace("-", "_"): float(values[ix])
            for ix, name in enumerate(table.text("parameter_id"))
            if topics[ix] == TOPIC
        }
        return cls(**{name: given[name] for name in cls.__dataclass_fields__ if name in given})

    def choice(self, value_of_time_usd_h: float) -> Choice:
        """How unit loads of a value of time choose their routes."""
        hour = value_of_time_usd_h
        weights = Weights(
            value_of_time_usd_h=hour,
            variance_usd_h2=self.reliability_h_h2 * hour,
            risk_usd=self.risk_h * hour,
        )
        return Choice(scale=self.scale, nest=self.nest, fill=self.fill, weights=weights)


def ways_of(corridor: Corridor) -> tuple[Way, ...]:
    """The named ways through a corridor, by its table `alternative`.

    >>> from lajvard.corridor import built_in
    >>> ways_of(built_in())[0].name
    'lapis_lazuli'
    """
    table = corridor.used("alternative")
    via, avoid = table.lists("via"), table.lists("avoid")
    return tuple(
        Way(name, title, tuple(via[ix]), tuple(avoid[ix]))
        for ix, (name, title) in enumerate(
            zip(table.text("alternative_id"), table.text("name"), strict=True)
        )
    )


@dataclass(frozen=True, slots=True)
class ObservedShare:
    """A row of the table `share`: how many of some flows take one of several ways."""

    share_id: str
    title: str
    flows: tuple[str, ...]
    unit: str
    passes: tuple[str, ...]
    among: tuple[str, ...]
    value: float
    fitted: bool
    basis: str
    source_ids: tuple[str, ...]


def observed_shares(corridor: Corridor) -> tuple[ObservedShare, ...]:
    """The observed shares that a corridor states."""
    table = corridor.used("share")
    lists = {name: table.lists(name) for name in ("demand_id", "passes", "among", "source_id")}
    texts = {name: table.text(name) for name in ("share_id", "title", "unit", "basis")}
    values, fitted = table.numbers("value"), table.flags("fitted")
    return tuple(
        ObservedShare(
            texts["share_id"][ix],
            texts["title"][ix],
            tuple(lists["demand_id"][ix]),
            texts["unit"][ix],
            tuple(lists["passes"][ix]),
            tuple(lists["among"][ix]),
            float(values[ix]),
            bool(fitted[ix]),
            texts["basis"][ix],
            tuple(one for one in lists["source_id"][ix] if one != "estimate"),
        )
        for ix in range(len(table))
    )
