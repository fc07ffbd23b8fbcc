"""The reference page of all tables, made from the schema."""

from collections.abc import Iterable, Sequence

from lajvard.schema.tables import MODES, PARAMETERS, TABLES, Column, TableSchema

_INTRODUCTION = """\
A corridor is a folder with one CSV file a table (UTF-8, a header, commas), or a zip of that folder,
or a workbook with one sheet a table. `datapackage.json` makes the folder a [Frictionless Data
Package](https://specs.frictionlessdata.io/tabular-data-package/) and holds its name, title and
description. Tables that a corridor does not need are left out, and so are optional columns. Columns
that are not listed here are kept and written back, but not read. Names of nodes and links follow
[GMNS](https://github.com/zephyr-data-specs/GMNS) where GMNS has the column."""

_CELLS = """\
An empty cell means that the value is not known, or the default where one is given.

| type | a cell holds |
| :-- | :-- |
| id | an identifier; no spaces at its ends, no semicolon |
| text | any text |
| category | one of the listed words |
| country | a two-letter code of ISO 3166-1, such as `AF` |
| integer, number | a number with a decimal point; no thousands separators, no unit |
| flag | `yes` or `no` |
| date | `2018`, `2018-09` or `2018-09-24` |
| time | local time, such as `08:00`; `24:00` ends a day |
| list | items separated by semicolons: `AF;TM;AZ` |"""

_STATEMENTS = """\
Every row of every table but [source](#source) is a dated statement with a status, a basis and
sources: the columns `used`, `status`, `since`, `until`, `basis`, `source_id` and `note`.

**Competing values.** What was published twice with different values is kept twice: rows that share
the key and hold at the same time are competing statements of one thing. Exactly one of them is used
(`used` is `yes` or empty), the others say `no`. They are shown as conflicts and never averaged.

**History.** Rows that share the key but hold at different times, by `since` and `until`, are the
history of one thing. `corridor.as_of("2020-12-21")` keeps the rows in force that day. A date
without day or month counts from its first day in `since` and to its last in `until`; an empty
`since` means always or not known, an empty `until` means until now.

**Status.** How far the thing has come: stated, signed, ratified, funded, building, operating,
suspended, ended. Only `operating` rows carry traffic. `corridor.only(status="operating")` keeps
those.

**Basis.** `published`: printed in a source. `derived`: computed from printed figures, `note` says
how. `estimate`: chosen by the editors, `note` says how. A published row names its source."""


_PARAMETERS = """\
Rows of the table [parameter](#parameter) with one of these identifiers change a number of a model;
their unit is that of the built-in corridor's row. Rows with other identifiers are kept for your own
use."""


def reference_page() -> str:
    """Markdown of all tables: meaning, key and columns with type, unit, limits and meaning.

    Written to ``docs/reference/tables.md`` by ``make golden``.
    """
    parts = ["# Tables", _INTRODUCTION, _contents(), "## Cells", _CELLS]
    parts += ["## Statements, competing values and dates", _STATEMENTS]
    parts += ["## Modes", _modes()]
    common = _common()
    parts += ["## Columns of every table but source", _columns(common)]
    parts += [part for schema in TABLES.values() for part in _table(schema, common)]
    parts += ["## Parameters that the models know", _PARAMETERS, _parameters()]
    return "\n\n".join(parts) + "\n"


def _common() -> list[Column]:
    """The columns that all tables but `source` share."""
    node, link = TABLES["node"].columns, TABLES["link"].columns
    shared = [name for name in node if node[name] == link.get(name)]
    return [node[name] for name in shared]


def _parameters() -> str:
    rows = [(f"`{name}`", *(f"{end:.12g}" for end in ends)) for name, ends in PARAMETERS.items()]
    return _markdown(("parameter", "least", "most"), rows)


def _contents() -> str:
    rows = [(f"[{name}](#{name})", schema.meaning) for name, schema in TABLES.items()]
    return _markdown(("table", "a row is"), rows)


def _modes() -> str:
    rows = [(f"`{mode.name}`", f"{mode.max_speed_kmh:g}", mode.meaning) for mode in MODES.values()]
    return _markdown(("mode", "fastest credible, km/h", "what travels"), rows)


def _table(schema: TableSchema, common: Sequence[Column]) -> list[str]:
    own = [column for column in schema.columns.values() if column not in common]
    key = " and ".join(f"`{name}`" for name in schema.key)
    line = f"A row is {schema.meaning}. Key: {key}."
    return [f"## {schema.name}", line, _columns(own)]


def _columns(columns: Iterable[Column]) -> str:
    rows = [
        (f"`{column.name}`", _type(column), column.unit, _need(column), _meaning(column))
        for column in columns
    ]
    return _markdown(("column", "type", "unit", "needed", "meaning"), rows)


def _type(column: Column) -> str:
    if column.refers_to is None:
        return column.type
    table = column.refers_to[0]
    return f"{column.type} of [{table}](#{table})"


def _need(column: Column) -> str:
    if column.needed_if is None:
        return {"key": "key", "required": "yes", "optional": ""}[column.need]
    other, words = column.needed_if
    return f"if `{other}` is {' or '.join(f'`{word}`' for word in words) or 'given'}"


def _meaning(column: Column) -> str:
    parts = [column.meaning]
    if column.allowed:
        parts.append("Allowed: " + ", ".join(f"`{word}`" for word in column.allowed))
    if column.minimum is not None or column.maximum is not None:
        parts.append(_limits(column))
    if column.default:
        parts.append(f"Empty means `{column.default}`")
    return ". ".join(part[:1].upper() + part[1:] for part in parts) + "."


def _limits(column: Column) -> str:
    if column.minimum is None:
        return f"at most {column.maximum:.12g}"
    if column.maximum is None:
        return f"at least {column.minimum:.12g}"
    return f"from {column.minimum:.12g} to {column.maximum:.12g}"


def _markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, [":--"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
