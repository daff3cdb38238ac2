"""RSA moduli of a length that should suffice, whose factors can be found all the same, because of how they were made."""

from math import gcd, isqrt, prod
from typing import Final

GENERATOR: Final = 65537
SMALL_PRIMES: Final = tuple(
    number for number in range(3, 168) if all(number % divisor for divisor in range(2, isqrt(number) + 1))
)
"""The 38 odd primes that the fingerprint of ROCA (CVE-2017-15361) is taken by."""
SMALL_PRODUCT: Final = 2 * prod(SMALL_PRIMES)
POWERS: Final = {prime: frozenset(pow(GENERATOR, exponent, prime) for exponent in range(prime - 1)) for prime in SMALL_PRIMES}
FERMAT_STEPS: Final = 100


def is_factorable(modulus: int) -> bool:
    """Whether the modulus has a small factor, the fingerprint of ROCA, or two factors that are close (CVE-2022-26320)."""
    return gcd(modulus, SMALL_PRODUCT) > 1 or _has_roca_fingerprint(modulus) or _has_close_factors(modulus)


def _has_roca_fingerprint(modulus: int) -> bool:
    """Primes made by the flawed library, and so their product, are powers of the generator modulo every small prime.

    A sound modulus is that by chance once in more than 2^27.
    """
    return all(modulus % prime in POWERS[prime] for prime in SMALL_PRIMES)


def _has_close_factors(modulus: int) -> bool:
    """Fermat's method: a sound modulus needs far more steps than can be made."""
    root = isqrt(modulus)
    if root * root == modulus:
        return True
    for mean in range(root + 1, root + 1 + FERMAT_STEPS):
        square = mean * mean - modulus
        if isqrt(square) ** 2 == square:
            return True
    return False
