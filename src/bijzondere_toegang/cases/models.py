"""The case, its parties, its items with readers, and who has access since when."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Index, column
from sqlmodel import Field, SQLModel

from bijzondere_toegang.db import Sealed, SealedRow, Secret


class Case(SQLModel, table=True):
    """A referral from registration to closing. Only plain codes and days: lists filter and sort on these alone."""

    __tablename__ = "case_file"
    __table_args__ = (Index("ix_case_file_stage_due", "stage", "due_on", "id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    reference: str = Field(max_length=20, unique=True)
    workflow: str = Field(max_length=60)
    workflow_version: int
    stage: str = Field(max_length=40)
    revision: int = 1
    entered_at: datetime
    due_on: date | None = None
    changed_at: datetime
    changed_by: UUID | None = None
    created_at: datetime
    created_by: UUID | None = None

    municipality: str = Field(default="", max_length=4)
    referrer_organisation: str = Field(default="", max_length=60, index=True)
    authority: str = Field(default="", max_length=30)
    mandate_from: date | None = None
    mandate_until: date | None = None
    framework: str = Field(default="voluntary", max_length=20)
    safety: str = Field(default="", max_length=20)
    urgent: bool = False
    continued_help: bool = False
    secure: bool = False

    request_on: date | None = None
    registered_at: datetime | None = None
    decide_before: date | None = None
    turns_12_on: date | None = None
    turns_16_on: date | None = None
    turns_18_on: date | None = None
    bsn_key: str | None = Field(default=None, max_length=64, index=True)

    conference_on: date | None = None
    family_plan_cleared_on: date | None = None
    evaluation_due_on: date | None = None
    help_started_on: date | None = None
    help_runs: bool = False
    proposed_consortium: str = Field(default="", max_length=60)
    accepted_consortium: str = Field(default="", max_length=60)
    ladder_step: int | None = None
    returns: int = 0
    bridging: bool = False
    medical_treatment: bool = False
    """the planned help is medical treatment, so the WGBO asks for consent in a measure too"""
    measure_requested: bool = False
    suspended_on: date | None = None
    suspended_days: int = 0
    extended_days: int = 0
    reconvene_asked_at: datetime | None = None
    hold_review_on: date | None = None
    """the first day on which something withheld is to be confirmed or looked at again"""
    incapacitated_on: date | None = None
    """since when it is recorded that the young person can't weigh up their own interests"""
    incapacity_review_on: date | None = None
    referrer_destroyed_on: date | None = None
    provider_destroyed_on: date | None = None

    @property
    def destroyed_on(self) -> date | None:
        """The first day on which a part of the record was destroyed."""
        return min(filter(None, (self.referrer_destroyed_on, self.provider_destroyed_on)), default=None)


class CaseRow(SealedRow):
    """A row that belongs to a case and is kept by one record holder: `referrer` (15 years) or `provider` (20 years)."""

    seal_by: ClassVar[str] = "case_id"


class Party(CaseRow, table=True):
    """A young person, parent or other person of one case. The same human in another case is another Party."""

    __tablename__ = "party"
    seal_columns: ClassVar[tuple[str, ...]] = (
        "first_name", "infix", "last_name", "birth_date", "email", "phone", "address", "school", "bsn",
    )  # fmt: skip

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    position: int = 0
    kind: str = Field(max_length=20)
    """youth, parent, guardian, step_parent, foster_parent, grandparent, sibling, other"""
    word: str = Field(default="", max_length=30)
    """the intake's own word: jeugdige, moeder, vader, …"""
    authority: str = Field(default="", max_length=10)
    authority_source: str = Field(default="", max_length=30)
    authority_on: date | None = None
    language: str = Field(default="nl", max_length=10)
    interpreter: bool = False
    secret_address: bool = False
    first_name: Secret | None = Field(default=None, sa_type=Sealed)
    infix: Secret | None = Field(default=None, sa_type=Sealed)
    last_name: Secret | None = Field(default=None, sa_type=Sealed)
    birth_date: Secret | None = Field(default=None, sa_type=Sealed)
    email: Secret | None = Field(default=None, sa_type=Sealed)
    phone: Secret | None = Field(default=None, sa_type=Sealed)
    address: Secret | None = Field(default=None, sa_type=Sealed)
    school: Secret | None = Field(default=None, sa_type=Sealed)
    bsn: Secret | None = Field(default=None, sa_type=Sealed)

    @property
    def full_name(self) -> str:
        """The name of an unsealed party."""
        parts = (self.first_name, self.infix, self.last_name)
        return " ".join(part.reveal() for part in parts if part is not None)

    @property
    def called(self) -> str:
        """The first name of an unsealed party."""
        return self.first_name.reveal() if self.first_name else ""


