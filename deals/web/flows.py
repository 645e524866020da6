"""`/flows/`: one question, its number, and how sure it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def flows(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/flows.html", {"section": "flows"})


def table(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/flows.html", {"section": "flows"})
