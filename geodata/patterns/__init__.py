"""Point patterns: clustered or scattered, visit groups, inhabited area. Points and labels; never who they are."""
