"""Addresses below /account/: signing in, and what a person keeps about their account."""

from django.urls import include, path

from deals.accounts import pages

urlpatterns = [
    path("", pages.account, name="account"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/<int:pk>/end/", pages.end_session, name="account-session-end"),
    path("sessions/", include("allauth.usersessions.urls")),
    path("", include("allauth.account.urls")),
]
