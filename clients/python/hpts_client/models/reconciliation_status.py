from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.reconciliation_status_bank_reconciliation_item import ReconciliationStatusBankReconciliationItem
    from ..models.reconciliation_status_ledger_integrity import ReconciliationStatusLedgerIntegrity
    from ..models.reconciliation_status_portfolio_rollup import ReconciliationStatusPortfolioRollup


T = TypeVar("T", bound="ReconciliationStatus")


@_attrs_define
class ReconciliationStatus:
    """
    Attributes:
        as_of_date (datetime.date):
        bank_reconciliation (list[ReconciliationStatusBankReconciliationItem]):
        ledger_integrity (ReconciliationStatusLedgerIntegrity): Every balance recomputed from the journal lines and
            compared.
        portfolio_rollup (ReconciliationStatusPortfolioRollup): Account 1100 compared with the sum of the loans'
            principal.
    """

    as_of_date: datetime.date
    bank_reconciliation: list[ReconciliationStatusBankReconciliationItem]
    ledger_integrity: ReconciliationStatusLedgerIntegrity
    portfolio_rollup: ReconciliationStatusPortfolioRollup

    def to_dict(self) -> dict[str, Any]:
        as_of_date = self.as_of_date.isoformat()

        bank_reconciliation = []
        for bank_reconciliation_item_data in self.bank_reconciliation:
            bank_reconciliation_item = bank_reconciliation_item_data.to_dict()
            bank_reconciliation.append(bank_reconciliation_item)

        ledger_integrity = self.ledger_integrity.to_dict()

        portfolio_rollup = self.portfolio_rollup.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "as_of_date": as_of_date,
                "bank_reconciliation": bank_reconciliation,
                "ledger_integrity": ledger_integrity,
                "portfolio_rollup": portfolio_rollup,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reconciliation_status_bank_reconciliation_item import ReconciliationStatusBankReconciliationItem  # noqa: PLC0415
        from ..models.reconciliation_status_ledger_integrity import ReconciliationStatusLedgerIntegrity  # noqa: PLC0415
        from ..models.reconciliation_status_portfolio_rollup import ReconciliationStatusPortfolioRollup  # noqa: PLC0415

        d = dict(src_dict)
        as_of_date = datetime.date.fromisoformat(d.pop("as_of_date"))

        bank_reconciliation = []
        _bank_reconciliation = d.pop("bank_reconciliation")
        for bank_reconciliation_item_data in _bank_reconciliation:
            bank_reconciliation_item = ReconciliationStatusBankReconciliationItem.from_dict(
                bank_reconciliation_item_data
            )

            bank_reconciliation.append(bank_reconciliation_item)

        ledger_integrity = ReconciliationStatusLedgerIntegrity.from_dict(d.pop("ledger_integrity"))

        portfolio_rollup = ReconciliationStatusPortfolioRollup.from_dict(d.pop("portfolio_rollup"))

        reconciliation_status = cls(
            as_of_date=as_of_date,
            bank_reconciliation=bank_reconciliation,
            ledger_integrity=ledger_integrity,
            portfolio_rollup=portfolio_rollup,
        )

        return reconciliation_status
