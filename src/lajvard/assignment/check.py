"""What an assignment problem has to be, checked before anything is computed."""

import numpy as np
from numpy.typing import NDArray

from lajvard.assignment.arrays import NO_FACILITY, Demand, FlowNetwork
from lajvard.errors import InputError, Problem


def check_network(network: FlowNetwork) -> None:
    """Raise one error with all that is wrong with a network.

    Raises
    ------
    InputError
        Arrays of the wrong shape, states or facilities that do not exist, values that are
        negative or no numbers.
    """
    found = _Findings("network")
    n_links, n_facilities = len(network.tail), len(network.facilities.kind)
    n_classes = len(network.weight)
    found.shape("head", network.head, (n_links,))
    found.shape("facility", network.facility, (n_links,))
    found.shape("fixed", network.fixed, (n_classes, n_links))
    found.shape("load", network.load, (n_classes, n_links))
    for name, column in zip(network.facilities._fields, network.facilities, strict=True):
        found.shape(f"facilities.{name}", column, (n_facilities,))
    found.stop()
    if network.first_thru < 0:
        found.add("first_thru", None, network.first_thru, "expected 0 or more")
    found.where("tail", network.tail, network.tail < 0, "expected a state, 0 or more")
    found.where("head", network.head, network.head < 0, "expected a state, 0 or more")
    wrong = (network.facility < NO_FACILITY) | (network.facility >= n_facilities)
    found.where(
        "facility", network.facility, wrong, f"expected -1 or a facility below {n_facilities}"
    )
    found.where("fixed", network.fixed, ~(network.fixed >= 0), "expected 0 or more")
    for name in ("load", "weight"):
        values = getattr(network, name)
        found.where(name, values, ~((values >= 0) & np.isfinite(values)), "expected 0 or more")
    found.stop()


def check_demand(network: FlowNetwork, demand: Demand) -> None:
    """Raise one error with all that is wrong with a demand for `network`.

    Raises
    ------
    InputError
        Arrays of different lengths, states or classes that do not exist, volumes that are negative
        or no numbers.
    """
    found = _Findings("demand")
    for name, column in zip(demand._fields, demand, strict=True):
        found.shape(name, column, (len(demand.origin),))
    found.stop()
    n_states, n_classes = network.n_states, len(network.weight)
    for name in ("origin", "destination"):
        states = getattr(demand, name)
        wrong = (states < 0) | (states >= n_states)
        found.where(name, states, wrong, f"expected a state below {n_states}")
    wrong = (demand.klass < 0) | (demand.klass >= n_classes)
    found.where("klass", demand.klass, wrong, f"expected a class below {n_classes}")
    wrong = ~((demand.volume >= 0) & np.isfinite(demand.volume))
    found.where("volume", demand.volume, wrong, "expected 0 or more")
    found.stop()


class _Findings:
    """Problems of one input, row by row; the first ten of each column."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.problems: list[Problem] = []

    def add(self, column: str, row: int | None, value: object, message: str) -> None:
        self.problems.append(
            Problem("error", self.what, row, column, None, f"{value} found, {message}")
        )

    def shape(self, column: str, values: object, wanted: tuple[int, ...]) -> None:
        shape = np.asarray(values).shape
        if shape != wanted:
            self.add(column, None, f"shape {shape}", f"expected {wanted}")

    def where(
        self, column: str, values: NDArray[np.generic], wrong: NDArray[np.bool_], message: str
    ) -> None:
        for index in np.argwhere(wrong)[:10]:
            self.add(column, int(index[-1]), values[tuple(index)], message)

    def stop(self) -> None:
        if self.problems:
            raise InputError.of(self.what, self.problems)
