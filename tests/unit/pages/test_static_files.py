"""Static files come from memory, and are kept by clients that ask whether they changed."""

from flask.testing import FlaskClient

from app.pages.static_files import STATIC


def test_a_file_is_served_as_what_it_is(browser: FlaskClient) -> None:
    for name, media_type in (("hpts.css", "text/css"), ("reference/scalar.js", "text/javascript")):
        file = browser.get(f"/static/{name}")
        assert (file.status_code, file.data) == (200, (STATIC / name).read_bytes())
        assert file.mimetype == media_type
        assert file.headers["Cache-Control"] == "no-cache"
        assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_did_not_change_is_not_sent_again(browser: FlaskClient) -> None:
    etag = browser.get("/static/hpts.css").headers["ETag"]
    again = browser.get("/static/hpts.css", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_nothing_outside_the_folder_is_served(browser: FlaskClient) -> None:
    for path in ("nothing.css", "../site.py", "%2e%2e/site.py", "reference", "reference/"):
        assert browser.get(f"/static/{path}").status_code == 404


def test_all_answers_share_the_same_bytes(browser: FlaskClient) -> None:
    one, other = [next(iter(browser.get("/static/reference/scalar.js", buffered=False).iter_encoded())) for _ in range(2)]
    assert one is other
