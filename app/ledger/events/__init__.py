"""The business events that can be posted, one module an event type: its facts, what it reads, its rule and its answer."""
