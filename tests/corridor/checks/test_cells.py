import pytest
from tests.tiny import changed, extended, tiny_corridor

from lajvard.corridor import Corridor, Table, check_corridor
from lajvard.errors import Problem
from lajvard.schema import TABLES

DEGREES = "x_coord is the longitude, y_coord the latitude, both in degrees."


def found(corridor: Corridor) -> list[Problem]:
    """Problems of cells, keys, identifiers, sources and dates."""
    return [
        problem
        for problem in check_corridor(corridor)
        if not problem.message.startswith(("no route", "no link", "no operating", "crosses"))
    ]


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "message", "remedy"),
    [
        ("link", 2, "length", "-1", "expected a number of km from 0 to 45000, found", ""),
        ("link", 2, "length", "120,5", "expected a number of km from 0 to 45000", "Write 120.5."),
        ("link", 2, "length", "120 km", "expected a number of km from 0", "Write 120."),
        ("link", 2, "length", "1 120", "expected a number of km from 0", "Write 1120."),
        ("link", 2, "length", "nan", "expected a number of km from 0", ""),
        ("link", 2, "length", "inf", "expected a number of km from 0", ""),
        ("link", 2, "length", "1_000", "expected a number of km from 0", ""),
        ("link", 4, "gauge_mm", "1520.5", "expected a whole number of mm from 600 to 1700", ""),
        ("link", 2, "mode", "Road", "expected one of road, rail, sea,", "Write road."),
        ("link", 2, "mode", "raod", "expected one of road, rail", "Did you mean 'road'?"),
        ("link", 2, "directed", "FALSE", "expected yes or no, found", "Write no."),
        ("link", 2, "directed", "true", "expected yes or no, found", "Write yes."),
        (
            "link",
            2,
            "status",
            "open",
            "expected one of stated, signed",
            "Did you mean 'operating'?",
        ),
        ("link", 4, "since", "24.09.1960", "expected a date such as 2018", "Write 1960-09-24."),
        ("link", 4, "since", "1960/9/4", "expected a date such as 2018", "Write 1960-09-04."),
        ("link", 4, "since", "1960-02-30", "expected a date such as 2018", ""),
        ("link", 2, "link_id", "HEA-TOR ", "expected an identifier", "Write HEA-TOR."),
        ("node", 2, "country", "af", "expected a two-letter country code", "Write AF."),
        ("node", 2, "country", "AFG", "expected a two-letter country code", ""),
        ("node", 2, "x_coord", "622", "expected a number of deg from -180 to 180", DEGREES),
        ("node", 2, "y_coord", "-90.1", "expected a number of deg from -90 to 90", DEGREES),
        ("procedure", 2, "mean_h", "1e4", "expected a number of h from 0 to 2500", ""),
        ("emission", 2, "value", "7000", "expected a number of g/tkm from 0 to 2000", ""),
    ],
)
def test_check_table__finds_cells_that_a_column_cannot_hold(
    table: str, row: int, column: str, cell: str, message: str, remedy: str
) -> None:
    problems = found(changed(tiny_corridor(), table, row, **{column: cell}))
    (problem,) = (one for one in problems if one.column == column)
    assert (problem.severity, problem.table, problem.row) == ("error", f"{table}.csv", row)
    assert (problem.column, problem.value, problem.remedy) == (column, cell, remedy)
    assert problem.message.startswith(message)


@pytest.mark.parametrize("cell", ["25:00", "8:00"])
def test_check_table__finds_times_that_no_clock_shows(cell: str) -> None:
    corridor = extended(
        tiny_corridor(),
        "calendar",
        calendar_id="C",
        row="1",
        name="day",
        kind="opening_hours",
        opens=cell,
        closes="24:00",
        days="mon;fry",
    )
    opens, days = sorted(found(corridor), key=lambda problem: problem.column != "opens")
    assert (opens.column, opens.value) == ("opens", cell)
    assert opens.remedy == ("Write 08:00." if cell == "8:00" else "")
    assert (days.column, days.value, days.remedy) == ("days", "mon;fry", "Did you mean 'fri'?")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("from_node_id", "the cell is empty"),
        ("length", "the cell is empty"),
        ("basis", "no basis"),
        ("source_id", "no source"),
    ],
)
def test_check_table__finds_empty_cells(column: str, message: str) -> None:
    (problem,) = found(changed(tiny_corridor(), "link", 3, **{column: ""}))
    assert (problem.table, problem.row, problem.column) == ("link.csv", 3, column)
    assert (problem.message, problem.value) == (message, None)
    assert problem.remedy.startswith(("Fill it in: ", "Name publications of", "Write published,"))


