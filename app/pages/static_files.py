"""The style sheet and the reference's scripts, served from memory, so that the answers to many slow readers share their bytes."""

import mimetypes
from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, request

STATIC: Final = Path(__file__).with_name("static")


def register_static_files(pages: Flask, folder: Path = STATIC) -> None:
    """Clients may keep a file, but have to ask whether it changed."""
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    etags = {name: sha256(content).hexdigest() for name, content in contents.items()}

    @pages.get("/static/<path:filename>", endpoint="static")
    def static_file(filename: str) -> Response:
        if filename not in contents:
            abort(404)
        response = Response(contents[filename], mimetype=mimetypes.guess_type(filename)[0])
        response.headers["Cache-Control"] = "no-cache"
        response.set_etag(etags[filename])
        response.make_conditional(request)
        return response