class Item(CaseRow, table=True):
    """A section of a referral, a statement or a document, with its own readers (ItemReader)."""

    __tablename__ = "item"
    seal_columns: ClassVar[tuple[str, ...]] = ("title", "text")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    position: int = 0
    kind: str = Field(max_length=40)
    """aanmelding, wens-jeugdige, wens-ouders, verklarende-analyse, eerdere-hulp, document, statement, call, …"""
    part: str = Field(default="", max_length=40)
    """the `onderdeel` of gegevensdeling that opens it; empty: only its own readers"""
    party_id: UUID | None = Field(default=None, foreign_key="party.id")
    author_account: UUID | None = None
    created_at: datetime
    media_type: str = Field(default="", max_length=60)
    title: Secret | None = Field(default=None, sa_type=Sealed)
    text: Secret | None = Field(default=None, sa_type=Sealed)
    """of a document: which kind of document it is, when who brought it said so"""


class ItemContent(CaseRow, table=True):
    """The bytes of a document (base64 before sealing), apart from its item so that lists stay light."""

    __tablename__ = "item_content"
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(primary_key=True, foreign_key="item.id")
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    content: Secret | None = Field(default=None, sa_type=Sealed)


class ItemWords(CaseRow, table=True):
    """What a document says, bare, to be searched for a secret address; `read_at` None: nobody read it yet."""

    __tablename__ = "item_words"
    __table_args__ = (
        Index(
            "ix_item_words_unread",
            "id",
            sqlite_where=column("read_at").is_(None),
            postgresql_where=column("read_at").is_(None),
        ),
    )
    seal_columns: ClassVar[tuple[str, ...]] = ("words",)

    id: UUID = Field(primary_key=True, foreign_key="item.id")
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    read_at: datetime | None = None
    words: Secret | None = Field(default=None, sa_type=Sealed)


class ItemReader(CaseRow, table=True):
    """Who may read an item, on which ground (Jeugdwet 7.3.11, 7.4.0). No row: it stays with the referrer."""

    __tablename__ = "item_reader"
    seal_columns: ClassVar[tuple[str, ...]] = ("consent_by", "note")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    item_id: UUID = Field(foreign_key="item.id", index=True)
    recipient: str = Field(max_length=30)
    ground: str = Field(max_length=30)
    granted_on: date | None = None
    until: date | None = None
    consent_by: Secret | None = Field(default=None, sa_type=Sealed)
    note: Secret | None = Field(default=None, sa_type=Sealed)


class ItemHold(CaseRow, table=True):
    """An item kept from somebody: `shielded`, or `withheld` in the child's interest (Jeugdwet 7.3.11 lid 3).

    A fact with who and when; it is lifted, never deleted.
    """

    __tablename__ = "item_hold"
    seal_columns: ClassVar[tuple[str, ...]] = ("reason", "why_lifted")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    item_id: UUID = Field(foreign_key="item.id", index=True)
    kind: str = Field(max_length=10)
    kept_from: str = Field(max_length=40)
    """the id of a party, or a recipient word of professionals"""
    set_at: datetime
    set_by: UUID
    own: bool = False
    """somebody of the family, over the own words: lifted by that person alone"""
    confirmed_at: datetime | None = None
    confirmed_by: UUID | None = None
    review_on: date | None = None
    lift_asked_at: datetime | None = None
    lift_asked_by: UUID | None = None
    lifted_at: datetime | None = None
    lifted_by: UUID | None = None
    reason: Secret | None = Field(default=None, sa_type=Sealed)
    why_lifted: Secret | None = Field(default=None, sa_type=Sealed)


