import datetime as dt
from pathlib import Path

import pytest
from tests.tiny import changed, extended, tiny_corridor

from lajvard.corridor import Corridor, Table, built_in
from lajvard.errors import InputError
from lajvard.schema import TABLES


def rows(corridor: Corridor, table: str) -> list[int]:
    return [int(row) for row in corridor[table].rows]


def test_of__has_every_table() -> None:
    corridor = Corridor.of({}, name="empty")
    assert [table.name for table in corridor] == list(TABLES)
    assert all(len(table) == 0 for table in corridor)
    assert corridor.title == "empty"


def test_of__keeps_an_empty_table_as_it_is() -> None:
    table = Table.of("node", {"node_id": [], "colour": []})
    assert Corridor.of({"node": table}, name="c")["node"].columns == ("node_id", "colour")


def test_getitem__guesses_what_was_meant() -> None:
    with pytest.raises(InputError, match=r"unknown table 'nodes'. Did you mean 'node'\?"):
        tiny_corridor()["nodes"]
    with pytest.raises(InputError, match="Tables are: node, link,"):
        tiny_corridor()["xyz"]


def test_used__leaves_out_competing_figures() -> None:
    corridor = changed(tiny_corridor(), "link", 2, used="no")
    assert len(corridor.used("link")) == 2
    assert len(corridor.used("source")) == 2
    assert corridor.used("link") is corridor.used("link")


@pytest.mark.parametrize(
    ("day", "is_in"),
    [
        ("2018-08-31", False),
        ("2018-09-01", True),
        ("2018-09", True),
        ("2019", True),
        ("2020-12-31", True),
        ("2021-01-01", False),
        (dt.date(2020, 12, 31), True),
        (dt.date(2021, 1, 1), False),
    ],
)
def test_as_of__counts_partial_dates_from_first_to_last_day(day: str, is_in: bool) -> None:
    corridor = changed(tiny_corridor(), "link", 2, since="2018-09", until="2020")
    assert (2 in rows(corridor.as_of(day), "link")) is is_in
    assert 3 in rows(corridor.as_of(day), "link")


def test_as_of__remembers_the_day() -> None:
    corridor = tiny_corridor().as_of("1950")
    assert corridor.date == dt.date(1950, 1, 1)
    assert rows(corridor, "link") == [2, 3]
    assert rows(corridor, "source") == [2, 3]
    assert tiny_corridor().date is None


def test_as_of__chooses_from_history() -> None:
    first = dict(next(tiny_corridor()["link"].dicts()))
    corridor = changed(tiny_corridor(), "link", 2, until="2000")
    corridor = extended(corridor, "link", **first | {"since": "2001", "length": "115"})
    assert corridor.as_of("1999-05-05")["link"]["HEA-TOR"].length == 120
    assert corridor.as_of("2020-05-05")["link"]["HEA-TOR"].length == 115


@pytest.mark.parametrize("day", ["", "today", "2020-13", "2020-2-3", "21.12.2020", "2021-02-29"])
def test_as_of__wants_a_date(day: str) -> None:
    with pytest.raises(InputError, match="is not a date"):
        tiny_corridor().as_of(day)


def test_as_of__names_a_row_whose_date_cannot_be_read() -> None:
    with pytest.raises(InputError, match=r"link.csv row 4, since: 'old' is not a date"):
        changed(tiny_corridor(), "link", 4, since="old").as_of("2020")


def test_only__keeps_rows_of_a_status_and_all_sources() -> None:
    corridor = changed(tiny_corridor(), "link", 2, status="building")
    assert rows(corridor.only(status="operating"), "link") == [3, 4]
    assert rows(corridor.only(status="building"), "link") == [2]
    assert rows(corridor.only(status=("building", "operating")), "link") == [2, 3, 4]
    assert rows(corridor.only(status="building"), "source") == [2, 3]


def test_only__guesses_what_was_meant() -> None:
    with pytest.raises(InputError, match=r"unknown status 'operation'. Did you mean 'operating'\?"):
        tiny_corridor().only(status="operation")


def test_with_table__puts_it_in_its_place() -> None:
    corridor = tiny_corridor()
    other = corridor.with_table(Table.empty("demand"))
    assert (len(other["demand"]), len(corridor["demand"])) == (0, 2)
    assert other["node"] is corridor["node"]


def test_apply__takes_a_path(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("name: s\npatches:\n  - remove: demand\n    where: all\n", encoding="utf-8")
    assert len(tiny_corridor().apply(path)["demand"]) == 0
    assert len(tiny_corridor().apply(str(path))["demand"]) == 0


def test_built_in__is_read_once() -> None:
    assert built_in() is built_in()
    assert len(built_in()["node"]) > 100


def test_repr__is_short() -> None:
    corridor = tiny_corridor()
    assert repr(corridor) == "Corridor(tiny: 4 nodes, 3 links, 2 sources)"
    assert repr(corridor.as_of("2020-12-21")).endswith(", as of 2020-12-21)")
    assert repr(corridor["node"]) == "Table(node: 4 rows, 10 columns)"
