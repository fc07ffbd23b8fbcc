"""Compiling a corridor into the virtual network that one unit load sees on one day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lajvard.corridor import Corridor, without_errors
from lajvard.errors import InputError, Problem, did_you_mean
from lajvard.network.arrays import (
    Activity,
    Cargo,
    CompiledNetwork,
    LegalRegime,
    NetworkArrays,
    Shut,
    StepArrays,
)
from lajvard.network.compilation import CLOSED, Compilation
from lajvard.network.land_moves import link_moves
from lajvard.network.moves import Moves
from lajvard.network.rules import Closing, Period, closings
from lajvard.network.service_moves import service_moves
from lajvard.network.steps import CRITERIA, StepCollector
from lajvard.network.transfer_moves import transfer_moves

_TABLES: dict[Activity, tuple[str, str]] = {
    Activity.MOVING: ("link", "link_id"),
    Activity.REST: ("link", "link_id"),
    Activity.BORDER: ("procedure", "procedure_id"),
    Activity.PORT: ("procedure", "procedure_id"),
    Activity.OPENING_HOURS: ("procedure", "procedure_id"),
    Activity.PERMIT: ("regime", "regime_id"),
    Activity.WAIT_FOR_DEPARTURE: ("service", "service_id"),
    Activity.LOADING: ("service", "service_id"),
    Activity.SAILING: ("service", "service_id"),
    Activity.UNLOADING: ("service", "service_id"),
    Activity.TRANSFER: ("transfer", "transfer_id"),
    Activity.CLOSURE: ("closure", "closure_id"),
}


def compile_network(
    corridor: Corridor,
    *,
    cargo: str = "truck",
    as_of: str | date | None = None,
    shut_for: Period | None = None,
) -> CompiledNetwork:
    """The virtual network of a corridor for one cargo class on one day.

    States are (node, mode), rail of each gauge being a mode of its own. A move is a link, a
    transfer or a service; a link that crosses a border carries the procedures of both posts and
    the permits of the country it enters, so that (node, mode) is all the state there is. Every
    move carries the mean and the variance of its time, money, CO2e and risk, and knows the steps
    that these are the sums of. Times of different steps are taken as independent.

    Parameters
    ----------
    corridor
        The description; only rows that are ``used`` and ``operating`` carry traffic.
    cargo
        A class of the table ``cargo_class``.
    as_of
        The network of that day: rows in force, and without what a dated closure shut. By
        default the description as it stands: rows without an end, and no dated closure.
    shut_for
        First and last day of a period: only what a dated closure shuts for all of it is left out.
        By default the period is that day.

    Raises
    ------
    InputError
        The corridor has errors; the cargo class is unknown; or a price or emission factor is
        missing for something that is in use. All that is wrong is named.

    Examples
    --------
    >>> from lajvard.corridor import built_in
    >>> network = compile_network(built_in(), cargo="truck", as_of="2025-06-01")
    >>> network.arrays.cost.shape[1], network.arrays.cost.flags.writeable
    (5, False)
    """
    corridor = on_the_day(without_errors(corridor), as_of)
    day = corridor.date
    period = shut_for if day and shut_for else (day, day) if day else None
    return _Compiler(corridor, _cargo(corridor, cargo), day=day, shut_for=period).compile()


def on_the_day(corridor: Corridor, as_of: str | date | None) -> Corridor:
    """The rows in force on a day; without one, those of the description that have no end."""
    if as_of is not None:
        return corridor.as_of(as_of)
    if corridor.date is not None:
        return corridor
    ended = any(any(table.text("until")) for table in corridor if table.name != "source")
    if corridor.origin is not None and not ended:
        return corridor
    return corridor.rows_where(
        lambda table: np.array([not cell for cell in table.text("until")], dtype=np.bool_)
    )


def _cargo(corridor: Corridor, cargo: str) -> Cargo:
    table = corridor.used("cargo_class")
    if (cargo,) not in table:
        known = list(table.text("cargo_class"))
        remedy = did_you_mean(cargo, known) or f"Classes are: {', '.join(known)}."
        raise InputError("cargo", f"unknown cargo class '{cargo}'", remedy)
    ix = table.ix(cargo)
    numbers = {
        name: float(np.nan_to_num(table.numbers(name)[ix]))
        for name in ("payload_t", "lorries", "wagons", "teu", "value_of_time_usd_h")
    }
    return Cargo(cargo_class=cargo, name=table.text("name")[ix], **numbers)


@dataclass
class _Compiler(Compilation):
    day: date | None = None
    shut_for: Period | None = None

    def compile(self) -> CompiledNetwork:
        parts = [link_moves(self), service_moves(self), transfer_moves(self)]
        moves = Moves.joined([part for part in parts if len(part)])
        shut, gone = self._close(moves, closings(self.corridor, self.day, self.shut_for))
        if self.prices.missing:
            raise self._incomplete()
        arrays, steps = _in_rows(moves, gone, self.steps, len(self.places.ids))
        self._refuse_costs(steps)
        _freeze(arrays)
        _freeze(steps)
        return self._named(arrays, steps, shut)

    def _incomplete(self) -> InputError:
        remedy = "Add a row, or one without country that holds everywhere."
        problems = [
            Problem(
                "error",
                f"{(found := what.partition(': '))[0]}.csv",
                None,
                None,
                None,
                found[2],
                remedy,
            )
            for what in sorted(self.prices.missing)
        ]
        return InputError.of(f"corridor '{self.corridor.name}'", problems)

    def _refuse_costs(self, steps: StepArrays) -> None:
        """A search over costs that are negative or not finite may never end."""
        wrong = {}
        for name in CRITERIA:
            values = getattr(steps, name)
            for ix in np.flatnonzero(~(np.isfinite(values) & (values >= 0))).tolist():
                table = self.corridor.used(_TABLES[Activity(steps.activity[ix])][0])
                row = int(table.rows[steps.ref[ix]])
                wrong[table.file, row, name] = f"{values[ix]:g}"
        problems = [
            Problem("error", table, row, name, value, "a step of a way would take")
            for (table, row, name), value in wrong.items()
        ]
        if problems:
            raise InputError.of(f"corridor '{self.corridor.name}'", problems)

    def _close(
        self, moves: "Moves", closures: list[Closing]
    ) -> tuple[tuple[Shut, ...], NDArray[np.bool_]]:
        gone = np.zeros(len(moves), dtype=np.bool_)
        shut = []
        for number, closing in enumerate(closures):
            met = moves.met_by(closing, self)
            if closing.shut:
                gone |= met
                if met.any():
                    shut.append(closing.shut)
            if closing.share > 0:
                self.steps.add_block(
                    Activity.CLOSURE,
                    np.flatnonzero(met),
                    order=CLOSED + number,
                    node=moves.node_from[met],
                    ref=closing.ref,
                    time_h=closing.wait.mean_h,
                    time_var_h2=closing.wait.var_h2,
                    risk=-np.log1p(-closing.share),
                    time_basis=closing.basis,
                )
        return tuple(shut), gone

    def _named(
        self, arrays: NetworkArrays, steps: StepArrays, shut: tuple[Shut, ...]
    ) -> CompiledNetwork:
        def ids(table: str, column: str) -> tuple[str, ...]:
            return tuple(self.corridor.used(table).text(column))

        return CompiledNetwork(
            arrays=arrays,
            steps=steps,
            cargo=self.cargo,
            as_of=self.day.isoformat() if self.day else "",
            corridor=self.corridor.name,
            node_ids=self.places.ids,
            node_names=self.places.names,
            node_countries=self.places.countries,
            node_coordinates=self.places.coordinates,
            mode_names=self.places.mode_names,
            link_ids=ids("link", "link_id"),
            transfer_ids=ids("transfer", "transfer_id"),
            service_ids=ids("service", "service_id"),
            refs={activity: ids(*where) for activity, where in _TABLES.items()},
            legal=_legal(self.corridor),
            shut=shut,
        )


def _in_rows(
    moves: Moves, gone: NDArray[np.bool_], collected: StepCollector, n_nodes: int
) -> tuple[NetworkArrays, StepArrays]:
    """The moves in compressed sparse row form, without those that are gone."""
    kept = np.flatnonzero(~gone)
    span = 1 + max(int(moves.mode_from.max(initial=0)), int(moves.mode_to.max(initial=0)))
    tail = moves.node_from.astype(np.int64) * span + moves.mode_from
    head = moves.node_to.astype(np.int64) * span + moves.mode_to
    states = np.unique(np.concatenate([tail, head]))
    tail_state, head_state = (
        np.searchsorted(states, tail[kept]),
        np.searchsorted(states, head[kept]),
    )
    order = np.lexsort((head_state, tail_state))
    chosen = kept[order]
    new_move = np.full(len(moves), -1, dtype=np.int32)
    new_move[chosen] = np.arange(len(chosen), dtype=np.int32)
    steps, cost = collected.finish(new_move, len(chosen))
    first = np.zeros(len(states) + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail_state, minlength=len(states)), out=first[1:])
    arrays = NetworkArrays(
        first_move=first,
        move_from=tail_state[order].astype(np.int32),
        move_to=head_state[order].astype(np.int32),
        cost=cost,
        distance_km=moves.distance_km[chosen],
        move_kind=moves.kind[chosen],
        move_mode=moves.travel_mode[chosen],
        move_ref=moves.ref[chosen],
        move_link=moves.link[chosen],
        state_node=(states // span).astype(np.int32),
        state_mode=(states % span).astype(np.int8),
    )
    return arrays, steps


def _freeze(arrays: Any) -> None:
    for array in arrays:
        array.flags.writeable = False


def _legal(corridor: Corridor) -> tuple[LegalRegime, ...]:
    """The regimes that rest on an instrument, with each country's standing."""
    standing: dict[str, dict[str, str]] = {}
    table = corridor.used("instrument")
    columns = (table.text(name) for name in ("instrument_id", "country", "standing"))
    for instrument_id, country, word in zip(*columns, strict=True):
        standing.setdefault(instrument_id, {})[country] = word
    regimes = corridor.used("regime")
    names = ("regime_id", "name", "kind", "mode", "instrument_id")
    rows = zip(*(regimes.text(name) for name in names), regimes.lists("requires"), strict=True)
    return tuple(
        LegalRegime(regime_id, name, kind, mode, requires, standing[instrument_id])
        for regime_id, name, kind, mode, instrument_id, requires in rows
        if instrument_id in standing
    )


def table_of(activity: Activity) -> str:
    """The table whose rows an activity refers to.

    >>> table_of(Activity.SAILING)
    'service'
    """
    return _TABLES[activity][0]
