"""What this register has, so that examples work when they are copied."""

from deals.api.conditional import etag_of, mark_of
from deals.models import DealDocument, Population, Release


def known() -> dict[str, str]:
    """Values for examples; what the register does not have is left out."""
    found: dict[str, str] = {}
    live = DealDocument.objects.filter(
        version__published_seq__isnull=False, version__superseded_seq__isnull=True
    ).select_related("version__deal", "version__target")
    if document := live.order_by("-version_id").first():
        version = document.version
        found["deal"], found["organization"] = version.deal.public_id, version.target.public_id
        found["etag"] = etag_of(mark_of(version.pk, document.json.encode()))
    if population := Population.objects.order_by("code").values_list("code", flat=True).first():
        found["population"] = population
    releases = list(Release.objects.order_by("-seq").values_list("name", flat=True)[:2])
    if releases:
        found["release"], found["older"] = releases[0], releases[-1]
    return found
