"""Mutation testing of the rules and of the write side: `make mutants`."""
