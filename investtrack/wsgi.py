"""The door for a web server: `gunicorn investtrack.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
application = get_wsgi_application()
