"""Numbers of a model from the table `parameter`, each with its low and high value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from lajvard.corridor import Corridor, built_in, without_errors
from lajvard.errors import InputError, did_you_mean


@dataclass(frozen=True, slots=True)
class Range:
    """A number with the ends of what it may be."""

    value: float
    low: float
    high: float
    unit: str
    meaning: str
    basis: str


@dataclass(frozen=True, eq=False)
class Parameters(Mapping[str, float]):
    """The central values of a topic by identifier; `ranges` has their low and high ones.

    Examples
    --------
    >>> parameters = Parameters.of(built_in(), "fibre")
    >>> parameters["land_span_loss"], parameters.ranges["land_span_loss"].unit
    (23.0, 'dB')
    >>> parameters.with_parameters(land_span_loss=20.0)["land_span_loss"]
    20.0
    """

    topic: str
    ranges: Mapping[str, Range]

    @classmethod
    def of(cls, corridor: Corridor, *topics: str) -> "Parameters":
        """The parameters of these topics that `corridor` states, the built-in ones for the rest.

        Raises
        ------
        InputError
            The corridor has errors.
        """
        found = _ranges(built_in(), topics) | _ranges(without_errors(corridor), topics)
        return cls(", ".join(topics), MappingProxyType(found))

    def __getitem__(self, name: str) -> float:
        return self._range(name).value

    def __contains__(self, name: object) -> bool:
        return name in self.ranges

    def __iter__(self) -> Iterator[str]:
        return iter(self.ranges)

    def __len__(self) -> int:
        return len(self.ranges)

    def _range(self, name: str) -> Range:
        if name not in self.ranges:
            remedy = did_you_mean(name, list(self.ranges))
            raise InputError(f"parameters of {self.topic}", f"there is no '{name}'", remedy)
        return self.ranges[name]

    def with_parameters(self, **values: float) -> "Parameters":
        """These parameters with other central values."""
        changed = {name: replace(self._range(name), value=value) for name, value in values.items()}
        return replace(self, ranges=MappingProxyType({**self.ranges, **changed}))

    def also(self, **ranges: Range) -> "Parameters":
        """These parameters and others, which no table has."""
        return replace(self, ranges=MappingProxyType({**self.ranges, **ranges}))


def _ranges(corridor: Corridor, topics: tuple[str, ...]) -> dict[str, Range]:
    table = corridor.used("parameter")
    numbers = [table.numbers(name) for name in ("value", "low", "high")]
    found = {}
    for ix, name in enumerate(table.text("parameter_id")):
        if table.text("topic")[ix] in topics:
            value, low, high = (float(column[ix]) for column in numbers)
            found[name] = Range(
                value,
                value if np.isnan(low) else low,
                value if np.isnan(high) else high,
                *(table.text(column)[ix] for column in ("unit", "meaning", "basis")),
            )
    return found
