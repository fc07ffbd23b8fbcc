"""Inputs that go wrong in one way or another, made from a corridor that is right."""

import csv
import io
import random
from collections.abc import Callable, Mapping

Files = dict[str, bytes]
"""Content by name of file."""

CELLS = (
    *("", "0", "-1", "-0", "1e309", "-1e309", "1e-12", "1e-300", "9" * 400, "nan", "inf", "-inf"),
    *("6 h", "6,5", "40 000", "many", "1_000", "0x10", "١٢", "½", "1.5e3", "+7", " 8 ", "08:00"),
    *(
        "24:00",
        "25:00",
        "noon",
        "2025-02-30",
        "2025",
        "9999-12-31",
        "0001-01-01",
        "mon;tue",
        "monday",
    ),
    *("13", "0;1;x", ";", ";;;", "a;b", "yes", "no", "maybe", "=1+1", "#DIV/0!", "$x$ $y$", "\\"),
    *("\x1b[31mred", "\u202eabc", "\u200b", "İ", "\ud83d\ude00", "None", "NULL", "'", '"', "<b>"),
    *("estimate", "published", "operating", "random", "dated", "leaves_when_full", "timetable"),
    *("headway", "empirical", "both", "inbound", "road", "rail", "sea", "AZ", "XX", "a" * 5000),
)
"""What is put into a cell instead."""

ENCODINGS = ("utf-8-sig", "utf-16", "cp1251", "latin-1", "utf-32")
Table = tuple[list[str], list[list[str]]]


def table_of(content: bytes) -> Table:
    """Header and rows of a CSV file."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    return lines[0], lines[1:]


def bytes_of(table: Table) -> bytes:
    """The CSV file of a header and rows; what has no UTF-8 becomes a question mark."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([table[0], *table[1]])
    return out.getvalue().encode("utf-8", "replace")


def _cell(table: Table, draw: random.Random) -> None:
    _, rows = table
    if rows:
        row = draw.choice(rows)
        row[draw.randrange(len(row))] = draw.choice(CELLS)


def _number(table: Table, draw: random.Random) -> None:
    """A number becomes another, where random cells would mostly meet names."""
    _, rows = table
    at = [(row, ix) for row in rows for ix, cell in enumerate(row) if _is_number(cell)]
    if at:
        row, ix = draw.choice(at)
        old = row[ix]
        row[ix] = draw.choice(("", "0", f"-{old}", f"{old}000", f"{old}e-9", *CELLS[:14]))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _column(table: Table, draw: random.Random) -> None:
    """A whole column holds something else, or what another one holds."""
    header, rows = table
    ix, other = (draw.randrange(len(header)) for _ in range(2))
    value = draw.choice(CELLS)
    for row in rows:
        if max(ix, other) < len(row):
            row[ix] = row[other] if draw.random() < 0.3 else value


def _rows(table: Table, draw: random.Random) -> None:
    _, rows = table
    if not rows:
        return
    way = draw.randrange(5)
    if way == 0:
        del rows[draw.randrange(len(rows))]
    elif way == 1:
        rows.append(list(draw.choice(rows)))
    elif way == 2:
        rows.extend(list(draw.choice(rows)) for _ in range(draw.choice((10, 300))))
    elif way == 3:
        draw.shuffle(rows)
    else:
        rows.clear()


def _header(table: Table, draw: random.Random) -> None:
    header, rows = table
    ix, way = draw.randrange(len(header)), draw.randrange(5)
    if way == 0:
        del header[ix]
        for row in rows:
            del row[ix : ix + 1]
    elif way == 1:
        header[ix] = draw.choice((header[ix].upper(), header[ix][:-1], "", "x", *CELLS[20:30]))
    elif way == 2:
        header.append(header[ix])
        for row in rows:
            row.append(row[ix] if ix < len(row) else "")
    elif way == 3:
        header.append("")
        for row in rows:
            row.append(draw.choice(("", "", "a remark")))
    else:
        header[ix], header[ix - 1] = header[ix - 1], header[ix]


CHANGES: tuple[Callable[[Table, random.Random], None], ...] = (
    *(_cell, _cell, _number, _number, _number, _column, _rows, _rows, _header),
)


def _file(files: Files, draw: random.Random) -> None:
    """A file is cut off, damaged, in another encoding, gone, or there twice."""
    name = draw.choice(sorted(files))
    content, way = files[name], draw.randrange(7)
    if way == 0:
        files[name] = content[: draw.randrange(len(content) + 1)]
    elif way == 1:
        broken = bytearray(content)
        for _ in range(draw.randint(1, 30)):
            if broken:
                broken[draw.randrange(len(broken))] = draw.randrange(256)
        files[name] = bytes(broken)
    elif way == 2:
        encoded = content.decode("utf-8", "replace").encode(draw.choice(ENCODINGS), "replace")
        files[name] = encoded
    elif way == 3:
        del files[name]
    elif way == 4:
        files[draw.choice(("notes.csv", "NODE.csv", "nodes.csv", "node .csv"))] = content
    elif way == 5:
        files[name] = content.replace(b",", draw.choice((b";", b"\t", b"|", b",,")))
    else:
        files["datapackage.json"] = draw.choice((b"", b"[1]", b"{" * 5000, b"[" * 99_999, b"\xff"))


def mutated(files: Mapping[str, bytes], seed: int) -> tuple[Files, str]:
    """Files of a corridor with one to three things changed, and in words what was changed."""
    draw, found, done = random.Random(seed), dict(files), []
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        if draw.random() < 0.12:
            _file(found, draw)
            done.append("file")
            continue
        names = sorted(name for name in found if name.endswith(".csv"))
        if not names:
            break
        name, change = draw.choice(names), draw.choice(CHANGES)
        try:
            table = table_of(found[name])
        except (UnicodeDecodeError, IndexError, csv.Error):
            continue
        change(table, draw)
        found[name] = bytes_of(table)
        done.append(f"{change.__name__[1:]} of {name}")
    return found, ", ".join(done)
