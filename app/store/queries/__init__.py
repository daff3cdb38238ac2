"""What is read and kept outside the writer's transaction, one noun a module; each query takes a connection of either engine."""
