//! The way of a dossier: from state to state, each move with who, when and why (DOMAIN §4.1).

use crate::Repository;
use crate::access::{self, Touched};
use crate::database::{self, Connection, Row};
use crate::dossiers::find;
use crate::error::{Error, Result};
use crate::filing;
use crate::record::*;
use crate::reuse;

impl Repository {
    /// Moves a dossier to another state. Papers that came with one that is refused or withdrawn leave the person's store.
    ///
    /// # Errors
    /// `Invalid` when that state may not follow, or its reason is missing; the dossier stays as it is.
    pub async fn move_dossier(&self, actor: &Actor, id: DossierId, wish: DossierMove) -> Result<Dossier> {
        self.permit(actor, Action::Process, Touched::NONE).await?;
        let reason = match (wish.state.needs_reason(), &wish.reason) {
            (true, reason) => Some(filing::plan_reason(reason.as_deref().unwrap_or_default())?),
            (false, Some(reason)) if !reason.trim().is_empty() => Some(filing::plan_reason(reason)?),
            (false, _) => None,
        };
        let mut transaction = self.database().write().await?;
        let before = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        check(&before, wish.state)?;
        let sql = "update dossier set state = $2 where id = $1";
        let update = database::query(sql).bind(id.to_string()).bind(database::word(&wish.state));
        update.execute(&mut *transaction).await?;
        write(&mut transaction, actor, &before, wish.state, reason.as_deref()).await?;
        let dossier = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        access::write(&mut transaction, actor, Action::Process, dossier.subject.id, true).await?;
        transaction.commit().await?;
        Ok(dossier)
    }

    /// The moves of a dossier, oldest first. Access entry `View`.
    pub async fn dossier_history(&self, actor: &Actor, id: DossierId) -> Result<Vec<DossierEvent>> {
        self.permit(actor, Action::View, Touched::NONE).await?;
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
        self.permit(actor, Action::View, Touched::NONE).await?;
        let mut snapshot = self.database().read().await?;
        let dossier = find(&mut snapshot, id).await?.ok_or(Error::NotFound)?;
        let history = events_of(&mut snapshot, id).await?;
        let held = reuse::held_for(&mut snapshot, &dossier).await?;
        let refusals = reuse::refusals(&mut snapshot, id).await?;
        drop(snapshot);
        self.note_access(actor, Action::View, &[dossier.subject.id.into()]).await?;
        Ok(DossierView { dossier, history, held, refusals })
    }
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
    let left = left.filter(|left| possible.contains(left));
    let may_follow = |next: &DossierState| left.is_none_or(|left| next.needs_reason() || *next == left);
    Ok(possible.iter().copied().filter(may_follow).collect())
}

/// The state from which a dossier last came to the one in which it is.
async fn left_state(
    connection: &mut Connection,
    id: DossierId,
    state: DossierState,
) -> Result<Option<DossierState>> {
    let sql = "select state_before from dossier_event where dossier_id = $1 and state = $2
               order by number desc limit 1";
    let question = database::query(sql).bind(id.to_string()).bind(database::word(&state));
    let row = question.fetch_optional(connection).await?;
    row.map(|row| database::read_word(&row, "state_before")).transpose()
}

async fn write(
    connection: &mut Connection,
    actor: &Actor,
    before: &Dossier,
    state: DossierState,
    reason: Option<&str>,
) -> Result<()> {
    let sql =
        "insert into dossier_event (dossier_id, number, at, state_before, state, account, agency, reason)
               values ($1, (select coalesce(max(number), 0) + 1 from dossier_event where dossier_id = $1),
                   $2, $3, $4, $5, $6, $7)";
    database::query(sql)
        .bind(before.id.to_string())
        .bind(database::now())
        .bind(database::word(&before.state))
        .bind(database::word(&state))
        .bind(&actor.account)
        .bind(&actor.agency)
        .bind(reason)
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
    })
}

/// How often papers were asked for: the law allows it once, completely; more is shown as a violation, and blocks nothing.
pub(crate) async fn supplements_asked(connection: &mut Connection, id: DossierId) -> Result<u32> {
    let sql = "select count(*) as times from dossier_event where dossier_id = $1 and state = $2";
    let asked = database::word(&DossierState::SupplementAsked);
    let question = database::query(sql).bind(id.to_string()).bind(asked);
    database::whole(&question.fetch_one(connection).await?, "times")
}
