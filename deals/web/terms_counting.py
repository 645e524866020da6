"""Words of the glossary about what is counted, and inside what."""

from django.utils.translation import gettext_lazy as _

from deals.web.term import Term

COUNTING = {
    "deal": Term(
        _("Deal"),
        _(
            "One transaction into one target: a funding round, an acquisition, a joint venture and"
            " so on. It is the unit of every count."
        ),
        _("A Series B with a German and a French investor is one deal."),
        _("Each investor’s part in it is a participation and is never counted as a deal."),
        "distinct-deals",
    ),
    "target": Term(
        _("Target"),
        _("The organization whose equity is issued or bought."),
        _("Momenta, when Mercedes-Benz takes part in its Series B."),
        _("The seller of existing shares; the investor’s own company."),
        "participation",
    ),
    "investor": Term(
        _("Investor"),
        _(
            "An organization that takes part in a deal with money. An investor whom no source names"
            " is recorded too, so that unknown is counted and not taken for nobody."
        ),
        _("A lead investor, a co-investor, “a Chinese fund” without a name."),
        _("Banks and lawyers who advise; the target itself."),
        "participation",
    ),
    "participation": Term(
        _("Participation"),
        _("One investor’s part in one deal, with the investor’s country as of the deal."),
        _("Bosch in Momenta’s Series C, counted as German on that day."),
        _("The deal as a whole, which may have many participations."),
        "participation",
    ),
    "flow": Term(
        _("Flow from X to Y"),
        _("The deals whose target is in Y and that have at least one investor from X."),
        _(
            "A round into a Chinese company with nine Chinese investors and one Swiss one belongs"
            " to the flow from Europe to China."
        ),
        _("A round into a Chinese company whose investors are all Chinese or American."),
        "participation",
    ),
    "share": Term(
        _("Share"),
        _(
            "The deals of the flow divided by all counted deals into Y, with the same filters and"
            " in the same years."
        ),
        _("81 of 2,165 transactions are 3.7 %."),
        _("A part of an amount of money, unless the page says so; a share out of a case list."),
        "share",
    ),
    "n-of-n": Term(
        _("n of N"),
        _(
            "n are the deals of the flow, N all counted deals into the same target side; n is a"
            " part of N."
        ),
        _("n = 81 with a European investor, N = 2,165 into Chinese AI companies."),
        _("Deals without a known date or target country, which stand beside N."),
        "share",
    ),
    "composition": Term(
        _("Composition of N"),
        _(
            "Who the rest of N are: investors from the target’s side only, other foreign investors"
            " only, or not all known. With n these add up to N."
        ),
        _("Of 100 deals into China 70 have Chinese investors only."),
        _("A table by investor country, whose rows overlap and do not add up."),
        "composition",
    ),
    "comparator": Term(
        _("Comparator"),
        _(
            "A second investor side counted on the same deals, the United States unless another is"
            " chosen."
        ),
        _("compare=JP beside investor=europe."),
        _("A second population, which is never set beside the first as if they were one."),
        "composition",
        "compare",
    ),
    "population": Term(
        _("Population"),
        _(
            "Deals that somebody has declared complete for stated targets, years and kinds, under"
            " one definition of AI, on a stated day. Only inside one has a share a meaning."
        ),
        _("A supplier’s full list of funding rounds of Chinese AI companies, 2010–2024."),
        _("Deals that were collected because they cross a border."),
        "share",
        "population",
    ),
    "case-list": Term(
        _("Case list"),
        _(
            "Documented deals without a claim to be complete. They answer with counts and with the"
            " deals themselves, without a share."
        ),
        _("The real deals of this register."),
        _("A supplier’s delivery that is declared complete."),
        "share",
    ),
    "generated": Term(
        _("Generated"),
        _(
            "Invented for demonstration or for tests, marked wherever it stands, and in no number"
            " about the world."
        ),
        _("The demonstration population, its companies and their names."),
        _("An estimate: this register makes none."),
        "limits",
    ),
    "range-of-share": Term(
        _("Range of a share"),
        _(
            "From n ÷ N to (n + u) ÷ N, where u are the deals outside the flow whose investors are"
            " not all known; partial lists of investors give a second, wider range."
        ),
        _("37 of 1,000, and 20 more with an unknown investor: 3.7 % to 5.7 %."),
        _("A margin of error of a sample: nothing here is sampled."),
        "unknown",
    ),
    "provisional": Term(
        _("Provisional year"),
        _(
            "A year that ended less than 24 months before the data was seen. Suppliers find deals"
            " late, so it will still grow."
        ),
        _("2025, seen in November 2026: drawn hatched, without a trend."),
        _("2023, seen in November 2026."),
        "young-years",
    ),
}

