"""Posts a sample of real loans through the HTTP API, and compares the ledger to the cent with what their lender reported."""
