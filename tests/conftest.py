"""What all tests share: `database`, `database_url` and `databases` come from tests/databases.py."""

pytest_plugins = ["tests.databases"]
