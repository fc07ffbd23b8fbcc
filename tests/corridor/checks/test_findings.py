from tests.tiny import tiny_corridor

from lajvard.corridor.checks.findings import Findings, Guess


def test_findings__come_by_table_row_and_column() -> None:
    corridor, findings = tiny_corridor(), Findings()
    findings.add_to_table("warning", "node", "tier", ["tier"], "no column")
    findings.add("error", corridor["link"], [2, 0], "length", "is wrong:")
    findings.add("error", corridor["node"], [1], "y_coord", "is wrong:")
    findings.add(
        "error", corridor["node"], [1], "x_coord", "is wrong:", detail=lambda ix: f"({ix})"
    )
    assert [str(problem) for problem in findings.problems()] == [
        "node.csv row 3, x_coord: is wrong: (1) '62.28'.",
        "node.csv row 3, y_coord: is wrong: '35.25'.",
        "node.csv, tier: no column 'tier'.",
        "link.csv row 2, length: is wrong: '120'.",
        "link.csv row 4, length: is wrong: '300'.",
    ]


def test_findings__count_kinds_apart() -> None:
    corridor, findings = tiny_corridor(), Findings(most=1)
    for column in ("x_coord", "y_coord"):
        findings.add("error", corridor["node"], range(4), column, "is wrong:")
    found = [(one.row, one.column, one.message) for one in findings.problems()]
    assert found == [
        (2, "x_coord", "is wrong:"),
        (2, "y_coord", "is wrong:"),
        (None, "x_coord", "and 3 more: is wrong:"),
        (None, "y_coord", "and 3 more: is wrong:"),
    ]


def test_findings__say_a_detail_only_of_what_is_listed() -> None:
    asked: list[int] = []

    def detail(ix: int) -> str:
        asked.append(ix)
        return "so"

    findings = Findings(most=2)
    findings.add("error", tiny_corridor()["node"], range(4), "name", "is wrong", detail=detail)
    assert asked == [0, 1]


def test_guess__finds_one_wrong_letter_among_very_many() -> None:
    known = [f"N{number:05d}-{chr(97 + number % 26)}" for number in range(50_000)]
    guess = Guess(known)
    for wrong in ("N01234x-m", "N0123-m", "N10234-m", "n01234-m"):
        assert guess(wrong).startswith("Did you mean 'N"), wrong
    assert guess("N01234m") == "Did you mean 'N01234-m'?"
    assert guess("Altynkol") == ""
    assert guess("") == ""
    assert Guess([])("x") == ""
