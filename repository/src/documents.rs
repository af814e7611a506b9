//! Papers as people and pages ask for them. Every answer leaves an access entry first.

use crate::Repository;
use crate::access::Touched;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::record::*;
use crate::{disposal, fields, keying, origin, owners, passes, reread, rescan, scope, subjects, ties};
use ::bytes::Bytes;
use std::collections::HashMap;

/// Longest list that one call answers: more is asked for page by page.
pub(crate) const LIST_MAX: u32 = 1_000;

/// Papers with one key that are read at once: a person has a handful.
const KEY_PAPERS_AT_ONCE: u32 = 250;

/// Papers with one key that are looked through: an organization may have more, and nobody turns that far.
const KEY_PAPERS_READ_MAX: usize = 5_000;

/// Every column of a paper with its subject, as [`from_row`] reads them, from a `document` named `d`.
macro_rules! select_documents {
    ($($tail:tt)+) => {
        concat!(
            "select d.*, s.id as s_id, s.kind as s_kind, s.number_kind as s_number_kind, s.number as s_number,
                    s.name as s_name, s.birth_date as s_birth_date
             from document d left join subject s on s.id = d.subject_id ",
            $($tail)+
        )
    };
}
pub(crate) use select_documents;

/// A paper from a row of [`select_documents`].
pub(crate) fn from_row(row: &Row) -> Result<Document> {
    Ok(Document {
        id: database::read_word(row, "id")?,
        code: database::read_word_or_none(row, "code")?,
        state: database::read_word(row, "state")?,
        document_type: database::read_word(row, "document_type")?,
        title: row.get("title")?,
        number: row.get("number")?,
        issued_on: database::read_word_or_none(row, "issued_on")?,
        valid_until: database::read_word_or_none(row, "valid_until")?,
        agency: row.get("agency")?,
        subject: subjects::from_row_or_none(row)?,
        place: place_from(row)?,
        original: original_from(row)?,
        page_count: database::whole_or_none(row, "page_count")?,
        pages_read: database::whole(row, "pages_read")?,
        pages_to_review: database::whole(row, "pages_to_review")?,
        problem: row.get("problem")?,
        trust_level: database::read_word_or_none(row, "trust_level")?,
        origin: origin::from_row(row)?,
        validity: validity_from(row)?,
        superseded_by: database::read_word_or_none(row, "superseded_by")?,
        version: database::whole(row, "version")?,
        received_at: database::read_time(row, "received_at")?,
        received_by: row.get("received_by")?,
        confirmed_at: database::read_time_or_none(row, "confirmed_at")?,
        confirmed_by: row.get("confirmed_by")?,
    })
}

/// What was decided about a paper, seen today.
pub(crate) fn validity_from(row: &Row) -> Result<Validity> {
    let decided: Validity = database::read_word(row, "validity")?;
    Ok(decided.on(database::today(), database::read_word_or_none(row, "valid_until")?))
}

fn place_from(row: &Row) -> Result<Option<DossierPlace>> {
    let component = row.get("place_component")?;
    let dossier = database::read_word_or_none(row, "place_dossier_id")?;
    Ok(dossier.map(|dossier| DossierPlace { dossier, component }))
}

fn original_from(row: &Row) -> Result<Original> {
    Ok(Original {
        file_name: row.get("file_name")?,
        media_type: row.get("media_type")?,
        bytes: database::whole(row, "bytes")?,
        sha256: row.get("sha256")?,
    })
}

/// What the access log names for a look-up or list: each paper that it found, or that it found none.
fn touched<'a>(found: impl IntoIterator<Item = &'a Document>) -> Vec<Touched> {
    let found = found.into_iter().map(|document| document.id.into()).collect::<Vec<_>>();
    if found.is_empty() { vec![Touched::NONE] } else { found }
}

/// Pages `p` with their readings, as [`page_with_reading`] takes them.
macro_rules! select_pages {
    ($tail:literal) => {
        concat!(
            "select p.*, r.engine, r.engine_version, r.model, r.model_sha256, r.stages, r.lines
             from page p left join reading r
                 on r.document_id = p.document_id and r.pass = p.pass and r.page_number = p.number ",
            $tail
        )
    };
}
pub(crate) use select_pages;

/// One paper.
pub(crate) async fn find(connection: &mut Connection, id: DocumentId) -> Result<Option<Document>> {
    let question = database::query(select_documents!("where d.id = $1")).bind(id.to_string());
    question.fetch_optional(connection).await?.as_ref().map(from_row).transpose()
}

