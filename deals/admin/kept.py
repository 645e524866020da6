"""How reference data is kept: each change an entry of the ledger and of the log."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from deals import journal
from deals.models import Change, ledger


class Kept(admin.ModelAdmin):
    """Reference data: every change is an entry of the ledger and of the log.

    `kind` is that of the ledger's entry, and `key` names a row in it; what a person has changed
    there is not overwritten by the files that come with the code (`deals.feeds.reference`).
    """

    kind: Change.Kind
    save_on_top = True
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}  # noqa: RUF012

    def key(self, row: Any) -> str:
        """The name of a row in the ledger."""
        return str(row)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """What may be unknown may be left empty."""
        found = super().formfield_for_dbfield(db_field, request, **kwargs)
        if found is not None and db_field.null:
            found.required = False
        return found

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save what was changed; nothing is noted of a form that changes nothing."""
        if change and not form.changed_data:
            return
        before = [self.key(self.model._default_manager.get(pk=obj.pk))] if change else []
        super().save_model(request, obj, form, change)
        said = f"Changed: {', '.join(form.changed_data)}." if change else "Added."
        self._note(request, dict.fromkeys([*before, self.key(obj)]), said)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete one row."""
        self._note(request, [self.key(obj)], "Deleted.")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        """Delete the chosen rows, as one entry of the ledger."""
        self._note(request, [self.key(row) for row in queryset], "Deleted.")
        super().delete_queryset(request, queryset)

    def _note(self, request: HttpRequest, keys: Iterable[str], said: str) -> None:
        assert isinstance(request.user, User)
        names = list(keys)
        ledger.append(self.kind, by=request.user.username, reason=said, fields=names)
        journal.record("changed_reference", by=request.user, text=f"{', '.join(names)}. {said}")
