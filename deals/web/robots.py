"""`/robots.txt`: what search engines may read, and where the list of pages is."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from deals.web.parameters import without_parameters

# Anything with a question is one of endlessly many combinations of filters; what it shows is found
# by the pages without. The reference of the API is a page like any other.
RULES = """\
User-agent: *
Allow: /api/v1/docs/
Allow: /sitemap-
Disallow: /desk/
Disallow: /account/
Disallow: /admin/
Disallow: /api/
Disallow: /embed/
Disallow: /*?
Sitemap: {sitemap}
"""


@require_safe
@without_parameters
def robots(request: HttpRequest) -> HttpResponse:
    """Rules for every crawler (RFC 9309)."""
    text = RULES.format(sitemap=request.build_absolute_uri("/sitemap.xml"))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
