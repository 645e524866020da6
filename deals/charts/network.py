"""An organization and those around it as plain values."""

from dataclasses import dataclass

CENTER, TARGET, INVESTOR, CO_INVESTOR = "center", "target", "investor", "co-investor"
# Who shares a deal with the one in the middle directly, and who only through a company.
NEAR = (TARGET, INVESTOR)


@dataclass(frozen=True, slots=True)
class Member:
    """One organization; `where` is the code of its country and `hue` the class of its side."""

    code: str
    name: str
    where: str
    role: str
    n: int
    text: str
    href: str
    said: str
    hue: str

    @property
    def label(self) -> str:
        return f"{self.name} ({self.where})" if self.where else self.name


@dataclass(frozen=True, slots=True)
class Tie:
    """Deals that two organizations and the one in the middle share; `a` and `b` are their codes."""

    a: str
    b: str
    n: int
    href: str
    said: str


@dataclass(frozen=True, slots=True)
class Network:
    """`members` from the most shared deals to the fewest; `headings` are names of the roles."""

    title: str
    description: str
    center: Member
    members: tuple[Member, ...]
    ties: tuple[Tie, ...]
    headings: dict[str, str]
    more: str

    def of(self, *roles: str) -> list[Member]:
        return [member for member in self.members if member.role in roles]
