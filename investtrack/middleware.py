"""Two of Django's middlewares, made light for the partner API, where they cost more than answers.

A page of a hundred deals takes a millisecond; packing it at the usual level takes three.
"""

import zlib
from collections.abc import Iterator

import brotli  # type: ignore[import-untyped]
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

API = "/api/"
# Below this packing saves no packet on the wire.
SMALLEST = 860
# Fast ones: 160 kB of deals become 30 kB by either.
GZIP_LEVEL, BROTLI_QUALITY = 1, 1
# What zlib calls the gzip format.
GZIP = 16 + zlib.MAX_WBITS


class Compression(GZipMiddleware):
    """Pages as Django packs them; answers of the API fast, and by Brotli where it is understood.

    Lengths of pages are blurred, since they hold tokens (BREACH); answers of the API hold none.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not request.path_info.startswith(API):
            return super().process_response(request, response)
        if response.has_header("Content-Encoding") or not _is_text(response):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        packing = _packing(request.headers.get("Accept-Encoding", ""))
        if not packing:
            return response
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _packed(iter(response), packing)
            del response.headers["Content-Length"]
        elif isinstance(response, HttpResponse):
            if len(response.content) < SMALLEST:
                return response
            response.content = b"".join(_packed([response.content], packing))
            response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = packing
        if response.headers.get("ETag", "").startswith('"'):
            response.headers["ETag"] = f"W/{response.headers['ETag']}"
        return response


def _is_text(response: HttpResponseBase) -> bool:
    """Whether packing makes it smaller; parts of files (206) and files that are packed are not."""
    kind = response.headers.get("Content-Type", "")
    return response.status_code not in (204, 206, 304) and (
        kind.startswith(("text/", "application/atom")) or "json" in kind
    )


def _packing(accepted: str) -> str:
    """The best that the client takes and does not refuse by a quality of 0."""
    offers = {}
    for offer in accepted.lower().split(","):
        name, _, quality = offer.replace(" ", "").partition(";q=")
        offers[name] = quality.strip("0.") != "" if quality else bool(name)
    return next((name for name in ("br", "gzip") if offers.get(name)), "")


def _packed(chunks: Iterator[bytes] | list[bytes], packing: str) -> Iterator[bytes]:
    if packing == "br":
        packer = brotli.Compressor(quality=BROTLI_QUALITY)
        yield from (packed for chunk in chunks if (packed := packer.process(chunk)))
        yield packer.finish()
        return
    squeezer = zlib.compressobj(GZIP_LEVEL, wbits=GZIP)
    yield from (packed for chunk in chunks if (packed := squeezer.compress(chunk)))
    yield squeezer.flush()


class Policy(CSPMiddleware):
    """Pages have the policy of the settings; what is no page may load and run nothing at all."""

    NOTHING = "default-src 'none'; frame-ancestors 'none'"

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path_info.startswith(API) and not _is_page(response):
            response.headers.setdefault(HEADER, self.NOTHING)
            return response
        return super().process_response(request, response)


def _is_page(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")
