//! Using a held paper instead of asking for it again (REUSE-01, REUSE-02), and keeping in writing when that was not wanted.

use crate::access::{self, Touched};
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::filing::TITLE_CHARS_MAX;
use crate::record::*;
use crate::{Repository, documents, dossiers, procedures, receive, requirements};

impl Repository {
    /// What is held for the components of a dossier, by the procedure and on the day of its receipt. Access entry `View` for the
    /// subject, in the same transaction.
    pub async fn dossier_requirements(&self, actor: &Actor, id: DossierId) -> Result<Requirements> {
        self.permit(actor, Action::View, id).await?;
        let mut transaction = self.database().write_beside().await?;
        let dossier = dossiers::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        let answer = held_for(&mut transaction, &dossier).await?.ok_or_else(gone)?;
        access::write(&mut transaction, actor, Action::View, dossier.subject.id, true).await?;
        transaction.commit().await?;
        Ok(answer)
    }

    /// Fills a component with a paper of the store. Nothing is copied: the component names the paper and its code. The same again
    /// changes nothing.
    ///
    /// # Errors
    /// `Invalid` when the component is filled otherwise, or the paper does not count for it; `BytesDamaged` when the scan cannot be
    /// read, so that nobody relies on a paper that cannot be shown.
    pub async fn take_over(&self, actor: &Actor, reuse: &Reuse) -> Result<Dossier> {
        self.permit(actor, Action::Receive, reuse.dossier).await?;
        self.permit(actor, Action::Receive, reuse.document).await?;
        self.check_readable(reuse.document).await?;
        let mut transaction = self.database().write().await?;
        take_over(&mut transaction, actor, reuse).await?;
        let dossier = dossiers::find(&mut transaction, reuse.dossier).await?.ok_or(Error::NotFound)?;
        transaction.commit().await?;
        Ok(dossier)
    }

    /// Whether the scan of a held paper is as it was: nobody relies on a paper that cannot be shown.
    pub(crate) async fn check_readable(&self, held: DocumentId) -> Result<()> {
        let paper = documents::find(&mut *self.database().read().await?, held).await?;
        let sha256 = paper.ok_or(Error::NotFound)?.original.sha256;
        self.blobs().get(&self.paper_key(held).await?, &sha256).await?;
        Ok(())
    }

    /// Keeps in writing that a held paper is not used and why; a component that had taken it over is empty again, so that nothing of
    /// the paper stands in the dossier.
    ///
    /// # Errors
    /// `Invalid` without a reason, or when no held paper counts for the component.
    pub async fn refuse_reuse(&self, actor: &Actor, refusal: &ReuseRefusal) -> Result<()> {
        self.permit(actor, Action::Receive, refusal.dossier).await?;
        let reason = written(&refusal.reason)?;
        let mut transaction = self.database().write().await?;
        let dossier = dossiers::find(&mut transaction, refusal.dossier).await?.ok_or(Error::NotFound)?;
        component_of(&dossier, &refusal.component)?;
        let document = best_held(&mut transaction, &dossier, &refusal.component).await?;
        let document =
            document.ok_or_else(|| Error::invalid("Không có giấy nào trong kho cho thành phần này."))?.id;
        note(&mut transaction, actor, refusal, document, reason).await?;
        empty(&mut transaction, refusal).await?;
        let touched = Touched { document: Some(document), subject: Some(dossier.subject.id) };
        access::write(&mut transaction, actor, Action::Receive, touched, true).await?;
        transaction.commit().await
    }
}

/// Lets a component name a held paper, with its access entry.
pub(crate) async fn take_over(connection: &mut Connection, actor: &Actor, reuse: &Reuse) -> Result<()> {
    let dossier = dossiers::find(connection, reuse.dossier).await?.ok_or(Error::NotFound)?;
    dossiers::check_open(&dossier, true)?;
    match component_of(&dossier, &reuse.component)?.document {
        Some(document) if document != reuse.document => return Err(filled()),
        _ => fill(connection, actor, &dossier, reuse).await?,
    }
    let touched = Touched { document: Some(reuse.document), subject: Some(dossier.subject.id) };
    access::write(connection, actor, Action::Receive, touched, true).await
}

/// What counts for the components of a dossier: by the law of the day on which it was received. None: its procedure left the catalogue.
pub(crate) async fn held_for(connection: &mut Connection, dossier: &Dossier) -> Result<Option<Requirements>> {
    let (subject, on) = (Some(dossier.subject.clone()), dossier.received_on);
    match procedures::in_force(connection, &dossier.procedure, on).await? {
        Some(procedure) => requirements::answer(connection, procedure, subject, on).await.map(Some),
        None => Ok(None),
    }
}

fn gone() -> Error {
    Error::invalid("Thủ tục của hồ sơ không còn trong danh mục.")
}

