# syntax=docker/dockerfile:1
# The service for production: gunicorn with uvicorn workers on PostgreSQL. Settings come from the environment (README.md);
# without HPTS_ISSUER, HPTS_AUDIENCE and HPTS_JWKS it does not start. `docker run … hpts migrate` brings the schema up first.

FROM python:3.13-slim AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/hpts
WORKDIR /source
COPY pyproject.toml constraints.txt ./
COPY app ./app
COPY handlers ./handlers
COPY openapi ./openapi
RUN /opt/hpts/bin/pip install . -c constraints.txt

FROM python:3.13-slim AS runtime
ARG GIT_SHA=unknown
ENV PATH=/opt/hpts/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HPTS_ENV=prod \
    HPTS_HOST=0.0.0.0 \
    HPTS_PORT=3000 \
    HPTS_GIT_SHA=$GIT_SHA
# pg_dump and pg_restore, for `hpts backup` and `hpts restore`.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 hpts && useradd --uid 10001 --gid hpts --no-create-home --shell /usr/sbin/nologin hpts
COPY --from=builder /opt/hpts /opt/hpts
WORKDIR /srv/hpts
USER 10001:10001
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:%s/v1/health/live' % os.environ['HPTS_PORT'], timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["hpts", "serve"]
