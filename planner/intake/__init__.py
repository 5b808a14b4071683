"""Intake: files to checked rows, checked rows to tables. Bad rows are values to show, good rows are kept."""
