"""Checks of the table of parameters: what the models know, and between which limits."""

import numpy as np

from lajvard.corridor.checks.findings import Findings, Guess
from lajvard.corridor.checks.view import View
from lajvard.schema import PARAMETERS

_TOPICS = ("fibre", "flows", "seabed")
_VALUES = ("value", "low", "high")


def check_parameters(view: View, findings: Findings) -> None:
    """Report values that no model can use, and parameters of a model that it does not know."""
    table = view.corridor["parameter"]
    known = {_word(name): limits for name, limits in PARAMETERS.items()}
    ids = table.text("parameter_id")
    limits = [known.get(_word(name), (-np.inf, np.inf)) for name in ids]
    least, most = np.array(limits, dtype=np.float64).reshape(-1, 2).T
    for column in _VALUES:
        values = table.numbers(column)
        findings.add(
            "error",
            table,
            np.flatnonzero((values < least) | (values > most)).tolist(),
            column,
            "expected a number",
            detail=lambda ix: f"from {least[ix]:.12g} to {most[ix]:.12g}, found",
            remedy="Look at the unit.",
        )
    value, low, high = (table.numbers(column) for column in _VALUES)
    crossed = (value < low) | (value > high)
    findings.add(
        "warning",
        table,
        np.flatnonzero(crossed).tolist(),
        "value",
        "lies outside its low and high",
        detail=lambda ix: f"({low[ix]:.12g} to {high[ix]:.12g}), found",
        remedy="A study of what matters most would vary it on one side only.",
    )
    guess = Guess(PARAMETERS)
    unknown = [
        ix
        for ix, (name, topic) in enumerate(zip(ids, table.text("topic"), strict=True))
        if topic in _TOPICS and name and _word(name) not in known
    ]
    findings.add(
        "warning",
        table,
        unknown,
        "parameter_id",
        "no model knows this parameter:",
        remedy=lambda ix: guess(ids[ix]) or "It is kept and not used.",
    )


def _word(name: str) -> str:
    return name.removeprefix("flows-").replace("-", "_")
