"""Addresses of the pages for readers."""

from django.urls import path

from deals.web import flows, home

urlpatterns = [
    path("", home.home, name="home"),
    path("flows/", flows.flows, name="flows"),
    path("flows/table.csv", flows.table, name="flows-table"),
]
