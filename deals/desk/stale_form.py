"""A form that was open while its token changed: said in words, and what was typed is kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deals.desk import parking


def failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW`. 403: nothing was done. `reason` is Django's and for developers."""
    match = request.resolver_match
    parks = match is not None and getattr(match.func, "parks", False)
    kept = parks and request.user.is_authenticated and parking.park(request)
    context = {"section": "desk", "kept": kept, "back": request.path if kept else ""}
    return render(request, "account/stale_form.html", context, status=403)