/// The newest papers before one that a key names.
async fn with_key(connection: &mut Connection, key: &str, before: &str) -> Result<Vec<Document>> {
    let sql = select_documents!(
        "where $1 <> '' and d.id < $2 and d.id in (
             select id from document where code_key = $1
             union select id from document where number_key = $1
             union select document.id from document join subject_number n on n.subject_id = document.subject_id
                 where n.number_key = $1
             union select o.document_id from document_subject o join subject_number n on n.subject_id = o.subject_id
                 where n.number_key = $1
             union select document.id from document join dossier on dossier.id = document.place_dossier_id
                 where dossier.code_key = $1
             union select component.document_id from component join dossier on dossier.id = component.dossier_id
                 where dossier.code_key = $1 and component.document_id is not null
             union select outcome.document_id from outcome join dossier on dossier.id = outcome.dossier_id
                 where dossier.code_key = $1)
         order by d.id desc limit $3"
    );
    let question = database::query(sql).bind(key).bind(before).bind(i64::from(KEY_PAPERS_AT_ONCE));
    question.fetch_all(connection).await?.iter().map(from_row).collect()
}

/// Several papers in no order, those that exist.
pub(crate) async fn all(connection: &mut Connection, ids: &[DocumentId]) -> Result<Vec<Document>> {
    let question = database::query(select_documents!("where d.id in"));
    let question = question.with_list(ids.iter().map(DocumentId::to_string));
    question.fetch_all(connection).await?.iter().map(from_row).collect()
}

/// One paper that was not destroyed.
///
/// # Errors
/// `NotFound`; `Disposed` with the certificate.
pub(crate) async fn find_kept(connection: &mut Connection, id: DocumentId) -> Result<Document> {
    let document = find(connection, id).await?.ok_or(Error::NotFound)?;
    match document.validity {
        Validity::Disposed => Err(disposed(connection, id).await?),
        _ => Ok(document),
    }
}

async fn disposed(connection: &mut Connection, id: DocumentId) -> Result<Error> {
    let lost = || Error::Corrupt(format!("the certificate of paper {id}"));
    let certificate = disposal::certificate_of(connection, id).await?.ok_or_else(lost)?;
    Ok(Error::Disposed { certificate: Box::new(certificate) })
}

/// One paper with fields and pages.
pub(crate) async fn view(connection: &mut Connection, id: DocumentId) -> Result<DocumentView> {
    let document = find_kept(connection, id).await?;
    let pass = passes::newest(connection, id).await?;
    let owners = owners::of(connection, id).await?;
    let fields = fields::of(connection, id).await?;
    let pages = pages(connection, id).await?;
    let type_evidence = type_evidence(connection, id).await?;
    let (rereading, reread_problem) = reread::of(connection, &document).await?;
    let dissent = passes::dissent(connection, &document).await?;
    let keyings = keying::of(connection, id).await?;
    let rescans = rescan::of(connection, id).await?;
    Ok(DocumentView {
        document,
        owners,
        pass,
        fields,
        pages,
        type_evidence,
        rereading,
        reread_problem,
        dissent,
        keyings,
        rescans,
    })
}

async fn type_evidence(connection: &mut Connection, id: DocumentId) -> Result<Option<Evidence>> {
    let question = database::query("select type_evidence from document where id = $1").bind(id.to_string());
    database::read_json_or_none(&question.fetch_one(connection).await?, "type_evidence")
}

/// The pages of a paper, in order, by the reading of each that counts.
pub(crate) async fn pages(connection: &mut Connection, id: DocumentId) -> Result<Vec<Page>> {
    let sql = "select * from page where document_id = $1 and counts = 1 order by number";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(page_from).collect()
}

fn page_from(row: &Row) -> Result<Page> {
    Ok(Page {
        number: database::whole(row, "number")?,
        state: database::read_word(row, "state")?,
        reasons: database::read_json(row, "reasons")?,
        source: database::read_word(row, "source")?,
        width: database::whole(row, "width")?,
        height: database::whole(row, "height")?,
        dpi: database::whole(row, "dpi")?,
        rotation_degrees: database::whole(row, "rotation_degrees")?,
        labels: database::read_json(row, "labels")?,
        unread: database::read_json(row, "unread")?,
        picture_hash: picture_hash_from(row)?,
    })
}

/// The signs of a page's picture, which columns keep as a number with a sign.
pub(crate) fn picture_hash_from(row: &Row) -> Result<Option<u64>> {
    Ok(row.get::<Option<i64>>("picture_hash")?.map(i64::cast_unsigned))
}

/// The reading of a page that counts.
pub(crate) async fn counting_reading(
    connection: &mut Connection,
    id: DocumentId,
    page: u32,
) -> Result<Option<Reading>> {
    let sql = "select r.* from page p join reading r
                   on r.document_id = p.document_id and r.pass = p.pass and r.page_number = p.number
               where p.document_id = $1 and p.number = $2 and p.counts = 1";
    let question = database::query(sql).bind(id.to_string()).bind(i64::from(page));
    question.fetch_optional(connection).await?.as_ref().map(reading_from).transpose()
}

