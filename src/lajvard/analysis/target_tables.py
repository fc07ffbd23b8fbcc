"""Tables of the model beside published figures."""

from collections.abc import Callable, Iterable, Sequence

from lajvard.analysis.report_data import ReportData
from lajvard.analysis.route_tables import sources_cell
from lajvard.analysis.targets import TargetResult
from lajvard.routes import Route
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
_Measure = tuple[ResultColumn, Callable[[TargetResult], Cell]]
"""A column, and what it says of a published figure."""

_LABEL = headed("published figure", width=52, css="label")
_CARGO = headed("unit load", width=22, css="nowrap")
_REMARK = headed("remark", width=70, css="remark")
_SOURCES = headed("sources", width=24, css="sources")


def validation_tables(material: ReportData) -> dict[str, ResultTable]:
    """Lengths, times and prices apart, as the page shows them."""
    names = _cargo_names(material)
    every = sorted(material.targets, key=_order)
    lengths = [target for target in every if target.length_km is not None]
    times = [target for target in every if target.days_low is not None]
    prices = [target for target in every if target.cost_usd is not None]
    return {
        "lengths": _part("lengths", "Lengths", _LENGTH, names, lengths),
        "times": _part("times", "Times", _TIME, names, times),
        "prices": _part("prices", "Prices of one unit load", _PRICE, names, prices),
    }


def validation_table(material: ReportData) -> ResultTable:
    """All in one table, as the workbook has it."""
    names = _cargo_names(material)
    return ResultTable.each(
        "validation",
        (
            (headed("id", width=8), lambda target: target.target_id),
            (headed("kind", width=26), lambda target: KINDS.get(target.kind, target.kind)),
            (_LABEL, lambda target: target.label),
            (headed("year", width=8), lambda target: target.year),
            (_CARGO, lambda target: names.get(target.cargo_class, target.cargo_class)),
            *_named("length", _LENGTH),
            *_named("time", _TIME),
            *_named("price", _PRICE),
            (
                headed("route of the model", width=34),
                lambda target: target.route.name if target.route else "",
            ),
            (_REMARK, _remark),
            (_SOURCES, lambda target: sources_cell(target.source_id)),
        ),
        sorted(material.targets, key=_order),
        title="The model beside published figures",
        note=NOTE,
    )


def _named(what: str, measures: Sequence[_Measure]) -> list[_Measure]:
    return [
        (headed(f"{what}, {c.title}", c.unit, c.digits, c.share, c.width, c.css), says)
        for c, says in measures
    ]


def _cargo_names(material: ReportData) -> dict[str, str]:
    table = material.corridor.used("cargo_class")
    names = (name.split(",")[0] for name in table.text("name"))
    return dict(zip(table.text("cargo_class"), names, strict=True))


def _order(result: TargetResult) -> int:
    kinds = list(KINDS)
    return kinds.index(result.kind) if result.kind in kinds else len(kinds)


def _part(
    name: str,
    title: str,
    measures: Sequence[_Measure],
    cargo: dict[str, str],
    targets: Sequence[TargetResult],
) -> ResultTable:
    return ResultTable.each(
        name,
        (
            (_LABEL, _label_cell),
            (_CARGO, lambda target: cargo.get(target.cargo_class, target.cargo_class)),
            *measures,
            (_REMARK, _remark),
            (_SOURCES, lambda target: sources_cell(target.source_id)),
        ),
        targets,
        title=title,
        group=lambda target: KINDS.get(target.kind, target.kind),
        css="validation",
    )


def _label_cell(result: TargetResult) -> Cell:
    return Marked(_label(result), "label", hint=result.route.name if result.route else "")


def _label(result: TargetResult) -> str:
    named = not result.year or result.year in result.label
    return result.label if named else f"{result.label}, {result.year}"


def _remark(result: TargetResult) -> str:
    if result.route is not None:
        return result.note
    reason = result.reason.split(" There is one without")[0]
    return f"{result.note}. {reason[:1].upper()}{reason[1:]}" if result.note else reason


def _model_km(result: TargetResult) -> Cell:
    return result.route.distance_km if result.route and result.length_km is not None else None


def _model_usd(result: TargetResult) -> Cell:
    return result.route.cost_usd if result.route and result.cost_usd is not None else None


def _published_days(result: TargetResult) -> Cell:
    low, high = result.days_low, result.days_high
    if low is None:
        return ""
    return f"{low:g}" if high is None or high == low else f"{low:g} – {high:g}"


def _timed(result: TargetResult) -> Route | None:
    """The route of the model, where a time was published."""
    return result.route if result.days_low is not None else None


def _model_days(result: TargetResult) -> Cell:
    route = _timed(result)
    return route.time_h / 24 if route else None


def _spread(result: TargetResult) -> Cell:
    route = _timed(result)
    return f"{route.p50_h / 24:.1f} – {route.p95_h / 24:.1f}" if route else ""


def _within(result: TargetResult) -> Cell:
    if _timed(result) is None:
        return ""
    return Marked("yes", "good") if result.within_spread else Marked("no", "poor")


def _time_error(result: TargetResult) -> Cell:
    return error_cell(result.time_error) if _timed(result) else None


def error_cell(value: float | None) -> Cell:
    r"""A relative error with its sign, coloured by its size.

    >>> error_cell(-0.034).text
    '−3\xa0%'
    """
    if value is None:
        return None
    css = "good" if abs(value) <= GOOD else "fair" if abs(value) <= FAIR else "poor"
    return Marked(value, css, text=percent(value, sign=True))


_LENGTH: tuple[_Measure, ...] = (
    (headed("published", "km", 0), lambda target: target.length_km),
    (headed("model", "km", 0), _model_km),
    (headed("error", share=True), lambda target: error_cell(target.length_error)),
)
_TIME: tuple[_Measure, ...] = (
    (headed("published", "days", css="num"), _published_days),
    (headed("model", "expected days", 1), _model_days),
    (headed("model", "p50 – p95, days", css="num", width=16), _spread),
    (headed("within 5–95 %", width=10), _within),
    (headed("error", share=True), _time_error),
)
_PRICE: tuple[_Measure, ...] = (
    (headed("published", "USD", -1), lambda target: target.cost_usd),
    (headed("model", "USD", -1), _model_usd),
    (headed("error", share=True), lambda target: error_cell(target.cost_error)),
)


def telling(targets: Iterable[TargetResult]) -> list[TargetResult]:
    """The figures that tell how well the model does: measured, independent, with a route."""
    return [
        target
        for target in targets
        if target.measured and target.independent and target.route is not None
    ]
