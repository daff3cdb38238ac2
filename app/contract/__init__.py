"""The contract at run time: openapi.yaml loaded once, checked, and compiled into what the edge asks of it."""
