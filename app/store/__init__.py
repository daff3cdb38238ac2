"""Databases and nothing else: what a store offers, the two engines, the tables and their schema versions."""
