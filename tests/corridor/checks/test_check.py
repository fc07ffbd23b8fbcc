import pytest
from tests.tiny import TEXTS, changed, corridor_of, extended, tiny_corridor, without

from lajvard.corridor import Corridor, Table, built_in, check_corridor, without_errors
from lajvard.errors import InputError, Problem


def only(problems: tuple[Problem, ...], message: str) -> Problem:
    """The one problem whose message starts so."""
    found = [problem for problem in problems if problem.message.startswith(message)]
    assert len(found) == 1, "\n".join(map(str, problems))
    return found[0]


def test_check_corridor__finds_nothing_in_the_tiny_corridor() -> None:
    assert check_corridor(tiny_corridor()) == ()


def test_check_corridor__finds_nothing_in_an_empty_corridor() -> None:
    assert check_corridor(Corridor.of({}, name="empty")) == ()


@pytest.mark.parametrize("table", list(TEXTS))
def test_check_corridor__takes_a_corridor_of_one_table(table: str) -> None:
    problems = check_corridor(corridor_of({table: TEXTS[table]}))
    allowed = ("unknown", "there is no row in", "no route", "no link", "no operating")
    assert all(problem.message.startswith(allowed) for problem in problems)


@pytest.mark.parametrize("table", list(TEXTS))
def test_check_corridor__takes_tables_of_one_row_and_of_none(table: str) -> None:
    header, first, *_ = TEXTS[table].strip().split("\n")
    for text in (f"{header}\n{first}\n", f"{header}\n"):
        for problem in check_corridor(tiny_corridor(**{table: text})):
            assert str(problem)


@pytest.mark.parametrize("table", list(TEXTS))
def test_check_corridor__survives_any_column_without_sense(table: str) -> None:
    corridor = tiny_corridor()
    for column in corridor[table].columns:
        for cell in ("", "?", "-1e999", "x;y", "9999-99-99", "\N{SNOWMAN}", " "):
            cells = {**corridor[table].cells, column: [cell] * len(corridor[table])}
            check_corridor(corridor.with_table(Table.of(table, cells)))


def test_check_corridor__finds_no_error_in_the_built_in_corridor() -> None:
    problems = check_corridor(built_in())
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


def test_check_corridor__reports_all_at_once_by_table_and_row() -> None:
    corridor = changed(tiny_corridor(), "node", 3, country="Afghanistan")
    corridor = changed(corridor, "node", 2, x_coord="")
    corridor = changed(corridor, "link", 4, to_node_id="MARR")
    corridor = changed(corridor, "emission", 2, value="7000")
    corridor = changed(corridor, "procedure", 2, basis="guess")
    found = [(p.table, p.row, p.column) for p in check_corridor(corridor) if p.severity == "error"]
    assert found == [
        ("node.csv", 2, "x_coord"),
        ("node.csv", 3, "country"),
        ("link.csv", 4, "to_node_id"),
        ("procedure.csv", 2, "basis"),
        ("emission.csv", 2, "value"),
    ]


def test_check_corridor__lists_twenty_of_a_kind_and_counts_the_rest() -> None:
    link = tiny_corridor()["link"]
    rows = [dict(next(link.dicts()), link_id=f"L{n}", source_id="") for n in range(10_000)]
    corridor = without(tiny_corridor().with_table(link.with_rows(rows)), "demand", 2, 3)
    problems = [p for p in check_corridor(corridor) if p.message.endswith("no source")]
    assert [p.row for p in problems] == [*range(2, 22), None]
    assert str(problems[-1]) == "link.csv, source_id: and 9,980 more: no source."
    few = check_corridor(corridor, most=2)
    assert [p.row for p in few if p.message.endswith("no source")] == [2, 3, None]


def test_check_corridor__gives_one_order_always() -> None:
    corridor = changed(tiny_corridor(), "link", 2, length="1", mode="tram", basis="")
    assert check_corridor(corridor) == check_corridor(corridor)


def test_without_errors__stops_at_errors_and_lists_them_all() -> None:
    corridor = changed(tiny_corridor(), "link", 2, length="1", note="", status="")
    with pytest.raises(InputError, match="tiny: 2 problems found") as caught:
        without_errors(corridor, "tiny")
    assert {problem.column for problem in caught.value.problems} == {"length", "status"}
    assert all(problem.severity == "error" for problem in caught.value.problems)


def test_without_errors__lets_warnings_through() -> None:
    corridor = extended(
        tiny_corridor(),
        "node",
        node_id="KBL",
        name="Kabul",
        country="AF",
        x_coord="69.2",
        y_coord="34.5",
        node_type="city",
    )
    problems = check_corridor(corridor)
    assert only(problems, "no link starts").severity == "warning"
    assert without_errors(corridor) is corridor
