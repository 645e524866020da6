"""Django's admin behind the register's own sign-in."""

from django.contrib.admin.apps import AdminConfig


class GuardedAdminConfig(AdminConfig):
    """Stands in INSTALLED_APPS for django.contrib.admin; `admin.site` is then our `Site`."""

    default_site = "deals.accounts.admin_site.Site"
