"""How much of a corridor is published, derived and estimated, table by table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lajvard.corridor.corridor import Corridor
from lajvard.corridor.table import Table
from lajvard.schema import TABLES
from lajvard.tables.numbers import percent

BASES = ("published", "derived", "estimate")
"""Where figures come from, the surest first."""

GRADES = ("A", "B", "C", "K")
"""How good a publication is, the best first."""

_NOUNS = {
    "node": "places",
    "link": "links",
    "cargo_class": "unit loads",
    "procedure": "procedures at borders and ports",
    "transfer": "changes of mode or gauge",
    "service": "services",
    "calendar": "opening hours and driving rules",
    "regime": "legal regimes",
    "instrument": "standings of countries towards treaties",
    "demand": "flows of goods",
    "tariff": "prices",
    "emission": "emission factors",
    "closure": "closures",
    "project": "projects",
    "cable_site": "sites of the fibre line",
    "cable_span": "stretches of fibre cable",
    "hazard": "hazards of the seabed",
    "sounding": "heights of the seabed",
    "shoreline": "vertices of the shoreline",
    "alternative": "named ways that the report compares",
    "od_pair": "pairs of places that the report compares",
    "record": "talks and agreements",
    "observation": "counts and measurements",
    "share": "observed shares of flows by way",
    "parameter": "assumptions of the models",
    "target": "published route figures",
}


@dataclass(frozen=True)
class TableQuality:
    """Where the figures of a table come from, over the rows that are used.

    Attributes
    ----------
    table
        Name of the table.
    rows
        Used rows.
    competing
        Rows beside them that state the same thing otherwise and are not used.
    by_basis
        Used rows by basis: published, derived, estimate.
    by_status
        Used rows by status.
    by_grade
        Used rows by the best grade of their sources; ``""`` where none has a grade.
    undated
        Used rows that do not say since when they hold.
    km
        For links, kilometres by the basis of their length; else empty.
    aspects
        Rows by basis of columns that state their own: ``{"speed": {"derived": 310, ...}}``.
    """

    table: str
    rows: int
    competing: int
    by_basis: Mapping[str, int]
    by_status: Mapping[str, int]
    by_grade: Mapping[str, int]
    undated: int
    km: Mapping[str, float] = field(default_factory=dict)
    aspects: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def share(self, basis: str) -> float:
        """Share of the used rows that are ``published``, ``derived`` or ``estimate``."""
        return self.by_basis[basis] / self.rows if self.rows else 0.0

    def share_km(self, basis: str) -> float:
        """Share of the kilometres of links; nan for other tables."""
        total = sum(self.km.values())
        return self.km[basis] / total if total else float("nan")


def data_quality(corridor: Corridor) -> tuple[TableQuality, ...]:
    """Where the figures of each table that has rows come from; sources are left out.

    Examples
    --------
    >>> from lajvard.corridor.table import Table
    >>> emission = Table.of("emission", {"emission_id": ["a", "b"], "basis": ["published"] * 2})
    >>> [quality] = data_quality(Corridor.of({"emission": emission}, name="c"))
    >>> quality.share("published"), quality.undated
    (1.0, 2)
    """
    source = corridor["source"]
    grades = dict(zip(source.text("source_id"), source.text("grade"), strict=True))
    return tuple(
        table_quality(table, grades) for table in corridor if len(table) and table.name != "source"
    )


def table_quality(table: Table, grades: Mapping[str, str]) -> TableQuality:
    """Where the figures of one table come from; `grades` are those of sources by identifier."""
    used = table.used()
    basis = used.text("basis")
    own = [column for column in table.schema.columns if column.endswith("_basis")]
    return TableQuality(
        table=table.name,
        rows=len(used),
        competing=len(table) - len(used),
        by_basis=_counted(basis, BASES),
        by_status=_counted(used.text("status"), TABLES[table.name].columns["status"].allowed),
        by_grade=_counted((_best(ids, grades) for ids in used.lists("source_id")), (*GRADES, "")),
        undated=sum(not since for since in used.text("since")),
        km=_km(used, basis) if table.name == "link" else {},
        aspects={name.removesuffix("_basis"): _counted(used.text(name), BASES) for name in own},
    )


def _counted(words: Iterable[str], order: Sequence[str]) -> dict[str, int]:
    found = Counter(words)
    return {word: found[word] for word in order if found[word] or order is BASES}


def _best(ids: Iterable[str], grades: Mapping[str, str]) -> str:
    found = {grades.get(one, "") for one in ids}
    return next((grade for grade in GRADES if grade in found), "")


def _km(link: Table, basis: Sequence[str]) -> dict[str, float]:
    km, kinds = np.nan_to_num(link.numbers("length")), np.array(basis, dtype=object)
    return {kind: float(km[kinds == kind].sum()) for kind in BASES}


def quality_lines(corridor: Corridor) -> list[str]:
    """What a reader should know about the figures, a sentence a table, the whole first."""
    found = data_quality(corridor)
    rows = sum(quality.rows for quality in found)
    total = {kind: sum(quality.by_basis[kind] for quality in found) for kind in BASES}
    lines = [f"{rows:,} statements in all: {_shares(total)}."] if rows else []
    for quality in found:
        what = noun(quality.table)
        line = f"{quality.rows:,} {what}: {_shares(quality.by_basis)}"
        if quality.km:
            km = sum(quality.km.values())
            line += f"; by length ({km:,.0f} km): {_shares(quality.km)}"
        for name, by_basis in quality.aspects.items():
            line += f"; their {name}s: {_shares(by_basis)}"
        if quality.competing:
            are = "statement is" if quality.competing == 1 else "statements are"
            line += f"; {quality.competing:,} competing {are} kept and not used"
        lines.append(f"{line}.")
    return lines


def noun(table: str) -> str:
    """What the rows of a table are called in a sentence.

    >>> noun("tariff"), noun("cargo_class")
    ('prices', 'unit loads')
    """
    return _NOUNS.get(table, f"rows of {table}")


def _shares(amounts: Mapping[str, float]) -> str:
    total = sum(amounts.values()) or 1.0
    words = {"published": "published", "derived": "derived", "estimate": "estimated"}
    shares = {kind: percent(amounts[kind] / total, plain=True) for kind in BASES}
    return ", ".join(f"{shares[kind]} {words[kind]}" for kind in BASES)
