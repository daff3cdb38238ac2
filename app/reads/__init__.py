"""The read side: balances, journal entries and a loan's history, as handlers ask for them."""
