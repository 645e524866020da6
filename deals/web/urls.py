"""Addresses of the pages for readers."""

from django.urls import path

from deals.web import cite, deal, deals, developers, figures, flows, glossary, health, home, methods

urlpatterns = [
    path("", home.home, name="home"),
    path("flows/", flows.flows, name="flows"),
    path("flows/table.csv", flows.table, name="flows-table"),
    path("flows/cite.bib", cite.bib, name="flows-bibtex"),
    path("deals/", deals.deals, name="deals"),
    path("deals/<str:public_id>/", deal.deal, name="deal"),
    path("figures/", figures.published, name="figures"),
    path("developers/", developers.developers, name="developers"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("methods/", methods.methods, name="methods"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
