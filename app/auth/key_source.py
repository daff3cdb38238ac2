"""Where a key set is read from: a file, or a URL of the issuer. Both are bounded in time and memory."""

import asyncio
from pathlib import Path
from typing import Final, Protocol

import httpx

from app.setting_values import is_url

KEY_SET_BYTES: Final = 256 * 1024
DOWNLOAD_SECONDS: Final = 5.0
FILE_SPACING_SECONDS: Final = 0.05
URL_SPACING_SECONDS: Final = 3.0
"""Strangers with keys that do not exist cannot flood the issuer, and a key that it has added is found within 5 seconds."""


class KeySetUnreadable(Exception):
    """The source gave no key set at this attempt; the message says why."""


class KeySource(Protocol):
    """`spacing_seconds` lie between the beginnings of two readings at least."""

    spacing_seconds: float

    async def read(self) -> bytes:
        """The text of the key set; raises KeySetUnreadable."""


class FileKeySource:
    spacing_seconds = FILE_SPACING_SECONDS

    def __init__(self, path: Path) -> None:
        self.path = path

    async def read(self) -> bytes:
        return await asyncio.to_thread(self._read)

    def _read(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                text = file.read(KEY_SET_BYTES + 1)
        except OSError as error:
            raise KeySetUnreadable(f"{self.path}: {error.strerror}") from error
        return _bounded(text, str(self.path))


class UrlKeySource:
    """Follows no redirect: the operator says where the keys are, not the server that answers."""

    spacing_seconds = URL_SPACING_SECONDS

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.url = url
        self.transport = transport

    async def read(self) -> bytes:
        try:
            return await asyncio.wait_for(self._download(), DOWNLOAD_SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise KeySetUnreadable(f"{self.url}: {type(error).__name__} {error}") from error

    async def _download(self) -> bytes:
        text = b""
        async with (
            httpx.AsyncClient(follow_redirects=False, timeout=DOWNLOAD_SECONDS, transport=self.transport) as client,
            client.stream("GET", self.url, headers={"accept": "application/json, application/jwk-set+json"}) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise KeySetUnreadable(f"{self.url}: status {answer.status_code}")
            async for part in answer.aiter_bytes():
                text = _bounded(text + part, self.url)
        return text


def key_source(location: str) -> KeySource:
    """A URL when it looks like one, else a path."""
    if is_url(location):
        return UrlKeySource(location)
    return FileKeySource(Path(location))


def _bounded(text: bytes, source: str) -> bytes:
    if len(text) > KEY_SET_BYTES:
        raise KeySetUnreadable(f"{source}: larger than {KEY_SET_BYTES} bytes")
    return text
