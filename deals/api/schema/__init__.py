"""What the API takes and gives, as OpenAPI 3.1: one file a noun, put together by `table`."""
