"""Words of the glossary about money, dates, lists of investors, and where facts come from."""

from django.utils.translation import gettext_lazy as _

from deals.web.term import Term

MONEY = {
    "value": Term(
        _("Value of a flow"),
        _(
            "Three numbers for the money that came from X, since sources mostly give the amount of"
            " a round and not who paid what: low, split and high."
        ),
        _(
            "A round of €100 m with one German among four investors, nothing else known: €0, €25 m"
            " and €100 m."
        ),
        _("A sum over different kinds of deals, or with estimates for what is undisclosed."),
        "value",
    ),
    "low": Term(
        _("Low"),
        _(
            "What is stated to have come from X; and the remainder of the amount where the list of"
            " investors is complete and all the others are from X."
        ),
        _("A stated contribution of €10 m."),
        _("A part that nobody stated."),
        "value",
    ),
    "split": Term(
        _("Split"),
        _(
            "What came from X if the remainder was paid in equal parts by all investors without a"
            " stated contribution."
        ),
        _("€100 m over four investors: €25 m each."),
        _("A known contribution, which keeps its own amount."),
        "value",
    ),
    "high": Term(
        _("High"),
        _("The full amount of the deals: the value of deals involving X."),
        _("€100 m, however small X’s part was."),
        _("X’s money."),
        "value",
    ),
    "exact": Term(
        _("Exact amount"),
        _("A source states the amount."),
        _("US$133 m."),
        _("“More than US$100 m”."),
        "undisclosed",
        "exact",
    ),
    "approximate": Term(
        _("Approximate amount"),
        _("A source states it with a word such as about."),
        _("About US$100 m."),
        _("A guess of ours: nothing is filled in."),
        "undisclosed",
        "approximate",
    ),
    "range": Term(
        _("Amount known as a range"),
        _("A source states two ends, or words that stand for them; both are kept."),
        _("“Tens of millions of yuan”: CN¥10 m to CN¥100 m."),
        _("The middle of it as if it were the amount."),
        "undisclosed",
        "range",
    ),
    "undisclosed": Term(
        _("Undisclosed amount"),
        _("No source states an amount. It is not zero: it is left out of sums and counted."),
        _("“Disclosed for 12 of 20 deals”: eight are undisclosed."),
        _("A deal without money, such as a licence swap."),
        "undisclosed",
        "undisclosed",
    ),
    "not-convertible": Term(
        _("Not convertible"),
        _(
            "The European Central Bank quotes no rate for the currency on or shortly before the"
            " day."
        ),
        _("Amounts in New Taiwan dollars; any amount before 1999."),
        _("An undisclosed amount."),
        "money",
    ),
    "rate-provisional": Term(
        _("Provisional rate"),
        _("The mean rate of a month, quarter or year that is not over yet."),
        _("A deal dated “2026” while 2026 lasts."),
        _("The rate of a day, which stays."),
        "money",
    ),
}

DATES = {
    "announced-date": Term(
        _("Date of announcement"),
        _(
            "The day on which a deal was made known: the date of a deal unless the page says"
            " otherwise."
        ),
        _("The press release on a Series A."),
        _("The day on which the papers were signed."),
        "dates",
        "announced",
    ),
    "completed-date": Term(
        _("Date of completion"),
        _("The day on which a deal took effect."),
        _("Shares changed hands on 31 December 2019."),
        _("The announcement before it."),
        "dates",
        "completed",
    ),
    "precision": Term(
        _("Precision of a date"),
        _("How finely a date is known: day, month, quarter, year, range or none."),
        _("“March 2021” is known to the month."),
        _("A first of the month put in place of a month."),
        "dates",
    ),
    "too-coarse": Term(
        _("Too coarse"),
        _(
            "A date that does not say whether the deal falls into the period, or into a region on"
            " that day."
        ),
        _("“2020” for a British investor and eu, which Britain left in January 2020."),
        _("“2020” for a period of whole years."),
        "dates",
    ),
    "undated": Term(
        _("Undated"),
        _("No date is known. Such deals count only where no period is asked for."),
        _("A row of a supplier without a date."),
        _("A deal known to the year."),
        "dates",
    ),
    "known-by": Term(
        _("Known by"),
        _("Only deals that the supplier had recorded by that day, where it says when."),
        _("known_by=2023-06 shows what could be known in June 2023."),
        _("The state of this register on a day: that is as_of."),
        "young-years",
        "known_by",
    ),
}

