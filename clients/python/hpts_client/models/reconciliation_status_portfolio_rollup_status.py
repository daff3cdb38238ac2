from typing import Literal

ReconciliationStatusPortfolioRollupStatus = Literal["drift_detected", "ok"]

RECONCILIATION_STATUS_PORTFOLIO_ROLLUP_STATUS_VALUES: set[ReconciliationStatusPortfolioRollupStatus] = {
    "drift_detected",
    "ok",
}


def check_reconciliation_status_portfolio_rollup_status(value: str) -> ReconciliationStatusPortfolioRollupStatus:
    if value in RECONCILIATION_STATUS_PORTFOLIO_ROLLUP_STATUS_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {RECONCILIATION_STATUS_PORTFOLIO_ROLLUP_STATUS_VALUES!r}"
    )
