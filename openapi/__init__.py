"""The contract as data, installed with the program: the OpenAPI document, built from its parts, and the problem catalogue."""
