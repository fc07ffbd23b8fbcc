from lajvard.analysis.sheet import Column, Marked, Sheet
from lajvard.report.html_table import anchor, table_html

COLUMNS = (Column("place"), Column("time", "h", 1), Column("sources", css="sources"))


def test_table_html__escapes_every_text() -> None:
    evil = "<script>alert(1)</script>"
    row = (Marked(evil, evil, evil, href='https://x.example/"><b>'), 1.0, Marked(evil, "cited"))
    sheet = Sheet("s", evil, (Column(evil, evil), *COLUMNS[1:]), (row,), groups=((0, evil),))
    text = table_html(sheet)
    assert "<script>" not in text
    assert '"><b>' not in text
    assert text.count("&lt;script&gt;") >= 4


def test_table_html__links_only_listed_sources() -> None:
    sheet = Sheet("s", "S", COLUMNS, (("A", 1.0, Marked("S1; S 2", "cited")),))
    text = table_html(sheet, {"S1"})
    assert f'<a href="#{anchor("S1")}">S1</a>, S 2' in text


def test_table_html__lets_the_last_cell_of_a_short_row_fill_it() -> None:
    sheet = Sheet("s", "S", COLUMNS, (("A", Marked("no route", "none")),))
    assert '<td class="none" colspan="2">no route</td>' in table_html(sheet)


def test_table_html__heads_groups() -> None:
    rows = (("A", 1.0, ""), ("B", None, ""))
    text = table_html(Sheet("s", "S", COLUMNS, rows, groups=((0, "first"), (1, "second"))))
    assert text.count("<tbody>") == 2
    assert text.index("first") < text.index(">A<") < text.index("second") < text.index(">B<")
    assert '<td class="num">–</td>' in text
