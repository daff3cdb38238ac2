"""Every limit of the system in one place; openapi.yaml quotes them and a test proves that they agree."""

from typing import Final

AMOUNT_MINOR_MAX: Final = 2**63 - 1
"""Largest amount, balance or total, in minor units: a signed 64-bit integer in the database."""

BODY_BYTES: Final = 64 * 1024
"""Largest body of an operation that does not declare another limit by `x-max-body-bytes`."""
LARGEST_BODY_BYTES: Final = 4 * 1024 * 1024
"""Largest body of any request: that of an operation which takes a batch."""
BODY_DEPTH: Final = 32
FIELD_ERRORS: Final = 100
"""Faults of one body after which no more are looked for."""
HEADER_BYTES: Final = 32 * 1024
"""URL and header fields of one request together; a URL that is longer alone is a 414, the rest a 431."""
HEADER_FIELDS: Final = 100
"""Header fields of one request, and trailer fields after its body."""
TRAILER_BYTES: Final = 8 * 1024
"""Trailer fields after a chunked body, and what one chunk may have beside its content."""
PIPELINED_REQUESTS: Final = 16
"""Requests of one connection that wait for the one before them; with more, nothing further is read from it."""

CONNECTIONS: Final = 1_000
"""Connections of one worker process, unless a setting says otherwise; of more, those without a request are closed first."""
HEAD_SECONDS: Final = 10
"""From the opening of a connection, or from the first byte of a later request, to the last header."""
IDLE_SECONDS: Final = 75
"""How long a connection stays open without a request.

Longer than the idle time-outs of common load balancers, so that it is they who close idle connections. If the service closed one
first, a request that is just being sent on it would fail.
"""
BODY_SECONDS: Final = 10
"""After these, a body must have arrived at BODY_BYTES_PER_SECOND at least."""
BODY_BYTES_PER_SECOND: Final = 1024
WRITE_SECONDS: Final = 30
"""How long a client may take less than WRITE_BYTES_PER_SECOND of an answer that waits for it."""
WRITE_BYTES_PER_SECOND: Final = 1024
LINGER_SECONDS: Final = 2
"""How long a client that is still sending when its last answer was written has for reading that answer."""
TOKEN_BYTES: Final = 8 * 1024
TOKEN_LIFETIME_SECONDS: Final = 86_400
"""Default of HPTS_TOKEN_MAX_LIFETIME_SECONDS: a token that its issuer gave for longer is refused."""
KEY_SET_AGE_SECONDS: Final = 3_600
"""Default of HPTS_JWKS_MAX_AGE_SECONDS: with keys that were last read before that, no token is verified."""
KEY_LOOKUPS: Final = 1_024
"""Requests that wait for the next reading of the key set at most, because their key is not in it; one more is answered 503."""

IDEMPOTENCY_KEY_MIN: Final = 8
IDEMPOTENCY_KEY_MAX: Final = 255
EXTERNAL_REF_MAX: Final = 128
FEE_DESCRIPTION_MAX: Final = 200
REASON_DESCRIPTION_MAX: Final = 500
METADATA_KEYS: Final = 50
METADATA_KEY_MAX: Final = 40
METADATA_VALUE_MAX: Final = 500

ACCRUAL_LOANS: Final = 10_000
PAGE_SIZE_DEFAULT: Final = 50
PAGE_SIZE_MAX: Final = 200
LINES_PAGE: Final = 1_000
HISTORY_LINES: Final = 100
"""Lines up to which a loan's history shows an entry completely; of a longer entry it shows the loan's own lines."""

BATCH: Final = 256
"""Commands that one transaction of the writer takes at most."""
BATCH_LOANS: Final = 10_000
"""Loans after which a batch takes no further command, so that one accrual is about one batch."""
QUEUE: Final = 4_096
"""Commands waiting for the writer; one more is answered 503."""
BATCHES_AT_ONCE: Final = 3
"""Transactions that one process has under way on PostgreSQL: one is decided while another is written and a third commits."""
FURTHER_BATCH: Final = 32
"""Commands that must wait before a transaction is begun beside one that is under way."""
LARGE_COMMAND_LOANS: Final = 100
"""Loans above which a command is large: large ones are posted apart from all others, and in turn with them."""
LARGE_BATCH_LOANS: Final = 1_000
"""Loans after which a batch of large commands takes no further one."""
LOCK_TIMEOUT_MS: Final = 250
"""Milliseconds that a transaction of the writer waits for a row that another one has locked; it is then tried again apart."""
LOCKED_SECONDS: Final = 5.0
"""Seconds after which a posting is answered 503 because what it changes is still locked."""
DEFERRED: Final = 1_024
"""Commands that may wait at once for what another transaction has locked; one more is answered 503."""
CONFLICT_TRIES: Final = 5
"""Times that one command is decided anew because another writer posted first."""
STRIPES: Final = 16
"""Rows among which writers spread the totals of one account, so that they do not wait for each other."""
RECONCILIATIONS_KEPT: Final = 1_000
"""Results that a process keeps, one for a tenant and date, to answer again while nothing has changed in the database."""
BLOCKING_ENTRIES: Final = 50
"""Entries that a refused reversal names at most."""
WEBHOOK_ENDPOINTS: Final = 16
"""Endpoints of a tenant that are not disabled."""
WEBHOOK_URL_MAX: Final = 2_048
WEBHOOK_DESCRIPTION_MAX: Final = 200
PREVIOUS_SECRET_HOURS_MAX: Final = 168
PREVIOUS_SECRET_HOURS_DEFAULT: Final = 24
COUNTED_AT_ONCE: Final = 200_000
"""Entries that one statement counts for an endpoint; the sum is kept, so that none is counted twice."""
WAITING_SORTED: Final = 1_000
"""Entries waiting for an endpoint up to which a page of its deliveries is sorted from all of them."""
