"""What moving one unit load costs and emits: the tariff and emission rows that apply to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lajvard.corridor import Corridor, Table
from lajvard.network.arrays import BASES, Cargo

PUBLISHED, DERIVED, ESTIMATE, NOT_KNOWN = range(len(BASES))


class Price(NamedTuple):
    """An amount for one unit load (per km for haulage), and where it comes from."""

    amount: float
    basis: int
    includes_border_fees: bool = False


FREE = Price(0.0, NOT_KNOWN)


def basis_ix(basis: str) -> int:
    """Index of a basis in BASES.

    >>> basis_ix("estimate"), basis_ix("")
    (2, 3)
    """
    return BASES.index(basis) if basis in BASES else NOT_KNOWN


@dataclass(frozen=True)
class _Row:
    amount: float
    basis: int
    includes: bool
    rank: int
    mode: str
    country: str
    node_id: str
    service_id: str
    item: str


class Prices:
    """Tariffs and emission factors for one cargo class.

    Of several rows that apply, one that names the country comes before one that names the cargo
    class, before one whose unit is a container; then the order of the table decides.
    """

    def __init__(self, corridor: Corridor, cargo: Cargo) -> None:
        self._tariffs = _tariff_rows(corridor.used("tariff"), cargo)
        emissions = corridor.used("emission")
        self._emissions = _emission_rows(emissions, cargo)
        self._emission_by_id = dict(
            zip(
                emissions.text("emission_id"),
                zip(emissions.numbers("value"), _bases(emissions), strict=True),
                strict=True,
            )
        )
        self._payload_t = cargo.payload_t
        self.missing: set[str] = set()

    def haulage(self, mode: str, country: str) -> Price:
        """USD for a km of one unit load by `mode` in `country`."""
        fits = [
            row
            for row in self._tariffs
            if row.item == "haulage" and row.mode == mode and row.country in ("", country)
        ]
        return self._best(fits, f"tariff: no haulage by {mode} in {country}")

    def fare(self, service_id: str) -> Price:
        """USD for one unit load on a service."""
        fits = [row for row in self._tariffs if row.item == "fare" and row.service_id == service_id]
        return self._best(fits, f"tariff: no fare of service {service_id}")

    def handling(self, node_id: str, country: str) -> Price:
        """USD to handle one unit load at a place; not known when no row says it."""
        rows = [row for row in self._tariffs if row.item == "handling"]
        fits = [row for row in rows if row.node_id == node_id] or [
            row for row in rows if not row.node_id and row.country in ("", country)
        ]
        return self._best(fits, "") if fits else FREE

    def emission(self, mode: str, country: str) -> Price:
        """Emission (kg CO2e) of one unit load in a km by `mode` in `country`."""
        fits = [row for row in self._emissions if row.mode == mode and row.country in ("", country)]
        return self._best(fits, f"emission: no factor for {mode} in {country}")

    def emission_of(self, emission_id: str) -> Price:
        """Emission (kg CO2e) of one unit load in a km, by the factor of this id."""
        if emission_id not in self._emission_by_id:
            self.missing.add(f"emission: no factor '{emission_id}'")
            return FREE
        value, basis = self._emission_by_id[emission_id]
        return Price(float(value) * self._payload_t / 1000, basis)

    def _best(self, rows: Sequence[_Row], missing: str) -> Price:
        if not rows:
            self.missing.add(missing)
            return FREE
        best = max(rows, key=lambda row: row.rank)
        return Price(best.amount, best.basis, best.includes)


def _tariff_rows(table: Table, cargo: Cargo) -> list[_Row]:
    per_unit = {
        "usd_per_lorry_km": cargo.lorries,
        "usd_per_lorry": cargo.lorries,
        "usd_per_tkm": cargo.payload_t,
        "usd_per_teu_km": cargo.teu,
        "usd_per_teu": cargo.teu,
        "usd_per_wagon": cargo.wagons,
        "usd_per_unit": 1.0,
    }
    rows = []
    values, classes, bases = table.numbers("value"), table.lists("cargo_class"), _bases(table)
    includes = table.flags("includes_border_fees")
    for ix, unit in enumerate(table.text("unit")):
        factor = per_unit.get(unit, 0.0)
        if factor and (not classes[ix] or cargo.cargo_class in classes[ix]):
            country = table.text("country")[ix]
            rank = 4 * bool(country) + 2 * bool(classes[ix]) + ("teu" in unit)
            rows.append(
                _Row(
                    float(values[ix]) * factor,
                    bases[ix],
                    bool(includes[ix]),
                    rank,
                    table.text("mode")[ix],
                    country,
                    table.text("node_id")[ix],
                    table.text("service_id")[ix],
                    table.text("item")[ix],
                )
            )
    return rows


def _emission_rows(table: Table, cargo: Cargo) -> list[_Row]:
    values, classes, bases = table.numbers("value"), table.lists("cargo_class"), _bases(table)
    rows = []
    for ix, mode in enumerate(table.text("mode")):
        if not classes[ix] or cargo.cargo_class in classes[ix]:
            country = table.text("country")[ix]
            rank = 4 * bool(country) + 2 * bool(classes[ix])
            amount = float(values[ix]) * cargo.payload_t / 1000
            rows.append(_Row(amount, bases[ix], False, rank, mode, country, "", "", "emission"))
    return rows


def _bases(table: Table) -> list[int]:
    return [basis_ix(basis) for basis in table.text("basis")]
