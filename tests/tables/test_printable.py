"""Names that steer a terminal, turn a line around or look like TeX."""

import re
import sys
import unicodedata
from pathlib import Path

import pytest

from lajvard.tables import ResultTable, columns_of
from lajvard.tables.plot import bars
from lajvard.tables.printable import printable

SOURCE = Path(__file__).parents[2] / "src" / "lajvard"


def test_printable__spells_out_every_character_that_is_an_instruction() -> None:
    """Controls, halves of characters, and what turns text around; whatever Unicode adds."""
    steering = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    for number in range(sys.maxunicode + 1):
        sign = chr(number)
        instruction = (
            unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
            or unicodedata.bidirectional(sign) in steering
        )
        shown = printable(sign, line=True)
        if instruction:
            assert shown.isascii(), hex(number)
            assert shown.isprintable(), hex(number)
            assert shown.startswith("\\"), hex(number)
        elif not 0xE0000 <= number < 0xE0080:
            assert shown == sign, hex(number)


def test_printable__keeps_lines_of_text_and_letters_of_every_script() -> None:
    text = "Ҳирот\n\tهرات، ایران\u200c\u200f 阿拉山口 Șırnak −5\u00a0km"
    assert printable(text) == text
    assert printable("a\nb", line=True) == "a\\nb"


def test_bars__draw_dollar_signs_as_they_are() -> None:
    columns = columns_of("place | | where\nfee_usd | $ | fee $x^$")
    rows = [{"place": name, "fee_usd": 1.0} for name in ("Fee $x^$", "$\\frac{$", "a \x1b b")]
    figure = bars(ResultTable.of("fees", columns, rows, title="Costs $_$ of $^$"))
    figure.canvas.draw()
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["Fee $x^$", "$\\frac{$", "a \\x1b b"]


@pytest.mark.parametrize(
    ("call", "files"),
    [
        (r"\bFigure\(|\bpyplot\b", {"report/figure.py", "tables/plot.py"}),
        (r"\btyper\.s?echo\(", {"cli/out.py", "cli/app.py"}),
        (r"\bConsole\(", {"cli/out.py"}),
    ],
)
def test_figures_and_output__have_one_door_each(call: str, files: set[str]) -> None:
    """Where names are made fit to be shown: another door would let them through as they are."""
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(call, path.read_text(encoding="utf-8"))
    }
    assert found <= files
