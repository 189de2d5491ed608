"""Every table of every room, for the migrations and for `create_app`."""

from sqlmodel import SQLModel

from bijzondere_toegang import db
from bijzondere_toegang.administration import models as administration
from bijzondere_toegang.cases import models as cases
from bijzondere_toegang.conferences import models as conferences
from bijzondere_toegang.decisions import models as decisions
from bijzondere_toegang.evaluations import models as evaluations
from bijzondere_toegang.inspection import models as inspection
from bijzondere_toegang.oversight import models as oversight
from bijzondere_toegang.parties import models as parties
from bijzondere_toegang.people import models as people
from bijzondere_toegang.placements import models as placements
from bijzondere_toegang.plans import models as plans
from bijzondere_toegang.records import models as records
from bijzondere_toegang.referrals import models as referrals
from bijzondere_toegang.reminders import models as reminders
from bijzondere_toegang.timeline import models as timeline

ROOMS = (
    db,
    people,
    timeline,
    reminders,
    cases,
    referrals,
    conferences,
    parties,
    decisions,
    placements,
    plans,
    evaluations,
    records,
    inspection,
    oversight,
    administration,
)

metadata = SQLModel.metadata
