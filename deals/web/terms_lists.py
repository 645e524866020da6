"""The closed lists in the glossary: kinds, statuses, judgements on AI, rounds and sectors.

Titles and codes are those of the tables that the calculations read; here stand their meanings.
"""

from django.utils.translation import gettext_lazy as _

from deals.rules.counting import KINDS, STATUSES
from deals.rules.vocab import ROUND_TYPES, SECTORS
from deals.web.term import Term, Text

Meaning = tuple[Text, Text, Text]

# Code → what it is, an example, what is not.
KIND_MEANINGS: dict[str, Meaning] = {
    "funding_round": (
        _("A company sells new shares to investors. The headline counts these only."),
        _("Momenta’s Series C."),
        _("A takeover; a loan."),
    ),
    "acquisition": (
        _("The investor gains control of the target."),
        _("Midea takes over KUKA."),
        _("A minority stake."),
    ),
    "joint_venture": (
        _("Two or more parties found or fund a company together."),
        _("Carizon, of CARIAD and Horizon Robotics."),
        _("A contract without a company."),
    ),
    "listed_stake": (
        _("A stake in a company whose shares are traded."),
        _("Volkswagen’s stake in XPeng."),
        _("A fund that buys shares for a portfolio on an exchange, unreported."),
    ),
    "secondary": (
        _("Existing shares change hands; no control is gained and the company gets no money."),
        _("Half of Global Switch, sold by its owners."),
        _("New shares: a funding round."),
    ),
    "debt": (
        _("A loan or a bond."),
        _("A credit line for a data centre."),
        _("A convertible note that is part of a round."),
    ),
    "grant": (
        _("Money that need not be paid back and buys no shares."),
        _("A research grant."),
        _("A state fund that takes shares."),
    ),
    "ipo": (
        _("Shares are first sold on an exchange."),
        _("A listing in Hong Kong."),
        _("The round before it: pre-IPO."),
    ),
    "greenfield": (
        _("A site or laboratory of the investor’s own, built new."),
        _("Siemens’ AI laboratory in China."),
        _("Buying an existing company."),
    ),
    "licence": (
        _("The right to use technology, against payment."),
        _("The University of Manchester’s vision technology, blocked in 2022."),
        _("A purchase of the company that owns it."),
    ),
    "partnership": (
        _("Working together without equity."),
        _("Graphcore and Digital China: distribution."),
        _("A joint venture."),
    ),
    "exit": (
        _("An investor or a company leaves."),
        _("Graphcore closes its business in China."),
        _("A new investor buys the shares: secondary."),
    ),
}
STATUS_MEANINGS: dict[str, Meaning] = {
    "rumoured": (
        _("Somebody reports it; no party confirms it."),
        _("“Is in talks to raise.”"),
        _("A confirmed announcement."),
    ),
    "announced": (
        _("The parties said so; it has not been completed yet."),
        _("Signed, awaiting approval."),
        _("A funding round reported as done."),
    ),
    "completed": (
        _("It took effect."),
        _("The money was paid; the shares changed hands."),
        _("A signed contract."),
    ),
    "withdrawn": (
        _("The parties gave it up."),
        _("Aixtron, 2016."),
        _("An authority forbade it: blocked."),
    ),
    "blocked": (
        _("An authority forbade it before it took effect."),
        _("Elmos, 2022."),
        _("Approved with conditions."),
    ),
    "terminated": (
        _("It ended before completion for another reason."),
        _("A partnership that was ended."),
        _("A completed deal that was undone."),
    ),
    "divestment_ordered": (
        _("Completed, and an authority ordered the sale afterwards. It counts, and is marked."),
        _("FTDI, ordered in 2024."),
        _("Blocked before completion."),
    ),
    "unwound": (
        _("Completed, and undone later. It counts, and is marked."),
        _("Newport Wafer Fab."),
        _("Never completed."),
    ),
}
AI_MEANINGS: dict[str, Meaning] = {
    "yes": (
        _("Judged to work on artificial intelligence, with the basis of the judgement."),
        _("A maker of software for driving."),
        _("A company that merely uses such software."),
    ),
    "no": (_("Judged not to."), _("An online retailer."), _("A case that nobody has judged.")),
    "unknown": (
        _("Not judged, or not to be said from the sources."),
        _("KUKA in 2016: robots, few of them learning."),
        _("Judged not to be AI."),
    ),
}
AI_TITLES: dict[str, Text] = {
    "yes": _("AI: yes"),
    "no": _("AI: no"),
    "unknown": _("AI: not known"),
}
EARLY, GROWTH, LATE = _("Early stage."), _("Growth stage."), _("Late stage.")
UNSTATED = _("The stage is not stated.")
ROUND_MEANINGS: dict[str, Meaning] = {
    "pre_seed": (EARLY, _("Money before the first product; 种子前."), _("Seed.")),
    "seed": (EARLY, _("Seed, seed extension, 种子轮."), _("Pre-seed; angel.")),
    "angel": (EARLY, _("天使轮, angel+."), _("A fund’s seed round.")),
    "pre_a": (EARLY, _("Pre-A轮."), _("Series A.")),
    "series_a": (EARLY, _("Series A, Series A-2, A轮."), _("Series A+.")),
    "series_a_plus": (EARLY, _("A+轮, A++轮."), _("Series B.")),
    "pre_b": (GROWTH, _("Pre-B轮."), _("Series B.")),
    "series_b": (GROWTH, _("Series B, B1轮."), _("Series B+.")),
    "series_b_plus": (GROWTH, _("B+轮."), _("Series C.")),
    "series_c": (GROWTH, _("Series C, C轮."), _("Series C+.")),
    "series_c_plus": (LATE, _("C+轮."), _("Series D.")),
    "series_d": (LATE, _("Series D, D轮."), _("Series E.")),
    "series_e_plus": (LATE, _("Series E to K."), _("Pre-IPO.")),
    "growth": (LATE, _("Growth equity, expansion capital."), _("A lettered series.")),
    "venture": (
        UNSTATED,
        _("“Venture round”, “financing” without a letter."),
        _("A round with a letter."),
    ),
    "corporate_round": (
        UNSTATED,
        _("A round of company investors, 产业投资."),
        _("A strategic investment."),
    ),
    "strategic": (
        UNSTATED,
        _("战略投资, a capital increase by a partner."),
        _("A round of financial investors."),
    ),
    "private_equity": (LATE, _("PE轮."), _("A takeover by a private-equity fund: acquisition.")),
    "pre_ipo": (LATE, _("上市前, cornerstone."), _("The listing itself: a kind of its own.")),
    "secondary_market": (UNSTATED, _("老股转让, a share transfer."), _("New shares.")),
    "tranche": (UNSTATED, _("A further part of a round already counted."), _("The next round.")),
    "other": (UNSTATED, _("A convertible note, crowdfunding."), _("A round that is not stated.")),
}
SECTOR_MEANINGS: dict[str, Meaning] = {
    "autonomous_driving": (
        _("Vehicles that drive themselves, and their software."),
        _("Momenta, WeRide, Pony.ai."),
        _("Electric cars that people drive."),
    ),
    "robotics": (
        _("Machines that sense and move."),
        _("Agile Robots."),
        _("Software robots in an office."),
    ),
    "drug_discovery": (
        _("Finding medicines by learning machines."),
        _("Exscientia."),
        _("Hospitals’ scheduling software."),
    ),
    "computer_vision": (
        _("Reading pictures and video."),
        _("SenseTime, Prophesee."),
        _("Lidar, which measures distances."),
    ),
    "language_models": (
        _("Models of text and other media, and their applications."),
        _("nyonic, Jina AI’s later work."),
        _("Speech recognition alone."),
    ),
    "speech": (
        _("Recognizing and making speech."),
        _("Mobvoi, Emotech."),
        _("Models of written text."),
    ),
    "ai_chips": (
        _("Processors made for learning and inference."),
        _("Horizon Robotics, Graphcore."),
        _("Chips for any use: semiconductors."),
    ),
    "ai_software": (
        _("Platforms and tools for machine learning."),
        _("Jina AI."),
        _("Software of a sector of its own above."),
    ),
    "ai_hardware": (_("Devices built around AI."), _("Rokid’s glasses."), _("Their chips.")),
    "ai_data": (
        _("Making and labelling data for training."),
        _("SurfingTech."),
        _("Data centres."),
    ),
    "education": (_("Teaching with AI."), _("Squirrel AI."), _("Training for engineers.")),
    "ev": (
        _("Electric and connected vehicles."),
        _("NIO, XPeng."),
        _("Software for driving without a driver."),
    ),
    "lidar": (_("Measuring with laser light."), _("Hesai, Benewake."), _("Cameras.")),
    "semiconductors": (
        _("Chips, their design and their manufacture, for any use."),
        _("Newport Wafer Fab, Pulsic."),
        _("Chips made for AI."),
    ),
    "data_centres": (
        _("Buildings and services for computing."),
        _("Global Switch."),
        _("Data sets."),
    ),
    "simulation": (_("Virtual worlds and digital twins."), _("Improbable."), _("Computer games.")),
    "ecommerce": (
        _("Trade on the internet."),
        _("Guazi, Aihuishou."),
        _("Software for advertisements."),
    ),
    "other": (_("None of the above."), _("Yeelight’s lamps."), _("A sector that is not stated.")),
}


def _listed(
    prefix: str, titles: dict[str, str], meanings: dict[str, Meaning], rule: str
) -> dict[str, Term]:
    """Terms of a closed list, in its own order; every code has a meaning (a test holds it)."""
    return {
        f"{prefix}-{code.replace('_', '-')}": Term(_(title), *meanings[code], rule, code)
        for code, title in titles.items()
    }


EVER_COMPLETED = {
    "ever-completed": Term(
        _("Ever completed"),
        _("Completed at some time, whatever happened afterwards: what counts by default."),
        _("A purchase that was undone by order two years later."),
        _("Announced, and never completed."),
        "status",
        "ever_completed",
    )
}
KIND_TERMS = _listed("kind", KINDS, KIND_MEANINGS, "kind")
STATUS_TERMS = EVER_COMPLETED | _listed("status", STATUSES, STATUS_MEANINGS, "status")
AI_TERMS = {
    f"ai-{code}": Term(AI_TITLES[code], *AI_MEANINGS[code], "ai", code) for code in AI_MEANINGS
}
ROUND_TERMS = _listed("round", ROUND_TYPES, ROUND_MEANINGS, "rounds")
SECTOR_TERMS = _listed("sector", SECTORS, SECTOR_MEANINGS, "sectors")
