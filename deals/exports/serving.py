"""A stored file as an answer: whole or in part, with its checksum as the ETag.

A client that was cut off asks for the rest (`Range`), and for the whole anew if it is another file
by then (`If-Range`); see RFC 9110, section 14.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from deals.exports.manifest import BLOCK, DESCRIPTOR, Entry, folder_of
from deals.models import Release

RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
FOR_EVER = "max-age=31536000, immutable"
# The DOI in the descriptor may be given later.
ASK_AGAIN = "no-cache"


def entry_of(release: Release, file: str) -> Entry | None:
    """The listed file of that name; None for any other, whatever lies in the folder."""
    return next((Entry(**row) for row in release.files if row["name"] == file), None)


def path_of(release: Release, entry: Entry) -> Path:
    return folder_of(release.name) / entry.name


def send(request: HttpRequest, release: Release, entry: Entry) -> HttpResponseBase:
    """The file, a part of it (206), 304 for who has it, 416 for a part that is not there.

    Raises FileNotFoundError where the folder of releases is not this server's.
    """
    path, etag = path_of(release, entry), f'"{entry.sha256}"'
    size = path.stat().st_size
    # As it is, byte for byte: compressed on the way it would have neither length nor parts.
    request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    part = _part(request, etag, size)
    response: HttpResponseBase
    if _has_it(request, etag):
        response = HttpResponse(status=304)
    elif request.method == "HEAD":
        response = HttpResponse(content_type=entry.media, headers={"Content-Length": str(size)})
    elif part is None:
        response = FileResponse(path.open("rb"), content_type=entry.media)
    elif part[0] > part[1]:
        return _no_such_part(size)
    else:
        response = _partial(path, entry, part, size)
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    # Where readers need a key, no proxy may hand a file on to others.
    whose = "public" if settings.PUBLIC_READ else "private"
    kept = ASK_AGAIN if entry.name == DESCRIPTOR else FOR_EVER
    response.headers["Cache-Control"] = f"{whose}, {kept}"
    called = f"investtrack-{release.name}-{entry.name}"
    response.headers["Content-Disposition"] = f'attachment; filename="{called}"'
    return response


def _has_it(request: HttpRequest, etag: str) -> bool:
    tags = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    return "*" in tags or etag in (tag.removeprefix("W/") for tag in tags)


def _part(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; the first above the last where there are none; None: all."""
    found = RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or found.groups() == ("", "") or request.method != "GET":
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if not first:
        count = int(last)
        return (max(size - count, 0), size - 1) if count else (1, 0)
    begin, end = int(first), min(int(last), size - 1) if last else size - 1
    # Ends before it begins as it was written: no range at all, which is passed over.
    return None if last and int(last) < begin else (begin, end)


def _no_such_part(size: int) -> HttpResponse:
    """Not the file: without its name, and not to be kept as the file is."""
    headers = {"Content-Range": f"bytes */{size}", "Cache-Control": "no-store"}
    return HttpResponse(
        f"The file has no such part: it has {size:,} bytes.\n",
        status=416, content_type="text/plain; charset=utf-8", headers=headers,
    )  # fmt: skip


def _partial(path: Path, entry: Entry, part: tuple[int, int], size: int) -> StreamingHttpResponse:
    begin, end = part
    response = StreamingHttpResponse(
        _blocks(path, begin, end - begin + 1), status=206, content_type=entry.media
    )
    response.headers["Content-Range"] = f"bytes {begin}-{end}/{size}"
    response.headers["Content-Length"] = str(end - begin + 1)
    return response


def _blocks(path: Path, begin: int, left: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while left > 0 and (block := file.read(min(left, BLOCK))):
            left -= len(block)
            yield block
