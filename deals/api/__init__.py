"""The partner API under /api/v1/: the same questions as the pages, as JSON."""
