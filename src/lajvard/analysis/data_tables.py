"""Tables of what the description holds: quality, record, projects, closures, sources."""

from collections.abc import Iterable

import numpy as np

from lajvard.analysis.countries import country
from lajvard.analysis.report_data import ReportData
from lajvard.analysis.route_tables import basis_mark, sources_cell
from lajvard.corridor import Table
from lajvard.corridor.quality import BASES, TableQuality, noun
from lajvard.schema import first_day, last_day
from lajvard.tables import Cell, Marked, ResultTable, headed
from lajvard.tables.numbers import listed, percent


def quality_table(material: ReportData) -> ResultTable:
    """Where the figures of each table come from."""
    return ResultTable.each(
        "data quality",
        (
            (headed("what is described", width=38), _described),
            (headed("rows used", digits=0), lambda quality: quality.rows),
            (headed("", css="bar", width=2, name="bar"), _bar),
            (headed("published", share=True), lambda quality: quality.share("published")),
            (headed("derived", share=True), lambda quality: quality.share("derived")),
            (headed("estimated", share=True), lambda quality: quality.share("estimate")),
            (headed("competing rows not used", digits=0), lambda quality: quality.competing),
            (headed("rows without a first day", digits=0), lambda quality: quality.undated),
        ),
        material.quality,
        title="Where the figures come from, table by table",
        css="quality",
    )


def _described(quality: TableQuality) -> Cell:
    return Marked(noun(quality.table), hint=f"table {quality.table}")


def _bar(quality: TableQuality) -> Cell:
    return Marked("", "bar", parts=tuple((basis, quality.share(basis)) for basis in BASES))


def record_table(material: ReportData) -> ResultTable:
    """What was talked about and promised, and what became of it."""
    table = material.corridor.used("record")
    order = sorted(range(len(table)), key=lambda ix: table.text("date")[ix])
    columns = (
        headed("date", width=12, css="nowrap"),
        headed("what", width=30),
        headed("said or promised", width=70),
        headed("what became of it", width=70),
        headed("status", width=12),
        headed("sources", width=20, css="sources"),
    )
    return ResultTable.of(
        "record",
        columns,
        [_record_row(table, ix) for ix in order],
        title="The cooperation record",
        note="The status says how far the thing itself had come when last looked at.",
        css="record",
    )


def _record_row(table: Table, ix: int) -> dict[str, Cell]:
    def text(column: str) -> str:
        return table.text(column)[ix]

    place = f", {text('place')}" if text("place") else ""
    parties = listed([country(code) for code in table.lists("parties")[ix]])
    until = f" (known up to {text('status_as_of')})" if text("status_as_of") else ""
    return {
        "date": Marked(text("date"), "nowrap"),
        "what": f"{text('kind').replace('_', ' ').capitalize()}{place}: {parties}",
        "said_or_promised": text("commitment"),
        "what_became_of_it": f"{text('outcome')}{until}" if text("outcome") else "",
        "status": Marked(text("status"), f"status {text('status')}"),
        "sources": sources_cell(table.lists("source_id")[ix]),
    }


def projects_table(material: ReportData) -> ResultTable:
    """Interventions: what they change, what they cost, when."""
    table = material.corridor.used("project")
    rows = [_project_row(table, ix) for ix in range(len(table))]
    columns = (
        headed("project", width=44),
        headed("where", width=26),
        headed("price", "million USD", 0, width=14),
        headed("capacity", width=24),
        headed("completion", width=12),
        headed("status", width=12),
        headed("stage in the words of the source", width=26),
        headed("sources", width=20, css="sources"),
    )
    return ResultTable.of("projects", columns, rows, title="Projects")


def _project_row(table: Table, ix: int) -> dict[str, Cell]:
    def text(column: str) -> str:
        return table.text(column)[ix]

    low, high = table.numbers("cost_low_musd")[ix], table.numbers("cost_high_musd")[ix]
    before, after = table.numbers("capacity_before")[ix], table.numbers("capacity_after")[ix]
    codes = ", ".join(table.lists("countries")[ix])
    return {
        "project": text("name"),
        "where": f"{text('place')} ({codes})" if codes else text("place"),
        "price_musd": _range(low, high),
        "capacity": _change(before, after, text("capacity_unit")),
        "completion": text("completion"),
        "status": Marked(text("status"), f"status {text('status')}"),
        "stage_in_the_words_of_the_source": text("stage"),
        "sources": sources_cell(table.lists("source_id")[ix]),
    }


def _range(low: float, high: float) -> Cell:
    """One number where both are the same or one is known, else both in words."""
    known = list(dict.fromkeys(value for value in (low, high) if np.isfinite(value)))
    return known[0] if len(known) == 1 else " – ".join(f"{value:,.0f}" for value in known)


def _change(before: float, after: float, unit: str) -> str:
    if not np.isfinite(after):
        return ""
    start = f"{before:,g} to " if np.isfinite(before) else ""
    return f"{start}{after:,g} {unit}"


