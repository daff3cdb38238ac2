"""Corpora of hostile and malformed input, each value with the answer it must get, and the tests that send them."""
