from tests.tiny import changed, extended, tiny_corridor

from lajvard.corridor import Corridor, built_in
from lajvard.corridor.conflicts import competing


def with_two_more(first: dict[str, str], second: dict[str, str]) -> Corridor:
    row = dict(next(tiny_corridor()["link"].dicts()))
    corridor = extended(tiny_corridor(), "link", **row | {"used": "no"} | first)
    return extended(corridor, "link", **row | {"used": "no"} | second)


def test_conflicts__are_none_where_nothing_is_stated_twice() -> None:
    assert tiny_corridor().conflicts() == ()
    assert Corridor.of({}, name="empty").conflicts() == ()


def test_conflicts__list_the_columns_that_differ_with_their_sources() -> None:
    corridor = with_two_more(
        {"length": "130", "source_id": "S2", "note": "by odometer"},
        {"length": "125", "free_speed": "35", "since": "2001", "basis": "estimate"},
    )
    (conflict,) = corridor.conflicts()
    assert (conflict.table, conflict.key) == ("link", ("HEA-TOR",))
    assert conflict.columns == ("length", "free_speed")
    assert [(s.row, s.values, s.used) for s in conflict.statements] == [
        (2, ("120", "40"), True),
        (5, ("130", "40"), False),
        (6, ("125", "35"), False),
    ]
    assert conflict.used is conflict.statements[0]
    _, second, third = conflict.statements
    assert (second.sources, second.basis, second.note) == (("S2",), "published", "by odometer")
    assert (third.since, third.until, third.basis) == ("2001", "", "estimate")


def test_conflicts__compare_numbers_as_numbers() -> None:
    corridor = with_two_more({"length": "120.0"}, {"length": "1.2e2"})
    assert corridor.conflicts() == ()


def test_conflicts__take_an_empty_cell_for_another_statement() -> None:
    corridor = with_two_more({"free_speed": ""}, {})
    assert [conflict.columns for conflict in corridor.conflicts()] == [("free_speed",)]


def test_conflicts__tell_when_none_is_used() -> None:
    corridor = changed(with_two_more({"length": "130"}, {}), "link", 2, used="no")
    (conflict,) = corridor.conflicts()
    assert conflict.used is None


def test_conflicts__are_no_history() -> None:
    corridor = with_two_more({"length": "130", "until": "1999"}, {"until": "1990", "length": "9"})
    corridor = changed(corridor, "link", 2, since="2000")
    assert [statement.row for statement in corridor.conflicts()[0].statements] == [5, 6]


def test_competing__follows_chains() -> None:
    corridor = with_two_more(
        {"since": "2005", "until": "2012"}, {"since": "2012-12-31", "until": "2013"}
    )
    corridor = changed(corridor, "link", 2, since="2001", until="2005")
    assert competing(corridor["link"]) == [[0, 3, 4]]
    corridor = changed(corridor, "link", 6, since="2013")
    assert competing(corridor["link"]) == [[0, 3]]


def test_conflicts__of_the_built_in_corridor_all_have_a_used_statement() -> None:
    found = built_in().conflicts()
    assert found
    assert all(conflict.used and len(conflict.statements) > 1 for conflict in found)