def closures_table(material: ReportData) -> ResultTable:
    """Closures, those with one reason and time in one row."""
    table = material.corridor.used("closure")
    groups: dict[tuple[str, ...], list[int]] = {}
    for ix in range(len(table)):
        key = (table.text("reason")[ix], _when(table, ix), _effect(table, ix))
        groups.setdefault(key, []).append(ix)
    rows = []
    for (reason, when, effect), members in groups.items():
        places = dict.fromkeys(_closed(material, table, ix) for ix in members)
        sources = dict.fromkeys(s for ix in members for s in table.lists("source_id")[ix])
        bases = dict.fromkeys(table.text("basis")[ix] for ix in members)
        rows.append(
            {
                "why": reason,
                "where": _some(list(places)),
                "when": when,
                "what_is_left": effect,
                "basis": basis_mark(next(iter(bases))),
                "sources": sources_cell(list(sources)),
            }
        )
    columns = (
        headed("why", width=60),
        headed("where", width=60),
        headed("when", width=30, css="when"),
        headed("what is left", width=14),
        headed("basis", width=12),
        headed("sources", width=30, css="sources"),
    )
    return ResultTable.of("closures", columns, rows, title="Closures")


def shut_now(material: ReportData) -> str:
    """What is shut on the day of the report; without a day, what is shut with no known end."""
    table, day = material.corridor.used("closure"), material.corridor.date
    shut: dict[str, list[str]] = {}
    for ix, kind in enumerate(table.text("kind")):
        start, end = table.text("start_date")[ix], table.text("end_date")[ix]
        complete = kind == "dated" and bool(start) and table.numbers("effect")[ix] == 0
        on_day = day is None or (first_day(start) <= day if start else False)
        over = bool(end) if day is None else bool(end) and last_day(end) < day
        if complete and on_day and not over:
            reason = f"{table.text('reason')[ix]}, since {start}"
            shut.setdefault(reason, []).append(_closed(material, table, ix))
    return "; ".join(f"{_some(places)} ({reason})" for reason, places in shut.items())


def _when(table: Table, ix: int) -> str:
    start, end = table.text("start_date")[ix], table.text("end_date")[ix]
    if table.text("kind")[ix] == "dated":
        return start if start == end else f"{start} to {end or 'now, or not known'}"
    times, hours = table.numbers("events_per_year")[ix], table.numbers("mean_duration_h")[ix]
    months = table.lists("months")[ix]
    season = f", months {', '.join(months)}" if months and len(months) < 12 else ""
    often = "once" if times == 1 else f"{times:,.3g} times"
    return f"about {often} a year for {hours:,.3g} h{season}"


def _effect(table: Table, ix: int) -> str:
    left = table.numbers("effect")[ix]
    return "closed" if left == 0 else percent(left, plain=True)


def _closed(material: ReportData, table: Table, ix: int) -> str:
    """What a closure closes, in words."""
    service, link = table.text("service_id")[ix], table.text("link_id")[ix]
    if service:
        services = material.corridor.used("service")
        return str(services[service].name) if service in services else service
    ends = (table.text("node_id")[ix], table.text("other_node_id")[ix])
    if link:
        links = material.corridor.used("link")
        if link not in links:
            return link
        row = links[link]
        ends = (row.from_node_id, row.to_node_id)
    names = [material.place.get(one, one) for one in ends if one]
    short = [name.split(" (")[0] for name in names]
    return " - ".join(names if len(set(short)) < len(short) else short)


def _some(words: list[str], most: int = 6) -> str:
    """Words as an enumeration that is cut off where it gets long."""
    if len(words) <= most:
        return listed(words)
    return f"{', '.join(words[:most])} and {len(words) - most} more"


def sources_table(material: ReportData, cited: Iterable[str]) -> ResultTable:
    """The publications that the other tables cite."""
    table = material.corridor["source"]
    wanted = set(cited)
    rows = []
    order = sorted(range(len(table)), key=lambda ix: table.text("source_id")[ix].lower())
    for ix in order:
        source_id, title, url = (table.text(name)[ix] for name in ("source_id", "title", "url"))
        if source_id in wanted:
            rows.append(
                {
                    "id": Marked(source_id, "anchor"),
                    "title": Marked(title, "wide", href=_web(url)),
                    **{name: table.text(name)[ix] for name in ("publisher", "date", "grade")},
                }
            )
    columns = (
        headed("id", width=22),
        headed("title", width=90),
        headed("publisher", width=30),
        headed("date", width=14, css="nowrap"),
        headed("grade", width=8),
    )
    note = (
        "Grades: A primary, B official through news, C second-hand, K from memory and to be "
        "checked; empty: not graded."
    )
    return ResultTable.of("sources", columns, rows, title="Sources", note=note, css="sources")


def _web(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def cited_in(tables: Iterable[ResultTable]) -> list[str]:
    """Identifiers of the sources that tables cite, each once."""
    found: dict[str, None] = {}
    for table in tables:
        for row in table:
            for cell in row.cells:
                if isinstance(cell, Marked) and cell.css == "cited" and cell.value:
                    found.update(dict.fromkeys(str(cell.value).split("; ")))
    return list(found)
