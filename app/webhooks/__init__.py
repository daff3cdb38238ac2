"""Webhooks: which entries are sent where, when and how."""
