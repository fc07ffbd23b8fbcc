import pickle

import pytest

from lajvard.assignment.engine import NoPath
from lajvard.errors import (
    EXIT_CODES,
    InputError,
    LajvardError,
    NumericsError,
    Problem,
    did_you_mean,
    exit_code,
)
from lajvard.progress import Cancelled


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem("error", "a.csv", 2, "x", "1", "bad", "Fix."), "a.csv row 2, x: bad '1'. Fix."),
        (Problem("error", "a.csv", None, None, None, "bad"), "a.csv: bad."),
        (Problem("error", "a.csv", 2, None, "", "bad"), "a.csv row 2: bad ''."),
        (Problem("error", "s.yaml", 2, "set", "x", "bad"), "s.yaml line 2, set: bad 'x'."),
    ],
)  # fmt: skip
def test_problem__says_where_what_and_what_to_do(problem: Problem, words: str) -> None:
    assert str(problem) == words


def test_input_error__lists_its_problems() -> None:
    problems = [Problem("error", "a.csv", row, None, None, "bad") for row in (2, 3)]
    error = InputError.of("corridor", problems)
    assert str(error) == "corridor: 2 problems found\n  a.csv row 2: bad.\n  a.csv row 3: bad."
    assert error.problems == tuple(problems)
    assert str(InputError.of("c", problems[:1])).startswith("c: 1 problem found")
    assert isinstance(error, ValueError)


def test_error__carries_where_and_remedy() -> None:
    error = LajvardError("here", "it broke", "Mend it.")
    assert (str(error), error.where, error.remedy) == (
        "here: it broke. Mend it.",
        "here",
        "Mend it.",
    )


def test_exit_code__is_that_of_the_class() -> None:
    kinds = (InputError, NumericsError, LajvardError)
    assert [exit_code(kind("a", "b")) for kind in kinds] == [2, 3, 1]
    assert exit_code(RuntimeError()) == 1
    assert all(issubclass(kind, LajvardError) for kind in EXIT_CODES)


@pytest.mark.parametrize(
    ("name", "guess"),
    [("Altynkl", "Altynkol"), ("altynkol", "Altynkol"), ("BAKU", "Baku"), ("zzz", ""), ("", "")],
)
def test_did_you_mean__finds_the_closest(name: str, guess: str) -> None:
    words = f"Did you mean '{guess}'?" if guess else ""
    assert did_you_mean(name, ["Altynkol", "Baku"]) == words
    assert did_you_mean(name, []) == ""


def test_error__survives_pickling() -> None:
    problems = [Problem("error", "a.csv", row, None, None, "bad") for row in (2, 3)]
    pending: list[type[Exception]] = [LajvardError]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        arguments = {Cancelled: (), NoPath: ("here", "it broke", "Mend it.", (3, 4))}
        error = kind(*arguments.get(kind, ("here", "it broke", "Mend it.")))
        found = pickle.loads(pickle.dumps(error))
        assert (type(found), str(found), found.__dict__) == (kind, str(error), error.__dict__)
    whole = InputError.of("corridor", problems)
    found = pickle.loads(pickle.dumps(whole))
    assert (str(found), found.problems) == (str(whole), whole.problems)
