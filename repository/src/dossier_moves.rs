//! The way of a dossier: from state to state, each move with who, when and why (DOMAIN §4.1).

use crate::Repository;
use crate::access;
use crate::database::{self, Connection, Row};
use crate::deadlines::Step;
use crate::dossiers::find;
use crate::error::{Error, Result};
use crate::record::*;
use crate::{acceptance, calendar_years, deadlines, filing, forms, procedures, reuse};
use jiff::Timestamp;

impl Repository {
    /// Moves a dossier to another state. Papers that came with one that is refused or withdrawn leave the person's store.
    ///
    /// # Errors
    /// `Invalid` when that state may not follow, its reason is missing, or the dossier would be accepted while papers are missing and nobody says
    /// why; it stays as it is.
    pub async fn move_dossier(&self, actor: &Actor, id: DossierId, wish: DossierMove) -> Result<Dossier> {
        self.permit(actor, Action::Process, id).await?;
        let said = match wish.state.needs_reason() {
            true => Some(filing::plan_reason(wish.reason.as_deref().unwrap_or_default())?),
            false => acceptance::plan_reason(wish.reason.as_deref())?,
        };
        let mut transaction = self.database().write().await?;
        let before = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        check(&before, wish.state)?;
        let reason = match (before.state, wish.state) {
            (DossierState::Submitted, DossierState::Accepted) => {
                acceptance::owed_because(&mut transaction, &before, &wish.in_hand, said).await?
            }
            _ => said,
        };
        let now = self.now();
        let step = plan(&mut transaction, &before, wish.state, now).await?;
        deadlines::save(&mut transaction, id, wish.state, &step.deadlines, &actor.account).await?;
        let event =
            NewMove { before: &before, state: wish.state, reason: reason.as_deref(), now, step: &step };
        write(&mut transaction, actor, event).await?;
        let dossier = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        access::write(&mut transaction, actor, Action::Process, dossier.subject.id, true).await?;
        transaction.commit().await?;
        Ok(dossier)
    }

    /// The moves of a dossier, oldest first. Access entry `View`.
    pub async fn dossier_history(&self, actor: &Actor, id: DossierId) -> Result<Vec<DossierEvent>> {
        self.permit(actor, Action::View, id).await?;
        let mut snapshot = self.database().read().await?;
        let question = database::query("select subject_id from dossier where id = $1").bind(id.to_string());
        let dossier = question.fetch_optional(&mut *snapshot).await?.ok_or(Error::NotFound)?;
        let subject: SubjectId = database::read_word(&dossier, "subject_id")?;
        let history = events_of(&mut snapshot, id).await?;
        drop(snapshot);
        self.note_access(actor, Action::View, &[subject.into()]).await?;
        Ok(history)
    }

    /// A dossier with its moves and what is held for it. Access entry `View`.
    pub async fn dossier_view(&self, actor: &Actor, id: DossierId) -> Result<DossierView> {
        self.permit(actor, Action::View, id).await?;
        let mut snapshot = self.database().read().await?;
        let dossier = find(&mut snapshot, id).await?.ok_or(Error::NotFound)?;
        let history = events_of(&mut snapshot, id).await?;
        let held = reuse::held_for(&mut snapshot, &dossier).await?;
        let refusals = reuse::refusals(&mut snapshot, id).await?;
        let printings = forms::printings_of(&mut snapshot, id).await?;
        let unlisted_years = deadlines::unlisted_years(&calendar_years::read(&mut snapshot).await?, &dossier);
        drop(snapshot);
        self.note_access(actor, Action::View, &[dossier.subject.id.into()]).await?;
        Ok(DossierView { dossier, history, held, refusals, printings, unlisted_years })
    }
}

/// A move that is being written.
struct NewMove<'a> {
    before: &'a Dossier,
    state: DossierState,
    reason: Option<&'a str>,
    now: Timestamp,
    step: &'a Step,
}

/// Writes the first step of a dossier that begins as accepted: with what was promised, and why papers are owed.
pub(crate) async fn note_acceptance(
    connection: &mut Connection,
    actor: &Actor,
    dossier: &Dossier,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let before = Dossier { state: DossierState::Submitted, ..dossier.clone() };
    let step = Step { deadlines: dossier.deadlines, breaches: Vec::new() };
    let event = NewMove { before: &before, state: DossierState::Accepted, reason, now, step: &step };
    write(connection, actor, event).await
}

