"""nginx as docs/partners.md sets it up, in front of a server of the test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from app.dev.child_process import free_port, stop_process
from tests.support.raw import connect
from tests.support.waiting import wait_until

PROGRAM: Final = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
WHY_NOT: Final = "there is no nginx on this machine"
_PLACES: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_SETTINGS: Final = """
{user}
daemon off;
worker_processes 1;
error_log stderr;
pid {folder}/pid;
events {{}}
http {{
    access_log off;
    {places}
    {site}
}}
"""


@contextmanager
def nginx(site: str, upstream: str, certificates: Path) -> Iterator[str]:
    """The address of nginx with this site in front of `upstream`; the site's ports and files are replaced by the test's."""
    assert PROGRAM is not None, WHY_NOT
    port = free_port()
    for written, meant in (
        *(("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"), ("127.0.0.1:3000", urlsplit(upstream).netloc)),
        ("/etc/hpts/", f"{certificates}/"),
    ):
        assert written in site
        site = site.replace(written, meant)
    with tempfile.TemporaryDirectory(prefix="hpts-nginx-") as name:
        folder = Path(name)
        settings, log = folder / "nginx.conf", folder / "log"
        places = "\n    ".join(f"{place}_temp_path {folder}/{place};" for place in _PLACES)
        user = "user root;" if os.getuid() == 0 else ""
        settings.write_text(_SETTINGS.format(user=user, folder=folder, places=places, site=site))
        with log.open("wb") as output:
            process = subprocess.Popen(
                [PROGRAM, "-p", str(folder), "-c", str(settings)], stdout=output, stderr=output, start_new_session=True
            )
        url = f"https://127.0.0.1:{port}"
        try:
            wait_until(lambda: process.poll() is not None or _listens(url))
            assert process.poll() is None, log.read_text()
            yield url
        finally:
            stop_process(process, 5)


def _listens(url: str) -> bool:
    try:
        connect(url).close()
    except ConnectionRefusedError:
        return False
    return True
