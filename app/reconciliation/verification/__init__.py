"""What `hpts verify` checks: every record that the journal's lines tell, with what is stored and what is recomputed."""
