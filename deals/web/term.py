"""What an entry of the glossary consists of."""

from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Term:
    """A word, what it means in a sentence, what falls under it and what does not.

    `rule` is the anchor on the page of methods that decides it; `code` is the word in addresses,
    files and the API where it has one.
    """

    title: Text
    definition: Text
    inside: Text
    outside: Text
    rule: str
    code: str = ""
