"""The page of the documentation that says how sure the figures of a corridor are."""

from collections.abc import Iterable, Mapping, Sequence

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.quality import (
    BASES,
    GRADES,
    TableQuality,
    data_quality,
    noun,
    quality_lines,
    table_quality,
)
from lajvard.schema import MODES, TABLES
from lajvard.tables.numbers import percent

_INTRODUCTION = """\
Read this before you quote a figure. Each row of the description says in the column `basis` where
its figures come from:

- **published**: printed in the sources that `source_id` names;
- **derived**: computed from printed figures; `note` says how;
- **estimate**: chosen by the editors; `note` says how, and the next study may choose otherwise.

Shares are of the rows that are used. Where figures were published twice with different values all
are kept; one row is used and the others are counted here as competing."""

_CAUTION = """\
A share of rows is not a share of influence. One estimate on a link that every route takes matters
more than ten on links that none takes. The report therefore states for each route how much of its
time and money rests on published figures, and this page does not replace that."""

_BAR = {"published": "█", "derived": "▒", "estimate": "·"}
_WIDTH = 20


def quality_page(corridor: Corridor) -> str:
    """The page as Markdown, made from the description alone.

    Written to ``docs/background/data-quality.md`` for the built-in corridor by ``make golden``.
    """
    found = data_quality(corridor)
    parts = [
        "# How sure the figures are",
        _INTRODUCTION,
        "## In short",
        "\n".join(f"- {line}" for line in quality_lines(corridor)),
        _weakest(found),
        "## Table by table",
        f"Bars: {_BAR['published']} published, {_BAR['derived']} derived, "
        f"{_BAR['estimate']} estimate.",
        _by_table(found),
        "## Links by mode",
        "The basis of a link is that of its length; the speed has its own.",
        _by_mode(corridor),
        "## Sources",
        "Rows by the best grade of the sources that they name. A: primary. B: official, through "
        "news. C: second-hand. K: from memory, to be checked. None: the sources have no grade, as "
        "with estimates.",
        _by_grade(found),
        "## Status",
        "Only operating rows carry traffic in the models.",
        _by_status(found),
        "## What this does not tell",
        _CAUTION,
    ]
    return "\n\n".join(parts) + "\n"


def _weakest(found: Sequence[TableQuality]) -> str:
    weak = sorted(found, key=lambda quality: -quality.share("estimate"))
    words = [
        f"{noun(quality.table)} ({percent(quality.share('estimate'), plain=True)})"
        for quality in weak
        if quality.share("estimate") >= 0.5
    ]
    if not words:
        return "In no table more than half of the rows are estimates."
    return f"**Mostly estimated:** {', '.join(words)}."


def _bar(amounts: Mapping[str, float]) -> str:
    """A bar of fixed width; every part that is not nothing gets at least one cell."""
    total = sum(amounts.values())
    if not total:
        return ""
    cells = {
        kind: max(round(_WIDTH * amounts[kind] / total), int(amounts[kind] > 0)) for kind in BASES
    }
    cells[max(cells, key=cells.__getitem__)] += _WIDTH - sum(cells.values())
    return "`" + "".join(_BAR[kind] * cells[kind] for kind in BASES) + "`"


def _by_table(found: Sequence[TableQuality]) -> str:
    rows = [
        (
            _linked(quality.table),
            f"{quality.rows:,}",
            _bar(quality.by_basis),
            *(percent(quality.share(kind), plain=True) for kind in BASES),
            f"{quality.competing:,}",
            f"{quality.undated:,}",
        )
        for quality in found
    ]
    header = ("table", "rows", "", *BASES, "competing", "no date")
    return _markdown(header, rows, "lrlrrrrr")


def _by_mode(corridor: Corridor) -> str:
    link = corridor["link"]
    rows = []
    for mode in MODES:
        part = link.select([ix for ix, cell in enumerate(link.text("mode")) if cell == mode])
        if not len(part):
            continue
        quality = table_quality(part, {})
        km, speed = sum(quality.km.values()), quality.aspects["speed"]
        known = sum(speed.values()) or 1
        lengths = (percent(quality.share_km(kind), plain=True) for kind in BASES)
        speeds = (percent(speed[kind] / known, plain=True) for kind in BASES)
        name = mode.replace("_", " ")
        rows.append((name, f"{quality.rows:,}", f"{km:,.0f}", *lengths, *speeds))
    header = ("mode", "links", "km", *(f"length {kind}" for kind in BASES))
    return _markdown((*header, *(f"speed {kind}" for kind in BASES)), rows, "lrrrrrrrr")


def _by_grade(found: Sequence[TableQuality]) -> str:
    rows = [
        (_linked(quality.table), *(_count(quality.by_grade, grade) for grade in (*GRADES, "")))
        for quality in found
    ]
    return _markdown(("table", *GRADES, "none"), rows, "lrrrrr")


def _by_status(found: Sequence[TableQuality]) -> str:
    known = TABLES["node"].columns["status"].allowed
    every = [word for word in known if any(word in quality.by_status for quality in found)]
    rows = [
        (_linked(quality.table), *(_count(quality.by_status, word) for word in every))
        for quality in found
    ]
    return _markdown(("table", *every), rows, "l" + "r" * len(every))


def _count(counts: Mapping[str, int], word: str) -> str:
    return f"{counts[word]:,}" if word in counts else ""


def _linked(table: str) -> str:
    return f"[{table}](../reference/tables.md#{table})"


def _markdown(header: Sequence[str], rows: Iterable[Sequence[str]], sides: str) -> str:
    rule = [":--" if side == "l" else "--:" for side in sides]
    lines = [header, rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
