"""Addresses of the pages for readers."""

from django.urls import path

from deals.web import (
    bridge,
    cite,
    deal,
    deals,
    developers,
    figures,
    flows,
    glossary,
    health,
    home,
    methods,
    organization,
    organizations,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("flows/", flows.flows, name="flows"),
    path("flows/table.csv", flows.table, name="flows-table"),
    path("flows/cite.bib", cite.bib, name="flows-bibtex"),
    path("flows/bridge/", bridge.page, name="bridge"),
    path("flows/bridge/table.csv", bridge.table, name="bridge-table"),
    path("flows/bridge/deals/", bridge.deals, name="bridge-deals"),
    path("flows/bridge/deals.csv", bridge.deals_file, name="bridge-deals-csv"),
    path("deals/", deals.deals, name="deals"),
    path("deals/<str:public_id>/", deal.deal, name="deal"),
    path("figures/", figures.published, name="figures"),
    path("developers/", developers.developers, name="developers"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/<str:public_id>/", organization.organization, name="organization"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("methods/", methods.methods, name="methods"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
