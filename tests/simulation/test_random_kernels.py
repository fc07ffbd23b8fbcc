"""Philox against its published answers, against NumPy's, and as a source of uniform numbers."""

import numpy as np
import pytest
from scipy import stats

from lajvard._jit import njit
from lajvard.simulation.model import FloatArray
from lajvard.simulation.random_kernels import Key, Words, philox, uniform

KEY: Key = (np.uint64(7), np.uint64(3))

KNOWN = [  # kat_vectors of Random123: counter, key, answer of philox4x32-10
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
    ),
    (
        (0xFFFFFFFF,) * 4,
        (0xFFFFFFFF,) * 2,
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def plain_philox(
    counter: tuple[int, ...], key: tuple[int, ...], bits: int, constants: tuple[int, ...]
) -> tuple[int, ...]:
    """Philox4 of any word width, by whole numbers of any size."""
    multiplier_0, multiplier_1, weyl_0, weyl_1 = constants
    full = (1 << bits) - 1
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = multiplier_0 * c0, multiplier_1 * c2
        c0, c1, c2, c3 = (p1 >> bits) ^ c1 ^ k0, p1 & full, (p0 >> bits) ^ c3 ^ k1, p0 & full
        k0, k1 = (k0 + weyl_0) & full, (k1 + weyl_1) & full
    return c0, c1, c2, c3


OF_32 = (0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85)
OF_64 = (0xD2E7470EE14C6C93, 0xCA5A826395121157, 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)


def compiled_philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    c0, c1, c2, c3 = (np.uint64(word) for word in counter)
    words: Words = (c0, c1, c2, c3)
    return tuple(int(word) for word in philox(words, (np.uint64(key[0]), np.uint64(key[1]))))


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox__gives_the_published_answers(
    counter: tuple[int, ...], key: tuple[int, ...], answer: tuple[int, ...]
) -> None:
    assert compiled_philox(counter, key) == answer
    assert plain_philox(counter, key, 32, OF_32) == answer


def test_philox__is_numpys_at_half_the_width() -> None:
    """The plain form gives NumPy's Philox4x64 at 64 bits, and the kernel at 32."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        counter = tuple(int(word) for word in rng.integers(0, 2**63, 4))
        key = tuple(int(word) for word in rng.integers(0, 2**63, 2))
        raw = np.random.Philox(counter=list(counter), key=list(key)).random_raw(4)
        first = (counter[0] + 1, *counter[1:])  # NumPy counts before it makes the first word
        assert plain_philox(first, key, 64, OF_64) == tuple(int(word) for word in raw)
        low = tuple(word & 0xFFFFFFFF for word in counter)
        low_key = tuple(word & 0xFFFFFFFF for word in key)
        assert compiled_philox(low, low_key) == plain_philox(low, low_key, 32, OF_32)


@njit
def _many(n: int, purpose: int, k0: np.uint64, k1: np.uint64) -> FloatArray:
    out = np.empty(n)
    for i in range(n):
        out[i] = uniform((k0, k1), i, 2, 5, purpose)
    return out


def test_uniform__is_uniform_and_independent_between_addresses() -> None:
    one, other = _many(200_000, 0, *KEY), _many(200_000, 1, *KEY)
    assert 0 < one.min() < one.max() < 1
    assert stats.kstest(one, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.01
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.01


def test_uniform__depends_on_its_address_alone() -> None:
    there = [uniform(KEY, entity, 1, 2, 3) for entity in range(50)]
    back = [uniform(KEY, entity, 1, 2, 3) for entity in reversed(range(50))]
    assert there == back[::-1]
    elsewhere = {uniform(KEY, 1, 1, 2, 3), uniform(KEY, 0, 2, 2, 3), uniform(KEY, 0, 1, 3, 3)}
    other_run = uniform((np.uint64(7), np.uint64(4)), 0, 1, 2, 3)
    assert len({there[0], other_run} | elsewhere) == 5


def test_uniform__is_the_same_interpreted() -> None:
    if hasattr(uniform, "py_func"):
        assert uniform.py_func(KEY, 9, 1, 2, 3) == uniform(KEY, 9, 1, 2, 3)
