"""A second wall on PostgreSQL: row-level security on everything that belongs to a case."""

from alembic import op

from bijzondere_toegang.migrations.wall import AT, ME, SYSTEM, held, office, open_at, seen, wall

revision = "0009"
down_revision = "0008"

OF_A_CASE = (
    "closing", "conference", "consent", "decision", "draft_section", "evaluation", "follow_up", "handover",
    "independence", "inspection", "item", "item_content", "item_reader", "look_hold", "minutes", "minutes_block",
    "minutes_reaction", "party_change", "placement", "plan", "position", "reading_consent", "score", "seat", "stay",
    "steering", "step_record",
)  # fmt: skip
"""The tables that need nothing but their `case_id`."""

PLANNER = "(select bt_holds('planner'))"
PRIVACY = "(select bt_holds('privacy_officer'))"
ADMINISTRATOR = "(select bt_holds('administrator'))"
DESTROYING = f"({ADMINISTRATOR} and bt_destroys({{case}}))"
"""An administrator, at a case of which a part is to be destroyed: the record holder or the law said so."""
EMPTIED = ("party", "reception", "reminder")
"""Where destroying a part empties plain columns."""
SENT_BEFORE = "reception.organisation = any ((select bt_organisations('referrer'))::varchar[])"
OF_AN_ACCOUNT = "exists (select from account where account.id = {chain})"
MAKING = f"(case_file.created_by = {ME} and case_file.created_at = {AT})"
COORDINATED = "case_file.referrer_organisation = any ((select bt_organisations('coordinator'))::varchar[])"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _settings()
    _standing()
    _sees()
    _destroys()
    for table in OF_A_CASE:
        wall(table)
    _case_file()
    wall("case_access", read=f"{_own_access()} or {PRIVACY} or ({ADMINISTRATOR} and bt_left(case_access.account_id))")
    wall("case_link", read=_linked())
    for table in EMPTIED:
        may_empty = DESTROYING.format(case=f"{table}.case_id")
        wall(table, read=f"{may_empty} or {SENT_BEFORE}" if table == "reception" else may_empty, write=may_empty)
    wall("erasure", read=f"{PRIVACY} or {ADMINISTRATOR}", write=f"{PRIVACY} or {ADMINISTRATOR}")
    _data_key()
    for table in ("log_finding", "log_finding_step"):
        office(table, PRIVACY)
    office("account_street", "false")
    _timeline()


def _settings() -> None:
    """Who this transaction is for; nothing is said: nobody. A transaction of a person is never the system's too."""
    _function(
        "bt_account() RETURNS uuid",
        "select nullif(current_setting('app.account', true), '')::uuid",
    )
    _function(
        "bt_at() RETURNS timestamptz",
        "select nullif(current_setting('app.at', true), '')::timestamptz",
    )
    _function(
        "bt_system() RETURNS boolean",
        "select coalesce(current_setting('app.system', true), '') <> '' and "
        "coalesce(current_setting('app.account', true), '') = ''",
    )


def _standing() -> None:
    """What somebody holds today without being named on a case."""
    today = "(bt_at() at time zone 'Europe/Amsterdam')::date"
    mine = (
        "from membership where account_id = bt_account() and membership.role = $1 "
        f"and valid_from <= {today} and (valid_until is null or valid_until >= {today})"
    )
    _function("bt_holds(role text) RETURNS boolean", f"select exists (select {mine})")
    _function("bt_organisations(role text) RETURNS varchar[]", f"select array(select organisation {mine})")


def _sees() -> None:
    """The whole wall for one case, for where a policy can't look into `case_file` or `case_access` by itself.

    It reads past the wall (as the system, for its own length only) and tells no more than yes or no.
    """
    standing = (
        "exists (select from membership m where m.account_id = me and m.valid_from <= today "
        "and (m.valid_until is null or m.valid_until >= today) and {which})"
    )
    coordinator = standing.format(which="m.role = 'coordinator' and m.organisation = c.referrer_organisation")
    op.execute(
        f"""
        CREATE FUNCTION bt_sees(wanted uuid, me uuid, at timestamptz, looking boolean) RETURNS boolean
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          today date := (at at time zone 'Europe/Amsterdam')::date;
          account text := coalesce(current_setting('app.account', true), '');
          system text := coalesce(current_setting('app.system', true), '');
          answer boolean;
          said text;
        BEGIN
          IF me IS NULL OR at IS NULL THEN RETURN false; END IF;
          said := set_config('app.account', '', true);
          said := set_config('app.system', 'wall', true);
          answer := exists (
            select from case_access a where a.case_id = wanted and a.account_id = me and {open_at("a", "at")}
          );
          IF NOT answer THEN
            answer := {standing.format(which="m.role = 'planner'")} or exists (
              select from case_file c where c.id = wanted and (
                (c.created_by = me and c.created_at = at)
                or {coordinator}
                or (looking and (
                  c.id = any (nullif(current_setting('app.beside', true), '')::uuid[])
                  or c.bsn_key = nullif(current_setting('app.youth', true), '')
                ))
              )
            );
          END IF;
          said := set_config('app.system', system, true);
          said := set_config('app.account', account, true);
          RETURN answer;
        END $$
        """
    )


