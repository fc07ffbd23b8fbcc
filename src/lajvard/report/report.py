"""Writing the report: one HTML file and one workbook with the same tables."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from lajvard.corridor import Corridor
from lajvard.corridor.write import write_atomically
from lajvard.report.findings import findings_sheet, key_findings
from lajvard.report.material import Material, gather
from lajvard.report.page import draw_figures, render_page
from lajvard.report.sheet import Sheet, value_of
from lajvard.report.sheets_conflicts import conflicts_sheet
from lajvard.report.sheets_data import (
    cited_in,
    closures_sheet,
    projects_sheet,
    quality_sheet,
    record_sheet,
    sources_sheet,
)
from lajvard.report.sheets_routes import (
    alternatives_sheet,
    chain_sheet,
    comparison_sheets,
    stages_sheet,
    standing_sheet,
    stops_sheet,
)
from lajvard.report.sheets_validation import validation_sheet, validation_sheets
from lajvard.report.workbook import write_workbook

HTML, XLSX = "report.html", "report.xlsx"


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where a report was written."""

    html: Path
    xlsx: Path


def write_report(
    corridor: Corridor,
    out: str | PathLike[str],
    *,
    as_of: str | dt.date | None = None,
    quick: bool = False,
    progress: Callable[[str], None] | None = None,
) -> ReportFiles:
    """Write a report on `corridor`: an HTML file that opens offline, and a workbook.

    Parameters
    ----------
    corridor
        Any corridor; sections that it has no rows for say so or are left out.
    out
        Folder, made if need be; files are written beside their place and then renamed.
    as_of
        The day that the report speaks of; by default the description as it stands.
    quick
        Only the main pair and fewer figures.
    progress
        Told what is being done.

    Raises
    ------
    InputError
        `as_of` is not a date.
    """
    tell = progress or _silent
    material = gather(corridor, as_of=as_of, quick=quick, progress=progress)
    findings = key_findings(material)
    sheets = make_sheets(material)
    sheets["findings"] = findings_sheet(findings)
    cited = cited_in(sheets.values())
    sheets["sources"] = sources_sheet(material, cited)
    listed = [str(value_of(row[0])) for row in sheets["sources"].rows]
    figures = draw_figures(material, tell)
    tell("Writing the page and the workbook")
    folder = Path(out)
    files = ReportFiles(folder / HTML, folder / XLSX)
    page = render_page(material, figures, findings, sheets, listed)
    write_atomically(files.html, page.encode())
    ordered = [sheets[name] for name in WORKBOOK if name in sheets]
    day = material.corridor.date or material.newest
    title = material.corridor.title
    write_atomically(files.xlsx, lambda path: write_workbook(ordered, path, title=title, day=day))
    return files


WORKBOOK = (
    "findings",
    "time",
    "money",
    "alternatives",
    "stages",
    "stops",
    "chain",
    "standing",
    "validation",
    "quality",
    "conflicts",
    "record",
    "projects",
    "closures",
    "sources",
)
"""The sheets of the workbook, in order."""


def make_sheets(material: Material) -> dict[str, Sheet]:
    """All tables but the findings and the sources."""
    time, money = comparison_sheets(material)
    return {
        "time": time,
        "money": money,
        "alternatives": alternatives_sheet(material),
        "stages": stages_sheet(material),
        "stops": stops_sheet(material),
        "chain": chain_sheet(material),
        "standing": standing_sheet(material),
        "validation": validation_sheet(material),
        **validation_sheets(material),
        "quality": quality_sheet(material),
        "conflicts": conflicts_sheet(material),
        "record": record_sheet(material),
        "projects": projects_sheet(material),
        "closures": closures_sheet(material),
    }


def _silent(_: str) -> None:
    pass
