"""Requests that the live server is answering: a database is not emptied under their feet."""

from typing import Any

from django.core.signals import request_finished, request_started

from tests.processes import wait_until


class Answering:
    """How many requests were begun and not ended yet."""

    def __init__(self) -> None:
        # Appending and popping is one step each, whichever thread does it.
        self.under_way: list[None] = []

    def began(self, **_: Any) -> None:
        self.under_way.append(None)

    def ended(self, **_: Any) -> None:
        if self.under_way:
            self.under_way.pop()

    def __enter__(self) -> "Answering":
        request_started.connect(self.began)
        request_finished.connect(self.ended)
        return self

    def __exit__(self, *_: object) -> None:
        request_started.disconnect(self.began)
        request_finished.disconnect(self.ended)

    def wait(self) -> None:
        """Until all are answered; whoever asked may have gone."""
        wait_until(lambda: not self.under_way)
