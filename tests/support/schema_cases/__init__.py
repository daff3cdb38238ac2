"""Values made from the schemas of the document, each known by its making to be valid or to break one keyword at one place."""
