import numpy as np
import pytest
from tests.tiny import changed, tiny_corridor

from lajvard.corridor import Corridor, built_in
from lajvard.corridor.checks.exchanged import exchanged_nodes
from lajvard.corridor.checks.view import View

OUTSIDE_WHEN_EXCHANGED = 90.0
NEAR_THE_DIAGONAL_KM = 60.0


def found(corridor: Corridor) -> list[str]:
    view = View(corridor)
    which = exchanged_nodes(view, np.isfinite(view.x) & np.isfinite(view.y))
    return [view.nodes.text("node_id")[ix] for ix in np.flatnonzero(which).tolist()]


def exchanged(corridor: Corridor, rows: list[int]) -> Corridor:
    """The corridor with longitude and latitude of some nodes exchanged."""
    cells = {name: list(column) for name, column in corridor["node"].cells.items()}
    for row in rows:
        x, y = cells["x_coord"][row - 2], cells["y_coord"][row - 2]
        cells["x_coord"][row - 2], cells["y_coord"][row - 2] = y, x
    nodes = [dict(zip(cells, values, strict=True)) for values in zip(*cells.values(), strict=True)]
    return corridor.with_table(corridor["node"].with_rows(nodes))


def rows_that_show() -> list[int]:
    """Nodes of the built-in corridor that an exchange moves visibly and within the world."""
    nodes = built_in()["node"]
    x, y = nodes.numbers("x_coord"), nodes.numbers("y_coord")
    moved_km = np.hypot(x - y, (x - y) * np.cos(np.radians((x + y) / 2))) * 111
    shows = (moved_km > NEAR_THE_DIAGONAL_KM) & (x <= OUTSIDE_WHEN_EXCHANGED)
    return [int(row) for row in nodes.rows[shows]]


def test_exchanged_nodes__finds_none_where_there_is_none() -> None:
    assert found(tiny_corridor()) == []
    assert found(built_in()) == []
    assert found(Corridor.of({}, name="empty")) == []


def test_exchanged_nodes__finds_each_of_the_built_in_corridor() -> None:
    ids = dict(zip(built_in()["node"].rows, built_in()["node"].text("node_id"), strict=True))
    assert len(rows_that_show()) > 0.9 * len(ids)
    rows = rows_that_show()
    missed = [ids[row] for row in rows if found(exchanged(built_in(), [row])) != [ids[row]]]
    assert missed == []


def test_exchanged_nodes__finds_several_at_once() -> None:
    ids = dict(zip(built_in()["node"].rows, built_in()["node"].text("node_id"), strict=True))
    rows = rows_that_show()[::23]
    assert found(exchanged(built_in(), rows)) == [ids[row] for row in rows]


@pytest.mark.parametrize("length", ["0", "1", "12", "60"])
def test_exchanged_nodes__does_not_take_a_wrong_length_for_one(length: str) -> None:
    for row in (2, 4):
        assert found(changed(tiny_corridor(), "link", row, length=length)) == []


def test_exchanged_nodes__reads_what_can_be_read() -> None:
    corridor = changed(exchanged(tiny_corridor(), [2]), "node", 5, x_coord="?", country="?")
    assert found(corridor) == ["HEA"]
    assert found(changed(corridor, "link", 2, to_node_id="?")) == []
