"""What every docstring example may use without importing it: ``np``, as in numpy's own docs."""

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _numpy_as_np(doctest_namespace: dict[str, object]) -> None:
    doctest_namespace["np"] = np
