"""Addresses of the desk."""

from django.urls import path

from deals.desk import access, home

urlpatterns = [
    path("", home.home, name="desk"),
    path("sign-in/", access.SignIn.as_view(), name="desk-sign-in"),
    path("sign-out/", access.SignOut.as_view(), name="desk-sign-out"),
]
