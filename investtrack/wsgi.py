"""The door for a web server: `gunicorn investtrack.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from investtrack import errors

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
application = get_wsgi_application()
errors.start("web")
# Every page is imported now, before the server forks: once for all its processes, in memory that
# they share, and no reader's first question pays for it.
_ = get_resolver().url_patterns
