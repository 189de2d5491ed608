import pytest
from tests.process.test_scan import *
def test_dbg(databases):
    with databases.fresh("sqlite") as database:
        site, mailer = make_site(database), Kept()
        told = ByMachine(site, renamed(1))
        told.story.to_placing_without_consensus(*FAMILY, opposed="vader")
        told.take("vvg1", "accept_placement")
        def show(tag):
            print(tag, site.case(told.reference).stage, {w: told.machines[w].get(f"/api/v1/zaken/{told.reference}").json().get("fase") for w in ("chair","jeugdige","moeder","vader","verwijzer1","vvg1")})
        show("before")
        for who in ("chair", "referrer", "moeder", "jeugdige", "vvg1", "zorg_vvg1", "muts1"):
            browser = told.site.as_(who, told.reference)
            for place in PLACES:
                r = browser.get("/" + place.format(told.reference))
                show((who, place, r.status_code))
