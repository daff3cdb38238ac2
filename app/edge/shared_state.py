"""What the workers of one server have in common: memory that is made before they are forked."""

from app.edge.token_buckets import BUCKET_CELLS
from app.observability.metric_memory import MetricMemory
from app.observability.metrics_server import open_metrics_socket
from app.observability.shared_memory import SharedMemory
from app.settings import Settings


class SharedState:
    """Only what the settings ask for is made. `slot` is this process's part of the memory for metrics, set before it is forked.

    Raises OSError when the port for metrics cannot be listened on.
    """

    def __init__(self, settings: Settings) -> None:
        self.buckets = SharedMemory(BUCKET_CELLS) if settings.allowance else None
        self.metrics = MetricMemory(settings.workers) if settings.metrics_port else None
        self.metrics_socket = open_metrics_socket(settings.metrics_host, settings.metrics_port) if self.metrics else None
        self.slot = 1
