"""The page of the family: for referrer and chair, without an address, with a form that knows what it was."""

from __future__ import annotations

import pytest

from bijzondere_toegang.reminders.models import Outbox
from tests.parties.test_correcting import correct, declared, kept, party_of
from tests.support import Site, register_sample, take

ADDRESS = "Kerkstraat"


def test_it_tells_authority_the_age_rule_and_whom_mail_does_not_reach(site: Site) -> None:
    reference = register_sample(site, 1)
    mother = site.who("moeder", reference)
    with site.database.write() as tx:
        tx.add(Outbox(account_id=mother, kind="news", created_at=site.at, next_at=site.at, state="sent"))
    site.move(minutes=1)
    with site.database.write() as tx:
        tx.add(Outbox(account_id=mother, kind="news", created_at=site.at, next_at=site.at, state="failed"))

    referrer = site.as_("referrer", reference)
    page, case = (referrer.get(f"/zaken/{reference}{path}").text for path in ("/betrokkenen", ""))

    assert "12 tot en met 15: jeugdige en ouders geven samen toestemming." in page
    assert "Ja, Gezagsregister" in page and "leest mee en geeft toestemming" in page
    assert page.count("mail komt niet aan") == 2, "the mother, and the young person without an address"
    assert case.count("mail komt niet aan") == 1
    assert ADDRESS not in page and "De Maaskei" not in page
    assert f"/zaken/{reference}/betrokkenen" in case


@pytest.mark.parametrize(("who", "status"), [("planner", 403), ("teamleider", 403), ("moeder", 303), ("collega", 404)])
def test_others_have_no_such_page(site: Site, who: str, status: int) -> None:
    reference = register_sample(site, 1)
    declared(site, reference)
    take(site, "chair", reference, "take_up")

    assert site.as_(who, reference).get(f"/zaken/{reference}/betrokkenen").status_code == status


def test_the_form_holds_what_is_known_and_an_empty_field_takes_it_away(site: Site) -> None:
    reference = register_sample(site, 1)
    father, referrer = party_of(site, reference, "vader"), site.as_("referrer", reference)
    address = f"/zaken/{reference}/betrokkenen/{father.id}"
    sent = {"_revisie": str(site.case(reference).revision), "voornaam": "Gijs", "achternaam": "Smeets", "gezag": "ja"}

    asked = referrer.get(address).text
    wrong = referrer.post(address, data=sent | {"voornaam": "", "telefoon": "", "reden": "Vader heeft geen telefoon."})
    done = referrer.post(address, data=sent | {"telefoon": "", "reden": "Vader heeft geen telefoon."})

    assert 'value="0628450407"' in asked and "Akkerlaan" not in asked
    assert wrong.status_code == 422 and "Vader heeft geen telefoon." in wrong.text
    assert (done.status_code, done.headers["location"]) == (303, f"/zaken/{reference}/betrokkenen?gedaan=correct_party")
    assert [change["fields"] for change in kept(site, reference)] == [{"telefoon": ["0628450407", None]}]
    assert "was 0628450407, nu niet bekend" in referrer.get(done.headers["location"]).text


def test_a_new_address_is_kept_and_never_shown(site: Site) -> None:
    reference = register_sample(site, 1)

    correct(site, "referrer", reference, "vader", straat="Schuilhof 9", postcode="5911ab", plaats="Venlo")

    assert kept(site, reference)[0]["fields"]["adres"][1] == "Schuilhof 9\n5911 AB Venlo"
    assert "Schuilhof" not in site.as_("referrer", reference).get(f"/zaken/{reference}/betrokkenen").text
