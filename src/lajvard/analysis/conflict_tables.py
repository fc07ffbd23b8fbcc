"""The table of quantities that were published more than once with different values."""

from lajvard.analysis.report_data import ReportData
from lajvard.analysis.route_tables import sources_cell
from lajvard.corridor.conflicts import Conflict, Statement
from lajvard.corridor.quality import noun
from lajvard.schema import TABLES
from lajvard.tables import Cell, Marked, ResultTable, headed


def conflicts_table(material: ReportData) -> ResultTable:
    """One row a conflict: the value that is used, the others, and why."""

    def values(conflict: Conflict, statement: Statement) -> str:
        return _values(conflict, statement, _telling(conflict), _unit(material, conflict))

    def used(conflict: Conflict) -> Cell:
        found = conflict.used
        return Marked(values(conflict, found), "strong") if found else "none"

    def not_used(conflict: Conflict) -> str:
        return "; or ".join(dict.fromkeys(values(conflict, other) for other in _others(conflict)))

    return ResultTable.each(
        "conflicts",
        (
            (
                headed("what", width=44, css="label"),
                lambda conflict: Marked(
                    _what(material, conflict), "label", hint=" ".join(conflict.key)
                ),
            ),
            (headed("used", width=34), used),
            (headed("not used", width=40), not_used),
            (headed("remark", width=70, css="remark"), _remark),
            (headed("sources", width=34, css="sources"), _sources),
        ),
        material.conflicts,
        title="Published twice with different values",
        group=lambda conflict: noun(conflict.table).capitalize(),
        css="conflicts",
    )


def _others(conflict: Conflict) -> list[Statement]:
    return [statement for statement in conflict.statements if statement is not conflict.used]


def _remark(conflict: Conflict) -> str:
    """The first note, those of the statements that are not used before that of the used one."""
    used = [conflict.used] if conflict.used else []
    notes = (statement.note for statement in (*_others(conflict), *used))
    return next((note for note in notes if note), "")


def _sources(conflict: Conflict) -> Cell:
    statements = conflict.statements
    return sources_cell(list(dict.fromkeys(s for one in statements for s in one.sources)))


def _telling(conflict: Conflict) -> tuple[str, ...]:
    """Columns that say how the statements differ: quantities that several of them state."""
    columns = TABLES[conflict.table].columns
    stated = {
        name
        for place, name in enumerate(conflict.columns)
        if sum(bool(statement.values[place]) for statement in conflict.statements) > 1
    }
    numbers = tuple(
        name
        for name in conflict.columns
        if name in columns and columns[name].type in ("number", "integer")
    )
    both = tuple(name for name in numbers if name in stated)
    return (both or numbers or conflict.columns)[:3]


def _unit(material: ReportData, conflict: Conflict) -> str:
    """Unit of the values, where a row states it itself."""
    table = material.corridor[conflict.table]
    if "unit" not in table.columns:
        return ""
    unit = table.text("unit")[_place(material, conflict)]
    return unit.replace("usd_", "USD_").replace("_", " ")


def _place(material: ReportData, conflict: Conflict) -> int:
    """Index of the first of the competing rows."""
    rows = [int(row) for row in material.corridor[conflict.table].rows]
    return rows.index(conflict.statements[0].row)


def _values(conflict: Conflict, statement: Statement, shown: tuple[str, ...], own_unit: str) -> str:
    columns = TABLES[conflict.table].columns
    said = dict(zip(conflict.columns, statement.values, strict=True))
    words = []
    for name in shown:
        unit = columns[name].unit if name in columns else ""
        unit = own_unit if name == "value" and not unit else unit
        value = f"{_plain(said[name])} {unit}".strip() if said[name] else "not known"
        words.append(value if len(shown) == 1 else f"{_spoken(name)} {value}")
    return ", ".join(words)


def _spoken(column: str) -> str:
    """A column's name as a word, without the unit in it.

    >>> _spoken("mean_h"), _spoken("tonnes_per_year")
    ('mean', 'tonnes per year')
    """
    for unit in ("_h", "_usd", "_km"):
        column = column.removesuffix(unit)
    return column.replace("_", " ")


def _plain(value: str) -> str:
    """A long number with thousands separators, other text as it is.

    >>> _plain("1564000000"), _plain("8.50"), _plain("party")
    ('1,564,000,000', '8.50', 'party')
    """
    return f"{int(value):,}" if value.isdigit() and len(value) > 4 else value


def _what(material: ReportData, conflict: Conflict) -> str:
    """The thing in words: places by name, and the quantity where only one differs."""
    shown = _telling(conflict)
    quantity = f": {_spoken(shown[0])}" if len(shown) == 1 and shown[0] != "value" else ""
    return f"{_thing(material, conflict)}{quantity}"


def _thing(material: ReportData, conflict: Conflict) -> str:
    table = material.corridor[conflict.table]
    at = _place(material, conflict)

    def text(column: str) -> str:
        return table.text(column)[at] if column in table.schema.columns else ""

    def place(column: str) -> str:
        return material.place.get(text(column), text(column)).split(" (")[0]

    if conflict.table == "link":
        return f"{place('from_node_id')} - {place('to_node_id')}, {text('mode')}"
    if conflict.table == "procedure":
        way = {"inbound": "from", "outbound": "to"}.get(text("direction"), "to and from")
        other = f" {way} {place('other_node_id')}" if text("other_node_id") else ""
        return f"{place('node_id')}{other}, {text('mode')}"
    if conflict.table == "demand":
        return f"{text('commodity')}, {place('origin_node_id')} - {place('dest_node_id')}"
    if conflict.table == "observation":
        return f"{text('place')}, {text('indicator')}"
    if conflict.table == "tariff":
        return " ".join(filter(None, (text("item"), text("mode"), text("country"))))
    name = text("name")
    return f"{name} ({' '.join(conflict.key)})" if name else " ".join(conflict.key)
