from tests.tiny import changed, extended, tiny_corridor, without

from lajvard.corridor import Corridor, check_corridor
from lajvard.errors import Problem

ADD = "Add what is done at each end to procedure.csv, with mean_h 0 if nobody stops."


def found(corridor: Corridor) -> list[Problem]:
    words = ("crosses", "no link or service")
    return [problem for problem in check_corridor(corridor) if problem.message.startswith(words)]


def port(corridor: Corridor, node_id: str, country: str, x: str, y: str) -> Corridor:
    return extended(
        corridor,
        "node",
        node_id=node_id,
        name=node_id,
        country=country,
        x_coord=x,
        y_coord=y,
        node_type="port",
    )


def with_ferry(carries: str, *procedures: tuple[str, str, str]) -> Corridor:
    """The tiny corridor with a ferry from KRW to ALT, and procedures (node, other, mode)."""
    corridor = port(tiny_corridor(), "KRW", "TM", "52.9", "40.0")
    corridor = port(corridor, "ALT", "AZ", "49.4", "39.9")
    corridor = extended(
        corridor,
        "link",
        link_id="KRW-ALT",
        from_node_id="KRW",
        to_node_id="ALT",
        mode="sea",
        length="320",
        free_speed="20",
    )
    corridor = extended(
        corridor,
        "service",
        service_id="F",
        name="ferry",
        link_id="KRW-ALT",
        carries=carries,
        operation="headway",
        headway_h="24",
        capacity="50",
        sailing_h="16",
    )
    for number, (node, other, mode) in enumerate(procedures):
        corridor = extended(
            corridor,
            "procedure",
            procedure_id=f"P{number}",
            node_id=node,
            other_node_id=other,
            mode=mode,
            direction="both",
            activity="port_clearance",
            mean_h="3",
        )
    return corridor


def test_check_borders__finds_a_link_without_procedures() -> None:
    (problem,) = found(without(tiny_corridor(), "procedure", 2, 3, 4, 5))
    assert (problem.severity, problem.table, problem.row) == ("error", "link.csv", 3)
    assert (problem.column, problem.value, problem.remedy) == ("link_id", "TOR-SER", ADD)
    assert problem.message == (
        "crosses a border with no procedure at either end (road, 'TOR' to 'SER'):"
    )


def test_check_borders__names_what_the_procedures_name_instead() -> None:
    corridor = tiny_corridor()
    for row in (2, 3, 4, 5):
        corridor = changed(corridor, "procedure", row, other_node_id="MAR")
    (problem,) = (one for one in found(corridor) if one.severity == "error")
    assert problem.remedy == "The road procedures at 'TOR' name 'MAR' as other side."


def test_check_borders__wants_procedures_of_the_same_mode() -> None:
    corridor = tiny_corridor()
    for row in (2, 3, 4, 5):
        corridor = changed(corridor, "procedure", row, mode="rail")
    problems = found(corridor)
    assert [p.severity for p in problems if p.table == "link.csv"] == ["error"]
    assert [(p.row, p.value) for p in problems if p.table == "procedure.csv"] == [
        (2, "SER"),
        (3, "SER"),
        (4, "TOR"),
        (5, "TOR"),
    ]


def test_check_borders__warns_when_one_end_has_none() -> None:
    (problem,) = found(without(tiny_corridor(), "procedure", 4, 5))
    assert (problem.severity, problem.row, problem.value) == ("warning", 3, "SER")
    assert problem.message == "crosses a border with no procedure at one end (road):"
    assert problem.remedy == "Add what is done at 'SER', with mean_h 0 if nobody stops."


def test_check_borders__warns_when_one_direction_has_none() -> None:
    (problem,) = found(without(tiny_corridor(), "procedure", 5))
    assert (problem.severity, problem.row, problem.value) == ("warning", 3, "SER")
    assert problem.message == "crosses a border with no inbound procedure at one end (road):"


def test_check_borders__asks_of_a_directed_link_one_direction_only() -> None:
    corridor = without(tiny_corridor(), "procedure", 3, 4)
    assert [problem.value for problem in found(corridor)] == ["TOR", "SER"]
    assert found(changed(corridor, "link", 3, directed="yes")) == []


def test_check_borders__takes_a_procedure_for_both_directions() -> None:
    corridor = without(tiny_corridor(), "procedure", 3, 5)
    for row in (2, 3):
        corridor = changed(corridor, "procedure", row, direction="both")
    assert found(corridor) == []


def test_check_borders__does_not_count_parts_of_other_procedures() -> None:
    corridor = changed(tiny_corridor(), "procedure", 5, part_of="SER-out")
    assert [problem.value for problem in found(corridor)] == ["SER"]


def test_check_borders__warns_of_links_that_do_not_operate_yet() -> None:
    corridor = changed(
        without(tiny_corridor(), "procedure", 2, 3, 4, 5), "link", 3, status="building"
    )
    assert [problem.severity for problem in found(corridor)] == ["warning"]


def test_check_borders__lets_a_lorry_on_a_ferry_meet_procedures_by_road() -> None:
    both = (("KRW", "ALT", "road"), ("ALT", "KRW", "road"))
    assert found(with_ferry("lorry", *both)) == []
    problems = found(with_ferry("lorry", ("KRW", "ALT", "sea"), ("ALT", "KRW", "sea")))
    (problem,) = (one for one in problems if one.severity == "error")
    assert (problem.table, problem.row, problem.column) == ("service.csv", 2, "link_id")
    assert problem.message.endswith("(road, 'KRW' to 'ALT'):")
    assert problem.value == "KRW-ALT"


def test_check_borders__lets_a_wagon_on_a_ferry_meet_procedures_by_rail() -> None:
    assert found(with_ferry("wagon", ("KRW", "ALT", "rail"), ("ALT", "KRW", "rail"))) == []
    assert found(with_ferry("wagon"))[0].severity == "error"


def test_check_borders__takes_the_dwell_at_a_port_for_containers() -> None:
    assert found(with_ferry("container", ("KRW", "", "sea"), ("ALT", "", "sea"))) == []
    assert found(with_ferry("container", ("KRW", "ALT", "sea"), ("ALT", "KRW", "sea"))) == []
    (problem,) = found(with_ferry("container", ("KRW", "", "sea")))
    assert (problem.severity, problem.value) == ("warning", "ALT")


def test_check_borders__warns_of_procedures_that_nothing_leads_to() -> None:
    corridor = extended(
        tiny_corridor(),
        "procedure",
        procedure_id="P",
        node_id="HEA",
        other_node_id="SER",
        mode="road",
        direction="both",
        activity="customs",
        mean_h="1",
    )
    (problem,) = found(corridor)
    assert (problem.severity, problem.row, problem.column) == ("warning", 6, "other_node_id")
    assert str(problem).startswith(
        "procedure.csv row 6, other_node_id: no link or service by road joins 'HEA' to 'SER'. Look"
    )


def test_check_borders__is_silent_about_countries_it_cannot_read() -> None:
    corridor = changed(tiny_corridor(), "node", 2, country="Afghanistan")
    assert found(corridor) == []


def test_check_borders__does_not_count_procedures_that_have_ended() -> None:
    corridor = tiny_corridor()
    for row in (2, 3, 4, 5):
        corridor = changed(corridor, "procedure", row, until="2019")
    assert [problem.severity for problem in found(corridor)] == ["error"]
    assert found(corridor.as_of("2018")) == []
    assert found(changed(corridor, "link", 3, until="2019")) == []
