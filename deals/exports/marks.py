"""What stands at the end of a file, so that one that was cut off is noticed.

Parquet and XLSX cannot be read at all when their end is missing; JSON lines and CSV can, and get a
last line with the number of rows, the point of the ledger, and the SHA-256 of all bytes before it.
"""

from hashlib import sha256

from deals.models.documents import dumps

CSV_MARK = "#end"


class Tally:
    """Counts rows and digests bytes as they pass."""

    def __init__(self, seq: int) -> None:
        self.seq, self.rows = seq, 0
        self._digest = sha256()

    def passed(self, data: bytes, rows: int = 0) -> bytes:
        """The same bytes, digested."""
        self._digest.update(data)
        self.rows += rows
        return data

    def json_end(self, noun: str) -> bytes:
        facts = {"end": True, noun: self.rows, "change_seq": self.seq}
        return f"{dumps(facts | {'sha256': self._digest.hexdigest()})}\n".encode()

    def csv_end(self) -> bytes:
        return f"{CSV_MARK},{self.rows},{self.seq},{self._digest.hexdigest()}\r\n".encode()
