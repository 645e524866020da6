"""Codes of an authenticator app: wrong ones are counted like wrong passwords."""

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.utils.translation import gettext as _

from deals.accounts import lockout


class Counted:
    """Mixed into a form with a field `code` and the person as `user`."""

    def clean_code(self) -> str:
        """The code, when it is right and there were not too many wrong ones before it."""
        request = context.request
        if not lockout.may_try_code(request, self.user):  # type: ignore[attr-defined]
            raise forms.ValidationError(_("There were too many wrong codes."))
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except forms.ValidationError:
            lockout.count_wrong_code(request, self.user)  # type: ignore[attr-defined]
            raise
        return code


class CodeForm(Counted, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(Counted, ReauthenticateForm):
    """Saying again who one is."""
