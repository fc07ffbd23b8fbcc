"""The page of the documentation that holds the model against published figures."""

from collections.abc import Callable, Sequence

from lajvard.analysis.targets import TargetResult, validate_targets
from lajvard.case import Case
from lajvard.corridor import Corridor

INTRODUCTION = """\
# The model beside published figures

Every published length, time and price that the built-in corridor knows of, beside the route that
Lajvard finds under the same places and modes. The route is the best by generalised cost. **Nothing
is tuned to meet a figure**; where a link length or fare was itself taken from the figure, the
remark says so. `make validate` prints these tables; a distance that is off by more than 10 % fails.

The error of a time is that of the expected days against the nearest published day, and 0 within a
published range. *Within* says whether a published day lies between the 5th and the 95th percentile
of the model.
"""

_KINDS = {
    "distance": "published lengths",
    "observed": "observed journeys",
    "market": "market times and prices",
    "tariff": "tariffs",
}
_Cells = Callable[[TargetResult], list[str]]


def validation_page(corridor: Corridor) -> str:
    """The tables as Markdown: lengths, times and prices of the kinds that were measured."""
    results = [result for result in validate_targets(Case(corridor)) if result.measured]
    return INTRODUCTION + "".join(
        f"\n## {title}\n\n{_table(header, [r for r in results if wanted(r)], cells)}"
        for title, header, wanted, cells in _PARTS
    )


def _table(header: Sequence[str], results: Sequence[TargetResult], cells: _Cells) -> str:
    lines = [header, ["---", "---", *["---:"] * (len(header) - 3), "---"]]
    for result in results:
        row = [result.label, _KINDS[result.kind], *cells(result), result.reason or result.note]
        lines.append([cell.replace("|", "/") for cell in row])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _lengths(result: TargetResult) -> list[str]:
    model = result.route.distance_km if result.route else None
    return [_number(result.length_km), _number(model), _percent(result.length_error)]


def _times(result: TargetResult) -> list[str]:
    low, high = result.days_low, result.days_high
    published = _number(low, 1) if high in (None, low) else f"{_number(low, 1)}-{_number(high, 1)}"
    if result.route is None:
        return [published, "-", "-", "-", "-"]
    route = result.route
    spread = f"{_number(route.p50_h / 24, 1)}-{_number(route.p95_h / 24, 1)}"
    within = "yes" if result.within_spread else "no"
    days = _number(route.time_h / 24, 1)
    return [published, days, spread, within, _percent(result.time_error)]


def _prices(result: TargetResult) -> list[str]:
    model = result.route.cost_usd if result.route else None
    return [_number(result.cost_usd), _number(model), _percent(result.cost_error)]


def _number(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:+.0f} %"


_PARTS: tuple[tuple[str, Sequence[str], Callable[[TargetResult], bool], _Cells], ...] = (
    (
        "Lengths",
        ("route", "kind", "published, km", "model, km", "error", "remark"),
        lambda result: result.length_km is not None,
        _lengths,
    ),
    (
        "Times",
        ("route", "kind", "published, d", "mean, d", "p50-p95, d", "within", "error", "remark"),
        lambda result: result.days_low is not None,
        _times,
    ),
    (
        "Prices of one unit load",
        ("route", "kind", "published, USD", "model, USD", "error", "remark"),
        lambda result: result.cost_usd is not None,
        _prices,
    ),
)
