"""The pages of young people and parents."""
