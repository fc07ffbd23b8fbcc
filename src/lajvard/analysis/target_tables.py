"""Tables of the model beside published figures."""

from collections.abc import Callable, Iterable, Sequence

from lajvard.analysis.material import Material
from lajvard.analysis.route_tables import sources_cell
from lajvard.analysis.targets import TargetResult
from lajvard.tables import Cell, Marked, ResultColumn, ResultTable, headed
from lajvard.tables.numbers import percent

KINDS = {
    "distance": "Published lengths",
    "observed": "Observed journeys",
    "market": "Market times and prices",
    "tariff": "Tariffs",
    "official": "Not measured: official statements",
    "planned": "Not measured: plans",
    "claimed": "Not measured: claims",
    "projection": "Not measured: projections of lines that are not built",
}
"""Kinds of published figures in the order of the tables, and their headings."""

GOOD, FAIR = 0.1, 0.3
"""Errors up to which a figure counts as met well, or fairly."""

NOTE = (
    "The model's route is the best by generalised cost under the places and modes of the published "
    "figure; nothing was tuned. The error of a time is that of the expected days against the "
    "nearest published day, 0 within a published range."
)
_LABEL = headed("published figure", width=52, css="label")
_CARGO = headed("unit load", width=22, css="nowrap")
_REMARK = headed("remark", width=70, css="remark")
_SOURCES = headed("sources", width=24, css="sources")
_LENGTH = (
    headed("published", "km", 0),
    headed("model", "km", 0),
    headed("error", share=True),
)
_TIME = (
    headed("published", "days", css="num"),
    headed("model", "expected days", 1),
    headed("model", "p50 – p95, days", css="num", width=16),
    headed("within 5–95 %", width=10),
    headed("error", share=True),
)
_PRICE = (headed("published", "USD", -1), headed("model", "USD", -1), headed("error", share=True))


def validation_tables(material: Material) -> dict[str, ResultTable]:
    """Lengths, times and prices apart, as the page shows them."""
    names = _cargo_names(material)
    every = sorted(material.targets, key=_order)
    return {
        "lengths": _part(
            "lengths",
            "Lengths",
            _LENGTH,
            _length_cells,
            names,
            [t for t in every if t.length_km is not None],
        ),
        "times": _part(
            "times",
            "Times",
            _TIME,
            _time_cells,
            names,
            [t for t in every if t.days_low is not None],
        ),
        "prices": _part(
            "prices",
            "Prices of one unit load",
            _PRICE,
            _price_cells,
            names,
            [t for t in every if t.cost_usd is not None],
        ),
    }


def validation_table(material: Material) -> ResultTable:
    """All in one table, as the workbook has it."""
    names = _cargo_names(material)
    rows = [
        (
            target.target_id,
            KINDS.get(target.kind, target.kind),
            target.label,
            target.year,
            names.get(target.cargo_class, target.cargo_class),
            *_length_cells(target),
            *_time_cells(target),
            *_price_cells(target),
            target.route.name if target.route else "",
            _remark(target),
            sources_cell(target.source_id),
        )
        for target in sorted(material.targets, key=_order)
    ]
    columns = (
        headed("id", width=8),
        headed("kind", width=26),
        _LABEL,
        headed("year", width=8),
        _CARGO,
        *_named("length", _LENGTH),
        *_named("time", _TIME),
        *_named("price", _PRICE),
        headed("route of the model", width=34),
        _REMARK,
        _SOURCES,
    )
    title = "The model beside published figures"
    return ResultTable("validation", title, columns, tuple(rows), NOTE)


def _named(what: str, columns: Sequence[ResultColumn]) -> list[ResultColumn]:
    return [
        headed(f"{what}, {c.heading}", c.unit, c.digits, c.share, c.width, c.css) for c in columns
    ]


def _cargo_names(material: Material) -> dict[str, str]:
    table = material.corridor.used("cargo_class")
    names = (name.split(",")[0] for name in table.text("name"))
    return dict(zip(table.text("cargo_class"), names, strict=True))


def _order(result: TargetResult) -> int:
    kinds = list(KINDS)
    return kinds.index(result.kind) if result.kind in kinds else len(kinds)


def _part(
    name: str,
    title: str,
    columns: tuple[ResultColumn, ...],
    cells: Callable[[TargetResult], tuple[Cell, ...]],
    cargo: dict[str, str],
    targets: Sequence[TargetResult],
) -> ResultTable:
    rows: list[tuple[Cell, ...]] = []
    groups: list[tuple[int, str]] = []
    for target in targets:
        heading = KINDS.get(target.kind, target.kind)
        if not groups or groups[-1][1] != heading:
            groups.append((len(rows), heading))
        label = Marked(_label(target), "label", hint=target.route.name if target.route else "")
        rows.append(
            (
                label,
                cargo.get(target.cargo_class, target.cargo_class),
                *cells(target),
                _remark(target),
                sources_cell(target.source_id),
            )
        )
    return ResultTable(
        name,
        title,
        (_LABEL, _CARGO, *columns, _REMARK, _SOURCES),
        tuple(rows),
        "",
        tuple(groups),
        "validation",
    )


def _label(result: TargetResult) -> str:
    named = not result.year or result.year in result.label
    return result.label if named else f"{result.label}, {result.year}"


def _remark(result: TargetResult) -> str:
    if result.route is not None:
        return result.note
    reason = result.reason.split(" There is one without")[0]
    return f"{result.note}. {reason[:1].upper()}{reason[1:]}" if result.note else reason


def _length_cells(result: TargetResult) -> tuple[Cell, ...]:
    model = result.route.distance_km if result.route and result.length_km is not None else None
    return result.length_km, model, error_cell(result.length_error)


def _time_cells(result: TargetResult) -> tuple[Cell, ...]:
    low, high, route = result.days_low, result.days_high, result.route
    if low is None:
        return "", None, "", "", None
    published = f"{low:g}" if high is None or high == low else f"{low:g} – {high:g}"
    if route is None:
        return published, None, "", "", None
    spread = f"{route.p50_h / 24:.1f} – {route.p95_h / 24:.1f}"
    within = Marked("yes", "good") if result.within_spread else Marked("no", "poor")
    return published, route.time_h / 24, spread, within, error_cell(result.time_error)


def _price_cells(result: TargetResult) -> tuple[Cell, ...]:
    model = result.route.cost_usd if result.route and result.cost_usd is not None else None
    return result.cost_usd, model, error_cell(result.cost_error)


def error_cell(value: float | None) -> Cell:
    r"""A relative error with its sign, coloured by its size.

    >>> error_cell(-0.034).text
    '−3\xa0%'
    """
    if value is None:
        return None
    css = "good" if abs(value) <= GOOD else "fair" if abs(value) <= FAIR else "poor"
    return Marked(value, css, text=percent(value, sign=True))


def telling(targets: Iterable[TargetResult]) -> list[TargetResult]:
    """The figures that tell how well the model does: measured, independent, with a route."""
    return [
        target
        for target in targets
        if target.measured and target.independent and target.route is not None
    ]
