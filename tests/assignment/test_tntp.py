"""The reader of TNTP files, on files written here."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from lajvard.assignment.assign import assign
from lajvard.assignment.tntp import read_tntp_flows, read_tntp_network, read_tntp_trips
from lajvard.cli import app
from lajvard.errors import InputError
from lajvard.flows.tntp import read_tntp_case

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
    assert assign(read_tntp_network(net, toll_weight=0), demand).link_flow[0] == pytest.approx(
        flows.volume
    )


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
        ("NODE> 3", "NODE> 9", "FIRST THRU NODE"),
    ],
)
def test_read_tntp_network__says_what_is_wrong(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in NETWORK
    (net,) = write(tmp_path, net=NETWORK.replace(old, new))
    with pytest.raises(InputError) as error:
        read_tntp_network(net, toll_weight=0)
    assert str(error.value).startswith("small_net.tntp")
    assert message in str(error.value)


def test_read_tntp_network__has_all_problems_together(tmp_path: Path) -> None:
    (net,) = write(tmp_path, net=NETWORK.replace("\t3\t", "\tx\t"))
    with pytest.raises(InputError, match="4 problems"):
        read_tntp_network(net, toll_weight=0)
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
    network = read_tntp_network(net, toll_weight=0)
    with pytest.raises(InputError, match=r"line 6, term_node: no such link .* '1 to 3'"):
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


# ------------------------------------------------------------- as the collection writes them

HEADERS = [
    "~\tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\t;",
    "~ Tail\tHead\tCapacity (veh/h)\tLength (ft)\tFree Flow Time (min)\tB\tPower\tSpeed\tToll",
    "~\tfrom\tto\tcapacity\tlength\tftime\tB\tPower\tspeed\ttoll\ttype",
    "~\ttail node\thead node\tcapacity (veh/h)\tlength (miles)\tfftt(min)\tB\tPower\tspeed limit"
    "\ttoll (cents)\tlink type",
    "~ init_node term_node capacity length free_flow_time b power speed toll link_type ;",
    "",
]
META = "<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 2\n<NUMBER OF LINKS> 1\n<END OF METADATA>\n"


@pytest.mark.parametrize("header", HEADERS)
def test_read_tntp_network__tells_columns_by_any_header(tmp_path: Path, header: str) -> None:
    (net,) = write(tmp_path, net=f"{META}{header}\n1 2 900 0.3 0.5 0.15 4 55 0 1 ;\n")
    network = read_tntp_network(net)
    assert network.facilities.free_h.tolist() == [0.5]
    assert network.facilities.capacity.tolist() == [900]


def test_read_tntp_network__follows_the_order_of_the_header(tmp_path: Path) -> None:
    """Sydney has other columns at the end, and some programs put the toll first."""
    header = "~\ttoll\tto\tfrom\tfftt (min)\tlength (km)\ttotal capacity\talpha\tbeta\tlanes"
    (net,) = write(tmp_path, net=f"{META}{header}\n7 2 1 0.5 0.3 900 0.15 4 2 ;\n")
    network = read_tntp_network(net, toll_weight=0.1, length_weight=10)
    assert (network.tail.tolist(), network.head.tolist()) == ([0], [1])
    assert network.facilities.free_h.tolist() == [0.5]
    assert network.fixed.tolist() == [[pytest.approx(3.7)]]


def test_read_tntp_network__weighs_what_is_there_and_asks_what_a_toll_costs(tmp_path: Path) -> None:
    row = "1 2 900 0.3 0.5 0.15 4 55 7 1 ;\n"
    (net,) = write(tmp_path, net=f"{META}{row}")
    with pytest.raises(InputError, match="1 links have a toll, and its weight is not said"):
        read_tntp_network(net)
    assert read_tntp_network(net, toll_weight=0).fixed.tolist() == [[0.0]]
    factors = META.replace("<END", "<TOLL FACTOR> 0.5\n<DISTANCE FACTOR> 2\n<END")
    (net,) = write(tmp_path, net=f"{factors}{row}")
    assert read_tntp_network(net).fixed.tolist() == [[pytest.approx(0.3 * 2 + 7 * 0.5)]]
    header = "~ init_node term_node capacity length free_flow_time b power"
    (net,) = write(tmp_path, net=f"{META}{header}\n1 2 900 0.3 0.5 0.15 4 ;\n")
    with pytest.raises(InputError, match=r"there is no toll to be weighed by '0\.5'"):
        read_tntp_network(net, toll_weight=0.5)


@pytest.mark.parametrize(
    "header",
    ["From To Volume Cost", "Tail \tHead \tVolume \tCost \t;", "~ from to volume cost", ""],
)
def test_read_tntp_flows__tells_columns_by_any_header(tmp_path: Path, header: str) -> None:
    net, flow = write(
        tmp_path,
        net=f"{META}1 2 900 0.3 0.5 0.15 4 55 0 1 ;\n",
        flow=f"<NUMBER OF ZONES> -1\n<END OF METADATA>\n\n{header}\n\t1 \t2 \t10.5 \t0.33 \t;\n",
    )
    flows = read_tntp_flows(flow, read_tntp_network(net))
    assert (flows.volume.tolist(), flows.cost.tolist()) == ([10.5], [0.33])


def test_flows__assigns_a_folder(tmp_path: Path) -> None:
    write(tmp_path, net=NETWORK, trips=TRIPS, flow=FLOWS)
    case = read_tntp_case(tmp_path, toll_weight=0)
    assert case.name == "small"
    assert case.assign().objective == pytest.approx(case.published_objective)
    links = tmp_path / "links.csv"
    arguments = ["flows", "--tntp", str(tmp_path), "--toll-weight", "0", "--out", str(links)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "3 nodes, 4 links, 2 pairs, 31.5 trips" in result.output
    assert "Published flows: objective" in result.output
    lines = links.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "init_node,term_node,volume,cost,published_volume"
    assert len(lines) == 5
    assert lines[1].startswith("1,3,30.0,")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "holds no file"),
        ({"net": NETWORK}, "there is no small_trips.tntp beside small_net.tntp"),
    ],
)
def test_read_tntp_case__says_what_is_missing(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    write(tmp_path, **files)
    with pytest.raises(InputError, match=said):
        read_tntp_case(tmp_path)
