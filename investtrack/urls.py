"""The address space: pages for readers, the desk, accounts, the partner API, the admin."""

from django.contrib import admin
from django.urls import include, path

from investtrack.metrics_page import metrics

urlpatterns = [
    # First, since addresses are tried in this order and partners ask most often.
    path("api/v1/", include("deals.api.urls")),
    path("", include("deals.web.urls")),
    path("desk/", include("deals.desk.urls")),
    path("account/", include("deals.accounts.urls")),
    path("admin/", admin.site.urls),
    path("metrics", metrics, name="metrics"),
]

handler400 = "investtrack.handlers.bad_request"
handler404 = "investtrack.handlers.not_found"
handler500 = "investtrack.handlers.server_error"
