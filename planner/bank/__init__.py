"""Every branch of a week in one run: a task a branch, by Dask's workers on this machine or on many."""
