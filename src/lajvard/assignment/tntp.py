"""Reading networks, trips and flows of the TransportationNetworks collection (TNTP format).

Nodes are numbered from 1 in the files and from 0 here: node n is state n - 1.
"""

import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lajvard.assignment.arrays import Demand, FloatArray, FlowNetwork
from lajvard.assignment.delay import Row, bpr, constant, facilities
from lajvard.errors import InputError, Problem

NETWORK_COLUMNS = (
    "init_node", "term_node", "capacity", "length", "free_flow_time",
    "b", "power", "speed", "toll", "link_type",
)  # fmt: skip
FLOW_COLUMNS = ("init_node", "term_node", "volume", "cost")
MOST_PROBLEMS = 20

_SAME = {
    "init_node": "init initnode from fromnode tail tailnode",
    "term_node": "term termnode to tonode head headnode",
    "capacity": "capacity totalcapacity cap",
    "length": "length distance",
    "free_flow_time": "freeflowtime fftime fftt ftime time freeflow",
    "b": "b alpha",
    "power": "power beta",
    "speed": "speed speedlimit ffspeed",
    "toll": "toll",
    "link_type": "linktype type",
    "volume": "volume flow vol",
    "cost": "cost",
}
_COLUMN_OF = {word: column for column, words in _SAME.items() for word in words.split()}
"""Columns by the words that headers of the collection use, without spaces and units."""


class TntpFlows(NamedTuple):
    """Published flows and costs, in the order of the network's links."""

    volume: FloatArray  # (n_links,)
    cost: FloatArray  # (n_links,)


def read_tntp_network(
    path: str | PathLike[str],
    *,
    length_weight: float | None = None,
    toll_weight: float | None = None,
) -> FlowNetwork:
    """Read ``*_net.tntp``: one class, and a BPR facility for each link.

    Parameters
    ----------
    path
        The file.
    length_weight, toll_weight
        What a unit of length and of toll costs, in the file's unit of time; by default what
        ``<DISTANCE FACTOR>`` and ``<TOLL FACTOR>`` of the file say, else 0. Where there are tolls,
        their weight has to be said. Chicago Sketch is published with 0.04 and 0.02.

    Returns
    -------
    FlowNetwork
        Costs are in the file's unit of time, whatever it is. A link whose time is zero or does not
        depend on flow is accepted.

    Raises
    ------
    InputError
        With the line, column and value of everything that is wrong.

    Notes
    -----
    Columns are told by the header, a line that begins with ``~``, whatever its words and their
    order; without one they are those of the collection, in its order.
    """
    file = _File(path)
    n_zones, n_nodes, n_links = (
        file.number(f"NUMBER OF {name}") for name in ("ZONES", "NODES", "LINKS")
    )
    first_thru = file.number("FIRST THRU NODE") if "FIRST THRU NODE" in file.metadata else 1
    ends, rows = [], []
    lengths, tolls = [], []
    for line, words in file.rows(NETWORK_COLUMNS[:7], NETWORK_COLUMNS):
        tail, head = (file.node(line, name, words[name], n_nodes) for name in NETWORK_COLUMNS[:2])
        value = {
            name: file.value(line, name, words[name])
            for name in (*NETWORK_COLUMNS[2:7], "toll")
            if name in words
        }
        ends.append((tail - 1, head - 1))
        lengths.append(value["length"])
        tolls.append(value.get("toll", np.nan))
        rows.append(_facility(file, line, value))
    fixed = file.weighed("DISTANCE FACTOR", "length", length_weight, lengths)
    fixed += file.weighed("TOLL FACTOR", "toll", toll_weight, tolls)
    if len(ends) != n_links:
        file.wrong(None, "NUMBER OF LINKS", str(n_links), f"{len(ends)} rows follow, but it says")
    if not 1 <= first_thru <= n_nodes + 1 or n_zones > n_nodes:
        file.wrong(None, "FIRST THRU NODE", str(first_thru), "no node, or fewer nodes than zones:")
    file.stop()
    tail_head = np.array(ends, dtype=np.int32).reshape(-1, 2).T
    network = FlowNetwork(
        first_thru=min(first_thru - 1, n_zones),
        tail=np.ascontiguousarray(tail_head[0]),
        head=np.ascontiguousarray(tail_head[1]),
        fixed=fixed[None],
        facility=np.arange(len(ends), dtype=np.int32),
        load=np.ones((1, len(ends))),
        weight=np.ones(1),
        facilities=facilities(rows),
    )
    for array in (network.tail, network.head, network.fixed, network.facility, network.load):
        array.flags.writeable = False
    return network