LISTS = {
    "list-complete": Term(
        _("Complete list of investors"),
        _("The source names every investor of the deal."),
        _("“The round was led by A and joined by B.”"),
        _("“Led by A, with others.”"),
        "unknown",
        "complete",
    ),
    "list-partial": Term(
        _("Partial list of investors"),
        _("The source names only some of them, often those who lead."),
        _("A supplier’s file with a column for lead investors only."),
        _("A list with one unnamed investor, whose place is known."),
        "unknown",
        "partial",
    ),
    "list-none": Term(
        _("No list of investors"),
        _("No source names any investor."),
        _("“Raised US$30 m from undisclosed investors.”"),
        _("A partial list."),
        "unknown",
        "none",
    ),
}

EVIDENCE = {
    "source": Term(
        _("Source"),
        _(
            "A page, or the file and row of a supplier, in which a fact was read. Nothing is"
            " published without one."
        ),
        _("A press release; row 17 of a delivery."),
        _("What an editor remembers."),
        "sources",
    ),
    "version": Term(
        _("Version"),
        _("One published state of a deal. It never changes; a correction is a new one."),
        _("Version 2, with the amount corrected."),
        _("A draft on the desk."),
        "sources",
    ),
    "ledger": Term(
        _("Ledger"),
        _(
            "All changes of the register in the order in which they took effect, each with a"
            " number."
        ),
        _("“Data as of ledger no. 4,919.”"),
        _("The list of deals."),
        "sources",
    ),
    "change": Term(
        _("Change"),
        _(
            "One entry of the ledger: published, retracted, merged, restored, erased, or reference"
            " data changed."
        ),
        _("A deal is retracted, with the reason."),
        _("A page read, a question asked."),
        "sources",
    ),
    "retraction": Term(
        _("Retraction"),
        _(
            "A deal is taken out of all numbers; its page keeps saying that it was there and why it"
            " is not."
        ),
        _("A round that turned out to be somebody else’s."),
        _("A deal that was unwound: it counts."),
        "sources",
    ),
    "release": Term(
        _("Release"),
        _("A name for one point of the ledger, kept for ever."),
        _("release=2026.11 gives the same numbers in ten years."),
        _("A version of the software."),
        "sources",
        "release",
    ),
    "as-of": Term(
        _("As of"),
        _("The register as it stood at a number of the ledger or at the end of a day."),
        _("as_of=2026-03-31."),
        _("What a supplier knew on that day: that is known_by."),
        "sources",
        "as_of",
    ),
    "frozen-view": Term(
        _("Frozen view"),
        _("An address whose numbers never change, for a footnote, with what has changed since."),
        _("/v/… in a brief of last year."),
        _("The address of a question, which shows today’s answer."),
        "sources",
    ),
    "feed": Term(
        _("Feed"),
        _("A supplier’s file format, and its address if it is fetched on a schedule."),
        _("A monthly CSV with one row a round."),
        _("One delivery of it: that is an import."),
        "sources",
    ),
    "import": Term(
        _("Import"),
        _("One run of a feed’s file, which can be undone."),
        _("The file of 3 March."),
        _("A deal that an editor types in."),
        "sources",
    ),
    "duplicate": Term(
        _("Likely duplicate"),
        _(
            "Two records that may be one deal or one organization. They are suggested with reasons,"
            " never merged by a machine, and counted until somebody decides."
        ),
        _("The same target, week and amount in two files."),
        _("Two tranches of one round."),
        "duplicates",
    ),
    "tranche": Term(
        _("Umbrella and tranche"),
        _("A tranche names the deal it is part of; that umbrella is not counted beside its parts."),
        _("Exscientia’s Series C, announced in two parts."),
        _("Series A and Series B."),
        "duplicates",
        "part_of",
    ),
    "merge": Term(
        _("Merge"),
        _(
            "Two records are said to be one. The address of the merged one leads to the other, and"
            " a merge can be undone."
        ),
        _("Two spellings of one company."),
        _("Two companies that joined: an acquisition."),
        "duplicates",
    ),
    "published-figure": Term(
        _("Published figure"),
        _("A number that somebody else published, with its definition and source, beside ours."),
        _("MERICS: 81 of 2,165."),
        _("A number of this register."),
        "participation",
    ),
    "policy-event": Term(
        _("Policy event"),
        _("A dated rule or decision, drawn on the axes of time."),
        _("The EU’s regulation on screening of foreign investment."),
        _("A cause: an event beside a bar explains nothing by itself."),
        "young-years",
    ),
}
