"""A small supplier: a profile in the promised format, and files that fit it."""

from collections.abc import Iterable
from pathlib import Path

from deals.feeds.profile import Profile
from deals.feeds.profile_toml import load_profile
from deals.feeds.receive import Received, receive
from deals.feeds.run import Prepared, import_file
from deals.feeds.run import prepare as prepare_file
from deals.models import ImportRun

HEADER = "company,company_country,month,raised_usd,ccy,investor,investor_country"
PROFILE = """
name = "Small supplier"
rows = "participation"
unknown = ["Not Published", "undisclosed", "-", "n/a", "未透露"]

[deal]
key = ["company", "month"]

[columns]
target_name = "company"
target_country = "company_country"
announced_on = "month"
amount = "raised_usd"
currency = "ccy"
investor_name = "investor"
investor_country = "investor_country"

[constants]
currency = "USD"
status = "completed"
investor_list = "complete"
"""


def csv_of(rows: Iterable[str], header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def file(text: str | bytes, name: str = "rounds.csv") -> Received:
    return receive(name, text.encode() if isinstance(text, str) else text)


def profile(text: str = PROFILE, *, top: str = "", more: str = "") -> Profile:
    """The small supplier's profile with keys added in front and tables behind."""
    return load_profile(top + "\n" + text + "\n" + more)


def prepared(rows: Iterable[str], text: str = PROFILE, **changes: str) -> Prepared:
    return prepare_file(file(csv_of(rows)), profile(text, **changes))


def published_import(rows: Iterable[str], text: str = PROFILE, **changes: str) -> ImportRun:
    return import_file(file(csv_of(rows)), profile(text, **changes), publish=True)


def on_disk(folder: Path, rows: Iterable[str], text: str = PROFILE) -> tuple[str, str]:
    """Paths of the file and its profile, as the command line takes them."""
    (folder / "rounds.csv").write_text(csv_of(rows), encoding="utf-8")
    (folder / "supplier.toml").write_text(text, encoding="utf-8")
    return str(folder / "rounds.csv"), str(folder / "supplier.toml")
