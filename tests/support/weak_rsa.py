"""RSA keys with the flaw of ROCA (CVE-2017-15361), made as the flawed library made them."""

import secrets
from math import prod

from cryptography.hazmat.primitives.asymmetric import rsa

PRIMES = [number for number in range(2, 702) if all(number % divisor for divisor in range(2, int(number**0.5) + 1))]
"""The 126 whose product the library used for keys of 2,048 bits."""
EXPONENT = 65537


def roca_key() -> rsa.RSAPrivateKey:
    """Of 2,048 bits."""
    p, q = _roca_prime(), _roca_prime()
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(EXPONENT, p * q)
    rest = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *rest, public).private_key()


def roca_modulus() -> int:
    """Of 2,048 bits; its two factors are of the flawed form and need not be prime to be recognised."""
    return _roca_factor() * _roca_factor()


def _roca_prime() -> int:
    return next(each for each in iter(_roca_factor, 0) if all(pow(base, each - 1, each) == 1 for base in (2, 3)))


def _roca_factor() -> int:
    """A multiple of the product plus a power of the generator, with the two topmost bits set."""
    product = prod(PRIMES)
    lowest, highest = 3 * 2**1022 // product + 1, 2**1024 // product - 1
    return (lowest + secrets.randbelow(highest - lowest)) * product + pow(EXPONENT, secrets.randbelow(2**64), product)
