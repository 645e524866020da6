"""What django-allauth asks us: who may make an account, from where a request comes."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from deals.accounts.lockout import address_of
from deals.rules.roles import ROLES

SITE = "InvestTrack"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given by administrators; with the setting SIGN_UP readers make their own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        saved: User = super().save_user(request, user, form, commit=commit)
        if commit:
            saved.groups.add(Group.objects.get(name=ROLES["reader"].group))
        return saved

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "0.0.0.0"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps and browsers show the register's name beside the account."""

    def _get_site_name(self) -> str:
        return SITE
