"""Public files are gzipped once; everything else passes untouched."""

import gzip

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.compress import CompressedFiles

TEXT = "const a = 1;\n" * 500


def client() -> TestClient:
    def serve(request: Request) -> Response:
        return Response(TEXT, media_type="text/javascript", headers={"etag": '"v1"'})

    routes = [Route("/assets/a.js", serve), Route("/media/a.js", serve)]
    return TestClient(CompressedFiles(Starlette(routes=routes)))


def test_a_public_file_is_compressed_and_the_same() -> None:
    with client().stream("GET", "/assets/a.js", headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["etag"] == 'W/"v1"'
        assert int(answer.headers["content-length"]) == len(raw)
    assert gzip.decompress(raw).decode() == TEXT


def test_others_pass_untouched() -> None:
    for path, accepted in (("/media/a.js", "gzip"), ("/assets/a.js", "identity")):
        answer = client().get(path, headers={"accept-encoding": accepted})
        assert "content-encoding" not in answer.headers
        assert answer.text == TEXT
