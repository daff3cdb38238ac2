"""Whether the books agree with themselves: recomputed from the journal, kept, and answered for a date."""
