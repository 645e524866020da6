from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


class DealsConfig(AppConfig):
    name = "deals"
    verbose_name = "Register of deals"

    def ready(self) -> None:
        # Groups are models of another application, which is not loaded when this file is read.
        from deals.management.roles import settle_roles
        from deals.models import ledger

        post_migrate.connect(settle_roles, sender=self, dispatch_uid="deals.roles")
        if "replica" in settings.DATABASES or not settings.CACHE_IS_OWN:
            # Also a worker that knows of no replica tells the web servers that do.
            from deals.flows import furthest

            ledger.grown.connect(furthest.note_end, dispatch_uid="deals.furthest")
        ledger.grown.connect(_ring, dispatch_uid="deals.webhooks")


def _ring(**_signal: object) -> None:
    """Somebody may wait to be told. Tasks are loaded only when there is something to ring for."""
    from deals import tasks

    tasks.ring_webhooks()
