"""The state of an assignment between its kernels: path sets that grow, gaps, passes."""

import numpy as np

from lajvard.assignment.arrays import FloatArray
from lajvard.assignment.column_kernels import DONE, generate
from lajvard.assignment.equalise_kernels import equalise
from lajvard.assignment.logit_kernels import equalise_logit, fill_log_sizes, logit_residual, vary
from lajvard.assignment.newton import MOST_FACILITIES, agree
from lajvard.assignment.prepare import Prepared, enlarged, new_forest, new_paths, new_state
from lajvard.assignment.state_kernels import PathSet, load_paths, refresh_all
from lajvard.errors import NumericsError

MAX_PASSES, FEW_PASSES = 60, 5
PASS_UNTIL = 0.02
"""Passes end when the gap over the paths in use has fallen to this share of the whole gap."""
REACH = (1.0, 1.3)
"""How far shifts go in turn, in Newton steps: one solves a lone pair, more helps crowds agree."""
SPREAD = 1.0
"""Pairs wait for a later pass whose paths are closer than the gap over used paths, times this."""
SLACK = 0.01
"""A path that is shorter by less than this share of the wanted gap is not worth having."""
NEWTON_UNTIL = 1e-3
"""Loads agree to this share of the wanted gap: where they are stiff, flows agree less."""
PENALTY = 1.4
"""By how much links grow dearer that the last round of path generation used."""


class NoPath(NumericsError):  # noqa: N818 - it is an answer before it is an error
    """Pairs with volume that no path connects; ``pairs`` are their indices in the demand."""

    def __init__(self, where: str, what: str, remedy: str, pairs: tuple[int, ...]) -> None:
        super().__init__(where, what, remedy)
        self.pairs = pairs


