"""A number as it is quoted: in a footnote, in a list of sources, in a bibliography's file."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deals import wording
from deals.flows import links
from deals.flows.asked import share_answer
from deals.flows.query import BadParameters, FlowQuery
from deals.flows.scope import Scope
from deals.models import Release
from deals.rules import doi
from deals.templatetags.formats import day, number
from deals.web.errors import bad_request

FREEZE = "/flows/freeze/"
BIB = "/flows/cite.bib"
# Signs that mean something to TeX, and how they are written there. BibTeX counts braces even behind
# a backslash, so that a lone one would swallow the rest of the file.
TEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "$": r"\$", "&": r"\&", "%": r"\%",
    "#": r"\#", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "\u202f": "~", "\n": " ", "\r": " ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quoted:
    """What every form of a citation is made of; `seen_on` is the day of looking it up."""

    title: str
    result: str
    seq: int
    release: str | None
    data_of: date
    seen_on: date
    url: str
    generated: bool
    # Of the release, without its resolver; "" for none.
    doi: str = ""

    @property
    def place(self) -> str:
        """Which state of the register was quoted."""
        if self.release:
            values = {"release": self.release, "seq": number(self.seq), "doi": self.doi}
            if self.doi:
                return _("release %(release)s (ledger no. %(seq)s, doi:%(doi)s)") % values
            return _("release %(release)s (ledger no. %(seq)s)") % values
        return _("ledger no. %(seq)s") % {"seq": number(self.seq)}

    @property
    def warned(self) -> str:
        """Invented data are never quoted without the word."""
        return _("Demonstration data: generated, not real.") if self.generated else ""


def citation(
    request: HttpRequest, query: FlowQuery, answer: dict[str, Any], scope: Scope
) -> dict[str, Any]:
    """The forms of quoting an answer, with the address that holds it to its point of the ledger.

    `text` (Chicago), `apa`, `footnote`, `bibtex`; `url`, `bib_url`; `freeze_url` is the page that
    keeps the answer itself, so that not even new rules of counting move it.
    """
    held = query.but(as_of=None, release="").but(as_of=scope.change_seq)
    quoted = quote(
        query, answer, request.build_absolute_uri(answer["links"]["cite"]), scope.computed_at
    )
    return forms(quoted) | {
        "freeze": True,
        "freeze_url": links.address(FREEZE, held),
        "bib_url": links.address(BIB, query),
    }


def quote(query: FlowQuery, answer: dict[str, Any], url: str, seen: datetime) -> Quoted:
    """What is quoted of an answer, kept or computed now."""
    as_of = answer["as_of"]
    return Quoted(
        title=wording.question(query),
        result=wording.n_of_N(answer),
        seq=as_of["change_seq"],
        release=as_of["release"],
        data_of=datetime.fromisoformat(as_of["computed_at"]).date(),
        seen_on=seen.date(),
        url=url,
        generated=answer["population"]["generated"],
        doi=_doi_of(as_of["release"]),
    )


def _doi_of(release: str | None) -> str:
    found = release and Release.objects.filter(name=release).values_list("doi", flat=True).first()
    return found or ""


def cite_release(release: Release, url: str, seen: datetime) -> dict[str, str]:
    """The forms of quoting a release as a whole: `text`, `apa`, `bibtex`; with its DOI, if any."""
    values = {
        "name": release.name,
        "seq": number(release.seq),
        "year": release.at.year,
        "day": day(release.at),
        "url": doi.address(release.doi) or url,
        "seen": day(seen),
    }
    title = _("InvestTrack register, release %(name)s") % values
    note = _("Ledger no. %(seq)s") % values
    lines = [
        f"@misc{{investtrack-release-{tex(release.name)},",
        "  author = {{InvestTrack}},",
        f"  title = {{{{{tex(title)}}}}},",
        f"  year = {{{release.at.year}}},",
        f"  note = {{{tex(note)}}},",
        *([f"  doi = {{{release.doi}}},"] if release.doi else []),
        f"  url = {{{values['url']}}},",
        f"  urldate = {{{seen.date().isoformat()}}}",
        "}",
    ]
    return {
        "text": _(
            "InvestTrack. Release %(name)s (ledger no. %(seq)s), %(day)s. Data set. Accessed"
            " %(seen)s. %(url)s"
        )
        % values,
        "apa": _(
            "InvestTrack. (%(year)s). InvestTrack register (release %(name)s) [Data set]. %(url)s"
        )
        % values,
        "bibtex": "\n".join(lines),
    }


def forms(quoted: Quoted) -> dict[str, Any]:
    """The same facts in the order that each style wants."""
    values = {
        "title": quoted.title,
        "result": quoted.result,
        "place": quoted.place,
        "year": quoted.data_of.year,
        "seen": day(quoted.seen_on),
        "warned": f" {quoted.warned}" if quoted.warned else "",
        "url": quoted.url,
    }
    return {
        "url": quoted.url,
        "seq": quoted.seq,
        "text": _(
            "InvestTrack. “%(title)s”: %(result)s.%(warned)s Data as of %(place)s."
            " Accessed %(seen)s. %(url)s"
        )
        % values,
        "apa": _(
            "InvestTrack. (%(year)s). %(title)s [Data set, %(place)s].%(warned)s"
            " Retrieved %(seen)s, from %(url)s"
        )
        % values,
        "footnote": _(
            "InvestTrack, “%(title)s”, %(result)s, %(place)s, %(url)s"
            " (accessed %(seen)s).%(warned)s"
        )
        % values,
        "bibtex": bibtex(quoted),
    }


def bibtex(quoted: Quoted) -> str:
    """One entry, the same key for the same address; texts are escaped, the address stays as is."""
    key = f"investtrack-{quoted.seq}-{sha256(quoted.url.encode()).hexdigest()[:8]}"
    note = f"{quoted.result}. {_('Data as of %(place)s') % {'place': quoted.place}}."
    if quoted.warned:
        note = f"{note} {quoted.warned}"
    # An address of ours is percent-encoded; braces would end the field.
    url = quoted.url.replace("{", "%7B").replace("}", "%7D")
    lines = (
        f"@misc{{{key},",
        "  author = {{InvestTrack}},",
        f"  title = {{{{{tex(quoted.title)}}}}},",
        f"  year = {{{quoted.data_of.year}}},",
        f"  note = {{{tex(note)}}},",
        *([f"  doi = {{{quoted.doi}}},"] if quoted.doi else []),
        f"  url = {{{url}}},",
        f"  urldate = {{{quoted.seen_on.isoformat()}}}",
        "}",
    )
    return "\n".join(lines)


def tex(text: str) -> str:
    """A text that TeX prints as it stands."""
    return "".join(TEX.get(char, char) for char in text)


def bib_file(text: str, name: str) -> HttpResponse:
    """A bibliography's file to be saved."""
    response = HttpResponse(f"{text}\n", content_type="application/x-bibtex; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.bib"'
    return response


@require_safe
def bib(request: HttpRequest) -> HttpResponse:
    """The citation of a question as a BibTeX file."""
    try:
        query = FlowQuery.from_params(request.GET)
        answer, scope = share_answer(query)
    except BadParameters as error:
        return bad_request(request, error)
    url = request.build_absolute_uri(answer["links"]["cite"])
    return bib_file(
        bibtex(quote(query, answer, url, timezone.now())), f"investtrack-{scope.change_seq}"
    )
