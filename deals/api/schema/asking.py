"""Who is asking: the key, what it may do, and what is left of the hour."""

from django.utils.translation import gettext_noop

from deals.api.schema.operation import Answer, Operation
from deals.api.schema.shapes import TIME, Shape, listed, number, obj, or_null, ref, text, word
from deals.models import ApiKey

TAG = "Keys and limits"
POWERS = ApiKey.Power.values
COMPONENTS: dict[str, Shape] = {
    "Asking": obj(
        {
            "by": word(("key", "session", "address")),
            "user": or_null(text()),
            "key": or_null(
                obj(
                    {
                        "name": text(),
                        "beginning": text("Its first characters."),
                        "power": word(POWERS),
                        "created_at": or_null(TIME),
                        "expires_at": or_null(TIME),
                    }
                )
            ),
            "may": listed(word(POWERS), "What it can do at this moment."),
            "limit": or_null(number("Requests in an hour.")),
            "left": or_null(number()),
            "resets_at": or_null(TIME),
        }
    )
}
OPERATIONS = {
    ("me/", "GET"): Operation(
        id="me",
        tag=TAG,
        title=gettext_noop("Who you are to the server"),
        about="Your key, what it may do, and what is left of the hour.",
        answers={200: Answer("Who is asking.", ref("Asking"), headers=("Cache-Control",))},
    ),
}
