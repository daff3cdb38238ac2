"""Breaking and additive changes between two OpenAPI documents."""
