"""Moduli that are long enough and can be factored all the same."""

from math import gcd

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.auth.weak_modulus import POWERS, SMALL_PRIMES, SMALL_PRODUCT, is_factorable
from tests.support.weak_rsa import roca_modulus


def sound_modulus() -> int:
    return rsa.generate_private_key(65537, 2048).public_key().public_numbers().n


def next_without_small_factors(number: int) -> int:
    while gcd(number, SMALL_PRODUCT) > 1:
        number += 1
    return number


def test_a_sound_modulus_passes() -> None:
    assert not is_factorable(sound_modulus())


def test_a_modulus_of_the_flawed_library_is_found() -> None:
    assert all(is_factorable(roca_modulus()) for _ in range(20))


def test_the_fingerprint_is_taken_by_the_odd_primes_up_to_167() -> None:
    assert (len(SMALL_PRIMES), SMALL_PRIMES[0], SMALL_PRIMES[-1]) == (38, 3, 167)
    by_chance = 1.0
    for prime in SMALL_PRIMES:
        by_chance *= len(POWERS[prime]) / (prime - 1)
    assert by_chance < 2**-27


@pytest.mark.parametrize("factor", [2, 3, 167])
def test_a_small_factor_is_found(factor: int) -> None:
    assert is_factorable(factor * sound_modulus())


def test_factors_that_are_close_are_found() -> None:
    first = next_without_small_factors(2**1023 + 2**1022)
    assert is_factorable(first * first)
    assert is_factorable(first * next_without_small_factors(first + 1))
    assert is_factorable(first * next_without_small_factors(first + 2**500))
    assert not is_factorable(first * next_without_small_factors(first + 2**1021))
