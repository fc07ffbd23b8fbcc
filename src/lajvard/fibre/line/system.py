"""The whole line: its ways, its designs, and everything on it that fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike

from lajvard.corridor import Corridor, without_errors
from lajvard.errors import InputError
from lajvard.fibre.line.availability import (
    Availability,
    Part,
    beside,
    in_series,
    one_way,
    two_ways,
)
from lajvard.fibre.line.legs import CablePath, Leg, LineStage, find_stages, span_row
from lajvard.fibre.optics.design import (
    OPTICAL,
    SeaCrossing,
    design_land,
    even_spans,
    land_fibre,
    longest_span_km,
    ways_across,
)
from lajvard.fibre.optics.line import OpticalLine
from lajvard.fibre.parameters import Parameters, Range
from lajvard.fibre.seabed.cable_path import CableDesign, CableRoute, design_route
from lajvard.fibre.seabed.depth import read_seabed
from lajvard.fibre.sites import landing, line_ends, main_span
from lajvard.progress import Report, quiet

TOPICS = ("fibre", "seabed")
"""Topics of the parameters that the line needs."""
LENGTHS = frozenset(("slack", "landing_detour"))
"""Parameters by which ways are found."""
ORDER = "shutdown by order in "
"""Begins the names of parts that take every link of a country, this line and all others; its code
follows. Parameters are `shutdowns_` and `shutdown_length_` with the code in small letters."""
ROUTE_REPAIRS = "route_repairs"
"""Expected repairs a year of a crossing whose route was worked out, in place of `sea_rate`."""
_SAME_KM = 1e-6
LAYOUT = LENGTHS | OPTICAL | {"land_span_loss"}
"""Parameters by which lines are designed."""


@dataclass(frozen=True, eq=False)
class FibreLine:
    """A line from end to end over one submarine span, worked out.

    Attributes
    ----------
    stages
        Before, across and behind the sea, with two ways each.
    ways
        Ways to span the sea, the simplest first.
    sea_km
        Length of the span where it is not the table's.
    sea_route
        The route on the seabed in the direction of the line, its cable as long as the span; None
        where only its length is known.
    notes
        What a reader of results should know of that seabed.
    """

    corridor: Corridor
    parameters: Parameters
    stages: tuple[LineStage, ...]
    ways: tuple[SeaCrossing, ...]
    span_id: str
    band: str
    sea_km: float | None = None
    sea_route: CableRoute | None = None
    notes: tuple[str, ...] = ()

    @property
    def coarse(self) -> bool:
        """Whether length and repairs of the crossing rest on a coarse seabed."""
        return self.sea_route is not None and self.sea_route.coarse

    @property
    def sea(self) -> LineStage:
        """The stage across the sea."""
        return self.stages[1]

    @property
    def sea_leg(self) -> Leg:
        """The span itself."""
        return next(leg for leg in self.sea.first.legs if leg.leg_id == self.span_id)

    @property
    def way(self) -> SeaCrossing:
        """The simplest way across the sea that works."""
        return next((way for way in self.ways if way.works), self.ways[-1])

    @cached_property
    def land_lines(self) -> Mapping[tuple[int, int], OpticalLine]:
        """Designs of the ways on land, by stage and way."""
        return {
            (at, number): design_path(f"{stage.name}, way {number + 1}", path, self.parameters)
            for at, stage in enumerate(self.stages)
            for number, path in enumerate((stage.first, stage.second))
            if not path.sea_km
        }

    @cached_property
    def parts(self) -> tuple[tuple[Part, ...], ...]:
        """All that fails, by stage."""
        return tuple(
            stage_parts(
                stage, self.parameters, span_id=self.span_id, way=self.way, route=self.sea_route
            )
            for stage in self.stages
        )

    @cached_property
    def unprotected(self) -> Availability:
        """Over the first ways alone."""
        return in_series(*(one_way(parts) for parts in self.parts))

    @cached_property
    def protected(self) -> Availability:
        """With the second way of each stage."""
        return in_series(*(two_ways(parts) for parts in self.parts))

    @cached_property
    def without_span(self) -> Availability:
        """Over both ways on land, and across the sea over the other cables alone."""
        found = [two_ways(parts) for parts in self.parts]
        found[1] = one_way(self.parts[1], 1)
        return in_series(*found)

    def with_links(self, others: Availability) -> Availability:
        """The line beside other links of which one is enough.

        An order to shut down takes all of them, and is not made rarer by more links.
        """
        orders = [part for parts in self.parts for part in parts if part.name.startswith(ORDER)]
        rest = in_series(
            *(two_ways([p for p in parts if not p.name.startswith(ORDER)]) for parts in self.parts)
        )
        return in_series(beside(others, rest), one_way(orders))

    def with_parameters(self, **values: float) -> "FibreLine":
        """The same line with other values of parameters; only what they touch is worked out."""
        numbers = self.parameters.with_parameters(**values)
        changed = {name for name, value in values.items() if value != self.parameters[name]}
        stages, ways = self.stages, self.ways
        if changed & LENGTHS:
            ends = (stages[0].first.legs[0].start, stages[2].first.legs[-1].end)
            stages = find_stages(
                self.corridor, numbers, ends=ends, span_id=self.span_id, sea_km=self.sea_km
            )
        if changed & (LENGTHS | OPTICAL):
            ways = _ways(replace(self, stages=stages), numbers)
        found = replace(self, parameters=numbers, stages=stages, ways=ways)
        if not changed & LAYOUT:
            found.__dict__["land_lines"] = self.land_lines  # what the cached property would make
        return found


def design_fibre_line(
    corridor: Corridor,
    *,
    parameters: Parameters | None = None,
    ends: tuple[str, str] | None = None,
    span_id: str | None = None,
    band: str = "C",
    sea_km: float | None = None,
    cable: CableDesign | None = None,
) -> FibreLine:
    """Find the ways of the line and design it.

    Parameters
    ----------
    parameters
        In place of those of the corridor.
    ends
        Identifiers of the places where the line begins and ends; by default the terminals of the
        table `cable_site`.
    span_id
        The submarine span that it crosses the sea by; by default the first of the table
        `cable_span` that is not ended.
    band
        ``C`` or ``C+L``.
    sea_km
        Length of the span in place of that of the table or of the route.
    cable
        Routes on the seabed between the landings of the span, of which the cheapest is taken;
        without them the length of the span is the table's, or the geodesic with slack.

    Raises
    ------
    InputError
        A place, span or band is not known, no way leads from end to end, or the cable has another
        length or other landings than the span.
    """
    numbers = parameters or Parameters.of(without_errors(corridor), *TOPICS)
    if cable is not None:
        numbers = numbers.also(**{ROUTE_REPAIRS: _route_repairs(cable)})
        if sea_km is not None and abs(sea_km - cable.best.cable_km) > _SAME_KM:
            found = f"{sea_km:g} km beside a route of {cable.best.cable_km:.1f} km of cable"
            raise InputError("sea_km", found, "Give a length or a route, not both.")
        sea_km = cable.best.cable_km
    span_id = span_id or span_of(corridor)
    ends = line_ends(corridor, *(ends or ()))
    stages = find_stages(corridor, numbers, ends=ends, span_id=span_id, sea_km=sea_km)
    line = FibreLine(corridor, numbers, stages, (), span_id, band, sea_km)
    if cable is not None:
        line = replace(line, sea_route=_along(cable, line.sea_leg), notes=cable.notes)
    return replace(line, ways=_ways(line, numbers))


def _along(cable: CableDesign, leg: Leg) -> CableRoute:
    """The cheapest route in the direction of the span of the line."""
    landings = cable.start.site_id, cable.end.site_id
    if landings == (leg.start, leg.end):
        return cable.best
    if landings == (leg.end, leg.start):
        return cable.best.reversed()
    found = f"a route from '{landings[0]}' to '{landings[1]}'"
    remedy = f"Give one between '{leg.start}' and '{leg.end}', or another span."
    raise InputError(f"span '{leg.leg_id}'", found, remedy)


def _route_repairs(cable: CableDesign) -> Range:
    """Repairs along the cheapest route as a number with its range."""
    rates = [one.repairs_per_year for one in (cable.best, cable.low, cable.high)]
    meaning = "repairs along the route; low and high: all numbers of seabed and hazards at an end"
    return Range(rates[0], rates[1], rates[2], "1/a", meaning, "estimate")


def span_of(corridor: Corridor) -> str:
    """The submarine span that the line is about.

    Raises
    ------
    InputError
        There is none.
    """
    span = main_span(corridor)
    if span is None:
        remedy = "Write one into cable_span.csv, its landings into cable_site.csv."
        raise InputError(f"corridor '{corridor.name}'", "it has no submarine span", remedy)
    return span


def seabed_route(
    corridor: Corridor,
    span_id: str | None = None,
    *,
    bathymetry: str | PathLike[str] | None = None,
    progress: Report = quiet,
) -> CableDesign:
    """The cheapest route over the seabed for a submarine span of the corridor.

    Parameters
    ----------
    span_id
        By default the first of the table `cable_span` that is not ended.
    bathymetry
        A grid of depths, see `read_seabed`; by default the soundings of the corridor, which give
        a coarse surface: good for lengths and repairs, not for laying.
    """
    spans, row = corridor.used("cable_span"), span_row(corridor, span_id or span_of(corridor))
    ends = [landing(corridor, spans.text(c)[row]) for c in ("from_site_id", "to_site_id")]
    places = [(end.lon, end.lat) for end in ends]
    seabed = read_seabed(corridor, bathymetry, places=places)
    here, there = (end.site_id for end in ends)
    return design_route(corridor, here, there, seabed=seabed, weights=(1.0,), progress=progress)


def _ways(line: FibreLine, parameters: Parameters) -> tuple[SeaCrossing, ...]:
    leg = line.sea_leg
    ends = (leg.start_name, leg.end_name)
    return ways_across(f"{ends[0]} - {ends[1]}", ends, leg.length_km, parameters, band=line.band)


def design_path(name: str, path: CablePath, parameters: Mapping[str, float]) -> OpticalLine:
    """The line along a way on land; amplifiers stand where losses ask for them."""
    return design_land(
        name, (path.legs[0].start_name, path.legs[-1].end_name), [path.length_km], parameters
    )


def stage_parts(
    stage: LineStage,
    parameters: Mapping[str, float],
    *,
    span_id: str,
    way: SeaCrossing,
    route: CableRoute | None = None,
) -> tuple[Part, ...]:
    """Everything of a stage that fails: cables, huts, repeaters, terminals, and orders."""
    found: list[Part] = []
    paths = (stage.first, stage.second)
    beside = {frozenset(pair) for pair in stage.beside}
    for number, path in enumerate(paths):
        for leg in path.legs:
            if leg.leg_id in stage.shared:
                if number == 0:
                    found.append(_cable(leg, parameters, (0, 1), 1.0))
            elif leg.leg_id == span_id and route is not None:
                rate = parameters[ROUTE_REPAIRS]
                found.append(_ship(leg_name(leg), rate, (number,), parameters))
            elif frozenset((leg.start, leg.end)) in beside:
                share = parameters["parallel_share"]
                found.append(_cable(leg, parameters, (number,), 1 - share))
                if number == 0:
                    found.append(_cable(leg, parameters, (0, 1), share))
            else:
                found.append(_cable(leg, parameters, (number,), 1.0))
        found += _stations(stage, number, parameters, span_id, way)
    for code in dict.fromkeys(code for path in paths for code in path.countries):
        if f"shutdowns_{code.lower()}" in parameters:
            rate = parameters[f"shutdowns_{code.lower()}"]
            length = parameters[f"shutdown_length_{code.lower()}"]
            ways = tuple(n for n, path in enumerate(paths) if code in path.countries)
            found.append(Part(ORDER + code, rate, length, ways))
    return tuple(found)


def _cable(leg: Leg, parameters: Mapping[str, float], ways: tuple[int, ...], share: float) -> Part:
    """The cable of a leg; `share` of its cuts."""
    if leg.medium == "sea":
        return _ship(leg_name(leg), parameters["sea_rate"] * leg.length_km / 1e3, ways, parameters)
    rate = share * parameters["land_cut_rate"] * leg.length_km / 1e3
    if leg.medium == "railway":
        rate *= parameters["railway_cut_share"]
    what = "both cables" if len(ways) == 2 else leg.medium
    return Part(f"{leg_name(leg)} ({what})", rate, parameters["land_repair"], ways)


def leg_name(leg: Leg) -> str:
    """A leg in the words of readers."""
    return f"{leg.start_name} - {leg.end_name}"


def _ship(name: str, rate: float, ways: tuple[int, ...], parameters: Mapping[str, float]) -> Part:
    return Part(f"{name} (sea)", rate, 24.0 * parameters["sea_repair"], ways, by_ship=True)


def _stations(
    stage: LineStage, number: int, parameters: Mapping[str, float], span_id: str, way: SeaCrossing
) -> list[Part]:
    """Huts, repeaters and terminals of one way."""
    path = (stage.first, stage.second)[number]
    huts = hut_count(path, parameters)
    name = f"{stage.title}, way {number + 1}"
    found = [
        Part(f"huts {name}", huts * parameters["hut_rate"], parameters["hut_repair"], (number,)),
        Part(
            f"terminals {name}",
            2 * parameters["terminal_rate"],
            parameters["terminal_repair"],
            (number,),
        ),
    ]
    repeaters = way.line.sites.count("repeater")
    if repeaters and span_id in {leg.leg_id for leg in path.legs}:
        rate = repeaters * parameters["repeater_rate"]
        found.append(_ship(f"repeaters {name}", rate, (number,), parameters))
    return found


def hut_count(path: CablePath, parameters: Mapping[str, float]) -> int:
    """Huts between the ends of the stretches of a way on land."""
    longest = longest_span_km(land_fibre(parameters), parameters)
    stretches = land_stretches(path)
    return sum(len(even_spans([length], longest)) - 1 for length in stretches)


def land_stretches(path: CablePath) -> Sequence[float]:
    """Lengths of cable on land between the sea and the ends, in km."""
    found, km = [], 0.0
    for leg in path.legs:
        if leg.medium == "sea":
            found.append(km)
            km = 0.0
        else:
            km += leg.length_km
    return [length for length in (*found, km) if length > 0]
