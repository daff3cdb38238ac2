"""What is read of a client certificate, and which `cnf` names one."""

import base64
import hashlib
from typing import Any

import pytest

from app.auth.client_certificate import (
    CertificateUnreadable,
    bound_thumbprint,
    read_certificate,
    read_pem_certificate,
    thumbprint_of,
)
from tests.support.certificates import certificates, der

MADE = certificates()
GOOD = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


def test_the_thumbprint_is_base64url_of_the_sha_256_of_the_bytes() -> None:
    digest = base64.urlsafe_b64decode(read_certificate(der(MADE.good)).thumbprint + "=")
    assert digest == hashlib.sha256(der(MADE.good)).digest()
    assert thumbprint_of(b"") == GOOD


def test_the_times_are_those_of_the_certificate() -> None:
    read, written = read_certificate(der(MADE.expired)), MADE.expired.certificate
    assert (read.not_before, read.not_after) == (
        written.not_valid_before_utc.timestamp(),
        written.not_valid_after_utc.timestamp(),
    )


def test_only_a_certificate_whose_usages_are_others_identifies_no_client() -> None:
    pairs = (MADE.good, MADE.for_anything, MADE.authority.pair, MADE.for_servers)
    assert [read_certificate(der(pair)).may_identify_clients for pair in pairs] == [True, True, True, False]


@pytest.mark.parametrize("value", [b"", b"x", der(MADE.good) + b"\0", der(MADE.good)[:-1], MADE.good.certificate_pem])
def test_what_is_not_exactly_one_certificate_is_unreadable(value: bytes) -> None:
    with pytest.raises(CertificateUnreadable):
        read_certificate(value)


def test_a_certificate_is_read_from_a_pem_file_too() -> None:
    assert read_pem_certificate(MADE.good.certificate_pem) == read_certificate(der(MADE.good))
    with pytest.raises(CertificateUnreadable):
        read_pem_certificate(MADE.good.key_pem)


def test_a_confirmation_of_one_well_formed_thumbprint_is_taken() -> None:
    assert bound_thumbprint({"x5t#S256": GOOD}) == GOOD


@pytest.mark.parametrize(
    "confirmation",
    [
        *(None, GOOD, [], {}, 1, [{"x5t#S256": GOOD}], {"x5t": GOOD}, {"jkt": GOOD}, {"x5t#S256": GOOD, "jkt": GOOD}),
        *(
            {"x5t#S256": value}
            for value in (None, 1, "", [GOOD], GOOD[:-1], f"{GOOD}=", f"{GOOD}\n", f"{GOOD[:-1]}V", f"{GOOD}A")
        ),
        {"x5t#S256": GOOD.replace("-", "+")},
    ],
)
def test_any_other_confirmation_names_no_certificate(confirmation: Any) -> None:
    assert bound_thumbprint(confirmation) is None