def _destroys() -> None:
    """What an administrator reaches while a part of a case is to be destroyed, and at the moment it is."""
    meant = "(e.state = 'granted' or (e.state = 'executed' and e.executed_at = bt_at()))"
    _function(
        "bt_destroys(wanted uuid) RETURNS boolean",
        f"select exists (select from erasure e where e.case_id = wanted and {meant})",
    )
    op.execute(
        f"""
        CREATE FUNCTION bt_left(who uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
        DECLARE
          account text := coalesce(current_setting('app.account', true), '');
          system text := coalesce(current_setting('app.system', true), '');
          answer boolean;
          said text;
        BEGIN
          said := set_config('app.account', '', true);
          said := set_config('app.system', 'wall', true);
          answer := exists (
            select from case_access a join erasure e on e.case_id = a.case_id
            where a.account_id = who and a.party_id is not null and {meant}
          );
          said := set_config('app.system', system, true);
          said := set_config('app.account', account, true);
          RETURN answer;
        END $$
        """
    )


def _data_key() -> None:
    """Keys of accounts and of look-ups are needed before anybody is known; the office's is the privacy officer's.

    Who destroys asks whether something is left of the other cases of this family, so those keys are read too.
    Who writes holds the keys it reads (`Vault.load`), which needs the right to change: `db.beside` counts here too.
    """
    of_house = f"data_key.holder in ('account', 'lookup') or (data_key.holder = 'log' and {PRIVACY})"
    own = DESTROYING.format(case="data_key.owner_id")
    left = f"({ADMINISTRATOR} and exists (select from case_access a where a.case_id = data_key.owner_id))"
    held_beside = seen("data_key", "owner_id", looking=True)
    wall("data_key", "owner_id", read=f"{of_house} or {own} or {left}", write=f"{of_house} or {own} or {held_beside}")


def _case_file() -> None:
    here = (
        f"{SYSTEM} or {PLANNER} or {PRIVACY} or {COORDINATED} or {MAKING} or {held('case_file.id')} "
        f"or {DESTROYING.format(case='case_file.id')}"
    )
    beside = (
        "case_file.id = any ((select nullif(current_setting('app.beside', true), '')::uuid[])::uuid[]) "
        "or case_file.bsn_key = (select nullif(current_setting('app.youth', true), ''))"
    )
    op.execute("ALTER TABLE case_file ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE case_file FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY wall_read ON case_file FOR SELECT USING ({here} or {beside})")
    op.execute(f"CREATE POLICY wall_add ON case_file FOR INSERT WITH CHECK ({SYSTEM} or {MAKING})")
    op.execute(f"CREATE POLICY wall_change ON case_file FOR UPDATE USING ({here}) WITH CHECK ({here})")


def _own_access() -> str:
    return f"(case_access.account_id = {ME} and {open_at('case_access', AT)})"


def _linked() -> str:
    """A link is seen from both its ends."""
    return f"bt_sees(case_link.other_case_id, {ME}, {AT}, true)"


def _timeline() -> None:
    """Entries of a case are read by whom the case is open to, of an account by that account; adding is wider."""
    of_me = "{table}.chain = " + ME
    head, entry = "timeline_head", "timeline_entry"
    adding = "{account} or " + PRIVACY + " or {destroying}"
    bump, more = (
        adding.format(
            account=OF_AN_ACCOUNT.format(chain=f"{table}.chain"), destroying=DESTROYING.format(case=f"{table}.chain")
        )
        for table in (head, entry)
    )
    wall(head, "chain", read=bump, write=bump)
    wall(
        entry,
        "chain",
        read=f"{of_me.format(table=entry)} or {PRIVACY}",
        write=more,
    )


def _function(head: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION {head} LANGUAGE sql STABLE PARALLEL SAFE AS $$ {body} $$")
