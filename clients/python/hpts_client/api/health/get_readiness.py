from ...call import Call
from ...models.readiness_status import ReadinessStatus


def get_readiness() -> Call[ReadinessStatus]:
    """Whether requests can be served: GET /health/ready

    Checks that the database answers and takes writes, that its schema is current, and that the issuer's key set
    was read recently enough to verify tokens."""

    return Call(
        method="GET",
        path="/health/ready",
        readers={
            200: ReadinessStatus.from_dict,
            503: ReadinessStatus.from_dict,
        },
    )
