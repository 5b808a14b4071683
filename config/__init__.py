"""Settings, rule packs, column profiles and default parameters: TOML loaded into frozen values."""
