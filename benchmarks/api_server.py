"""`gunicorn benchmarks.api_server`: the product's own server, with its peers beside it."""

import os
from importlib import import_module

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
# Before anything reads the addresses.
settings.ROOT_URLCONF = "benchmarks.api_peers"
application = import_module("investtrack.wsgi").application
