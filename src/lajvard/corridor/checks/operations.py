"""Checks of what operates: services, prices and emission factors, chains of rules."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from lajvard.corridor.checks.findings import Findings, Guess
from lajvard.corridor.checks.view import BY_SERVICE, UNITS, FloatArray, View, usable_modes
from lajvard.corridor.table import Table
from lajvard.schema import MODES
from lajvard.schema.cells import numbers

_PAID_BY = {
    "usd_per_lorry_km": "lorries",
    "usd_per_lorry": "lorries",
    "usd_per_teu_km": "teu",
    "usd_per_teu": "teu",
    "usd_per_wagon": "wagons",
}


def check_operations(view: View, findings: Findings) -> None:
    """Report services that cannot run, what has no price or factor, and rules in a circle."""
    _check_services(view, findings)
    _check_fleets(view, findings)
    _check_gauges(view, findings)
    _check_prices(view, findings)
    for table, column in (("regime", "requires"), ("procedure", "part_of")):
        _check_circles(view.corridor.used(table), column, findings)
    _check_alternatives(view, findings)
    _check_seasons(view.corridor["demand"], findings)


def _check_services(view: View, findings: Findings) -> None:
    """Services that never leave: nothing comes to fill them, or their timetable is empty."""
    table = view.corridor["service"]
    operation, arrivals = (
        np.array(table.text("operation"), object),
        table.numbers("arrivals_per_day"),
    )
    never = (operation == "leaves_when_full") & (arrivals == 0)
    findings.add(
        "error",
        table,
        np.flatnonzero(never & np.isnan(table.numbers("max_wait_h"))).tolist(),
        "arrivals_per_day",
        "it never leaves, since nothing comes to fill it: found",
        remedy="Say how many units come for it in a day, or give max_wait_h.",
    )
    calendars = view.corridor.used("calendar")
    timed = {
        name
        for name, kind in zip(calendars.text("calendar_id"), calendars.text("kind"), strict=True)
        if kind == "departures"
    }
    ids = table.text("calendar_id")
    wrong = [
        ix
        for ix, word in enumerate(operation)
        if word == "timetable" and ids[ix] and ids[ix] not in timed
    ]
    remedy = "Name a calendar of the kind departures."
    findings.add("error", table, wrong, "calendar_id", "has no departures:", remedy=remedy)


def _check_fleets(view: View, findings: Findings) -> None:
    """Services for which more units come than their fleet can carry: the queue has no end.

    Round trips of a vessel take twice sailing, loading and unloading. Services of one fleet
    share its vessels, of which each row states the number; a headway sets the departures itself.
    """
    table = view.services
    arrivals, capacity = table.numbers("arrivals_per_day"), table.numbers("capacity")
    stay = np.nan_to_num(table.numbers("loading_h")) + np.nan_to_num(table.numbers("unloading_h"))
    round_trip_h = 2 * (table.numbers("sailing_h") + stay)
    vessels = table.numbers("vessels")
    with np.errstate(divide="ignore", invalid="ignore"):
        by_headway = 24 / table.numbers("headway_h")
        departures = arrivals / capacity
    over: dict[int, str] = {}
    for rows in _fleets(view).values():
        if np.isfinite(vessels[rows]).any():
            needed = float(np.nansum(departures[rows] * round_trip_h[rows] / 24))
            has = float(np.nanmax(vessels[rows]))
            if needed > has:
                words = f"(it takes {needed:.1f} vessels, the fleet has {has:.0f}), found"
                over |= {ix: words for ix in rows if arrivals[ix] > 0}
    for ix in np.flatnonzero(departures > by_headway).tolist():
        over[ix] = f"(it leaves {by_headway[ix]:.1f} times a day), found"
    findings.add(
        "warning",
        table,
        sorted(over),
        "arrivals_per_day",
        "more comes in a day than the service can carry",
        detail=lambda ix: over[ix],
        remedy="Look at arrivals, capacity, vessels and hours.",
    )


def _fleets(view: View) -> Mapping[str, list[int]]:
    fleets: dict[str, list[int]] = defaultdict(list)
    ids, names = view.services.text("service_id"), view.services.text("fleet_id")
    for ix in view.open_services:
        fleets[f"fleet {names[ix]}" if names[ix] else f"service {ids[ix]}"].append(ix)
    return fleets


def _check_gauges(view: View, findings: Findings) -> None:
    gauges = view.links.text("gauge_mm")
    rows = [ix for ix, mode in enumerate(view.link_modes) if mode == "rail" and not gauges[ix]]
    remedy = "Say whether it is 1435, 1520 or another: wagons cannot change it."
    findings.add("warning", view.links, rows, "gauge_mm", "a railway without gauge", remedy=remedy)


def _check_prices(view: View, findings: Findings) -> None:
    """Haulage, fares and emission factors that something in use would need."""
    classes = {
        cell: usable_modes(view, cell)
        for cell in dict.fromkeys(view.corridor.used("cargo_class").text("cargo_class"))
        if cell
    }
    prices = _Prices(view.now("tariff"), view)
    factors = _Prices(view.now("emission"), view)
    wanted = sorted(_used(view))
    for name, known, item, message in (
        ("tariff", prices, "haulage", "no price of haulage"),
        ("emission", factors, "", "no emission factor"),
    ):
        missing = [
            f"{mode} in {country} for {', '.join(lacking)}"
            for mode, country in wanted
            if (
                lacking := [
                    cargo_class
                    for cargo_class, modes in classes.items()
                    if mode in modes and not known.has(item, mode, country, cargo_class)
                ]
            )
        ]
        column = "country"
        remedy = "Add a row, or one without country that holds everywhere."
        findings.add_to_table("warning", name, column, missing, message, remedy)
    _check_fares(view, prices, factors, classes, findings)


def _used(view: View) -> set[tuple[str, str]]:
    """Modes and countries in which goods move on operating roads and railways."""
    modes, countries = np.array(view.link_modes, dtype=object), view.countries
    found: set[tuple[str, str]] = set()
    for mode in sorted(set(MODES) - set(BY_SERVICE)):
        on = view.open_links & (modes == mode)
        ends = np.unique(np.concatenate([view.start[on], view.end[on]])).tolist()
        found |= {(mode, countries[ix]) for ix in ends if countries[ix]}
    return found


class _Prices:
    """Prices or factors: which exist for an item, a mode, a country and a cargo class."""

    def __init__(self, table: Table, view: View) -> None:
        cargo = view.corridor.used("cargo_class")
        carried = {
            units: dict(
                zip(cargo.text("cargo_class"), (cargo.numbers(units) > 0).tolist(), strict=True)
            )
            for units in {*UNITS.values()}
        }
        every = [cell for cell in cargo.text("cargo_class") if cell]
        self._known: set[tuple[str, str, str, str]] = set()
        self.fares: set[tuple[str, str]] = set()
        is_tariff = table.name == "tariff"
        names = ("item", "unit", "service_id") if is_tariff else ("mode",) * 3
        rows = zip(
            *(table.text(name) for name in ("mode", "country", *names)),
            table.lists("cargo_class"),
            strict=True,
        )
        for mode, country, item, unit, service, classes in rows:
            for cargo_class in classes or every:
                units = _PAID_BY.get(unit) if is_tariff else None
                if units is None or carried[units].get(cargo_class):
                    self._known.add((item if is_tariff else "", mode, country, cargo_class))
                    if is_tariff and item == "fare":
                        self.fares.add((service, cargo_class))

    def has(self, item: str, mode: str, country: str, cargo_class: str) -> bool:
        """Whether a row applies, be it one that names no country."""
        places = (country, "")
        return any((item, mode, place, cargo_class) in self._known for place in places)


def _check_fares(
    view: View,
    prices: _Prices,
    factors: _Prices,
    classes: Mapping[str, Sequence[str]],
    findings: Findings,
) -> None:
    """Operating services that have no fare, or no emission factor, for what they can take."""
    services = view.services
    ids, own_factor = services.text("service_id"), services.text("emission_id")
    no_fare: dict[int, list[str]] = {}
    no_factor: dict[int, list[str]] = {}
    for ix in view.open_services:
        link = int(view.service_links[ix])
        travels, country = view.link_modes[link], view.countries[int(view.start[link])]
        taken = [name for name, modes in classes.items() if view.service_mode(ix) in modes]
        no_fare[ix] = [name for name in taken if (ids[ix], name) not in prices.fares]
        if not own_factor[ix]:
            no_factor[ix] = [name for name in taken if not factors.has("", travels, country, name)]
    remedies = "Add one to tariff.csv.", "Name one, or add one for its mode."
    _report_lack(view, "service_id", no_fare, "no fare", remedies[0], findings)
    _report_lack(view, "emission_id", no_factor, "no emission factor", remedies[1], findings)


def _report_lack(
    view: View,
    column: str,
    lacking: Mapping[int, Sequence[str]],
    message: str,
    remedy: str,
    findings: Findings,
) -> None:
    """Report services that lack something for some cargo classes."""
    ids = view.services.text("service_id")
    findings.add(
        "warning",
        view.services,
        [ix for ix, classes in lacking.items() if classes],
        column,
        message,
        detail=lambda ix: f"for {', '.join(lacking[ix])} on service",
        value=lambda ix: ids[ix],
        remedy=remedy,
    )


def _check_circles(table: Table, column: str, findings: Findings) -> None:
    """Rules that require themselves, and times that contain themselves."""
    key = table.text(table.schema.key[0])
    needs: dict[str, tuple[str, ...]] = {}
    for name, wanted in zip(key, table.lists(column), strict=True):
        needs[name] = needs.get(name, ()) + wanted
    first = {name: ix for ix, name in reversed(list(enumerate(key)))}
    for circle in _circles(needs):
        findings.add(
            "error",
            table,
            [first[circle[0]]],
            column,
            "goes in a circle:",
            value=" > ".join([*circle, circle[0]]),
            remedy="Take one of them out.",
        )


def _circles(needs: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Circles of a directed graph, each once, by depth-first search without recursion."""
    done: set[str] = set()
    for root in needs:
        path: dict[str, int] = {}
        stack = [(root, iter(needs[root]))] if root not in done else []
        while stack:
            name, rest = stack[-1]
            if len(path) < len(stack):
                path[name] = len(path)
            follower = next(rest, None)
            if follower is None:
                stack.pop()
                done.add(path.popitem()[0])
            elif follower in path:
                yield list(path)[path[follower] :]
            elif follower not in done and follower in needs:
                stack.append((follower, iter(needs[follower])))


