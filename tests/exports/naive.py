"""What the cells of a document should be, worked out one at a time, without columns or Arrow."""

from datetime import date, datetime
from decimal import Decimal


def deal(doc):
    """The row of a deal: texts as texts, lists as lists, numbers and days as such."""
    amount, target = doc["amount"], doc["target"]
    investors, sources = doc["investors"], doc["sources"]
    row = {
        "date": stated(doc["date"]),
        "date_first": day(doc["date"]["first"]),
        "date_last": day(doc["date"]["last"]),
        "date_precision": doc["date"]["precision"],
        "date_basis": doc["date"]["basis"],
        "recorded_on": day(doc["recorded_on"]),
        "published_at": datetime.fromisoformat(doc["published_at"]),
        **{f"target_{key}": target[key] for key in ("id", "name", "country", "country_basis")},
        "amount_state": amount["state"],
        "amount_text": amount["text"],
        "currency": amount["currency"],
        "amount_low": money(amount["low"]),
        "amount_high": money(amount["high"]),
        "investors": [f"{one['name'] or '?'} [{one['country'] or '?'}]" for one in investors],
        "investor_ids": [one["id"] for one in investors],
        "investor_countries": [one["country"] for one in investors],
        "ultimate_countries": ["+".join(one["ultimate_countries"]) for one in investors],
        "source_titles": [one["title"] for one in sources],
        "source_urls": [one["url"] for one in sources],
    }
    for unit in ("eur", "usd", "cny"):
        for end in ("low", "high"):
            row[f"amount_{end}_{unit}"] = amount[unit] and money(amount[unit][end])
    rate = amount["rate"] or {}
    row |= {
        "rate_kind": rate.get("kind"),
        "rate_on": day(rate.get("on")),
        "rate_provisional": rate.get("provisional"),
    }
    same = (
        "id", "version", "kind", "round_type", "status", "investor_list", "ai", "ai_basis",
        "sectors", "part_of", "population", "generated", "external_id", "notes", "reason",
        "import_id",
    )  # fmt: skip
    return row | {key: doc[key] for key in same}


def participations(doc):
    """The rows of a deal's investors."""
    whole = deal(doc)
    shared = (
        "version", "currency", "target_id", "target_name", "target_country", "kind", "round_type",
        "status", "date_first", "date_last", "date_precision", "ai", "population", "generated",
    )  # fmt: skip
    return [
        {
            "deal": doc["id"],
            "position": position,
            "investor_id": one["id"],
            "investor_name": one["name"],
            "contribution": money(one["contribution"]),
            "stake_percent": money(one["stake_percent"]),
            **{
                key: one[key]
                for key in (
                    "country", "country_basis", "ultimate_countries", "ultimate_basis",
                    "state_linked", "lead",
                )
            },
            **{key: whole[key] for key in shared},
        }
        for position, one in enumerate(doc["investors"], start=1)
    ]  # fmt: skip


def stated(when):
    first, last = when["first"], when["last"]
    match when["precision"]:
        case "day":
            return first
        case "month":
            return first[:7]
        case "quarter":
            return f"{first[:4]}-Q{(int(first[5:7]) + 2) // 3}"
        case "year":
            return first[:4]
        case "range":
            return f"{first}/{last}"
    return None


def cell(value):
    """The text of a CSV cell, before it is made safe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(one or "" for one in value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def day(text):
    return date.fromisoformat(text) if text else None


def money(text):
    return Decimal(text) if text else None
