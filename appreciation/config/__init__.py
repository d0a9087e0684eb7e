"""What the owner may set: one TOML file, every key also from the environment."""
