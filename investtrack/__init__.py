"""InvestTrack: the project around the `deals` application."""

from investtrack.celery import app as celery_app

__all__ = ["celery_app"]