def _check_alternatives(view: View, findings: Findings) -> None:
    """What an alternative names is a place, country, mode, link or service."""
    table = view.corridor["alternative"]
    known = {*view.node_ix, *view.countries, *MODES}
    known |= {*view.links.text("link_id"), *view.services.text("service_id")}
    for column in ("via", "avoid"):
        _check_names(table, column, known, findings)


def _check_names(table: Table, column: str, known: Collection[str], findings: Findings) -> None:
    guess = Guess(known)
    wrong = {
        ix: unknown
        for ix, names in enumerate(table.lists(column))
        if (unknown := [name for name in names if name not in known])
    }
    findings.add(
        "error",
        table,
        sorted(wrong),
        column,
        "is no place, country, mode, link or service:",
        value=lambda ix: "', '".join(wrong[ix]),
        remedy=lambda ix: guess(wrong[ix][0]),
    )


def _check_seasons(table: Table, findings: Findings) -> None:
    seasons = table.lists("seasonality")
    wrong = []
    for ix, cells in enumerate(seasons):
        factors = numbers(cells)
        if np.isfinite(factors).all() and not (len(cells) in (0, 12) and _is_one(factors)):
            wrong.append(ix)
    message = "expected twelve factors with mean 1, found"
    findings.add("error", table, wrong, "seasonality", message)


def _is_one(factors: FloatArray) -> bool:
    return not len(factors) or abs(float(factors.mean()) - 1) < 0.01
