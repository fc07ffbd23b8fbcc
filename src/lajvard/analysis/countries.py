"""Names of countries, from the table of their codes."""

import csv
from functools import cache
from importlib.resources import files


@cache
def _countries() -> dict[str, str]:
    text = files("lajvard.report").joinpath("countries.csv").read_text(encoding="utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}


def country(code: str) -> str:
    """Name of a country in English, the code itself when it is not known.

    >>> country("AF"), country("??")
    ('Afghanistan', '??')
    """
    return _countries().get(code, code)
