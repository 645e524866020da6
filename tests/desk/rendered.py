"""Forms as pages show them, so that a new one is tried with the others by itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.test import Client
from django.urls import resolve

TYPED = {"text", "search", "email", "url", "tel", "password", "textarea", "date", "number"}
NEVER = {"csrfmiddlewaretoken"}


@dataclass
class Form:
    """`fields` are what a browser would send; `typed` are the names that a person writes into."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def route(self) -> str:
        return resolve(urlsplit(self.action).path).url_name or ""

    def sends(self) -> list[dict[str, str]]:
        """What each of its buttons sends."""
        return [self.fields | {name: value} for name, value in self.buttons] or [self.fields]

    def kind(self) -> tuple[str, ...]:
        """The same for forms that differ in numbers only, as the rows of a list do."""
        names = sorted({re.sub(r"\d+", "0", name) for name in self.fields})
        return (self.route, *names, *sorted({value for _name, value in self.buttons}))


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.form: Form | None = None
        self.open: tuple[str, Form] | None = None
        self.chosen = False

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in given}
        if tag == "form":
            self._form(at)
            return
        form = self.by_id.get(at.get("form", "")) or self.form
        if form is None or at.get("name", "-") in NEVER or "disabled" in at:
            return
        if tag == "button" and "formaction" in at and "name" not in at:
            self.forms.append(Form(at["formaction"], form.fields, form.typed))
        elif tag == "button" and at.get("type", "submit") == "submit":
            button = (at.get("name", ""), at.get("value", ""))
            form.buttons += [button] if button[0] and button not in form.buttons else []
        elif tag == "input" and at.get("name"):
            self._input(form, at)
        elif tag in ("textarea", "select") and at.get("name"):
            form.fields[at["name"]] = ""
            self.open, self.chosen = (at["name"], form), False
            if tag == "textarea":
                form.typed.append(at["name"])
        elif tag == "option" and self.open and ("selected" in at or not self.chosen):
            name, owner = self.open
            if "selected" in at or not owner.fields[name]:
                owner.fields[name] = at.get("value", "")
            self.chosen = self.chosen or "selected" in at

    def _form(self, at: dict[str, str]) -> None:
        self.form = None
        if at.get("method", "").lower() != "post":
            return
        self.form = Form(at.get("action") or self.address)
        self.forms.append(self.form)
        if "id" in at:
            self.by_id[at["id"]] = self.form

    def _input(self, form: Form, at: dict[str, str]) -> None:
        kind, name, value = at.get("type", "text"), at["name"], at.get("value", "")
        if kind in TYPED:
            form.typed.append(name)
        if kind == "radio":
            # Whoever sends a form has chosen something.
            if "checked" in at or name not in form.fields:
                form.fields[name] = value
        elif kind == "checkbox":
            form.fields[name] = value or "on"
        elif kind not in ("file", "submit", "button", "image"):
            form.fields[name] = value

    def handle_data(self, data: str) -> None:
        if self.open and self.lasttag == "textarea":
            name, form = self.open
            form.fields[name] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self.open = None
        elif tag == "form":
            self.form = None


def forms_of(client: Client, addresses: Iterable[str]) -> list[Form]:
    """The forms of pages that this person may open, each kind once."""
    found: dict[tuple[str, ...], Form] = {}
    for address in addresses:
        response = client.get(address)
        if response.status_code == 200 and "html" in response["Content-Type"]:
            reader = _Reader(address)
            reader.feed(response.content.decode())
            for form in reader.forms:
                found.setdefault(form.kind(), form)
    return list(found.values())


class _Shown(HTMLParser):
    """The text that a page shows; what stands in form controls is what somebody typed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.typed = False

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(given)))
        self.typed = self.typed or tag in ("textarea", "option")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "option"):
            self.typed = False

    def handle_data(self, data: str) -> None:
        if not self.typed:
            self.text.append(data)


def shown(page: str) -> tuple[str, list[tuple[str, dict[str, str | None]]]]:
    """The text outside form controls, and every element with its attributes."""
    reader = _Shown()
    reader.feed(page)
    return "".join(reader.text), reader.elements
