"""What all tests share: `database`, `database_url` and `databases` come from tests/databases.py."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases"]

# How long one example takes says nothing about the code on a machine that does other things too.
settings.register_profile("untimed", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
