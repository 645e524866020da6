"""What stylesheets, scripts, fonts and pictures say besides their content."""

from wsgiref.headers import Headers

# A drawing or a text that is opened on its own may load and run nothing, and stands in no frame.
# It does not hold for the page that loads the file.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def add_policy(headers: Headers, path: str, url: str) -> None:
    """`WHITENOISE_ADD_HEADERS_FUNCTION`."""
    headers["Content-Security-Policy"] = ALONE