/// The held paper that makes it needless to hand in one for a component. None when the component has a paper that was handed in for it,
/// which may be scanned anew, or when a reason was written down.
pub(crate) async fn asked_in_vain(
    connection: &mut Connection,
    dossier: DossierId,
    component: &str,
) -> Result<Option<Document>> {
    let Some(dossier) = dossiers::find(connection, dossier).await? else { return Ok(None) };
    let asked = dossier.components.iter().find(|one| one.key == component);
    let is_open = asked.is_some_and(|one| one.document.is_none() || one.digitization.reuse_code() > 0);
    if !is_open || refusals(connection, dossier.id).await?.iter().any(|one| one.component == component) {
        return Ok(None);
    }
    best_held(connection, &dossier, component).await
}

/// What was written down against using held papers in a dossier, oldest first.
pub(crate) async fn refusals(connection: &mut Connection, id: DossierId) -> Result<Vec<RefusedReuse>> {
    let sql = "select * from reuse_refusal where dossier_id = $1 order by id";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(refusal_from).collect()
}

fn refusal_from(row: &Row) -> Result<RefusedReuse> {
    Ok(RefusedReuse {
        component: row.get("component_key")?,
        document: database::read_word(row, "document_id")?,
        asked_by: database::read_word(row, "asked_by")?,
        reason: row.get("reason")?,
        at: database::read_time(row, "at")?,
        account: row.get("account")?,
    })
}

async fn best_held(
    connection: &mut Connection,
    dossier: &Dossier,
    component: &str,
) -> Result<Option<Document>> {
    let answer = held_for(connection, dossier).await?;
    let found = answer.and_then(|answer| answer.components.into_iter().find(|one| one.key == component));
    let held = found.filter(|one| one.status == RequirementStatus::Held);
    Ok(held.and_then(|one| one.candidates.into_iter().next()))
}

pub(crate) fn component_of<'a>(dossier: &'a Dossier, key: &str) -> Result<&'a Component> {
    let found = dossier.components.iter().find(|component| component.key == key);
    found.ok_or_else(|| {
        Error::invalid("Hồ sơ không có thành phần này. Hãy tải lại trang hồ sơ và chọn lại thành phần.")
    })
}

fn filled() -> Error {
    Error::invalid("Thành phần này đã có giấy tờ khác. Hãy tải lại trang hồ sơ.")
}

/// A reason as it is kept.
fn written(reason: &str) -> Result<&str> {
    match reason.trim() {
        "" => Err(Error::invalid("Thiếu lý do không dùng lại giấy đã có. Hãy ghi lý do.")),
        long if long.chars().count() > TITLE_CHARS_MAX => {
            Err(Error::invalid(format!("Lý do dài quá {TITLE_CHARS_MAX} ký tự. Hãy rút gọn.")))
        }
        reason => Ok(reason),
    }
}

/// What a waiting scan may make room for in the dossier where it lies.
pub(crate) enum Replaceable {
    /// It lies in no component: any paper may be used instead of it.
    ByAny,
    /// It lies in a component for which these papers count.
    By(Vec<DocumentId>),
}

impl Replaceable {
    /// Whether the held paper may be used instead.
    pub(crate) fn by(&self, held: DocumentId) -> bool {
        match self {
            Replaceable::ByAny => true,
            Replaceable::By(papers) => papers.contains(&held),
        }
    }
}

/// Which held papers may be used instead of a waiting scan. None in a dossier where they do not count, were refused in writing or that is
/// closed, among outcomes, and where the scan lies in more than the one component that it was handed in for.
pub(crate) async fn replaceable(connection: &mut Connection, scan: &Document) -> Result<Replaceable> {
    let sql = "select dossier_id, key from component where document_id = $1
               union all select dossier_id, null from outcome where document_id = $1";
    let places = database::query(sql).bind(scan.id.to_string()).fetch_all(&mut *connection).await?;
    let [place] = &places[..] else {
        return Ok(if places.is_empty() { Replaceable::ByAny } else { Replaceable::By(Vec::new()) });
    };
    let place =
        DossierPlace { dossier: database::read_word(place, "dossier_id")?, component: place.get("key")? };
    let (true, Some(key)) = (scan.place.as_ref() == Some(&place), &place.component) else {
        return Ok(Replaceable::By(Vec::new()));
    };
    let dossier = dossiers::find(connection, place.dossier).await?.ok_or(Error::NotFound)?;
    let is_refused = refusals(connection, dossier.id).await?.iter().any(|one| one.component == *key);
    if is_refused || dossiers::check_open(&dossier, true).is_err() {
        return Ok(Replaceable::By(Vec::new()));
    }
    let answer = held_for(connection, &dossier).await?;
    let asked = answer.and_then(|answer| answer.components.into_iter().find(|one| one.key == *key));
    let held = asked.filter(|one| one.status == RequirementStatus::Held);
    let papers = held.map(|one| one.candidates.iter().map(|paper| paper.id).collect());
    Ok(Replaceable::By(papers.unwrap_or_default()))
}

