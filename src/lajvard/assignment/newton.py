"""Newton's method on the loads of all facilities, for stochastic equilibria."""

import numpy as np

from lajvard.assignment.arrays import FloatArray
from lajvard.assignment.response_kernels import choose, fill_response
from lajvard.assignment.state_kernels import AssignmentProblem, PathSet, State, refresh_all

MOST_FACILITIES = 1000
"""Beyond this the matrix would take longer than passes over pairs."""
MAX_STEPS, MAX_HALVINGS = 30, 12


def agree(
    problem: AssignmentProblem,
    state: State,
    paths: PathSet,
    scale: FloatArray,
    log_size: FloatArray,
    wanted: float,
) -> None:
    """Look for loads whose delays make the logit return them; path flows are a logit afterwards.

    Passes over pairs settle how much passes a full facility at once, but who passes it only
    slowly; this settles both. It begins with the loads of `state` and ends when they change by
    less than `wanted`, as a share, or when a step no longer helps.

    Notes
    -----
    With V the loads, d(V) the delays, L(d) the loads that a logit at these delays puts on
    facilities and R = -dL/dd, the step s solves ``(I + R diag(d')) s = L(d(V)) - V``; it is
    halved until the difference falls.
    """
    n_facilities = len(problem.kind)
    response, answer = np.zeros((n_facilities, n_facilities)), np.zeros(n_facilities)

    def difference(load: FloatArray) -> FloatArray:
        state.load[:] = load
        refresh_all(problem, state)
        choose(problem, state, paths, scale, log_size)
        fill_response(problem, state, paths, scale, answer, response)
        return answer - load

    load = np.maximum(state.load, 0.0)
    off = difference(load)
    for _ in range(MAX_STEPS):
        size = np.abs(off).sum()
        if size <= wanted * max(float(load.sum()), 1e-300):
            return
        try:
            step = _step(response, state.slope, off)
        except np.linalg.LinAlgError:
            return
        share = 1.0
        for _ in range(MAX_HALVINGS):
            trial = np.maximum(load + share * step, 0.0)
            trial_off = difference(trial)
            if np.abs(trial_off).sum() < (1 - 0.1 * share) * size:
                break
            share /= 2
        else:
            difference(load)
            return
        load, off = trial, trial_off


def _step(response: FloatArray, slope: FloatArray, off: FloatArray) -> FloatArray:
    """Solve ``(I + R diag(slope)) s = off``; facilities that answer to none have the step `off`."""
    answers = np.flatnonzero(response.any(axis=0) | response.any(axis=1))
    step = off.copy()
    matrix = response[np.ix_(answers, answers)] * slope[answers]
    matrix[np.diag_indices(len(answers))] += 1
    step[answers] = np.linalg.solve(matrix, off[answers])
    return step
