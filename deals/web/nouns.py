"""Counts of deals, companies and investors in words, each with its own plural."""

from django.utils.translation import ngettext


def counted(noun: str, n: int, shown: str) -> str:
    """ "64 companies", "1 investor"; a noun that is not counted here leaves the bare number."""
    words = {"n": shown}
    if noun == "deals":
        return ngettext("%(n)s deal", "%(n)s deals", n) % words
    if noun == "companies":
        return ngettext("%(n)s company", "%(n)s companies", n) % words
    if noun == "investors":
        return ngettext("%(n)s investor", "%(n)s investors", n) % words
    return shown


def few_or_more(noun: str, gap: int, shown: str, published: str) -> str:
    """ "78 fewer deals than the 81 published."; `gap` is ours less theirs."""
    n = abs(gap)
    words = {"gap": shown, "published": published}
    return (_fewer(noun, n) if gap < 0 else _more(noun, n)) % words


def _fewer(noun: str, n: int) -> str:
    if noun == "companies":
        return ngettext(
            "%(gap)s fewer company than the %(published)s published.",
            "%(gap)s fewer companies than the %(published)s published.",
            n,
        )
    if noun == "investors":
        return ngettext(
            "%(gap)s fewer investor than the %(published)s published.",
            "%(gap)s fewer investors than the %(published)s published.",
            n,
        )
    return ngettext(
        "%(gap)s fewer deal than the %(published)s published.",
        "%(gap)s fewer deals than the %(published)s published.",
        n,
    )


def _more(noun: str, n: int) -> str:
    if noun == "companies":
        return ngettext(
            "%(gap)s more company than the %(published)s published.",
            "%(gap)s more companies than the %(published)s published.",
            n,
        )
    if noun == "investors":
        return ngettext(
            "%(gap)s more investor than the %(published)s published.",
            "%(gap)s more investors than the %(published)s published.",
            n,
        )
    return ngettext(
        "%(gap)s more deal than the %(published)s published.",
        "%(gap)s more deals than the %(published)s published.",
        n,
    )
