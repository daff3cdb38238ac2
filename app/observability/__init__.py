"""What operators see of a process: log lines, metrics and traces. Nothing here says what a caller sent."""
