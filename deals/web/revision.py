"""One short text that changes whenever a template does, so that no browser keeps an old page."""

import hashlib
from functools import cache

from django.conf import settings


@cache
def revision() -> str:
    """A digest of all templates as they were when this process first asked."""
    digest = hashlib.sha256()
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
