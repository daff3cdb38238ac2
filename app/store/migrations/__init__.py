"""The schema's versions, applied by `app.store.migrate`."""
