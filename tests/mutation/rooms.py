"""The rooms whose modules are mutated, their tests, and the mutants that no test can notice."""

from typing import NamedTuple


class Room(NamedTuple):
    """Modules of one room, and their tests.

    Attributes
    ----------
    modules
        Patterns of files in the package.
    tests
        Test files and folders, those that are quick and worked by hand first.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "network": Room(("network/*.py",), ("tests/network",)),
    "routes": Room(
        ("routes/route.py", "routes/find.py", "routes/legal.py", "routes/query.py"),
        (
            "tests/routes/test_sums.py",
            "tests/routes/test_choice.py",
            "tests/routes/test_route.py",
            "tests/routes/test_find.py",
        ),
    ),
    "case": Room(("case/*.py",), ("tests/case",)),
    "indicators": Room(("indicators/*.py",), ("tests/indicators",)),
    "study": Room(
        ("study/statistics.py", "study/measures.py"),
        (
            "tests/study/test_measures_by_hand.py",
            "tests/study/test_statistics.py",
            "tests/study/test_measures.py",
        ),
    ),
    "analysis": Room(
        ("tables/numbers.py", "analysis/targets.py"),
        ("tests/tables/test_numbers.py", "tests/analysis/test_targets.py"),
    ),
}
"""Rooms that make headline numbers. Compiled kernels are compared with slow twins instead."""

LEFT_OUT = ("*_kernels.py", "__init__.py")


class Equivalent(NamedTuple):
    """A mutant that gives the same results as the module itself, and why."""

    module: str
    function: str
    code: str
    what: str
    reason: str


_ORDER = "Only the order of these numbers counts, and at most a few steps lie between two of them."
_LINE = "EXIT, CLOSED, ON_THE_WAY, PERMIT, ENTRY = 0, 1000, 2000, 3000, 4000"
_RANK = "rank = 4 * bool(country) + 2 * bool(classes[ix])"
_RANKS = "Ranks stay in the same order: the country before all else together."
_REACHED = "Whether a place can be reached does not depend on the criterion that is looked at."

EQUIVALENT: tuple[Equivalent, ...] = (
    *(
        Equivalent("network/compilation.py", "", _LINE, what, _ORDER)
        for what in ("1000 -> 1001", "2000 -> 2001", "3000 -> 3001", "4000 -> 4001", "0 -> 1")
    ),
    Equivalent(
        "network/compile.py",
        "_in_rows",
        "span = 1 + max(int(moves.mode_from.max(initial=0)), int(moves.mode_to.max(initial=0)))",
        "0 -> 1",
        "Numbers of states may lie further apart: they are numbered anew in their order.",
    ),
    Equivalent(
        "network/places.py",
        "Places.mode_ix",
        'named = f"{mode} {gauge_mm:.0f}" if mode == "rail" and not np.isnan(gauge_mm) else mode',
        "mode == 'rail' and (not np.isnan(gauge_mm)) -> mode == 'rail' or not np.isnan(gauge_mm)",
        "A mode and a gauge that name no mode of the network give the mode itself.",
    ),
    *(
        Equivalent("network/prices.py", function, code, "4 -> 5", _RANKS)
        for function, code in (
            ("_tariff_rows", f'{_RANK} + ("teu" in unit)'),
            ("_emission_rows", _RANK),
        )
    ),
    Equivalent("network/prices.py", "_emission_rows", _RANK, "2 -> 3", _RANKS),
    *(
        Equivalent("routes/find.py", function, code, "0 -> 1", _REACHED)
        for function, code in (
            (
                "_no_route",
                "if not reachable(constrained(network, start, end, constraints[:count], [0])):",
            ),
            (
                "_each_alone",
                "constrained(network, start, end, "
                "[*constraints[:ix], *constraints[ix + 1 :]], [0])",
            ),
        )
    ),
)
"""Mutants that no test can notice; they are not counted."""