class ReadingAnswer(CaseRow, table=True):
    """What a young person answered to *Wie mag dit lezen?* about own words; a new answer replaces it, and it stays."""

    __tablename__ = "reading_answer"
    __table_args__ = (
        Index(
            "uq_reading_answer_counts",
            "item_id",
            unique=True,
            sqlite_where=column("replaced_at").is_(None),
            postgresql_where=column("replaced_at").is_(None),
        ),
    )
    seal_columns: ClassVar[tuple[str, ...]] = ("parents",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    item_id: UUID | None = Field(default=None, foreign_key="item.id", index=True)
    """None: about the words with a position or a score, for all of them"""
    answered_at: datetime
    answered_by: UUID
    replaced_at: datetime | None = None
    helpers: bool = False
    """everybody who helps; else the referrer alone"""
    parents: Secret | None = Field(default=None, sa_type=Sealed)
    """the ids of the parents that read too"""


class CaseAccess(SQLModel, table=True):
    """The relation of an account to a case over time; it stands behind every list and every page."""

    __tablename__ = "case_access"
    __table_args__ = (Index("ix_case_access_account_case", "account_id", "case_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    relation: str = Field(max_length=40)
    """a column of the permission table, or `parent`/`youth`, which become one by age and authority on the day"""
    party_id: UUID | None = Field(default=None, foreign_key="party.id")
    organisation: str = Field(default="", max_length=60)
    consortium: str = Field(default="", max_length=60)
    ground: str = Field(default="", max_length=40)
    """the legal ground of an executing GI's part; empty for who needs none"""
    since: datetime
    until: datetime | None = None


class Invitation(CaseRow, table=True):
    """Somebody let in for a while by one person of the case, to read what that person ticked and may read itself.

    Its account is of this invitation alone; when it runs stands in the row of `case_access`.
    """

    __tablename__ = "invitation"
    seal_columns: ClassVar[tuple[str, ...]] = ("what", "items")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    access_id: UUID = Field(foreign_key="case_access.id")
    account_id: UUID = Field(foreign_key="account.id", index=True)
    invited_by: UUID = Field(foreign_key="account.id")
    invited_at: datetime
    with_plan: bool = False
    """the plan was ticked too, as far as who invited reads it"""
    what: Secret | None = Field(default=None, sa_type=Sealed)
    """school, veilig-thuis, volwassenenzorg, netwerk, advocaat, vertrouwenspersoon or anders"""
    items: Secret | None = Field(default=None, sa_type=Sealed)
    """the ids of the items that were ticked"""


class ReadingConsent(CaseRow, table=True):
    """A youth of 16 or 17 lets this parent read along; `withdrawn_at` ends it, and the row stays (Jeugdwet 7.3.11)."""

    __tablename__ = "reading_consent"
    __table_args__ = (
        Index(
            "uq_reading_consent_open",
            "party_id",
            unique=True,
            sqlite_where=column("withdrawn_at").is_(None),
            postgresql_where=column("withdrawn_at").is_(None),
        ),
    )
    seal_columns: ClassVar[tuple[str, ...]] = ("content",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    party_id: UUID = Field(foreign_key="party.id")
    """the parent or guardian who may read"""
    given_at: datetime
    given_by: UUID | None = None
    recorded_for: bool = False
    """written down by the referrer on the word of the youth"""
    withdrawn_at: datetime | None = None
    withdrawn_by: UUID | None = None
    content: Secret | None = Field(default=None, sa_type=Sealed)
    """the youth's own words, and how and when they were said"""


class Handover(CaseRow, table=True):
    """The referrer's part, offered to a colleague, who looks first and then answers. Unanswered it lapses."""

    __tablename__ = "handover"
    seal_columns: ClassVar[tuple[str, ...]] = ("reason", "answer_reason")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    offered_by: UUID = Field(foreign_key="account.id")
    offered_to: UUID = Field(foreign_key="account.id", index=True)
    look_id: UUID = Field(foreign_key="case_access.id")
    """the dated look into the case that came with the offer"""
    offered_at: datetime
    until: datetime
    answered_at: datetime | None = None
    answer: str = Field(default="", max_length=10)
    """taken, declined or recalled; empty: not answered"""
    reason: Secret | None = Field(default=None, sa_type=Sealed)
    answer_reason: Secret | None = Field(default=None, sa_type=Sealed)


class Independence(CaseRow, table=True):
    """Somebody declared whether they have a tie with this family; a tie ends their part (TRUST 1, 14)."""

    __tablename__ = "independence"
    seal_columns: ClassVar[tuple[str, ...]] = ("explanation",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    account_id: UUID = Field(foreign_key="account.id")
    declared_at: datetime
    tie: bool
    explanation: Secret | None = Field(default=None, sa_type=Sealed)


class LookHold(CaseRow, table=True):
    """For safety the family does not read for a while that somebody (or, without an account, anybody) looked."""

    __tablename__ = "look_hold"
    seal_columns: ClassVar[tuple[str, ...]] = ("reason", "why_lifted")

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    set_at: datetime
    set_by: UUID
    lifted_at: datetime | None = None
    lifted_by: UUID | None = None
    reason: Secret | None = Field(default=None, sa_type=Sealed)
    why_lifted: Secret | None = Field(default=None, sa_type=Sealed)


class StepRecord(CaseRow, table=True):
    """What somebody answered when taking a step, whole and unchanged."""

    __tablename__ = "step_record"
    seal_columns: ClassVar[tuple[str, ...]] = ("answers",)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    holder: str = Field(default="referrer", max_length=20)
    step: str = Field(max_length=40)
    stage: str = Field(max_length=40)
    revision: int
    account_id: UUID | None = None
    at: datetime
    answers: Secret | None = Field(default=None, sa_type=Sealed)


class CaseLink(SQLModel, table=True):
    """Two cases that belong together: the same BSN in an open case (told to the chair only), or a follow-up."""

    __tablename__ = "case_link"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    other_case_id: UUID = Field(foreign_key="case_file.id")
    kind: str = Field(max_length=20)
    at: datetime


class Steering(SQLModel, table=True):
    """Who holds the regie over the help, from a day: the family, the toegang beside it, a GI or another."""

    __tablename__ = "steering"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="case_file.id", index=True)
    who: str = Field(max_length=30)
    organisation: str = Field(default="", max_length=60)
    since: date


class Counter(SQLModel, table=True):
    """Running numbers: the case reference, the rota of chairs."""

    __tablename__ = "counter"

    name: str = Field(primary_key=True, max_length=40)
    value: int
