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
FLOW_COLUMNS = ("from", "to", "volume", "cost")
MOST_PROBLEMS = 20


class TntpFlows(NamedTuple):
    """Published flows and costs, in the order of the network's links."""

    volume: FloatArray  # (n_links,)
    cost: FloatArray  # (n_links,)


def read_tntp_network(
    path: str | PathLike[str], *, length_weight: float = 0.0, toll_weight: float = 0.0
) -> FlowNetwork:
    """Read ``*_net.tntp``: one class, and a BPR facility for each link.

    Parameters
    ----------
    path
        The file.
    length_weight, toll_weight
        What a unit of length and of toll costs, in the file's unit of time. Chicago Sketch is
        published with 0.04 and 0.02.

    Returns
    -------
    FlowNetwork
        Costs are in the file's unit of time, whatever it is. A link whose time is zero or does not
        depend on flow is accepted.

    Raises
    ------
    InputError
        With the line, column and value of everything that is wrong.
    """
    file = _File(path)
    n_zones, n_nodes, first_thru, n_links = (
        file.number(name)
        for name in ("NUMBER OF ZONES", "NUMBER OF NODES", "FIRST THRU NODE", "NUMBER OF LINKS")
    )
    ends, fixed, rows = [], [], []
    for line, words in file.rows(NETWORK_COLUMNS[:7]):
        tail, head = (file.node(line, NETWORK_COLUMNS[i], words[i], n_nodes) for i in (0, 1))
        columns = zip(NETWORK_COLUMNS[2:9], words[2:9], strict=False)
        value = {column: file.value(line, column, word) for column, word in columns}
        ends.append((tail - 1, head - 1))
        fixed.append(length_weight * value["length"] + toll_weight * value.get("toll", 0.0))
        rows.append(_facility(file, line, value))
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
        fixed=np.array([fixed], dtype=np.float64),
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
    for line, words in file.rows(FLOW_COLUMNS):
        if words[0].lower() == "from":
            continue
        tail, head = (file.node(line, FLOW_COLUMNS[i], words[i], network.n_states) for i in (0, 1))
        links = waiting.get((tail - 1, head - 1))
        if not links:
            file.wrong(
                line, "to", f"{tail} to {head}", "no such link in the network, or none left,"
            )
            continue
        ix = links.pop(0)
        volume[ix], cost[ix] = (file.value(line, FLOW_COLUMNS[i], words[i]) for i in (2, 3))
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

    def rows(self, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
        """The words of each line; there are at least as many as `columns`."""
        for number, text in self.body():
            words = text.replace(";", " ").split()
            if len(words) < len(columns):
                wanted = f"expected {len(columns)} columns ({' '.join(columns)}), found"
                self.wrong(number, None, text, wanted)
            else:
                yield number, words

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

    def value(self, line: int, column: str, text: str) -> float:
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
