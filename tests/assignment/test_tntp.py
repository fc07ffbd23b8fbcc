"""The reader of TNTP files, on files written here."""

from pathlib import Path

import numpy as np
import pytest

from lajvard.assignment.assign import assign
from lajvard.assignment.tntp import read_tntp_flows, read_tntp_network, read_tntp_trips
from lajvard.errors import InputError

NETWORK = """\
<NUMBER OF ZONES> 2
<NUMBER OF NODES> 3
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 4
<ORIGINAL HEADER>~ Init Term ...
<END OF METADATA>

~	init	term	capacity	length	time	b	power	speed	toll	type	;
	1	3	10	2.5	1	1	1	0	5	1	;
	1	3	1	2	3	0.5	0	0	0	1	;
	3	2	0	1	0	0.15	4	0	0	1	;
~ a remark
	2	1	8	1	1e-1	0.15	4	0	0	1	;
"""
TRIPS = """\
<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 31.5
<END OF METADATA>

Origin 	1
    1 :    0.0;    2 :   30.0;
Origin 2
    1 : 1.5 ;
"""
FLOWS = "From \tTo \tVolume \tCost \n1 3 30 4\n1\t3\t0\t4.5\n3 2 30 0\n2 1 1.5 .1\n"


def write(folder: Path, **texts: str) -> list[Path]:
    paths = [folder / f"small_{name}.tntp" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_read_tntp__network_trips_and_flows(tmp_path: Path) -> None:
    net, trips, flow = write(tmp_path, net=NETWORK, trips=TRIPS, flow=FLOWS)
    network = read_tntp_network(net, length_weight=0.04, toll_weight=0.02)
    assert network.first_thru == 2
    assert network.tail.tolist() == [0, 0, 2, 1]
    assert network.head.tolist() == [2, 2, 1, 0]
    assert network.fixed[0] == pytest.approx([0.2, 0.08, 0.04, 0.04])
    assert network.facilities.kind.tolist() == [1, 0, 0, 1]
    assert network.facilities.free_h == pytest.approx([1, 4.5, 0, 0.1])
    demand = read_tntp_trips(trips)
    assert demand.origin.tolist() == [0, 1]
    assert demand.destination.tolist() == [1, 0]
    assert demand.volume == pytest.approx([30, 1.5])
    flows = read_tntp_flows(flow, network)
    assert flows.volume == pytest.approx([30, 0, 30, 1.5])
    assert flows.cost == pytest.approx([4, 4.5, 0, 0.1])
    # 1 + x / 10 = 4.5 only at 35 trips: the published flows are the equilibrium
    assert assign(read_tntp_network(net), demand).link_flow[0] == pytest.approx(flows.volume)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "1	3	10	2.5",
            "1	3	ten	2.5",
            "line 9, capacity: expected a number, 0 or more, found 'ten'",
        ),
        (
            "1	3	10	2.5",
            "1	7	10	2.5",
            "line 9, term_node: expected a node from 1 to 3, found '7'",
        ),
        (
            "1	3	10",
            "1	3	-10",
            "line 9, capacity: expected a number, 0 or more, found '-10'",
        ),
        ("0.15	4	0	0	1	;\n~ a", "1	;\n~ a", "line 11: expected 7 columns"),
        (
            "1e-1	0.15	4",
            "1e-1	0.15	0.5",
            "line 13, power: expected 0, or 1 and more, found '0.5'",
        ),
        ("8	1	1e-1", "0	1	1e-1", "line 13, capacity: expected more than 0, found '0'"),
        ("LINKS> 4", "LINKS> 5", "NUMBER OF LINKS: 4 rows follow, but it says '5'"),
        (
            "ZONES> 2",
            "ZONES> two",
            "line 1, <NUMBER OF ZONES>: expected a whole number, found 'two'",
        ),
        ("<FIRST THRU NODE> 3\n", "", "<FIRST THRU NODE>: expected a whole number, found ''"),
        ("NODE> 3", "NODE> 9", "FIRST THRU NODE"),
    ],
)
def test_read_tntp_network__says_what_is_wrong(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in NETWORK
    (net,) = write(tmp_path, net=NETWORK.replace(old, new))
    with pytest.raises(InputError) as error:
        read_tntp_network(net)
    assert str(error.value).startswith("small_net.tntp")
    assert message in str(error.value)


def test_read_tntp_network__has_all_problems_together(tmp_path: Path) -> None:
    (net,) = write(tmp_path, net=NETWORK.replace("\t3\t", "\tx\t"))
    with pytest.raises(InputError, match="4 problems"):
        read_tntp_network(net)
    with pytest.raises(InputError, match="cannot be read"):
        read_tntp_network(tmp_path / "none.tntp")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2 :   30.0", "3 :   30.0", "line 6, destination: expected a node from 1 to 2, found '3'"),
        ("2 :   30.0", "2 :   many", "line 6, trips: expected a number, 0 or more, found 'many'"),
        ("2 :   30.0", "2    30.0", "line 6, destination: expected 'destination : trips'"),
        ("Origin 2", "Origin B", "line 7, origin: expected a node from 1 to 2, found 'B'"),
    ],
)
def test_read_tntp_trips__says_what_is_wrong(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in TRIPS
    (trips,) = write(tmp_path, trips=TRIPS.replace(old, new))
    with pytest.raises(InputError) as error:
        read_tntp_trips(trips)
    assert message in str(error.value)


def test_read_tntp_flows__knows_the_links(tmp_path: Path) -> None:
    net, more = write(tmp_path, net=NETWORK, more=f"{FLOWS}1 3 2 2\n")
    network = read_tntp_network(net)
    with pytest.raises(InputError, match=r"line 6, to: no such link .* '1 to 3'"):
        read_tntp_flows(more, network)
    (fewer,) = write(tmp_path, fewer=FLOWS[:-11])
    with pytest.raises(InputError, match="1 links have no row, the first is '2 to 1'"):
        read_tntp_flows(fewer, network)


def test_read_tntp_trips__large_and_empty(tmp_path: Path) -> None:
    lines = "".join(f"Origin {o}\n" + "".join(f"{d} : 1;" for d in range(1, 301)) + "\n"
                    for o in range(1, 301))  # fmt: skip
    (many,) = write(tmp_path, many=f"<NUMBER OF ZONES> 300\n<END OF METADATA>\n{lines}")
    assert len(read_tntp_trips(many).origin) == 90_000
    (none,) = write(tmp_path, none="<NUMBER OF ZONES> 3\n<END OF METADATA>\n")
    assert np.array_equal(read_tntp_trips(none).volume, [])