/// What a move does to the deadlines.
async fn plan(
    connection: &mut Connection,
    before: &Dossier,
    next: DossierState,
    now: Timestamp,
) -> Result<Step> {
    let calendar = calendar_years::read(connection).await?;
    let pace = procedures::pace(connection, before).await?;
    let left = left_state(connection, before.id, before.state).await?;
    Ok(deadlines::step(&calendar, pace, before, next, left.map(|(_, at)| at), now))
}

fn check(before: &Dossier, next: DossierState) -> Result<()> {
    if before.followed_by.contains(&next) {
        return Ok(());
    }
    let possible = before.followed_by.iter().map(|state| format!("«{}»", state.label()));
    let possible = possible.collect::<Vec<_>>().join(", ");
    let possible = if possible.is_empty() { "không còn bước nào".to_owned() } else { possible };
    Err(Error::invalid(format!(
        "Hồ sơ đang ở trạng thái «{}», không chuyển sang «{}» được. Bước tiếp theo: {possible}.",
        before.state.label(),
        next.label()
    )))
}

/// The states that may follow: of those to which a waiting dossier could go back, the one that it left.
pub(crate) async fn followed_by(
    connection: &mut Connection,
    id: DossierId,
    state: DossierState,
) -> Result<Vec<DossierState>> {
    let possible = state.followed_by();
    let left = if state.waits_for_owner() { left_state(connection, id, state).await? } else { None };
    let left = left.map(|(left, _)| left).filter(|left| possible.contains(left));
    let may_follow = |next: &DossierState| left.is_none_or(|left| next.needs_reason() || *next == left);
    Ok(possible.iter().copied().filter(may_follow).collect())
}

/// The state from which a dossier last came to the one in which it is, and when.
async fn left_state(
    connection: &mut Connection,
    id: DossierId,
    state: DossierState,
) -> Result<Option<(DossierState, Timestamp)>> {
    let sql = "select state_before, at from dossier_event where dossier_id = $1 and state = $2
               order by number desc limit 1";
    let question = database::query(sql).bind(id.to_string()).bind(database::word(&state));
    let row = question.fetch_optional(connection).await?;
    row.map(|row| Ok((database::read_word(&row, "state_before")?, database::read_time(&row, "at")?)))
        .transpose()
}

async fn write(connection: &mut Connection, actor: &Actor, event: NewMove<'_>) -> Result<()> {
    let NewMove { before, state, reason, now, step } = event;
    let sql =
        "insert into dossier_event (dossier_id, number, at, state_before, state, account, agency, reason,
                   due_at, breaches)
               values ($1, (select coalesce(max(number), 0) + 1 from dossier_event where dossier_id = $1),
                   $2, $3, $4, $5, $6, $7, $8, $9)";
    database::query(sql)
        .bind(before.id.to_string())
        .bind(now.as_microsecond())
        .bind(database::word(&before.state))
        .bind(database::word(&state))
        .bind(&actor.account)
        .bind(&actor.agency)
        .bind(reason)
        .bind(step.deadlines.due_at.map(Timestamp::as_microsecond))
        .bind(database::json(&step.breaches))
        .execute(connection)
        .await?;
    Ok(())
}

async fn events_of(connection: &mut Connection, id: DossierId) -> Result<Vec<DossierEvent>> {
    let sql = "select * from dossier_event where dossier_id = $1 order by number";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(event_from).collect()
}

fn event_from(row: &Row) -> Result<DossierEvent> {
    Ok(DossierEvent {
        number: database::whole(row, "number")?,
        at: database::read_time(row, "at")?,
        before: database::read_word(row, "state_before")?,
        state: database::read_word(row, "state")?,
        account: row.get("account")?,
        agency: row.get("agency")?,
        reason: row.get("reason")?,
        due_at: database::read_time_or_none(row, "due_at")?,
        breaches: database::read_json(row, "breaches")?,
    })
}

/// How often papers were asked for: the law allows it once, completely; more is shown as a violation, and blocks nothing.
pub(crate) async fn supplements_asked(connection: &mut Connection, id: DossierId) -> Result<u32> {
    let sql = "select count(*) as times from dossier_event where dossier_id = $1 and state = $2";
    let asked = database::word(&DossierState::SupplementAsked);
    let question = database::query(sql).bind(id.to_string()).bind(asked);
    database::whole(&question.fetch_one(connection).await?, "times")
}
