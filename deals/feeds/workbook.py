"""An Excel workbook (XLSX) as the CSV text that every later stage reads.

The first sheet is taken, every cell as text. A day comes out as ISO 8601, a number as it is stored
and not as it is formatted, so 1,234.50 € is "1234.5"; which currency that is, the profile says.
"""

import csv
import io
import warnings
import zipfile

from deals.feeds.refusals import Refused

# Unpacked, so that a small archive cannot fill the memory.
LARGEST_UNPACKED = 300 * 1024 * 1024
SIGNATURE = b"PK\x03\x04"
WORKBOOK = "xl/workbook.xml"


def is_workbook(data: bytes) -> bool:
    """Whether bytes are an XLSX file, and not some other archive."""
    if not data.startswith(SIGNATURE):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return WORKBOOK in archive.namelist()
    except zipfile.BadZipFile:
        return False


def workbook_text(name: str, data: bytes, delimiter: str) -> str:
    """The first sheet as CSV, its rows numbered as in the sheet. Raises `Refused`.

    `delimiter` is the profile's; under "auto" it is a comma.
    """
    _refuse_large(name, data)
    # Loading pandas takes half a second, which files of text need not wait for.
    import pandas as pd

    try:
        with warnings.catch_warnings():
            # Styles and extensions that the reader passes over do not touch the cells.
            warnings.simplefilter("ignore")
            table = pd.read_excel(
                io.BytesIO(data),
                sheet_name=0,
                header=None,
                dtype=str,
                keep_default_na=False,
                na_filter=False,
                engine="openpyxl",
            )
    except Exception as error:
        # Whatever is broken inside a workbook, its reader raises errors of a dozen kinds.
        raise Refused(
            f"{name} is an Excel workbook that cannot be read ({type(error).__name__}): open it, "
            "save it again or save the table as CSV, and try again."
        ) from None
    if table.empty:
        raise Refused(f"{name} is empty: its first sheet has no header and no rows.")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="," if delimiter == "auto" else delimiter)
    writer.writerows(table.itertuples(index=False, name=None))
    return text.getvalue()


def _refuse_large(name: str, data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > LARGEST_UNPACKED:
        raise Refused(
            f"{name} is too large when unpacked: {unpacked / 1_048_576:,.0f} MB, more than "
            f"{LARGEST_UNPACKED // 1_048_576} MB; save it as several files."
        )
