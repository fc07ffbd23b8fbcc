from lajvard.tables import Marked, ResultTable, headed
from lajvard.tables.html import anchor, table_html

COLUMNS = (headed("place"), headed("time", "h", 1), headed("sources", css="sources"))


def test_table_html__escapes_every_text() -> None:
    evil = "<script>alert(1)</script>"
    row = (Marked(evil, evil, evil, href='https://x.example/"><b>'), 1.0, Marked(evil, "cited"))
    table = ResultTable("s", evil, (headed(evil, evil), *COLUMNS[1:]), (row,), groups=((0, evil),))
    text = table_html(table)
    assert "<script>" not in text
    assert '"><b>' not in text
    assert text.count("&lt;script&gt;") >= 4


def test_table_html__links_only_listed_sources() -> None:
    table = ResultTable("s", "S", COLUMNS, (("A", 1.0, Marked("S1; S 2", "cited")),))
    text = table_html(table, {"S1"})
    assert f'<a href="#{anchor("S1")}">S1</a>, S 2' in text


def test_table_html__lets_the_last_cell_of_a_short_row_fill_it() -> None:
    table = ResultTable("s", "S", COLUMNS, (("A", Marked("no route", "none")),))
    assert '<td class="none" colspan="2">no route</td>' in table_html(table)


def test_table_html__heads_groups() -> None:
    rows = (("A", 1.0, ""), ("B", None, ""))
    text = table_html(ResultTable("s", "S", COLUMNS, rows, groups=((0, "first"), (1, "second"))))
    assert text.count("<tbody>") == 2
    assert text.index("first") < text.index(">A<") < text.index("second") < text.index(">B<")
    assert '<td class="num">–</td>' in text
