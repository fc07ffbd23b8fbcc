"""Do the tests of the rooms that make headline numbers notice small slips? (`make validate`)"""

import pytest
from tests.mutation.run import LEAST, copied_project, mutate_room

SAMPLES = {"network": 16, "routes": 14, "indicators": 10, "study": 10, "analysis": 10}
"""Mutants of each room: 60 in all, the same ones until a module changes."""


@pytest.mark.validate
def test_mutants__are_killed() -> None:
    with copied_project() as folder:
        found = [mutate_room(folder, room, count, seed=1) for room, count in SAMPLES.items()]
    n_mutants = sum(room.n_mutants for room in found)
    survivors = [survivor for room in found for survivor in room.survivors]
    assert n_mutants == sum(SAMPLES.values())
    assert 1 - len(survivors) / n_mutants >= LEAST, survivors
