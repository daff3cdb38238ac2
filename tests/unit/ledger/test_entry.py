"""A reversal's lines mirror those of the entry: debit and credit are exchanged, all else stays."""

from app.ledger.entry import Line, mirror

LINES = [
    Line("1050", "DR", 700, "USD", "SETTLED", None, None, "wire 7"),
    Line("1100", "CR", 600, "USD", "PENDING", "loan", "borrower", "wire 7"),
    Line("2100", "CR", 100, "USD", "PENDING", "loan", "borrower"),
]


def test_the_mirror_exchanges_debit_and_credit_of_every_line_and_nothing_else() -> None:
    assert mirror(LINES) == [
        Line("1050", "CR", 700, "USD", "SETTLED", None, None, "wire 7"),
        Line("1100", "DR", 600, "USD", "PENDING", "loan", "borrower", "wire 7"),
        Line("2100", "DR", 100, "USD", "PENDING", "loan", "borrower"),
    ]


def test_the_mirror_of_the_mirror_is_the_entry_again() -> None:
    assert mirror(mirror(LINES)) == LINES


def test_a_line_is_settled_and_of_no_loan_unless_it_says_so() -> None:
    line = Line("1000", "DR", 1, "USD")
    assert (line.layer, line.loan_id, line.borrower_id, line.external_ref) == ("SETTLED", None, None, None)