def read_tntp_trips(path: str | PathLike[str]) -> Demand:
    """Read ``*_trips.tntp``; pairs without trips are left out.

    Raises
    ------
    InputError
        With the line and value of everything that is wrong.
    """
    file = _File(path)
    n_zones = file.number("NUMBER OF ZONES")
    origin, rows = 0, []
    for line, text in file.body():
        if text.split()[0].lower() == "origin":
            origin = file.node(line, "origin", " ".join(text.split()[1:]), n_zones)
            continue
        for item in filter(None, (item.strip() for item in text.split(";"))):
            target, colon, trips = (part.strip() for part in item.partition(":"))
            if not colon or not origin:
                file.wrong(
                    line, "destination", item, "expected 'destination : trips' of an origin,"
                )
                continue
            ends = origin, file.node(line, "destination", target, n_zones)
            volume = file.value(line, "trips", trips)
            if volume > 0:
                rows.append((*ends, volume))
    file.stop()
    table = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    ends_of = table[:2].astype(np.int32) - 1
    return Demand(ends_of[0], ends_of[1], np.zeros(len(rows), dtype=np.int8), table[2].copy())


def read_tntp_flows(path: str | PathLike[str], network: FlowNetwork) -> TntpFlows:
    """Read ``*_flow.tntp``: published volumes and costs of the links of `network`.

    Raises
    ------
    InputError
        With the line and value of everything that is wrong; a link without a row.
    """
    file = _File(path)
    waiting: dict[tuple[int, int], list[int]] = {}
    for ix, pair in enumerate(zip(network.tail.tolist(), network.head.tolist(), strict=True)):
        waiting.setdefault(pair, []).append(ix)
    volume, cost = np.full((2, len(network.tail)), np.nan)
    for line, words in file.rows(FLOW_COLUMNS, FLOW_COLUMNS):
        tail, head = (
            file.node(line, name, words[name], network.n_states) for name in FLOW_COLUMNS[:2]
        )
        links = waiting.get((tail - 1, head - 1))
        if not links:
            message = "no such link in the network, or none left,"
            file.wrong(line, "term_node", f"{tail} to {head}", message)
            continue
        ix = links.pop(0)
        volume[ix], cost[ix] = (file.value(line, name, words[name]) for name in FLOW_COLUMNS[2:])
    missing = np.flatnonzero(np.isnan(volume))
    if len(missing):
        ends = f"{network.tail[missing[0]] + 1} to {network.head[missing[0]] + 1}"
        file.wrong(None, None, ends, f"{len(missing)} links have no row, the first is")
    file.stop()
    return TntpFlows(volume, cost)


def _facility(file: "_File", line: int, value: dict[str, float]) -> Row:
    """The delay of a link; BPR with a power of 0 is a constant."""
    free, coefficient, power = value["free_flow_time"], value["b"], value["power"]
    if free == 0 or coefficient == 0 or power == 0:
        return constant(free * (1 + (coefficient if power == 0 else 0)))
    if value["capacity"] == 0:
        file.wrong(line, "capacity", "0", "expected more than 0, found")
        return constant(free)
    if power < 1:
        file.wrong(line, "power", f"{power:g}", "expected 0, or 1 and more, found")
        return constant(free)
    return bpr(free, value["capacity"], alpha=coefficient, beta=power)


def _columns_of(header: str) -> tuple[str, ...]:
    r"""The columns that the words of a header name; unknown words stay as they are.

    >>> _columns_of(" tail node\thead node\tcapacity (veh/h)\tfftt(min)\tB ;")
    ('init_node', 'term_node', 'capacity', 'free_flow_time', 'b')
    """
    text = re.sub(r"\([^)]*\)", "", header).replace(";", " ").strip()
    words = [word.strip() for word in (text.split("\t") if "\t" in text else text.split())]
    plain = [re.sub(r"[^a-z0-9]", "", word.lower()) for word in words if word]
    return tuple(_COLUMN_OF.get(word, word) for word in plain)


