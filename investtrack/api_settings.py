"""How the partner API behaves: what Django REST framework and drf-spectacular are told.

What differs between installations (PUBLIC_READ, API_PER_HOUR, API_PER_HOUR_OPEN) is in `settings`,
which takes every name from here.
"""

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["deals.api.access.PublicRead"],
    # The first one words the challenge of a 401. A browser that is signed in may read, too.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "deals.api.keys.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # Nothing; views get theirs where the description is written, which needs its library.
    "DEFAULT_SCHEMA_CLASS": "rest_framework.schemas.inspectors.ViewInspector",
    # "format" is an unknown parameter like any other.
    "URL_FORMAT_OVERRIDE": None,
    # One form an address; and no view sees a question that cannot be read.
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "deals.api.parameters.OneForm",
    "EXCEPTION_HANDLER": "deals.api.problems.handle",
}

# --- the OpenAPI document (drf-spectacular) ---------------------------------------------------
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "InvestTrack API",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "deals.api.schema.generator.Generator",
    "POSTPROCESSING_HOOKS": ["deals.api.schema.document.finish"],
}
