"""Addresses of the desk."""

from django.urls import path

from deals.desk import (
    access,
    conflicts,
    decisions,
    home,
    import_errors,
    import_page,
    imports,
    merged,
    organizations,
    resolving,
    undoing,
    upload,
    wizard_check,
    wizard_columns,
    wizard_file,
)

urlpatterns = [
    path("", home.home, name="desk"),
    path("sign-in/", access.SignIn.as_view(), name="desk-sign-in"),
    path("sign-out/", access.SignOut.as_view(), name="desk-sign-out"),
    path("templates/<slug:code>.<slug:kind>", upload.template, name="desk-template"),
    path("imports/new/", upload.new, name="desk-upload"),
    path("imports/files/<int:pk>/", wizard_file.reading, name="desk-file"),
    path("imports/files/<int:pk>/columns/", wizard_columns.columns, name="desk-file-columns"),
    path("imports/files/<int:pk>/check/", wizard_check.check, name="desk-file-check"),
    path("imports/files/<int:pk>/profile.toml", wizard_check.profile, name="desk-file-profile"),
    path("imports/", imports.imports, name="desk-imports"),
    path("imports/<int:pk>/", import_page.import_page, name="desk-import"),
    path("imports/<int:pk>/progress/", import_page.progress_part, name="desk-import-progress"),
    path("imports/<int:pk>/rejected.csv", import_errors.rejected, name="desk-import-errors"),
    path("imports/<int:pk>/deals/", import_page.deals, name="desk-import-deals"),
    path("imports/<int:pk>/profile.toml", import_page.profile, name="desk-import-profile"),
    path("imports/<int:pk>/decide/", decisions.decide, name="desk-import-decide"),
    path("imports/<int:pk>/cancel/", decisions.cancel, name="desk-import-cancel"),
    path("imports/<int:pk>/retry/", decisions.retry, name="desk-import-retry"),
    path("imports/<int:pk>/undo/", undoing.undo, name="desk-import-undo"),
    path("conflicts/", conflicts.conflicts, name="desk-conflicts"),
    path("staged/<int:pk>/decide/", resolving.decide, name="desk-staged-decide"),
    path("organizations/", organizations.organizations, name="desk-organizations"),
    path("organizations/pairs/<int:pk>/merge/", organizations.merge, name="desk-suggestion-merge"),
    path(
        "organizations/pairs/<int:pk>/apart/",
        organizations.keep_apart,
        name="desk-suggestion-apart",
    ),
    path("organizations/<str:public_id>/split/", merged.split, name="desk-organization-split"),
]
