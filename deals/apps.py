from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DealsConfig(AppConfig):
    name = "deals"
    verbose_name = "Register of deals"

    def ready(self) -> None:
        # Groups are models of another application, which is not loaded when this file is read.
        from deals.management.roles import settle_roles

        post_migrate.connect(settle_roles, sender=self, dispatch_uid="deals.roles")
