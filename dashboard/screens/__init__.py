"""The four pages, one module a page, and the parts they are put together from."""
