-- One statement a paragraph. INSERT OR REPLACE deletes the row that is in its way without asking a trigger of DELETE.

CREATE TRIGGER journal_entries_no_replace BEFORE INSERT ON journal_entries
WHEN EXISTS (
    SELECT 1 FROM journal_entries WHERE tenant_id = NEW.tenant_id AND journal_entry_id = NEW.journal_entry_id
)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: the entry is there already'); END

CREATE TRIGGER journal_entries_reversed_once BEFORE INSERT ON journal_entries
WHEN NEW.reverses_entry_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM journal_entries WHERE tenant_id = NEW.tenant_id AND reverses_entry_id = NEW.reverses_entry_id
)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: the entry is reversed already'); END

CREATE TRIGGER journal_lines_no_replace BEFORE INSERT ON journal_lines
WHEN EXISTS (
    SELECT 1 FROM journal_lines
    WHERE tenant_id = NEW.tenant_id AND journal_entry_id = NEW.journal_entry_id AND sequence = NEW.sequence
)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only: the line is there already'); END

CREATE TRIGGER idempotency_keys_no_replace BEFORE INSERT ON idempotency_keys
WHEN EXISTS (SELECT 1 FROM idempotency_keys WHERE tenant_id = NEW.tenant_id AND key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'an idempotency key is used once: it is there already'); END

CREATE TRIGGER idempotency_keys_no_update BEFORE UPDATE ON idempotency_keys
BEGIN SELECT RAISE(ABORT, 'an idempotency key is used once: UPDATE on idempotency_keys is refused'); END
