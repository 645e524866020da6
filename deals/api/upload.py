"""What a request brings: a file as a part of a form, or as the body; never whole in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import UnreadablePostError
from rest_framework.exceptions import APIException, UnsupportedMediaType
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from deals.api.problems import Refusal, problem
from deals.feeds.limits import megabytes
from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.refusals import Refused
from deals.flows.query import BadParameters, Problem
from deals.models import Feed

CHUNK = 1 << 18
LARGEST_PROFILE = 1 << 20
# What a form has beside its file: the profile, and the marks between its parts.
FORM = LARGEST_PROFILE + (1 << 16)
FLAGS = {"true": True, "false": False, "": False}
EXTENSIONS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/gzip": ".gz",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/octet-stream": "",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on its way in. `pieces` can be read once, and raises when the upload breaks off.

    `own_profile` is whether the profile came with the file, not from the feed that it names.
    """

    name: str
    pieces: Iterable[bytes]
    profile: Profile
    own_profile: bool
    publish: bool
    idempotency_key: str


class _Counted:
    """A stream that knows whether all that was announced has come."""

    def __init__(self, stream: Any, size: int) -> None:
        self.stream, self.left = stream, size

    def read(self, size: int) -> bytes:
        data: bytes = self.stream.read(min(size, self.left))
        self.left -= len(data)
        return data


class WholeForms(MultiPartParser):
    """A form whose end is missing would otherwise pass for one with a shorter file."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        counted: Any = _Counted(stream, _announced((parser_context or {})["request"]))
        parsed = super().parse(counted, media_type, parser_context)
        if counted.left:
            raise _broken_off()
        return parsed


class _Body(BaseParser):
    """The body is the file: it is handed on unread."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream


PARSERS = [WholeForms, *(type("Body", (_Body,), {"media_type": kind}) for kind in EXTENSIONS)]


def read(request: Request) -> Sent:
    """What was sent; raises what becomes a problem document, before anything is kept."""
    size = _size(request)
    try:
        form = (request.content_type or "").startswith("multipart/")
        body = request.data
    except UnreadablePostError:
        raise _broken_off() from None
    except UnsupportedMediaType as error:
        taken = ", ".join(["multipart/form-data", *EXTENSIONS])
        raise Refusal(415, str(error.detail), headers={"Accept-Post": taken}) from None
    except RequestDataTooBig:
        raise problem(413, f"A profile can have {LARGEST_PROFILE >> 20} MB at most.") from None
    except SuspiciousOperation as error:
        raise problem(400, f"The form cannot be read: {error}") from None
    if refused := getattr(request, "upload_refused", ""):
        # By the upload handler, which counted while it came in.
        raise problem(413, refused)
    given = _parameters(request, form)
    text = _profile_text(request, given)
    if form:
        file = request.FILES["file"]
        name = given.get("name") or file.name or ""
        pieces = file.chunks(CHUNK)
    else:
        kind = (request.content_type or "").partition(";")[0].strip().casefold()
        name = given.get("name") or f"upload{EXTENSIONS.get(kind, '')}"
        pieces = _whole(body, size) if size else iter(())
    return Sent(
        name=_without_folders(name),
        pieces=pieces,
        profile=load_profile(text),
        own_profile="feed" not in given,
        publish=_flag(given.get("publish", "")),
        idempotency_key=_idempotency_key(request),
    )


def _announced(request: Request) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _size(request: Request) -> int:
    """The body's size, in bytes, as announced; too large a one is refused before it is read."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").casefold():
        raise problem(411, "Say how large the file is: send it with a Content-Length.")
    size = _announced(request)
    form = (request.content_type or "").startswith("multipart/")
    if size > settings.IMPORT_MAX_BYTES + (FORM if form else 0):
        raise problem(
            413,
            f"The file has {megabytes(size)}, and {megabytes(settings.IMPORT_MAX_BYTES)} are taken "
            "at once: split it into several files of the same profile.",
        )
    return size


def _broken_off() -> APIException:
    return problem(400, "The upload broke off before its end, and nothing was kept: send it again.")


def _parameters(request: Request, form: bool) -> dict[str, str]:
    """Parameters of the address and fields of the form, each at most once."""
    known = ["feed", "name", "publish", *(["profile"] if form else [])]
    given: dict[str, str] = {}
    wrong: list[Problem] = []
    for name, texts in [*request.query_params.lists(), *request.POST.lists()]:
        if name not in known and not (form and name == "file"):
            wrong.append(Problem(name, f"There is no such parameter. Known: {', '.join(known)}."))
        elif name in given or len(texts) != 1:
            wrong.append(Problem(name, "This can be given once."))
        else:
            given[name] = str(texts[0])
    files = dict(request.FILES.lists()) if form else {}
    for name in files.keys() - {"file", "profile"}:
        wrong.append(Problem(name, "There is no such part. Files are: file, profile."))
    if form and len(files.get("file", ())) != 1:
        wrong.append(Problem("file", "One file is needed here, as in curl -F file=@rounds.csv."))
    if "feed" in given and (profile := {"profile"} & (given.keys() | files.keys())):
        wrong.append(Problem(profile.pop(), "Give either this or feed."))
    if wrong:
        raise BadParameters(wrong)
    return given


def _profile_text(request: Request, given: dict[str, str]) -> str:
    """The profile as TOML: of the feed that is named, or as it came."""
    if "feed" in given:
        return _feed(given["feed"]).profile
    if "profile" in given:
        return given["profile"]
    if "profile" not in request.FILES:
        message = "Say whose file this is: feed=CODE, or a form with the profile as TOML."
        raise BadParameters([Problem("feed", message)])
    part = request.FILES["profile"]
    if (part.size or 0) > LARGEST_PROFILE:
        raise problem(413, f"A profile can have {LARGEST_PROFILE >> 20} MB at most.")
    try:
        return part.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("The profile is not in UTF-8, as TOML has to be.") from None


def _feed(code: str) -> Feed:
    # PostgreSQL takes no NUL, and no feed's code has one.
    found = None if "\x00" in code else Feed.objects.filter(code=code).first()
    if found is None:
        message = f"There is no feed “{code[:64]}”. Send the profile with its first file."
        raise BadParameters([Problem("feed", message)])
    return found


def _whole(stream: Any, size: int) -> Iterator[bytes]:
    counted = _Counted(stream, size)
    try:
        while piece := counted.read(CHUNK):
            yield piece
    except UnreadablePostError:
        raise _broken_off() from None
    if counted.left:
        raise _broken_off()


def _without_folders(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _flag(text: str) -> bool:
    if text.casefold() not in FLAGS:
        raise BadParameters([Problem("publish", "This must be true or false.")])
    return FLAGS[text.casefold()]


def _idempotency_key(request: Request) -> str:
    """Empty without the header. An empty header is refused: its sender believes to be safe."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    key = str(key)
    if not 0 < len(key) <= 255 or not (key.isascii() and key.isprintable()):
        message = "This header holds 1 to 255 printable ASCII characters."
        raise BadParameters([Problem("Idempotency-Key", message)])
    return key
