import pytest

from deals.exports import beside


@pytest.fixture
def started(monkeypatch):
    """The programs that were started, as they are."""
    found = []

    class Noted(beside.Maker):
        def __init__(self):
            super().__init__()
            found.append(self)

    monkeypatch.setattr(beside, "Maker", Noted)
    return found
