"""Proving a copy equal: by number and digest of what is stored, never of what was sent."""

from datetime import UTC, datetime
from typing import Any

from deals.mirror.copies import Copy, Proof, State, Tables
from deals.mirror.follow import TRIES, Follower, Say
from deals.mirror.register import Register
from deals.mirror.troubles import Different
from deals.rules.digest import as_hex

# How often the head may move away while a proof is made.
CHASES = 20
SHOWN = 20


class Mirror:
    """Keeps `copy` equal to `register`, and says what it did."""

    def __init__(self, register: Register, copy: Copy, say: Say) -> None:
        self._register, self._copy, self._say = register, copy, say
        self._follower = Follower(register, copy, say)

    def run(self, *, repair: bool = False) -> Proof:
        """Bring the copy to the server's head and prove it. Raises a `Trouble`."""
        self._follower.catch_up()
        return self._proved(repair=repair)

    def again(self, *, repair: bool = False) -> Proof | None:
        """The same for a copy that was proved a moment ago; None when nothing has changed."""
        return self._proved(repair=repair) if self._follower.catch_up() else None

    def check(self) -> Proof:
        """Compare at the entry that the copy has reached, and write nothing."""
        state = self._follower.state()
        if state is None:
            raise Different("There is no copy yet: run it without --check first.")
        found = self._register.digest(state.seq)
        deals, digest = self._copy.digest()
        if (deals, as_hex(digest)) != (found["deals"], found["digest"]):
            raise Different(
                f"The copy differs at ledger no. {state.seq:,}: it has {deals:,} deals, "
                f"{self._register.url} has {found['deals']:,}; without --check it says which."
            )
        if found["organizations"] and not self._has(found["organizations"]):
            raise Different("Organizations differ; without --check they are taken anew.")
        return _proof(state, found)

    def _proved(self, *, repair: bool) -> Proof:
        self._follower.tables()
        try:
            return self._prove()
        except Different as error:
            if not repair:
                raise
            self._say(f"{error} Everything is taken anew.")
        self._follower.take()
        self._follower.tables()
        return self._prove()

    def _prove(self) -> Proof:
        found, state = self._at_the_head()
        deals, digest = self._copy.digest()
        if (deals, as_hex(digest)) != (found["deals"], found["digest"]):
            raise Different(self._differences(state))
        if found["organizations"]:
            found = self._with_organizations(found)
        proof = _proof(state, found)
        self._copy.proved(proof)
        return proof

    def _at_the_head(self) -> tuple[dict[str, Any], State]:
        """The server's digest and our state, both after the same entry."""
        for _ in range(CHASES):
            found, state = self._register.digest(), self._follower.known()
            if found["change_seq"] == state.seq:
                return found, state
            self._follower.catch_up()
        state = self._follower.known()
        return self._register.digest(state.seq), state

    def _with_organizations(self, found: dict[str, Any]) -> dict[str, Any]:
        """They come and change without entries of the ledger, so they are taken where they
        differ. What the server says of them is null if it moved on meanwhile."""
        for _ in range(TRIES):
            if self._has(found["organizations"]):
                return found
            state = self._follower.known()
            self._copy.tables(Tables(self._register.organizations(), {}), state)
            later = self._register.digest()
            if later["change_seq"] != found["change_seq"]:
                self._say("The register changed meanwhile; organizations are compared next time.")
                return {**found, "organizations": None}
            found = later
        raise Different("Organizations differ from those of the server, also when taken anew.")

    def _has(self, known: dict[str, Any]) -> bool:
        count, digest = self._copy.organizations_digest()
        return (count, as_hex(digest)) == (known["count"], known["digest"])

    def _differences(self, state: State) -> str:
        """Which deals differ, from an export and the copy after the same entry."""
        export = self._register.export()
        theirs = export.digests()
        self._follower.follow(state, upto=export.seq)
        ours = self._copy.digests()
        told = [
            _listed("missing", theirs.keys() - ours.keys()),
            _listed("too many", ours.keys() - theirs.keys()),
            _listed("different", {pk for pk in ours.keys() & theirs if ours[pk] != theirs[pk]}),
        ]
        said = "; ".join(filter(None, told)) or "none by now"
        return f"The copy differs from {self._register.url} at ledger no. {export.seq:,}: {said}."


def _proof(state: State, found: dict[str, Any]) -> Proof:
    beside = found["organizations"]
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    count = beside["count"] if beside else None
    return Proof(state.seq, found["deals"], found["digest"], count, now)


def _listed(what: str, ids: set[str]) -> str:
    if not ids:
        return ""
    more = f" and {len(ids) - SHOWN:,} more" if len(ids) > SHOWN else ""
    return f"{what}: {', '.join(sorted(ids)[:SHOWN])}{more}"
