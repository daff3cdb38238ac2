"""The write side: commands are queued, decided in batches, and committed one transaction a batch."""