def test_check_table__names_a_required_column_that_is_missing_once() -> None:
    corridor = tiny_corridor()
    cells = {name: cell for name, cell in corridor["link"].cells.items() if name != "basis"}
    (problem,) = found(corridor.with_table(Table.of("link", cells)))
    assert str(problem).startswith("link.csv, basis: no column 'basis'. Add it; it holds where")


def test_check_table__warns_of_unknown_columns() -> None:
    corridor = tiny_corridor()
    cells = {**corridor["link"].cells, "free_sped": ["40"] * 3, "colour": ["red"] * 3}
    cells.pop("speed_cv")
    problems = found(corridor.with_table(Table.of("link", cells)))
    assert [(p.severity, p.column, p.value) for p in problems] == [
        ("warning", "colour", "colour"),
        ("warning", "free_sped", "free_sped"),
    ]
    cells["spede_cv"] = cells.pop("free_sped")
    (_, problem) = found(corridor.with_table(Table.of("link", cells)))
    assert problem.remedy == "Did you mean 'speed_cv'?"


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "value", "message", "remedy"),
    [
        ("link", 2, "to_node_id", "TORR", "TORR", "unknown node", "Did you mean 'TOR'?"),
        ("link", 2, "to_node_id", "Torghundi", "Torghundi", "unknown node", "Did you mean 'TOR'?"),
        ("link", 4, "source_id", "S1;S22", "S22", "unknown source", "Did you mean 'S2'?"),
        ("link", 4, "source_id", "X;Y", "X', 'Y", "unknown source", "Add it to source.csv"),
        ("demand", 2, "cargo_class", "bx", "bx", "unknown cargo class", "Did you mean 'box'?"),
        ("tariff", 3, "cargo_class", "box;van", "van", "unknown cargo class", "Add it to cargo_"),
        ("procedure", 2, "other_node_id", "SRE", "SRE", "unknown node", "Did you mean 'SER'?"),
        ("transfer", 2, "node_id", "ser", "ser", "unknown node", "Did you mean 'SER'?"),
    ],
)
def test_check_table__finds_unknown_ids(
    table: str, row: int, column: str, cell: str, value: str, message: str, remedy: str
) -> None:
    corridor = changed(tiny_corridor(), table, row, **{column: cell})
    (problem,) = (problem for problem in found(corridor) if problem.message == message)
    assert (problem.severity, problem.table, problem.row) == ("error", f"{table}.csv", row)
    assert (problem.column, problem.value) == (column, value)
    assert problem.remedy.startswith(remedy)


def test_check_table__looks_for_ids_in_optional_columns() -> None:
    corridor = tiny_corridor()
    for column, target in (("regime_id", "regime"), ("calendar_id", "calendar")):
        (problem,) = found(changed(corridor, "procedure", 2, **{column: "R"}))
        assert str(problem).startswith(f"procedure.csv row 2, {column}: unknown {target} 'R'. Add")


def test_check_table__says_once_that_a_table_is_not_there() -> None:
    corridor = tiny_corridor()
    problems = found(corridor.with_table(Table.empty("node")))
    named = [p for p in problems if p.message.startswith("there is no row in node.csv")]
    assert len({(p.table, p.column) for p in named}) == len(named) > 3
    assert str(named[0]).startswith("link.csv row 2, from_node_id: there is no row in node.csv")
    assert not [p for p in problems if p.message == "unknown node" and p.table == "link.csv"]


def test_check_table__prints_as_people_expect() -> None:
    (problem,) = found(changed(tiny_corridor(), "link", 4, to_node_id="MRA"))
    words = "link.csv row 4, to_node_id: unknown node 'MRA'. Did you mean 'MAR'?"
    assert str(problem) == words


def test_check_table__finds_a_key_that_is_used_twice() -> None:
    corridor = extended(
        tiny_corridor(), "transfer", **dict(next(tiny_corridor()["transfer"].dicts()))
    )
    (problem,) = found(corridor)
    assert str(problem).startswith(
        "transfer.csv row 3, transfer_id: the key is used twice (also in row 2), found 'SER-rail'."
    )
    assert problem.remedy.startswith("Write no in used")


def test_check_table__keeps_competing_figures_and_history() -> None:
    first = dict(next(tiny_corridor()["transfer"].dicts()))
    competing = extended(tiny_corridor(), "transfer", **first | {"used": "no", "mean_h": "30"})
    assert found(competing) == []
    history = changed(competing, "transfer", 2, until="2018-09")
    history = changed(history, "transfer", 3, used="", since="2018-10-01")
    assert found(history) == []
    overlap = changed(history, "transfer", 3, since="2018-09")
    assert [problem.row for problem in found(overlap)] == [3]


