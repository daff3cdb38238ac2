"""Every case of the document's schemas is tried on every validator, and every keyword is taken out of the document in turn."""
