"""Real loans played through the HTTP API, and compared to the cent with what their lender reported."""
