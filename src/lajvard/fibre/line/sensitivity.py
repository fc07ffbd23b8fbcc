"""What drives results: parameters one at a time (tornado) and all together (low and high)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lajvard.fibre.parameters import Parameters, Range

Results = Callable[[Parameters], Sequence[float]]
"""Several results that are had from parameters together."""


@dataclass(frozen=True, slots=True)
class Swing:
    """What a parameter at its low and high value makes of a result."""

    parameter: str
    meaning: str
    unit: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """Distance between the two results."""
        return abs(self.at_high - self.at_low)


def tornado(results: Results, parameters: Parameters) -> tuple[tuple[Swing, ...], ...]:
    """What each parameter does to each result alone, the strongest first.

    Parameters that change nothing, by more than rounding, are left out.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> parameters = Parameters.of(built_in(), "fibre")
    >>> ((swing,),) = tornado(lambda p: [p["land_repair"] / 24], parameters)
    >>> swing.parameter, swing.at_low, swing.at_high
    ('land_repair', 0.25, 3.0)
    """
    central = results(parameters)
    found: list[list[Swing]] = [[] for _ in central]
    for name, span in parameters.ranges.items():
        low, high = (
            results(parameters.with_parameters(**{name: value})) for value in (span.low, span.high)
        )
        for swings, middle, at_low, at_high in zip(found, central, low, high, strict=True):
            if abs(at_high - at_low) > 1e-9 * abs(middle):
                swings.append(
                    Swing(name, span.meaning, span.unit, span.low, span.high, at_low, at_high)
                )
    return tuple(
        tuple(sorted(swings, key=lambda swing: (-swing.width, swing.parameter))) for swings in found
    )


def spread(
    results: Results,
    parameters: Parameters,
    names: Collection[str],
    *,
    draws: int,
    seed: int = 1,
) -> tuple[tuple[float, float, float], ...]:
    """Low, central and high value of each result.

    Low and high are the 10th and 90th percentile of `draws` in which all of `names` vary
    together, each from low to high with its central value as the median, evenly in its logarithm
    where it is above 0. Central is the result itself.
    """
    random = np.random.default_rng(seed)
    columns = {
        name: _drawn(parameters.ranges[name], random.random(draws))
        for name in parameters
        if name in names
    }
    rows = [
        results(
            parameters.with_parameters(
                **{name: float(column[ix]) for name, column in columns.items()}
            )
        )
        for ix in range(draws)
    ]
    low, high = np.quantile(np.array(rows), [0.1, 0.9], axis=0)
    central = results(parameters)
    return tuple(
        (float(ends[0]), float(middle), float(ends[1]))
        for *ends, middle in zip(low, high, central, strict=True)
    )


def _drawn(span: Range, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a parameter at these shares of its distribution."""
    knots = np.array([span.low, span.value, span.high])
    even = bool(knots.min() > 0)
    found: NDArray[np.float64] = np.interp(share, [0, 0.5, 1], np.log(knots) if even else knots)
    return np.exp(found) if even else found
