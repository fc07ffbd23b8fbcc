"""Draw map.svg anew: the map of the report on the built-in corridor as a file of its own."""

import re
import tempfile
from pathlib import Path

import lajvard

ROOT = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = lajvard.write_report(lajvard.Case(lajvard.built_in()), folder, quick=True).html
        drawing = re.search(
            r'<svg[^>]*aria-label="Map of.*?</svg>', page.read_text(encoding="utf-8"), re.DOTALL
        )
    assert drawing, "the report has no map"
    text = drawing[0].replace("<svg", f'{ROOT} style="background:#fff"', 1)
    text = "\n".join(line.rstrip() for line in text.splitlines())
    Path(__file__).with_name("map.svg").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