def test_check_table__finds_statements_of_which_none_is_used() -> None:
    first = dict(next(tiny_corridor()["transfer"].dicts()))
    corridor = extended(tiny_corridor(), "transfer", **first | {"used": "no"})
    corridor = changed(corridor, "transfer", 2, used="no")
    problems = [problem for problem in found(corridor) if problem.column == "used"]
    assert [(p.row, p.value, p.severity) for p in problems] == [
        (2, "SER-rail", "error"),
        (3, "SER-rail", "error"),
    ]
    assert problems[0].remedy == "Write yes in used in one of them."


def test_check_table__finds_a_source_that_is_there_twice() -> None:
    (problem,) = found(extended(tiny_corridor(), "source", source_id="S1", title="Atlas"))
    assert (problem.table, problem.row, problem.value) == ("source.csv", 4, "S1")
    assert problem.remedy == "Keep one of them."


def test_check_table__compares_all_columns_of_a_key() -> None:
    corridor = tiny_corridor()
    for country in ("AF", "TM", "TM"):
        corridor = extended(
            corridor,
            "instrument",
            instrument_id="TIR",
            country=country,
            name="TIR Convention",
            standing="party",
        )
    (problem,) = found(corridor)
    assert (problem.row, problem.value) == (4, "TIR TM")


@pytest.mark.parametrize("source", ["estimate", "estimate;estimate"])
def test_check_table__finds_published_rows_without_a_publication(source: str) -> None:
    (problem,) = found(changed(tiny_corridor(), "link", 2, source_id=source))
    assert (problem.severity, problem.row, problem.column) == ("error", 2, "source_id")
    assert problem.message.startswith("basis is published but no publication is named")
    assert problem.value == source
    assert problem.remedy == "Name the source, or write estimate as the basis."


def test_check_table__finds_published_speeds_without_a_publication() -> None:
    (problem,) = found(changed(tiny_corridor(), "link", 3, speed_basis="published"))
    assert (problem.row, problem.column, problem.value) == (3, "speed_source_id", "nothing")
    fine = changed(tiny_corridor(), "link", 3, speed_basis="published", speed_source_id="S2")
    assert found(fine) == []


@pytest.mark.parametrize(
    ("table", "start", "end"),
    [("link", "since", "until"), ("demand", "period_start", "period_end")],
)
def test_check_table__finds_dates_that_end_before_they_start(
    table: str, start: str, end: str
) -> None:
    corridor = changed(tiny_corridor(), table, 2, **{start: "2019-06", end: "2019-05-31"})
    (problem,) = found(corridor)
    assert (problem.table, problem.row, problem.column) == (f"{table}.csv", 2, end)
    assert (problem.message, problem.value) == (
        "ends before it starts on 2019-06, found",
        "2019-05-31",
    )
    assert problem.remedy == f"Look whether {start} and {end} are exchanged."
    assert found(changed(tiny_corridor(), table, 2, **{start: "2019-06", end: "2019"})) == []


def test_check_table__finds_a_closure_that_ends_before_it_starts() -> None:
    corridor = extended(
        tiny_corridor(),
        "closure",
        closure_id="C",
        kind="dated",
        node_id="TOR",
        start_date="2021-08-15",
        end_date="2021-08-01",
        effect="0",
        reason="fighting",
    )
    (problem,) = found(corridor)
    assert (problem.row, problem.column, problem.value) == (2, "end_date", "2021-08-01")


CONDITIONAL = [
    (table.name, column.name, other, word)
    for table in TABLES.values()
    for column in table.columns.values()
    if column.needed_if is not None
    for other, words in [column.needed_if]
    for word in words or ("1",)
]


@pytest.mark.parametrize(("table", "name", "other", "word"), CONDITIONAL)
def test_check_table__finds_an_empty_cell_that_this_kind_of_row_needs(
    table: str, name: str, other: str, word: str
) -> None:
    """Whether the cell is empty or the whole column is not there."""
    schema = TABLES[table]
    others = {*(w for _, n, o, w in CONDITIONAL if (n, o) == (name, other))}
    kinds = [word, next((one for one in schema.columns[other].allowed if one not in others), "")]
    for cells in ({other: kinds, name: ["", ""]}, {other: kinds}):
        problems = check_corridor(Corridor.of({table: Table.of(table, cells)}, name="c"))
        wanted = f"the cell is empty, and {other} is"
        asked = [p for p in problems if p.message == wanted and p.column == name]
        assert [(p.severity, p.row, p.value) for p in asked] == [("error", 2, word)]


@pytest.mark.parametrize("cell", ["2;4;x", "-5;1", "nan;3", "inf;3", "1e309;3", "6,5;7"])
def test_check_table__finds_what_is_no_list_of_numbers(cell: str) -> None:
    problems = found(changed(tiny_corridor(), "procedure", 2, values_h=cell))
    assert [p.message for p in problems] == [
        "expected numbers from 0 to 2500, separated by semicolons, found"
    ]
