"""Rule errors carry a code for programs and one sentence for people."""

from deals.rules.errors import RuleError, quoted


def test_an_error_reads_as_its_sentence_and_keeps_its_code() -> None:
    error = RuleError("zero_amount", "0 is not an amount.")
    assert error.code == "zero_amount"
    assert error.message == str(error) == "0 is not an amount."
    assert isinstance(error, ValueError)


def test_a_quoted_text_stays_on_one_short_line() -> None:
    assert quoted("a\nb\tc") == "“a b c”"
    assert quoted("x" * 100, 10) == "“" + "x" * 9 + "…”"
