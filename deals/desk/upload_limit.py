"""Stops keeping a file that is larger than the desk takes, while it is still coming in."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from deals.feeds.limits import megabytes


class LimitedUpload(FileUploadHandler):
    """Counts the bytes of a file, and lets it go beyond the limit without a trace on disk.

    The rest of the request is read and thrown away, since a browser that is cut off while it
    sends shows its own error in place of ours. `request.upload_refused` has the sentence.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._bytes += len(raw_data)
        if self._bytes > settings.IMPORT_MAX_BYTES:
            self.request.upload_refused = (  # type: ignore[union-attr]
                f"{self.file_name} is larger than {megabytes(settings.IMPORT_MAX_BYTES)}, the most "
                "that is taken at once: split it into several files of the same format."
            )
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""