PLACES = {
    "region": Term(
        _("Region"),
        _(
            "A named set of countries, with dates of membership where these matter. Regions"
            " overlap."
        ),
        _("investor=europe,US mixes a region and a country."),
        _("A continent: Europe here is not all of Europe."),
        "region-dates",
    ),
    "europe": Term(
        _("Europe"),
        _(
            "The 27 members of the European Union, the United Kingdom, Switzerland and Norway,"
            " whatever the date: the definition of MERICS."
        ),
        _("A Swiss fund in 2018; a British one in 2022."),
        _("Turkey, Ukraine, Russia; for EU members only there is eu."),
        "region-dates",
        "europe",
    ),
    "eu": Term(
        _("European Union"),
        _("The members on the day of the deal."),
        _("The United Kingdom until 31 January 2020; Croatia from 1 July 2013."),
        _("Norway and Switzerland; the United Kingdom in 2021."),
        "region-dates",
        "eu",
    ),
    "china": Term(
        _("China"),
        _("Mainland China. Every number about China is also printed with Hong Kong and Macao."),
        _("A company with headquarters in Shenzhen."),
        _("A fund from Hong Kong, unless china-hk-mo is asked for; Taiwan."),
        "countries",
        "china",
    ),
    "immediate": Term(
        _("Immediate investor"),
        _("Counted by the investor’s own headquarters on the day of the deal."),
        _("The SoftBank Vision Fund, managed from London, is British."),
        _("Its owner at the top, in Japan: that is attribution=ultimate."),
        "which-country",
        "immediate",
    ),
    "ultimate": Term(
        _("Owner at the top (ultimate)"),
        _(
            "Counted by the country of the owner at the top of the chain of more than half the"
            " votes or documented control, on the day of the deal."
        ),
        _("Alliance Ventures counts as French and Japanese: joint controllers all count."),
        _("A shareholder with a minority and no control."),
        "owner",
        "ultimate",
    ),
    "owner-not-researched": Term(
        _("Owner not researched"),
        _("No evidence on owners is on record; the investor’s own country stands."),
        _("Most small venture funds."),
        _("An investor whose ownership is known to be dispersed: its chain ends there."),
        "owner",
        "owner_not_researched",
    ),
    "state-linked": Term(
        _("State-linked"),
        _(
            "A state, or a body it controls, holds a stake above the investor on the day of the"
            " deal, a minority included, with evidence."
        ),
        _("Legend Holdings, in which the Chinese Academy of Sciences holds a minority."),
        _("A private fund that received a grant."),
        "owner",
        "state_linked",
    ),
    "headquarters": Term(
        _("Headquarters"),
        _(
            "Where an organization is run from, as suppliers record it: the country that counts"
            " unless you choose otherwise."
        ),
        _("Alibaba: China."),
        _("Its place of incorporation, the Cayman Islands, which is kept as a fact of its own."),
        "which-country",
    ),
    "incorporation": Term(
        _("Incorporation"),
        _("The country whose law an organization is founded under."),
        _("The Cayman Islands, for many Chinese companies."),
        _("The country that counts in the numbers."),
        "which-country",
    ),
    "operations": Term(
        _("Operations"),
        _("A country in which an organization works beside its headquarters."),
        _("A Chinese laboratory of a German company."),
        _("The country that counts in the numbers."),
        "which-country",
    ),
}
