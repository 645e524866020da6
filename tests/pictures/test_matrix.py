"""Which country invests in which."""

from deals.pictures.registry import picture
from deals.pictures.steps import steps
from tests.pictures.conftest import QUERY, with_class, written

ALL = QUERY.but(investor=(), target=())


def test_each_cell_has_its_number_and_totals_are_distinct_deals(register):
    panel = picture("matrix", ALL)[0].panels[0]
    rows = {(row["investor"], row["target"]): row["n"] for row in panel.table.rows}
    assert rows == {("DE", "CN"): 3, ("FR", "CN"): 1, ("CN", "CN"): 2, ("CN", "GB"): 1}
    assert sorted(written(panel.wide, "on-step")) == ["1", "1", "2", "3"]
    # Rows: China 3, Germany 3, France 1; columns: China 4, United Kingdom 1.
    assert sorted(written(panel.wide, "value")) == ["1", "1", "3", "3", "4"]
    assert panel.table.foot["n"] == 5


def test_a_phone_gets_the_strongest_pairs_as_a_list(register):
    panel = picture("matrix", ALL)[0].panels[0]
    assert written(panel.narrow, "label")[0] == "Germany → China"
    assert len(with_class(panel.narrow, "bar")) == 4


def test_stronger_cells_are_of_a_higher_step(register):
    panel = picture("matrix", ALL)[0].panels[0]
    found = {}
    for step in range(1, 6):
        for cell in with_class(panel.wide, f"seq-{step}"):
            found[cell.get("aria-label").split(":")[0]] = step
    assert found["Germany → China"] == 5
    assert found["France → China"] < found["China → China"] < 5


def test_steps_hold_every_number_once_and_end_with_the_largest():
    scale = steps([1, 2, 5, 40, 900])
    assert scale.upper[-1] == 900
    assert [scale.step(n) for n in (0, 1, 900)] == [0, 1, 5]
    assert [scale.step(n) for n in range(1, 901)] == sorted(scale.step(n) for n in range(1, 901))


def test_a_legend_names_the_bounds_of_each_step():
    assert [key.label for key in steps([1, 2]).legend("hue-eu-cn")] == ["1", "2"]
    assert [key.look for key in steps([7]).legend("hue-eu-cn")][-1] == "seq-5"
    assert steps([]).legend("hue-eu-cn") == ()
