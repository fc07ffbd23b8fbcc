"""What the line costs to build and to keep, a year and a Gbit/s."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from lajvard.fibre.line.legs import CablePath
from lajvard.fibre.line.system import FibreLine, hut_count
from lajvard.fibre.optics.line import OpticalLine
from lajvard.fibre.parameters import Parameters

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Bill:
    """What something costs.

    Attributes
    ----------
    built_musd
        To build it, by item, in million USD.
    yearly_musd
        To keep it a year, by item.
    life_years, discount_rate
        Over which what was built is paid back.
    lit_gbit_s
        Capacity that is lit and sold.
    """

    name: str
    built_musd: Mapping[str, float]
    yearly_musd: Mapping[str, float]
    life_years: float
    discount_rate: float
    lit_gbit_s: float

    @property
    def capital_musd(self) -> float:
        """Capital cost."""
        return sum(self.built_musd.values())

    @property
    def operating_musd(self) -> float:
        """Operating cost a year."""
        return sum(self.yearly_musd.values())

    @property
    def annual_musd(self) -> float:
        """Capital cost as an annuity, and operating cost."""
        return (
            self.capital_musd * annuity(self.discount_rate, self.life_years) + self.operating_musd
        )

    @property
    def usd_per_gbit_month(self) -> float:
        """USD for one Gbit/s for a month: what sales have to bring in."""
        return self.annual_musd * 1e6 / (self.lit_gbit_s * MONTHS)


def annuity(rate: float, years: float) -> float:
    """Yearly payment for a loan of 1 at `rate` over `years`.

    Examples
    --------
    >>> round(annuity(0.08, 25), 5), annuity(0.0, 25)
    (0.09368, 0.04)
    """
    return rate / (1 - (1 + rate) ** -years) if rate else 1 / years


def span_bill(line: FibreLine) -> Bill:
    """The submarine span alone: cable with its landing stations, what is in it, and modems.

    The price of the cable is all-in, as one was published for another crossing of the same sea.
    """
    p, leg, design = line.parameters, line.sea_leg, line.way.line
    route = line.sea_route
    repairs = p["route_repairs"] if route else p["sea_rate"] * leg.length_km / 1e3
    repeaters = design.sites.count("repeater")
    repairs += repeaters * p["repeater_rate"]
    built = {
        "submarine cable, all-in": p["sea_cable_cost"] * leg.length_km / 1e3,
        "repeaters": repeaters * p["repeater_cost"] / 1e3,
        "remote amplifier": design.sites.count("remote amplifier") * p["remote_cost"] / 1e3,
        "modems": _modems(design, p),
    }
    yearly = {
        "operation": p["operating_share"] * sum(built.values()),
        "repairs": repairs * p["repair_cost"] / 1e6,
    }
    return _bill("the submarine span", built, yearly, p)


def _modems(design: OpticalLine, p: Mapping[str, float]) -> float:
    """Million USD for the modems of what is lit; of all channels at least one."""
    channel_tbit_s = design.capacity_tbit_s / design.comb.n_channels
    if not channel_tbit_s:
        return 0.0
    return max(1, ceil(p["lit_capacity"] / channel_tbit_s - 1e-9)) * p["modem_cost"] / 1e3


def _bill(name: str, built: dict[str, float], yearly: dict[str, float], p: Parameters) -> Bill:
    built = {item: amount for item, amount in built.items() if amount}
    rate = p["discount_rate"]
    return Bill(name, built, yearly, p["life"], rate, p["lit_capacity"] * 1e3)


def line_bill(line: FibreLine, *, second_ways: bool = False) -> Bill:
    """The whole line with all cables on land laid anew, and if wanted the second ways on land.

    Cables that lie already would be rented for less; a second way across the sea is not built
    here, it would be rented on another cable, whose price is not published.
    """
    p, sea = line.parameters, span_bill(line)
    paths = [
        path
        for stage in (line.stages[0], line.stages[2])
        for path in _ways(stage.first, stage.second, second_ways)
    ]
    km = sum(path.length_km for path in paths)
    built = {
        **sea.built_musd,
        "cables on land": km * p["land_cable_cost"] / 1e3,
        "huts": sum(hut_count(path, p) for path in paths) * p["hut_cost"] / 1e3,
        "terminals on land": 2 * len(paths) * p["terminal_cost"],
    }
    built["modems"] = sea.built_musd.get("modems", 0.0) + sum(
        _modems(line.land_lines[at, 0], p) for at in (0, 2)
    )
    cuts = p["land_cut_rate"] * km / 1e3
    yearly = {
        "operation": p["operating_share"] * sum(built.values()),
        "repairs": sea.yearly_musd["repairs"] + cuts * p["land_repair_cost"] / 1e3,
    }
    ends = f"{line.stages[0].first.places[0]} - {line.stages[2].first.places[-1]}"
    name = f"{ends}, both ways on land" if second_ways else ends
    return _bill(name, built, yearly, p)


def _ways(first: CablePath, second: CablePath, both: bool) -> tuple[CablePath, ...]:
    return (first, second) if both else (first,)
