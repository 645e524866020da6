"""The description itself, and the page made of it."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Operation
from deals.api.schema.shapes import ANY_OBJECT

TAG = "This API"
OPERATIONS = {
    ("schema/", "GET"): Operation(
        id="schema",
        tag=TAG,
        title=gettext_noop("This description"),
        about="OpenAPI 3.1: every address, parameter, answer and problem.",
        answers={200: Answer("The description.", ANY_OBJECT)},
        kept=True,
    ),
}
