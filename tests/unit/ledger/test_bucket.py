"""A loan's four buckets are its own lines on four accounts, each growing on its account's normal side."""

from app.ledger.bucket import BUCKET_SIDES, BUCKETS, Bucket
from app.ledger.loan import no_change


def test_each_bucket_is_one_account_of_the_chart() -> None:
    assert BUCKETS == {
        "1100": Bucket.PRINCIPAL,
        "1200": Bucket.INTEREST,
        "1300": Bucket.FEES,
        "2100": Bucket.SUSPENSE,
    }


def test_what_is_owed_grows_by_debits_and_suspense_by_credits() -> None:
    grows_by_credit = {code: by_credit for code, (_, by_credit) in BUCKET_SIDES.items()}
    assert grows_by_credit == {"1100": False, "1200": False, "1300": False, "2100": True}
    assert {code: bucket for code, (bucket, _) in BUCKET_SIDES.items()} == BUCKETS


def test_changes_have_one_place_for_each_bucket() -> None:
    assert [no_change()[bucket] for bucket in Bucket] == [0] * 4 == no_change()