class Engine:
    """One assignment on its way; `generate` and `equalise` take turns."""

    def __init__(self, prepared: Prepared, paths: PathSet) -> None:
        self.prepared, self.problem = prepared, prepared.problem
        self.state = new_state(self.problem)
        self.forest = new_forest(self.problem, prepared.n_states)
        n_pairs = len(self.problem.target)
        self.paths = paths
        self.spare = new_paths(n_pairs, 3 * n_pairs, 40 * n_pairs)
        self.least_cost = np.zeros(n_pairs)
        self.gap = np.inf
        self._total = np.zeros(2)
        self._scale: FloatArray | None = None
        self._path_size = 0.0
        self._log_size = np.zeros(0)
        self._reload()
        self._generate(0.0, is_loading=True)
        self._check_connected()
        self._reload()

    @property
    def n_paths(self) -> int:
        """Paths in use."""
        return int(self.paths.first_path[-1])

    def make_stochastic(self, scale: FloatArray, path_size: float, n_rounds: int) -> None:
        """Look for a logit equilibrium from here on, over paths from some rounds of penalties.

        The rounds begin with costs without load, so that the paths do not depend on the demand.
        """
        self._scale, self._path_size = scale, path_size
        self.state.load[:] = 0.0
        refresh_all(self.problem, self.state)
        room = np.zeros((n_rounds, self.prepared.n_states), dtype=np.int32)
        cost = np.zeros(len(self.problem.tail))
        marks = np.zeros(len(self.problem.tail), dtype=np.int32)
        group = 0
        while True:
            status, group = vary(
                self.problem, self.state, self.forest, self.paths, self.spare,
                group, PENALTY, room, cost, marks,
            )  # fmt: skip
            if status == DONE:
                break
            self._enlarge(group)
        self._swap()
        self._measure_sizes()
        self._reload()

    def generate(self, wanted: float) -> None:
        """Search all shortest paths at the costs of now; the exact gap of the flows of now."""
        n_before = self.n_paths
        self._generate(SLACK * wanted, is_loading=False)
        if self._scale is None:
            used, least = self._total
            self.gap = float((used - least) / used) if used > 0 else 0.0
            return
        if self.n_paths != n_before:
            self._measure_sizes()
        self.gap = self._residual()

    def equalise(self, wanted: float) -> None:
        """Several passes over the paths in use, and costs without what rounding has left."""
        if self._scale is not None:
            self._equalise_logit(self._scale, wanted)
            return
        spread = 0.0
        for turn in range(MAX_PASSES):
            reach = REACH[turn % len(REACH)]
            excess = equalise(self.problem, self.state, self.paths, spread, reach) / self._total[0]
            if excess <= PASS_UNTIL * self.gap:
                break
            spread = SPREAD * excess
        self._reload()

    def _equalise_logit(self, scale: FloatArray, wanted: float) -> None:
        """Passes; then Newton's method where that is not too large, if it helps."""
        problem, state, sizes = self.problem, self.state, self._log_size
        is_small = len(problem.kind) <= MOST_FACILITIES
        for _ in range(FEW_PASSES if is_small else MAX_PASSES):
            moved = equalise_logit(problem, state, self.paths, scale, sizes)
            if moved <= 0.1 * wanted * problem.volume.sum():
                break
        self._reload()
        gap = self._residual()
        if is_small and gap > wanted:
            flow = self.paths.flow.copy()
            agree(problem, state, self.paths, scale, sizes, NEWTON_UNTIL * wanted)
            self._reload()
            if self._residual() > gap:
                self.paths.flow[:] = flow
                self._reload()

    def entropy(self, factor: FloatArray | None, scale: FloatArray) -> float:
        """What Fisk's function adds to Beckmann's: flows times logs of flows over path sizes."""
        if factor is None:
            return float("nan")
        pairs = np.repeat(np.arange(len(self.problem.target)), np.diff(self.paths.first_path))
        group = np.searchsorted(self.problem.first_pair, pairs, side="right") - 1
        klass = self.problem.group_class[group]
        flow = self.paths.flow[: self.n_paths]
        log_flow = np.log(flow, out=np.zeros_like(flow), where=flow > 0)
        return float(((factor / scale)[klass] * flow * (log_flow - self._log_size)).sum())

    def _generate(self, slack: float, *, is_loading: bool) -> None:
        self._total[:] = 0.0
        group = 0
        while True:
            status, group = generate(
                self.problem, self.state, self.forest, self.paths, self.spare, self.least_cost,
                group, slack, self._scale is not None, is_loading, self._total,
            )  # fmt: skip
            if status == DONE:
                break
            self._enlarge(group)
        self._swap()

    def _enlarge(self, group: int) -> None:
        """More room for new paths from a group on."""
        spare, first = self.spare, int(self.problem.first_pair[group])
        sizes = 3 * len(spare.flow) // 2 + 1000, 3 * len(spare.link) // 2 + 10_000
        self.spare = enlarged(spare, first, *sizes)

    def _swap(self) -> None:
        """The new paths are the paths; the old ones are room."""
        old, self.paths = self.paths, self.spare
        sizes = len(self.paths.flow), len(self.paths.link)
        if len(old.flow) < sizes[0] or len(old.link) < sizes[1]:
            old = new_paths(len(self.problem.target), *sizes)
        self.spare = old
        largest = int(np.diff(self.paths.first_path).max(initial=1))
        if largest > len(self.state.path_cost):
            self.state = self.state._replace(path_cost=np.zeros(2 * largest))

    def _reload(self) -> None:
        load_paths(self.problem, self.state, self.paths)
        refresh_all(self.problem, self.state)

    def _measure_sizes(self) -> None:
        self._log_size = np.zeros(self.n_paths)
        if self._path_size > 0:
            marks = np.zeros(len(self.problem.tail), dtype=np.int32)
            fill_log_sizes(self.problem, self.paths, self._path_size, marks, self._log_size)

    def _residual(self) -> float:
        total = float(self.problem.volume.sum())
        if self._scale is None or total == 0:
            return 0.0
        off = logit_residual(self.problem, self.state, self.paths, self._scale, self._log_size)
        return off / total

    def _check_connected(self) -> None:
        lost = np.flatnonzero(np.isinf(self.least_cost) & (self.problem.volume > 0))
        if not len(lost):
            return
        prepared, groups = self.prepared, self.problem.first_pair
        of = np.searchsorted(groups, lost, side="right") - 1
        n_real = prepared.n_states - prepared.n_zones
        names = [
            f"{origin - n_real if origin >= n_real else origin} to {target} (class {klass})"
            for origin, target, klass in zip(
                self.problem.group_origin[of],
                self.problem.target[lost],
                self.problem.group_class[of],
                strict=True,
            )
        ]
        count = f"{len(lost)} pair{'s' if len(lost) > 1 else ''} with volume but without a path"
        what = f"{count}: state {'; '.join(names[:5])}{'; …' if len(names) > 5 else ''}"
        remedy = "Open a link that leads there, or set the volume to 0."
        pairs = tuple(sorted(int(pair) for pair in prepared.pair[lost]))
        raise NoPath("assign", what, remedy, pairs)
