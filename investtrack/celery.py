"""The Celery application: `celery -A investtrack worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investtrack.settings")
app = Celery("investtrack")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
