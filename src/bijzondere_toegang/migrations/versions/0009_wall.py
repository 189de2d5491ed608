"""A second wall on PostgreSQL: row-level security on everything that belongs to a case."""

from alembic import op

from bijzondere_toegang.migrations.wall import AT, ME, SYSTEM, held, open_at, wall

revision = "0009"
down_revision = "0001"

OF_A_CASE = (
    "closing", "conference", "consent", "decision", "draft_section", "evaluation", "follow_up", "independence", "item",
    "item_content", "item_reader", "minutes", "minutes_block", "minutes_reaction", "party", "placement", "plan",
    "position", "reminder", "score", "seat", "stay", "steering", "step_record",
)  # fmt: skip
"""The tables that need nothing but their `case_id`."""

PLANNER = "(select bt_holds('planner'))"
PRIVACY = "(select bt_holds('privacy_officer'))"
OF_AN_ACCOUNT = "exists (select from account where account.id = {chain})"
MAKING = f"(case_file.created_by = {ME} and case_file.created_at = {AT})"
COORDINATED = "case_file.referrer_organisation = any ((select bt_organisations('coordinator'))::varchar[])"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _settings()
    _standing()
    _sees()
    for table in OF_A_CASE:
        wall(table)
    _case_file()
    wall("case_access", read=f"{_own_access()} or {PRIVACY}")
    wall("case_link", read=_linked())
    wall("reception", read="reception.organisation = any ((select bt_organisations('referrer'))::varchar[])")
    wall("data_key", "owner_id", read="data_key.holder = 'account'", write="data_key.holder = 'account'")
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


def _case_file() -> None:
    here = f"{SYSTEM} or {PLANNER} or {PRIVACY} or {COORDINATED} or {MAKING} or {held('case_file.id')}"
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
    bump = f"{OF_AN_ACCOUNT.format(chain='timeline_head.chain')} or {PRIVACY}"
    wall(head, "chain", read=bump, write=bump)
    wall(
        entry,
        "chain",
        read=f"{of_me.format(table=entry)} or {PRIVACY}",
        write=f"{OF_AN_ACCOUNT.format(chain='timeline_entry.chain')} or {PRIVACY}",
    )


def _function(head: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION {head} LANGUAGE sql STABLE PARALLEL SAFE AS $$ {body} $$")
