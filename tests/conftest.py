"""What all tests share: `database`, `database_url` and `databases` come from tests/databases.py."""

import gc

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases"]

# How long one example takes says nothing about the code on a machine that does other things too.
settings.register_profile("untimed", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)
