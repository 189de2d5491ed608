"""Files as nobody should send them: mutated, cut, glued. Whatever comes, the answer is a refusal or a washed file."""

from __future__ import annotations

import resource
import time

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bijzondere_toegang.documents.checking import WHY, Checked, checked
from bijzondere_toegang.documents.limits import MEGABYTE, MOST_BYTES, Unfit
from bijzondere_toegang.documents.washing import MOST_MEMORY
from tests import databases
from tests.documents import files
from tests.support import make_site, register_sample

SOUND = (files.pdf(), files.png(), files.jpeg(), files.docx(), files.odt(), files.TEXT)
ROUNDS = 60
LONGEST = 45.0

Change = tuple[int, int, bytes]
changes = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 40), st.binary(max_size=40)), max_size=8)


def mutated(content: bytes, told: list[Change]) -> bytes:
    for at, gone, put in told:
        place = at % (len(content) + 1)
        content = content[:place] + put + content[place + gone :]
    return content


def largest_child() -> int:
    """The most memory, in bytes, of any process this one waited for: others before these washings too."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def tried(content: bytes) -> Checked | str:
    try:
        return checked(content, None)
    except Unfit as unfit:
        return unfit.why


@settings(max_examples=ROUNDS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SOUND), changes)
@example(b"%PDF-1.7\n" + b"[" * 100_000, [])
@example(b"PK\x03\x04" * 1000, [])
@example(files.docx() + files.pdf(), [])
@example(files.jpeg() + files.zipped({"a": b"b"}), [])
def test_a_mutated_file_is_washed_or_refused_with_a_known_reason_within_bounds(
    content: bytes, told: list[Change]
) -> None:
    began, before = time.monotonic(), largest_child()

    answer = tried(mutated(content, told))

    assert time.monotonic() - began < LONGEST
    assert answer in WHY if isinstance(answer, str) else len(answer.content) <= MOST_BYTES
    assert largest_child() <= max(before, MOST_MEMORY + 200 * MEGABYTE)


def test_a_mutated_file_at_the_door_is_never_our_mistake(databases: databases.Databases) -> None:
    with databases.fresh("sqlite") as database:
        site = make_site(database)
        reference = register_sample(site, 2)
        client = site.as_("referrer", reference)
        found: set[int] = set()

        @settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(st.sampled_from(SOUND), changes, st.text(max_size=30), st.text(max_size=60))
        def send(content: bytes, told: list[Change], name: str, title: str) -> None:
            sent = {"inhoud": (name or "x", mutated(content, told), "text/html")}
            said = {"titel": title, "soort": "brief"}
            found.add(client.post(f"/zaken/{reference}/documenten", data=said, files=sent).status_code)

        send()

    assert found <= {303, 422} and len(found) == 2
