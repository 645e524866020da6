"""Addresses below /account/: signing in, and what a person keeps about their account."""

from django.urls import include, path

from deals.accounts import keys_pages, pages, webhooks

urlpatterns = [
    path("", pages.account, name="account"),
    path("keys/", keys_pages.my_keys, name="account-keys"),
    path("keys/<int:pk>/", keys_pages.my_key, name="account-key"),
    path("keys/<int:pk>/revoke/", keys_pages.revoke, name="account-key-revoke"),
    path("webhooks/", webhooks.my_webhooks, name="account-webhooks"),
    path("webhooks/<slug:public_id>/", webhooks.my_webhook, name="account-webhook"),
    path(
        "webhooks/<slug:public_id>/messages/<int:pk>/",
        webhooks.delivery,
        name="account-webhook-message",
    ),
    path("webhooks/<slug:public_id>/delete/", webhooks.delete, name="account-webhook-delete"),
    path("webhooks/<slug:public_id>/<slug:verb>/", webhooks.act, name="account-webhook-act"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/<int:pk>/end/", pages.end_session, name="account-session-end"),
    path("sessions/", include("allauth.usersessions.urls")),
    path("", include("allauth.account.urls")),
]