/// Lets the component that a scan was handed in for name a held paper instead.
pub(crate) async fn replace(
    connection: &mut Connection,
    actor: &Actor,
    scan: &Document,
    held: DocumentId,
) -> Result<()> {
    let Some(DossierPlace { dossier, component: Some(component) }) = scan.place.clone() else {
        return Ok(());
    };
    let dossier = dossiers::find(connection, dossier).await?.ok_or(Error::NotFound)?;
    if component_of(&dossier, &component)?.document != Some(scan.id) {
        return Ok(());
    }
    dossiers::check_open(&dossier, true)?;
    let reuse = Reuse { dossier: dossier.id, component, document: held };
    fill(connection, actor, &dossier, &reuse).await
}

/// Lets the component that a scan was handed in for name the scan again instead of the held paper, while its dossier is open.
pub(crate) async fn give_back(connection: &mut Connection, scan: &Document) -> Result<()> {
    let Some(DossierPlace { dossier, component: Some(component) }) = &scan.place else { return Ok(()) };
    let dossier = dossiers::find(connection, *dossier).await?.ok_or(Error::NotFound)?;
    let named = component_of(&dossier, component)?;
    let names_held = named.document.is_some() && named.document == scan.superseded_by;
    if names_held && named.digitization.reuse_code() > 0 && dossiers::check_open(&dossier, true).is_ok() {
        receive::fill_component(connection, dossier.id, component, scan.id).await?;
    }
    Ok(())
}

/// Fills a component with a held paper that counts for it. One that names the paper already stays as it is: it may be handed in for it.
pub(crate) async fn fill(
    connection: &mut Connection,
    actor: &Actor,
    dossier: &Dossier,
    reuse: &Reuse,
) -> Result<()> {
    if component_of(dossier, &reuse.component)?.document == Some(reuse.document) {
        return Ok(());
    }
    let answer = held_for(connection, dossier).await?.ok_or_else(gone)?;
    let asked = answer.components.into_iter().find(|one| one.key == reuse.component);
    let asked = asked.ok_or(Error::NotFound)?;
    let held = asked.candidates.iter().find(|paper| paper.id == reuse.document);
    let (Some(held), RequirementStatus::Held) = (held, asked.status) else {
        return Err(Error::invalid("Giấy này không dùng được cho thành phần này. Hãy tải lại trang hồ sơ."));
    };
    name_held(connection, actor, dossier.id, &reuse.component, held).await
}

/// Writes a held paper into a component, with the values of the national portal (REUSE-02).
async fn name_held(
    connection: &mut Connection,
    actor: &Actor,
    dossier: DossierId,
    component: &str,
    held: &Document,
) -> Result<()> {
    let code = held.code.as_ref().map(|code| code.as_str());
    let sql = "update component set document_id = $3, filled_at = $4, reused_at = $4, reused_by = $5,
                   replacement_code = $6, original_returned_at = null, original_returned_by = null,
                   reused = case when exists (select 1 from outcome where document_id = $3) then 2 else 1 end
               where dossier_id = $1 and key = $2";
    database::query(sql)
        .bind(dossier.to_string())
        .bind(component)
        .bind(held.id.to_string())
        .bind(database::now())
        .bind(&actor.account)
        .bind(code)
        .execute(connection)
        .await?;
    Ok(())
}

async fn note(
    connection: &mut Connection,
    actor: &Actor,
    refusal: &ReuseRefusal,
    document: DocumentId,
    reason: &str,
) -> Result<()> {
    let sql = "insert into reuse_refusal (id, dossier_id, component_key, document_id, asked_by, reason, at, account, agency)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    database::query(sql)
        .bind(database::new_key().to_string())
        .bind(refusal.dossier.to_string())
        .bind(&refusal.component)
        .bind(document.to_string())
        .bind(database::word(&refusal.asked_by))
        .bind(reason)
        .bind(database::now())
        .bind(&actor.account)
        .bind(&actor.agency)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a reused paper out of a component again. One that was handed in for this dossier stays.
async fn empty(connection: &mut Connection, refusal: &ReuseRefusal) -> Result<()> {
    let sql = "update component set document_id = null, filled_at = null, reused_at = null, reused_by = null,
                   replacement_code = null, reused = 0
               where dossier_id = $1 and key = $2 and reused > 0";
    let emptied = database::query(sql).bind(refusal.dossier.to_string()).bind(&refusal.component);
    emptied.execute(connection).await?;
    Ok(())
}