class _File:
    """A file in TNTP format: its metadata, its lines, and all that is wrong with it."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self.name = Path(path).name
        self.problems: list[Problem] = []
        try:
            self.lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            raise InputError(str(path), f"cannot be read: {error.strerror}") from error
        self.metadata: dict[str, tuple[int, str]] = {}
        self.start = 0
        for number, line in enumerate(self.lines, start=1):
            if match := re.match(r"\s*<([^>]+)>\s*(.*)", line):
                self.metadata[match[1].strip().upper()] = number, match[2].strip()
                if match[1].strip().upper() == "END OF METADATA":
                    self.start = number
                    break

    def body(self) -> Iterator[tuple[int, str]]:
        """Lines after the metadata that say something, with their numbers."""
        for number, line in enumerate(self.lines[self.start :], start=self.start + 1):
            text = line.split("~")[0].strip()
            if text:
                yield number, text

    def rows(
        self, needed: tuple[str, ...], usual: tuple[str, ...]
    ) -> Iterator[tuple[int, dict[str, str]]]:
        """The words of each line by their columns, of which those `needed` are there."""
        columns = self._header(needed) or usual
        least = 1 + max(columns.index(name) for name in needed)
        for number, text in self.body():
            words = text.replace(";", " ").split()
            if {*_columns_of(text)} >= {*needed[:2]}:
                continue
            if len(words) < least:
                wanted = f"expected {least} columns ({' '.join(columns[:least])}), found"
                self.wrong(number, None, text, wanted)
            else:
                yield number, dict(zip(columns, words, strict=False))

    def _header(self, needed: tuple[str, ...]) -> tuple[str, ...]:
        """The columns that the first line names which names all that are needed."""
        for line in self.lines[self.start :]:
            columns = _columns_of(line.strip().removeprefix("~"))
            if {*columns} >= {*needed}:
                return columns
        return ()

    def weighed(
        self, factor: str, column: str, weight: float | None, values: list[float]
    ) -> FloatArray:
        """What a column of the links costs, by the weight that was asked for or is stated."""
        line, text = self.metadata.get(factor, (None, ""))
        found = np.array(values, dtype=np.float64)
        if weight is None:
            weight = self.value(line, f"<{factor}>", text) if text else None
        if weight is None and column == "toll" and (found > 0).any():
            message = f"{int((found > 0).sum())} links have a toll, and its weight is not said:"
            self.wrong(
                None, "toll", f"<{factor}>", f"{message} give toll_weight, 0 to leave it out,"
            )
        if weight and np.isnan(found).any():
            self.wrong(None, column, f"{weight:g}", f"there is no {column} to be weighed by")
        return (weight or 0.0) * np.nan_to_num(found)

    def number(self, name: str) -> int:
        """A whole number of the metadata."""
        line, text = self.metadata.get(name, (None, ""))
        if not re.fullmatch(r"\d+", text):
            self.wrong(line, f"<{name}>", text, "expected a whole number, found")
            self.stop()
        return int(text)

    def node(self, line: int, column: str, text: str, largest: int) -> int:
        """A node number from 1 to `largest`."""
        if re.fullmatch(r"\d+", text) and 1 <= int(text) <= largest:
            return int(text)
        self.wrong(line, column, text, f"expected a node from 1 to {largest}, found")
        return 1

    def value(self, line: int | None, column: str, text: str) -> float:
        """A number, 0 or more."""
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not (0 <= value < np.inf):
            self.wrong(line, column, text, "expected a number, 0 or more, found")
            return 0.0
        return value

    def wrong(self, line: int | None, column: str | None, value: str, message: str) -> None:
        self.problems.append(Problem("error", self.name, line, column, value, message))
        if len(self.problems) >= MOST_PROBLEMS:
            self.stop()

    def stop(self) -> None:
        """Raise all that was found."""
        if self.problems:
            raise InputError.of(self.name, self.problems)
