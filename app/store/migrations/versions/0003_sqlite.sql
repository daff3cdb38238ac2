-- One statement a paragraph. Entries that were posted before have no key: they are never changed.

ALTER TABLE journal_entries ADD COLUMN idempotency_key TEXT
