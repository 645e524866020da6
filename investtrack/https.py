"""What changes in Django's settings when browsers reach this server by HTTPS only."""

from typing import Any


def https_settings(hosts: list[str]) -> dict[str, Any]:
    """Redirects, cookies and headers for the names in ALLOWED_HOSTS."""
    return {
        "SECURE_SSL_REDIRECT": True,
        # Whoever looks after the server asks it directly.
        "SECURE_REDIRECT_EXEMPT": [r"^healthz$", r"^readyz$", r"^metrics$"],
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        # Of these names a browser takes no cookie that another host, or plain HTTP, has set.
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        # A host such as .example.org stands for all below it.
        "CSRF_TRUSTED_ORIGINS": [
            f"https://*{host}" if host.startswith(".") else f"https://{host}"
            for host in hosts
            if host != "*"
        ],
    }
