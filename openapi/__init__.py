"""The contract as data: the OpenAPI document and the problem catalogue, installed with the program."""
