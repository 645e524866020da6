"""Django's admin behind the register's own sign-in."""

from django.contrib.admin.apps import AdminConfig
from django.core.checks import Tags, register

from deals.accounts.checks import any_name


class GuardedAdminConfig(AdminConfig):
    """Stands in INSTALLED_APPS for django.contrib.admin; `admin.site` is then our `Site`."""

    default_site = "deals.accounts.admin_site.Site"

    def ready(self) -> None:
        super().ready()
        register(Tags.security, deploy=True)(any_name)
