"""The ledger, the log and people: to look at, since their rows come by other ways and none goes."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import Activity, Change, DealVersion, Release


class Shown(admin.ModelAdmin):
    """What is only looked at: rows come by other ways, and none goes."""

    show_full_result_count = False
    list_per_page = 50
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Change)
class ChangeAdmin(Shown):
    """The ledger."""

    list_display = ("seq", "kind", "deal", "organization", "by", "at", "reason")
    list_filter = ("kind",)
    list_select_related = ("deal", "organization")
    search_fields = ("=seq", "=deal__public_id", "=organization__public_id", "=by")
    ordering = ("-seq",)


@admin.register(Release)
class ReleaseAdmin(Shown):
    """Names for points of the ledger."""

    list_display = ("name", "seq", "at", "notes")


@admin.register(DealVersion)
class VersionAdmin(Shown):
    """All that was ever said of a deal."""

    list_display = ("deal", "number", "state", "target_name", "created_by", "published_seq")
    list_filter = ("state",)
    list_select_related = ("deal", "created_by")
    search_fields = ("=deal__public_id",)
    ordering = ("-pk",)


# For the admin alone: the plural that Django makes is no word.
Activity._meta.verbose_name_plural = gettext_lazy("activities")


@admin.register(Activity)
class ActivityAdmin(Shown):
    """What people did; the desk's own page of it says more."""

    list_display = ("at", "by", "verb", "deal", "organization", "text")
    list_select_related = ("by", "deal", "organization")
    search_fields = ("=by__username", "=deal__public_id", "=organization__public_id")


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(Shown, UserAdmin):
    """Who has an account. Roles, second factors and passwords are given at the desk's own page."""

    list_display = ("username", "email", "roles", "is_active", "last_login", "at_the_desk")
    list_filter = ("is_active", "groups")
    fieldsets = ((None, {"fields": ("username", "email", "is_active", "last_login", "groups")}),)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[User]":
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=gettext_lazy("Roles"))
    def roles(self, row: User) -> str:
        return ", ".join(group.name for group in row.groups.all())

    @admin.display(description=gettext_lazy("At the desk"))
    def at_the_desk(self, row: User) -> SafeString:
        address = reverse("desk-person", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, _("Roles and second factor"))
