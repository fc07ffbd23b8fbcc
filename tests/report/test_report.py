"""The report as a whole: one file, complete, self-contained, the same each time."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from tests.tiny import changed, extended, tiny_corridor, told_to, unchecked

from lajvard.case import Case
from lajvard.corridor import Corridor, built_in
from lajvard.errors import InputError
from lajvard.report import ReportFiles, write_report
from lajvard.report.report import WORKBOOK
from lajvard.study import simulate

SECTIONS = (
    "findings",
    "map",
    "distance",
    "comparison",
    "time",
    "legal",
    "validation",
    "quality",
    "record",
    "projects",
    "method",
    "conflicts",
    "closures",
    "sources",
)


class Page(HTMLParser):
    """Ids, links and loaded addresses of a page; tags that were not closed."""

    VOID = frozenset({"meta", "br", "link", "img", "hr", "input"})

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.text = file.read_text(encoding="utf-8")
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.open: list[str] = []
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "href", "srcset", "data"):
                self.loaded.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> ReportFiles:
    return write_report(Case(built_in()), tmp_path_factory.mktemp("report") / "deep", quick=True)


@pytest.fixture(scope="module")
def page(files: ReportFiles) -> Page:
    return Page(files.html)


def test_write_report__has_every_section(page: Page) -> None:
    assert [name for name in page.ids if name in SECTIONS] == list(SECTIONS)
    assert page.open == []


def test_write_report__loads_nothing(page: Page) -> None:
    assert all(address.startswith("#") for address in page.loaded)
    assert not re.search(r"@import|url\((?!#)|<script|<link|<img|<iframe", page.text)


def test_write_report__links_lead_somewhere(page: Page) -> None:
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    assert all(re.match(r"#|https?://", link) for link in page.links)


def test_write_report__ids_are_unique(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))


def test_write_report__states_its_main_numbers(page: Page) -> None:
    assert "Before you use a number from this report" in page.text
    assert re.search(r"tallest step: \S+", page.text)
    assert page.text.count("<svg") == 3
    assert "nan" not in re.sub(r"<[^>]*>", " ", page.text).split()


def test_write_report__workbook_has_the_same_tables(files: ReportFiles, page: Page) -> None:
    book = CalamineWorkbook.from_path(str(files.xlsx))
    others = ("sim_", "flow_", "sea_", "line_")
    assert len(book.sheet_names) == sum(not name.startswith(others) for name in WORKBOOK)
    assert book.sheet_names[0] == "findings"
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        assert len(rows) > 1, name
        assert all(rows[0]), name
    finding = book.get_sheet_by_name("findings").to_python()[1]
    assert f"<b>{finding[1]}</b>" in page.text


def test_write_report__is_the_same_each_time(files: ReportFiles, tmp_path: Path) -> None:
    again = write_report(Case(built_in()), tmp_path, quick=True)
    assert again.html.read_bytes() == files.html.read_bytes()
    assert again.xlsx.read_bytes() == files.xlsx.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.xlsx"]


def test_write_report__speaks_of_a_day(tmp_path: Path) -> None:
    told: list[str] = []
    files = write_report(
        Case(built_in(), as_of="2020-12-21"),
        tmp_path,
        quick=True,
        progress=told_to(told),
    )
    assert "As of 21 December 2020" in files.html.read_text("utf-8")
    assert told[0] == "Checking the description"
    with pytest.raises(InputError, match="not a date"):
        write_report(Case(built_in(), as_of="yesterday"), tmp_path)


def test_write_report__leaves_out_what_it_has_no_rows_for(tmp_path: Path) -> None:
    corridor = built_in()
    for table in ("alternative", "od_pair", "target", "record", "instrument", "closure"):
        corridor = corridor.with_table(corridor[table].select([]))
    page = Page(write_report(Case(unchecked(corridor)), tmp_path, quick=True).html)
    assert not {"validation", "record", "legal", "closures"} & set(page.ids)
    assert {"map", "distance", "comparison", "time", "projects"} <= set(page.ids)


def places() -> Corridor:
    tables = {name: tiny_corridor()[name] for name in ("node", "source")}
    return Corridor.of(tables, name="places")


@pytest.mark.parametrize(
    ("corridor", "said"),
    [
        (Corridor.of({}, name="nothing"), "The description is empty"),
        (places(), "names no pair of places"),
        (changed(tiny_corridor(), "link", 3, status="stated"), "No route was found"),
        (tiny_corridor(), "The best route takes"),
    ],
    ids=["empty", "places", "cut", "tiny"],
)
def test_write_report__works_for_any_corridor(
    corridor: Corridor, said: str, tmp_path: Path
) -> None:
    page = Page(write_report(Case(corridor), tmp_path).html)
    assert said in page.text
    assert "quality" in page.ids


def test_write_report__escapes_what_users_write(tmp_path: Path) -> None:
    evil = "<b onclick='x'>&{{ 7 * 7 }}"
    corridor = changed(tiny_corridor(), "node", 3, name=evil)
    corridor = changed(corridor, "source", 2, title=evil, url="javascript:alert(1)")
    corridor = extended(corridor, "project", project_id="p", name=evil, place=evil, source_id="S1")
    corridor = extended(corridor, "record", record_id="r", date="2020", kind="meeting",
                        parties="AF", commitment=evil, outcome=evil)  # fmt: skip
    page = Page(write_report(Case(corridor), tmp_path).html)
    assert "<b onclick" not in page.text
    assert "javascript:" not in page.text
    assert "&amp;{{ 7 * 7 }}" in page.text
    assert page.open == []


def test_write_report__says_where_queues_never_settled(tmp_path: Path) -> None:
    bridge = {"procedure_id": "w", "node_id": "TOR", "mode": "road", "direction": "both"}
    bridge |= {"activity": "weighing", "mean_h": "0.5", "servers": "1"}
    corridor = extended(tiny_corridor(), "procedure", **bridge)
    corridor = changed(corridor, "demand", 3, tonnes_per_year="4000000")
    run = simulate(Case(corridor), tmp_path / "run", days=30, replications=2)
    page = Page(write_report(Case(corridor), tmp_path / "out", runs=[run]).html)
    assert "as described: queues grew without end at TOR road both weighing" in page.text
