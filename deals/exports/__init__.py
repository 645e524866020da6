"""The register as files: tables, streams, releases."""
