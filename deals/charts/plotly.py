"""What every Plotly figure of ours keeps to."""

from typing import Any


def plain(text: str) -> str:
    """A text that plotly.js shows as it stands.

    It reads labels and hover texts as a small HTML (`<b>`, `<a href>`, `&amp;`), so a name of an
    organization could bring in links; these signs are therefore written as entities.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis with a title that stands as it is."""
    return {"title": {"text": plain(title)}, **more}
