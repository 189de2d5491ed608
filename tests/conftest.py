"""What all tests share: `database`, `database_url` and `databases` come from tests/databases.py."""

import gc
import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases"]

# How long one example takes says nothing about the code on a machine that does other things too.
settings.register_profile("untimed", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


ASKED = ("BT_CASES", "BT_FUZZ", "BT_KILLS", "BT_REQUIRE_BROWSER", "BT_SOAK", "BT_YEARS")
"""What who runs the tests may ask by environment. Modules read it while they are collected."""


def pytest_collection_finish() -> None:
    """The application refuses a `BT_…` that is no setting of it, and tests run it: from here on there is none.

    What is loaded by now stays to the end: the garbage collector need not look at it again and again.
    """
    for name in ASKED:
        os.environ.pop(name, None)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)
