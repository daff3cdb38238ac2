from ...call import Call
from ...models.liveness_status import LivenessStatus


def get_liveness() -> Call[LivenessStatus]:
    """Whether the process answers: GET /health/live

    Touches nothing but the process itself."""

    return Call(
        method="GET",
        path="/health/live",
        readers={
            200: LivenessStatus.from_dict,
        },
    )