fn reading_from(row: &Row) -> Result<Reading> {
    Ok(Reading {
        engine: row.get("engine")?,
        engine_version: row.get("engine_version")?,
        model: row.get("model")?,
        model_sha256: row.get("model_sha256")?,
        stages: database::read_json(row, "stages")?,
        lines: database::read_json(row, "lines")?,
    })
}

fn count_from(row: &Row) -> Result<(DocumentState, u64)> {
    Ok((database::read_word(row, "state")?, database::whole(row, "papers")?))
}

/// A page with its reading, from a row that has the columns of both; those of the reading are null when there is none.
pub(crate) fn page_with_reading(row: &Row) -> Result<(Page, Option<Reading>)> {
    let engine: Option<&str> = row.get("engine")?;
    let reading = engine.map(|_| reading_from(row)).transpose()?;
    Ok((page_from(row)?, reading))
}

impl Repository {
    /// One paper with fields and pages. Writes an access entry (`View`) first.
    pub async fn document(&self, actor: &Actor, id: DocumentId) -> Result<DocumentView> {
        self.permit(actor, Action::View, id).await?;
        let found = view(&mut *self.database().read().await?, id).await?;
        self.note_access(actor, Action::View, &[id.into()]).await?;
        Ok(found)
    }

    /// Papers that the actor's agency received and that were not destroyed, newest first, at most `limit`. Access entry (`Search`) per paper, or one for an empty list: a list names
    /// people too.
    pub async fn documents(
        &self,
        actor: &Actor,
        filter: &DocumentFilter,
        limit: u32,
    ) -> Result<Vec<Document>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        // Keys are hexadecimal: without a cursor the list begins before `g`, which is above them all.
        let before = filter.before.map_or("g".to_owned(), |id| id.to_string());
        let limit = i64::from(limit.min(LIST_MAX));
        let mut question = database::query(select_documents!("where d.id < $1 and d.validity <> 'disposed'"));
        question = question.bind(before);
        if actor.role != Role::System {
            question = question.with(" and d.receiver_key =").with_list([ties::receiver_key(actor)]);
        }
        if let Some(state) = &filter.state {
            question = question.with(" and d.state =").with_list([database::word(state)]);
        }
        let rows = question
            .with(" order by d.id desc limit")
            .with_list([limit])
            .fetch_all(self.database().reader())
            .await?;
        let found = rows.iter().map(from_row).collect::<Result<Vec<_>>>()?;
        self.note_access(actor, Action::Search, &touched(&found)).await?;
        Ok(found)
    }

    /// Papers by key, in the order asked, those that exist and lie inside the actor's scope. Access entry (`Search`) per paper.
    pub async fn documents_by_id(&self, actor: &Actor, ids: &[DocumentId]) -> Result<Vec<Document>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let mut snapshot = self.database().read().await?;
        let scope = scope::of(&mut snapshot, actor).await?;
        let mut found = all(&mut snapshot, ids).await?;
        let bounds = scope::bounds(&mut snapshot, &found).await?;
        found.retain(|paper| bounds.get(&paper.id).is_some_and(|bounds| scope.covers(bounds)));
        drop(snapshot);
        let mut by_id: HashMap<_, _> = found.into_iter().map(|document| (document.id, document)).collect();
        let found: Vec<Document> = ids.iter().filter_map(|id| by_id.remove(id)).collect();
        self.note_access(actor, Action::Search, &touched(&found)).await?;
        Ok(found)
    }

    /// Search hits as records: papers with their texts, in the order asked, those that exist, are searched and lie inside the scope as
    /// the database knows them now. Access entry (`Search`) per paper, or one when there are none.
    pub async fn found(
        &self,
        actor: &Actor,
        scope: &Scope,
        ids: &[DocumentId],
    ) -> Result<Vec<IndexableDocument>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let found = self.indexables(ids).await?.into_iter();
        let inside = found.filter(|paper| scope.covers(&paper.bounds));
        let mut by_id: HashMap<_, _> = inside.map(|paper| (paper.document.id, paper)).collect();
        let found: Vec<IndexableDocument> = ids.iter().filter_map(|id| by_id.remove(id)).collect();
        self.note_access(actor, Action::Search, &touched(found.iter().map(|paper| &paper.document))).await?;
        Ok(found)
    }

    /// Papers inside the scope of the actor that an exact key names, as [`Repository::found_by_key`] finds them.
    pub async fn documents_by_key(&self, actor: &Actor, key: &str, limit: u32) -> Result<Vec<Document>> {
        let scope = self.scope(actor).await?;
        self.found_by_key(actor, &scope, key, limit, |_| true).await
    }

    /// Papers that an exact key names, inside the scope and of those that are wanted: mã kết quả số hóa, số ký hiệu, mã hồ sơ, or the number
    /// of a subject; separators are forgiven. Identifiers are answered here, never by the index. Newest first, at most `limit`, looked for
    /// among the newest `KEY_PAPERS_READ_MAX`. Access entry (`Search`) per paper, or one for a look-up that found nothing.
    pub async fn found_by_key(
        &self,
        actor: &Actor,
        scope: &Scope,
        key: &str,
        limit: u32,
        is_wanted: impl Fn(&Document) -> bool,
    ) -> Result<Vec<Document>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let (key, limit) = (database::exact_key(key), limit.min(LIST_MAX) as usize);
        let mut snapshot = self.database().read().await?;
        let (mut found, mut read) = (Vec::new(), 0);
        // Keys are hexadecimal: the list begins before `g`, which is above them all.
        let mut before = "g".to_owned();
        while found.len() < limit && read < KEY_PAPERS_READ_MAX {
            let papers = with_key(&mut snapshot, &key, &before).await?;
            let Some(last) = papers.last() else { break };
            (before, read) = (last.id.to_string(), read + papers.len());
            let bounds = scope::bounds(&mut snapshot, &papers).await?;
            let is_inside =
                |paper: &Document| bounds.get(&paper.id).is_some_and(|bounds| scope.covers(bounds));
            found.extend(papers.into_iter().filter(|paper| is_inside(paper) && is_wanted(paper)));
        }
        drop(snapshot);
        found.truncate(limit);
        self.note_access(actor, Action::Search, &touched(&found)).await?;
        Ok(found)
    }

    /// Counts of all papers by state (no access entry: no one's record is shown).
    pub async fn document_counts(&self) -> Result<Vec<(DocumentState, u64)>> {
        let sql = "select state, count(*) as papers from document where validity <> 'disposed'
                   group by state order by state";
        let rows = database::query(sql).fetch_all(self.database().reader()).await?;
        rows.iter().map(count_from).collect()
    }

    /// The same of the papers that the actor's agency received.
    pub async fn own_document_counts(&self, actor: &Actor) -> Result<Vec<(DocumentState, u64)>> {
        let sql = "select state, count(*) as papers from document
                   where receiver_key = $1 and validity <> 'disposed' group by state order by state";
        let question = database::query(sql).bind(ties::receiver_key(actor));
        question.fetch_all(self.database().reader()).await?.iter().map(count_from).collect()
    }

    /// Words of one page, by the reading that counts. Access entry `View`.
    pub async fn reading(&self, actor: &Actor, id: DocumentId, page: u32) -> Result<Reading> {
        self.permit(actor, Action::View, id).await?;
        let mut snapshot = self.database().read().await?;
        find_kept(&mut snapshot, id).await?;
        let found = counting_reading(&mut snapshot, id, page).await?.ok_or(Error::NotFound)?;
        drop(snapshot);
        self.note_access(actor, Action::View, &[id.into()]).await?;
        Ok(found)
    }

    /// The scanned file, verified against its hash. Access entry `Download`.
    pub async fn original(&self, actor: &Actor, id: DocumentId) -> Result<(Original, Bytes)> {
        self.permit(actor, Action::Download, id).await?;
        let document = find_kept(&mut *self.database().read().await?, id).await?;
        self.note_access(actor, Action::Download, &[id.into()]).await?;
        let key = self.paper_key(id).await?;
        let bytes = self.blobs().get(&key, &document.original.sha256).await?;
        Ok((document.original, bytes))
    }

    /// Picture of one page (JPEG) by the reading that counts, verified against its hash. Access entry `View`.
    pub async fn page_image(&self, actor: &Actor, id: DocumentId, page: u32) -> Result<Bytes> {
        self.page_image_of(actor, id, page, None).await
    }

    /// The same by the reading of a pass: of a page that was scanned again, the scan of then.
    pub async fn page_image_of(
        &self,
        actor: &Actor,
        id: DocumentId,
        page: u32,
        pass: Option<u32>,
    ) -> Result<Bytes> {
        self.permit(actor, Action::View, id).await?;
        find_kept(&mut *self.database().read().await?, id).await?;
        let sql = "select image_sha256 from page where document_id = $1 and number = $2
                       and (pass = $3 or cast($3 as bigint) is null and counts = 1)";
        let question =
            database::query(sql).bind(id.to_string()).bind(i64::from(page)).bind(pass.map(i64::from));
        let found = question.fetch_optional(self.database().reader()).await?.ok_or(Error::NotFound)?;
        let sha256 = found.get::<Option<String>>("image_sha256")?.ok_or(Error::NotFound)?;
        self.note_access(actor, Action::View, &[id.into()]).await?;
        self.blobs().get(&self.paper_key(id).await?, &sha256).await
    }
}
