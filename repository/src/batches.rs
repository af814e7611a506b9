//! Batches: stacks of paper as they were scanned, with the plan of which pages are which paper. The bytes and their hashes never change;
//! a plan is replaced as a whole, and every step stands in the batch's own history.
//!
//! Not here: how a plan is made (`ingest::batch`), and how it is carried out and undone ([`carry_out`]).

mod carry_out;

use crate::Repository;
use crate::access::Touched;
use crate::bytes::sha256_hex;
use crate::database::{self, Connection, Row};
use crate::dossiers;
use crate::error::{Error, Result};
use crate::receive::shown_name;
use crate::record::*;
use crate::ties;
use ::bytes::Bytes;
use std::collections::{BTreeSet, HashMap};

/// Batches of one list at most: a month of a busy counter.
const LIST_MAX: u32 = 200;
/// Files of one batch at most: a stack scanned page by page.
const FILES_MAX: usize = 2_000;
/// Hashed before the hashes of a batch's files: a batch of one file has another hash than a paper of the same file.
const CONTEXT: &str = "motlan batch 2\n";

impl Repository {
    /// Lets somebody use a scanner: whoever takes papers in. It comes before there is a paper, so that only a refusal stands in the log.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn may_scan(&self, actor: &Actor) -> Result<()> {
        self.permit(actor, Action::Receive, Touched::NONE).await.map(drop)
    }

    /// Takes a stack in: bytes durable, then the record. The same files again answer the batch that holds them, and `true`; one that could
    /// not be read is looked at once more then.
    ///
    /// # Errors
    /// `Invalid` without files, or with too many; `Erased` when the scan of this stack was destroyed.
    pub async fn receive_batch(&self, actor: &Actor, new: NewBatch) -> Result<(Batch, bool)> {
        self.permit(actor, Action::Receive, Touched::NONE).await?;
        if new.files.is_empty() || new.files.len() > FILES_MAX {
            return Err(Error::invalid(format!(
                "Một tập quét có từ 1 đến {FILES_MAX} tệp. Hãy chọn lại tệp."
            )));
        }
        let mut files = Vec::with_capacity(new.files.len());
        for (file_name, bytes) in &new.files {
            let sha256 = Repository::hash(bytes).await?;
            files.push(BatchFile { file_name: shown_name(file_name), bytes: bytes.len() as u64, sha256 });
        }
        let sha256 = hash_of(&ties::receiver_key(actor), &files);
        let key = self.reserve_key(&sha256).await?;
        for (file, (_, bytes)) in files.iter().zip(new.files) {
            self.blobs().put(&key, &file.sha256, bytes).await?;
        }
        let mut transaction = self.database().write().await?;
        let held = is_held(&mut transaction, &sha256).await?;
        if held {
            retry(&mut transaction, actor, BatchId(key.document().0)).await?;
        } else {
            insert(&mut transaction, actor, key.document(), &sha256, &new.feed, &files).await?;
        }
        let batch = find(&mut transaction, BatchId(key.document().0)).await?;
        crate::access::write(&mut transaction, actor, Action::Receive, Touched::NONE, true).await?;
        transaction.commit().await?;
        Ok((batch, held))
    }

    /// Batches of the actor's agency, newest first. Access entry `Search`: names of files may name someone.
    pub async fn batches(&self, actor: &Actor) -> Result<Vec<Batch>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let mut snapshot = self.database().read().await?;
        let receiver = ties::receiver_key(actor);
        let sql = "select * from batch where receiver_key = $1 order by id desc limit $2";
        let question = database::query(sql).bind(&receiver).bind(i64::from(LIST_MAX));
        let rows = question.fetch_all(&mut *snapshot).await?;
        let sql = "select * from batch_file where batch_id in (
                       select id from batch where receiver_key = $1 order by id desc limit $2) order by number";
        let question = database::query(sql).bind(&receiver).bind(i64::from(LIST_MAX));
        let mut files: HashMap<BatchId, Vec<BatchFile>> = HashMap::new();
        for row in &question.fetch_all(&mut *snapshot).await? {
            files.entry(database::read_word(row, "batch_id")?).or_default().push(file_from(row)?);
        }
        drop(snapshot);
        self.note_access(actor, Action::Search, &[Touched::NONE]).await?;
        rows.iter().map(|row| batch_from(row, &mut files)).collect()
    }

    /// A batch with its plan and its history. Access entry `View` for each subject whose dossier the plan names.
    pub async fn batch(&self, actor: &Actor, id: BatchId) -> Result<BatchView> {
        self.permit(actor, Action::View, id).await?;
        let view = view(&mut *self.database().read().await?, id).await?;
        self.note_batch_access(actor, Action::View, id).await?;
        Ok(view)
    }

    /// The batch that a paper came out of, unless that was undone. Only its key is told: no access entry.
    pub async fn batch_of(&self, id: DocumentId) -> Result<Option<BatchId>> {
        let sql = "select batch_id from batch_paper where document_id = $1 and undone_at is null order by filed_at desc";
        let question = database::query(sql).bind(id.to_string());
        let row = question.fetch_optional(self.database().reader()).await?;
        row.map(|row| database::read_word(&row, "batch_id")).transpose()
    }

    /// A batch for whoever keeps another plan of it, and is shown nothing of this one: no access entry.
    pub async fn batch_to_plan(&self, actor: &Actor, id: BatchId) -> Result<BatchView> {
        self.permit(actor, Action::Receive, id).await?;
        view(&mut *self.database().read().await?, id).await
    }

    /// The small picture of a page. `whose` finds in the plan the code of the dossier that the page goes to. Access entry `View` for the
    /// subject of that one; for each subject whose dossier the plan names, when nobody knows whose page it is.
    pub async fn batch_thumbnail(
        &self,
        actor: &Actor,
        id: BatchId,
        page: u32,
        whose: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Bytes> {
        self.permit(actor, Action::View, id).await?;
        let mut snapshot = self.database().read().await?;
        let sql = "select p.thumbnail_sha256, b.plan from batch_page p join batch b on b.id = p.batch_id
                   where p.batch_id = $1 and p.number = $2";
        let question = database::query(sql).bind(id.to_string()).bind(i64::from(page));
        let row = question.fetch_optional(&mut *snapshot).await?.ok_or(Error::NotFound)?;
        let code = row.get::<Option<String>>("plan")?.as_deref().and_then(whose);
        let touched = touched(&mut snapshot, id, code.as_deref()).await?;
        drop(snapshot);
        self.note_access(actor, Action::View, &touched).await?;
        let key = self.paper_key(DocumentId(id.0)).await?;
        self.blobs().get(&key, &row.get::<String>("thumbnail_sha256")?).await
    }

    /// The files of a batch as they were scanned, in their order, for the program to look at and to take papers out of.
    pub async fn batch_files(&self, id: BatchId) -> Result<Vec<Bytes>> {
        let batch = find(&mut *self.database().read().await?, id).await?;
        let key = self.paper_key(DocumentId(id.0)).await?;
        let mut files = Vec::with_capacity(batch.files.len());
        for file in &batch.files {
            files.push(self.blobs().get(&key, &file.sha256).await?);
        }
        Ok(files)
    }

    /// The batch that has waited longest for its pages to be looked at, of those that came after the given one.
    pub async fn batch_to_look_at(&self, after: Option<BatchId>) -> Result<Option<Batch>> {
        let mut snapshot = self.database().read().await?;
        let question =
            database::query("select * from batch where state = $1 and id > $2 order by id limit 1")
                .bind(database::word(&BatchState::Received))
                .bind(after.map(|id| id.to_string()).unwrap_or_default());
        match question.fetch_optional(&mut *snapshot).await? {
            Some(row) => from_row(&mut snapshot, &row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Keeps the small picture of a page; the same again changes nothing.
    pub async fn keep_batch_thumbnail(&self, id: BatchId, page: u32, jpeg: Vec<u8>) -> Result<()> {
        let key = self.paper_key(DocumentId(id.0)).await?;
        let sha256 = sha256_hex(&jpeg);
        self.blobs().put(&key, &sha256, jpeg.into()).await?;
        let mut transaction = self.database().write().await?;
        let sql = "insert into batch_page (batch_id, number, thumbnail_sha256) values ($1, $2, $3)
                   on conflict (batch_id, number) do update set thumbnail_sha256 = excluded.thumbnail_sha256";
        let question = database::query(sql).bind(id.to_string()).bind(i64::from(page)).bind(&sha256);
        question.execute(&mut *transaction).await?;
        transaction.commit().await
    }

    /// Whether the pages of a batch were looked at.
    pub async fn is_batch_looked_at(&self, id: BatchId) -> Result<bool> {
        Ok(find(&mut *self.database().read().await?, id).await?.state != BatchState::Received)
    }

    /// Notes that a batch cannot be read, unless it was looked at meanwhile; the sentence is Vietnamese and says what to do.
    pub async fn give_batch_up(&self, actor: &Actor, id: BatchId, problem: &str) -> Result<()> {
        let mut transaction = self.database().write().await?;
        let sql =
            "update batch set state = $2, problem = $3, version = version + 1 where id = $1 and state = $4";
        let given_up = database::query(sql)
            .bind(id.to_string())
            .bind(database::word(&BatchState::Unreadable))
            .bind(problem)
            .bind(database::word(&BatchState::Received))
            .execute(&mut *transaction)
            .await?;
        if given_up == 0 {
            return Ok(());
        }
        note(&mut transaction, actor, id, BatchStep::GiveUp, Some(problem)).await?;
        transaction.commit().await
    }

    /// Keeps a plan. Nothing is filed.
    ///
    /// # Errors
    /// `Invalid` when another plan was kept meanwhile, or the batch was carried out: then it has to be undone first.
    pub async fn plan_batch(&self, actor: &Actor, id: BatchId, plan: BatchPlan) -> Result<Batch> {
        self.permit(actor, Action::Receive, id).await?;
        let mut transaction = self.database().write().await?;
        let batch = find(&mut transaction, id).await?;
        check_version(&batch, plan.follows)?;
        if !batch.state.may_change() && batch.state != BatchState::Received {
            return Err(Error::invalid(format!(
                "Tập quét đang ở trạng thái «{}» nên không sửa được kế hoạch. Hãy hoàn tác trước.",
                batch.state.label()
            )));
        }
        put_plan(&mut transaction, id, &plan).await?;
        let step = if plan.change.is_some() { BatchStep::Change } else { BatchStep::Plan };
        note(&mut transaction, actor, id, step, plan.change.as_deref()).await?;
        let batch = find(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(batch)
    }

    /// Where parts of a batch with these dossier codes and components would go: dossiers of other agencies are as those that do not exist.
    pub async fn batch_places(
        &self,
        id: BatchId,
        places: &[(String, Option<String>)],
    ) -> Result<Vec<BatchPlace>> {
        let mut snapshot = self.database().read().await?;
        let receiver = receiver_of(&mut snapshot, id).await?;
        let mut found = Vec::with_capacity(places.len());
        for (code, component) in places {
            found.push(place(&mut snapshot, &receiver, code, component.as_deref()).await?);
        }
        Ok(found)
    }

    /// Notes a look at the pages of a batch, for everyone whose papers they may be.
    async fn note_batch_access(&self, actor: &Actor, action: Action, id: BatchId) -> Result<()> {
        let touched = touched(&mut *self.database().read().await?, id, None).await?;
        self.note_access(actor, action, &touched).await
    }
}

/// SHA-256 over whoever scanned them (an agency, or a phone by its link) and the hashes of files in their order: the same stack at another
/// agency is another batch.
pub(crate) fn hash_of(receiver: &str, files: &[BatchFile]) -> String {
    let hashes: Vec<&str> = files.iter().map(|file| file.sha256.as_str()).collect();
    sha256_hex(format!("{CONTEXT}{receiver}\n{}", hashes.join("\n")).as_bytes())
}

async fn is_held(connection: &mut Connection, sha256: &str) -> Result<bool> {
    let question = database::query("select id from batch where sha256 = $1").bind(sha256);
    Ok(question.fetch_optional(connection).await?.is_some())
}

/// Lets the pages of a batch be looked at again, when they could not be read.
async fn retry(connection: &mut Connection, actor: &Actor, id: BatchId) -> Result<()> {
    let sql =
        "update batch set state = $2, problem = null, version = version + 1 where id = $1 and state = $3";
    let question = database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&BatchState::Received))
        .bind(database::word(&BatchState::Unreadable));
    if question.execute(&mut *connection).await? == 0 {
        return Ok(());
    }
    note(connection, actor, id, BatchStep::Receive, None).await
}

/// Writes down a stack whose files are stored under this key.
pub(crate) async fn insert(
    connection: &mut Connection,
    actor: &Actor,
    key: DocumentId,
    sha256: &str,
    feed: &str,
    files: &[BatchFile],
) -> Result<()> {
    let id = BatchId(key.0);
    let sql = "insert into batch (id, sha256, state, feed, version, page_count, received_at, received_by, receiver_key)
               values ($1, $2, $3, $4, 1, 0, $5, $6, $7)";
    database::query(sql)
        .bind(id.to_string())
        .bind(sha256)
        .bind(database::word(&BatchState::Received))
        .bind(feed)
        .bind(database::now())
        .bind(&actor.account)
        .bind(ties::receiver_key(actor))
        .execute(&mut *connection)
        .await?;
    let sql =
        "insert into batch_file (batch_id, number, file_name, bytes, sha256) values ($1, $2, $3, $4, $5)";
    for (number, file) in (1_i64..).zip(files) {
        database::query(sql)
            .bind(id.to_string())
            .bind(number)
            .bind(&file.file_name)
            .bind(file.bytes as i64)
            .bind(&file.sha256)
            .execute(&mut *connection)
            .await?;
    }
    note(connection, actor, id, BatchStep::Receive, None).await
}

/// Writes a step as part of the transaction that takes it.
async fn note(
    connection: &mut Connection,
    actor: &Actor,
    id: BatchId,
    step: BatchStep,
    detail: Option<&str>,
) -> Result<()> {
    let sql = "insert into batch_event (batch_id, number, at, step, account, agency, detail)
               values ($1, (select coalesce(max(number), 0) + 1 from batch_event where batch_id = $1),
                   $2, $3, $4, $5, $6)";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::now())
        .bind(database::word(&step))
        .bind(&actor.account)
        .bind(&actor.agency)
        .bind(detail)
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_plan(connection: &mut Connection, id: BatchId, plan: &BatchPlan) -> Result<()> {
    let state = if plan.is_ready { BatchState::Planned } else { BatchState::Stopped };
    let sql = "update batch set state = $2, feed = $3, plan = $4, stack = $5, page_count = $6,
                   version = version + 1 where id = $1";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&state))
        .bind(&plan.feed)
        .bind(&plan.plan)
        .bind(&plan.stack)
        .bind(i64::from(plan.page_count))
        .execute(&mut *connection)
        .await?;
    let sql = "delete from batch_dossier where batch_id = $1";
    database::query(sql).bind(id.to_string()).execute(&mut *connection).await?;
    for dossier in plan.dossiers.iter().collect::<BTreeSet<_>>() {
        let sql = "insert into batch_dossier (batch_id, dossier_id) values ($1, $2)";
        let question = database::query(sql).bind(id.to_string()).bind(dossier.to_string());
        question.execute(&mut *connection).await?;
    }
    Ok(())
}

fn check_version(batch: &Batch, follows: u64) -> Result<()> {
    (batch.version == follows).then_some(()).ok_or_else(|| {
        Error::invalid("Kế hoạch vừa được người khác sửa. Hãy tải lại trang, xem lại rồi làm tiếp.")
    })
}

/// Key of the agency that scanned a batch.
async fn receiver_of(connection: &mut Connection, id: BatchId) -> Result<String> {
    let question = database::query("select receiver_key from batch where id = $1").bind(id.to_string());
    question.fetch_optional(connection).await?.ok_or(Error::NotFound)?.get("receiver_key")
}

/// Where a part would go.
async fn place(
    connection: &mut Connection,
    receiver: &str,
    code: &str,
    component: Option<&str>,
) -> Result<BatchPlace> {
    let sql = "select id from dossier where code = $1 and receiver_key = $2";
    let question = database::query(sql).bind(code).bind(receiver);
    let Some(row) = question.fetch_optional(&mut *connection).await? else {
        return Ok(BatchPlace::NoDossier);
    };
    let id: DossierId = database::read_word(&row, "id")?;
    let dossier = dossiers::find(connection, id).await?.ok_or(Error::NotFound)?;
    if dossiers::check_open(&dossier, component.is_some()).is_err() {
        return Ok(BatchPlace::Closed(id));
    }
    let Some(key) = component else {
        return Ok(BatchPlace::Free { dossier: id, name: "Kết quả giải quyết".into() });
    };
    Ok(match dossier.components.iter().find(|component| component.key == key) {
        None => BatchPlace::NoComponent(id),
        Some(component) if component.document.is_some() => BatchPlace::Taken(id),
        Some(component) => BatchPlace::Free { dossier: id, name: component.name.clone() },
    })
}

/// The subject of the dossier with this code, which may have been opened since the plan was kept; else the subjects of all dossiers that the
/// plan names.
async fn touched(connection: &mut Connection, id: BatchId, code: Option<&str>) -> Result<Vec<Touched>> {
    let sql = "select subject_id from dossier where code = $1";
    let owner = database::query(sql).bind(code).fetch_all(&mut *connection).await?;
    let sql = "select distinct d.subject_id from batch_dossier b join dossier d on d.id = b.dossier_id
               where b.batch_id = $1 order by d.subject_id";
    let rows = match owner.is_empty() {
        true => database::query(sql).bind(id.to_string()).fetch_all(connection).await?,
        false => owner,
    };
    if rows.is_empty() {
        return Ok(vec![Touched::NONE]);
    }
    rows.iter().map(|row| Ok(database::read_word::<SubjectId>(row, "subject_id")?.into())).collect()
}

async fn find(connection: &mut Connection, id: BatchId) -> Result<Batch> {
    let question = database::query("select * from batch where id = $1").bind(id.to_string());
    let row = question.fetch_optional(&mut *connection).await?.ok_or(Error::NotFound)?;
    from_row(connection, &row).await
}

async fn from_row(connection: &mut Connection, row: &Row) -> Result<Batch> {
    let id: BatchId = database::read_word(row, "id")?;
    let sql = "select * from batch_file where batch_id = $1 order by number";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    let files = rows.iter().map(file_from).collect::<Result<_>>()?;
    batch_from(row, &mut HashMap::from([(id, files)]))
}

/// A file with its name, size and hash.
pub(crate) fn file_from(row: &Row) -> Result<BatchFile> {
    let (file_name, sha256) = (row.get("file_name")?, row.get("sha256")?);
    Ok(BatchFile { file_name, bytes: database::whole(row, "bytes")?, sha256 })
}

/// A batch with its own of these files, which it takes out.
fn batch_from(row: &Row, files: &mut HashMap<BatchId, Vec<BatchFile>>) -> Result<Batch> {
    let id: BatchId = database::read_word(row, "id")?;
    Ok(Batch {
        id,
        state: database::read_word(row, "state")?,
        sha256: row.get("sha256")?,
        feed: row.get("feed")?,
        version: database::whole(row, "version")?,
        page_count: database::whole(row, "page_count")?,
        problem: row.get("problem")?,
        received_at: database::read_time(row, "received_at")?,
        received_by: row.get("received_by")?,
        files: files.remove(&id).unwrap_or_default(),
    })
}

async fn view(connection: &mut Connection, id: BatchId) -> Result<BatchView> {
    let question = database::query("select * from batch where id = $1").bind(id.to_string());
    let row = question.fetch_optional(&mut *connection).await?.ok_or(Error::NotFound)?;
    let (stack, plan) = (row.get("stack")?, row.get("plan")?);
    let batch = from_row(connection, &row).await?;
    let papers = papers_of(connection, id).await?;
    let sql = "select at, step, account, detail from batch_event where batch_id = $1 order by number";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    let event = |row: &Row| {
        let (at, step) = (database::read_time(row, "at")?, database::read_word(row, "step")?);
        Ok(BatchEvent { at, step, account: row.get("account")?, detail: row.get("detail")? })
    };
    Ok(BatchView { batch, stack, plan, papers, events: rows.iter().map(event).collect::<Result<_>>()? })
}

/// Papers that the batch is now.
async fn papers_of(connection: &mut Connection, id: BatchId) -> Result<Vec<BatchPaper>> {
    let sql =
        "select part, document_id from batch_paper where batch_id = $1 and undone_at is null order by part";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    let paper = |row: &Row| {
        let (part, document) = (database::whole(row, "part")?, database::read_word(row, "document_id")?);
        Ok(BatchPaper { part, document })
    };
    rows.iter().map(paper).collect()
}
