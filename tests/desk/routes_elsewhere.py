"""Every address outside the desk: what it answers to strangers, and to whoever is signed in.

Pages for readers and the API's readable addresses say the same to everybody. Addresses below
/account/ are for whoever is signed in, whatever their role, but for the few in `DOORS`.
"""

from typing import Any

READ, FORM, ACT = {"GET", "HEAD"}, {"GET", "HEAD", "POST"}, {"POST"}

# Name: methods, codes by GET and by an empty POST. 404: nothing is there under the name that the
# test makes up; 400: the page needs a question; 303: it leads on.
READERS: dict[str, tuple[set[str], int | None, int | None]] = {
    "home": (READ, 200, None),
    "flows": (READ, 200, None),
    # To the page with the whole form, unless htmx asks.
    "form-kind": (READ, 302, None),
    "form-target": (READ, 302, None),
    "form-investor": (READ, 302, None),
    "form-filters": (READ, 302, None),
    "flows-table": (READ, 200, None),
    "europe-to-china": (READ, 200, None),
    "china-to-europe": (READ, 200, None),
    "chart-file": (READ, 404, None),
    "embed": (READ, 404, None),
    "embed-frozen": (READ, 404, None),
    "flows-bibtex": (READ, 200, None),
    "freeze": (FORM, 200, 303),
    "since": (READ, 400, None),
    "since-table": (READ, 400, None),
    "frozen": (READ, 404, None),
    "frozen-table": (READ, 404, None),
    "frozen-bibtex": (READ, 404, None),
    "frozen-chart": (READ, 404, None),
    "bridge": (READ, 200, None),
    "bridge-table": (READ, 200, None),
    "bridge-deals": (READ, 400, None),
    "bridge-deals-csv": (READ, 400, None),
    "deals": (READ, 200, None),
    "deals-atom": (READ, 200, None),
    "deal": (READ, 200, None),
    "report-deal": (FORM, 200, 400),
    "report": (READ, 404, None),
    "figures": (READ, 200, None),
    "developers": (READ, 200, None),
    "countries": (READ, 200, None),
    "countries-table": (READ, 200, None),
    "country": (READ, 404, None),
    "organizations": (READ, 200, None),
    "organization": (READ, 200, None),
    "report-organization": (FORM, 200, 400),
    "data": (READ, 200, None),
    "data-table": (READ, 404, None),
    "releases": (READ, 302, None),
    "releases-atom": (READ, 200, None),
    "release": (READ, 404, None),
    "release-file": (READ, 404, None),
    "between": (READ, 404, None),
    "between-csv": (READ, 404, None),
    "status": (READ, 200, None),
    "glossary": (READ, 200, None),
    "methods": (READ, 200, None),
    # Nobody is named.
    "security-txt": (READ, 404, None),
    "robots": (READ, 200, None),
    "sitemap": (READ, 200, None),
    "sitemap-section": (READ, 404, None),
    "healthz": (READ, 200, None),
    "readyz": (READ, 200, None),
}
# What the API answers by GET; any other method is refused, HEAD where the view does not
# take it.
PARTNERS: dict[str, int] = {
    "api-share": 400,
    "api-series": 400,
    "api-matrix": 400,
    "api-top": 400,
    "api-bridge": 400,
    "api-deals": 200,
    "api-deal": 200,
    "api-versions": 200,
    "api-changes": 200,
    "api-me": 200,
    "api-regions": 200,
    "api-countries": 200,
    "api-sectors": 200,
    "api-round-types": 200,
    "api-published-figures": 200,
    "api-policy-events": 200,
    "api-organizations": 200,
    "api-organization": 404,
    "api-digest": 200,
    "api-schema": 200,
    "api-docs": 200,
    "api-releases": 200,
    "api-release": 404,
    "api-release-file": 404,
    "api-release-changes": 404,
    "api-export-deals-csv": 200,
    "api-export-deals-jsonl": 200,
    "api-export-deals-parquet": 200,
    "api-export-deals-xlsx": 200,
    "api-export-participations-csv": 200,
    "api-export-participations-jsonl": 200,
    "api-export-participations-parquet": 200,
    "api-export-participations-xlsx": 200,
}
# Name: codes by GET and by an empty POST of whoever is signed in. 302 leads to a step that comes
# first, such as saying again who one is.
ACCOUNT: dict[str, tuple[int, int]] = {
    "account": (200, 405),
    "account-session-end": (405, 404),
    "account-keys": (200, 400),
    # Others' keys are not there.
    "account-key": (404, 405),
    "account-key-revoke": (404, 404),
    "account-webhooks": (200, 400),
    # Nor are others' webhooks.
    "account-webhook": (404, 404),
    "account-webhook-message": (404, 404),
    "account-webhook-delete": (404, 404),
    "account-webhook-act": (405, 404),
    "account_change_password": (200, 400),
    "account_email": (200, 302),
    "account_reauthenticate": (200, 400),
    "account_set_password": (302, 302),
    "mfa_activate_totp": (302, 302),
    "mfa_add_webauthn": (302, 302),
    "mfa_authenticate": (302, 302),
    "mfa_deactivate_totp": (404, 404),
    "mfa_download_recovery_codes": (404, 404),
    "mfa_edit_webauthn": (302, 302),
    "mfa_generate_recovery_codes": (302, 302),
    "mfa_index": (200, 405),
    "mfa_list_webauthn": (200, 405),
    "mfa_reauthenticate": (302, 302),
    "mfa_reauthenticate_webauthn": (302, 302),
    "mfa_remove_webauthn": (302, 302),
    "mfa_view_recovery_codes": (404, 405),
    "usersessions_list": (200, 302),
    "account_logout": (200, 302),
}
# The same for people who are not signed in; whoever is has another code only where it is given.
DOORS: dict[str, tuple[int, int, int, int]] = {
    "account_login": (200, 400, 302, 302),
    "account_signup": (200, 200, 302, 302),
    "mfa_login_webauthn": (302, 302, 302, 302),
    "account_confirm_login_code": (302, 302, 302, 302),
    "account_inactive": (200, 405, 200, 405),
    "account_confirm_email": (200, 404, 200, 404),
    "account_email_verification_sent": (200, 405, 200, 405),
    "account_reset_password": (200, 400, 200, 400),
    "account_reset_password_done": (200, 405, 200, 405),
    "account_reset_password_from_key": (200, 400, 200, 400),
    "account_reset_password_from_key_done": (200, 405, 200, 405),
}


def made_up(route: str) -> list[Any]:
    """What stands in an address for each kind of parameter, where the test has no thing."""
    kinds = {"int": 999_999, "slug": "nothing", "str": "nothing"}
    return [kinds[part.split(":")[0]] for part in route.split("<")[1:]]
