"""The facts of the case studies of the built-in corridor, which are data of that corridor."""

from functools import cache
from importlib.resources import files
from typing import Any

_FILE = "data/case_studies/lapis_lazuli.yaml"


@cache
def facts_of(study: str) -> Any:
    """The facts of a case study by its name in ``data/case_studies``.

    >>> facts_of("convoy")["demand_id"]
    'LL-pilot-all'
    """
    from ruamel.yaml import YAML

    text = files("lajvard").joinpath(_FILE).read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)[study]
