//! One person, several numbers: a subject known by an old number goes into the one known by the new number (REUSE-04). Both numbers
//! find the one that stays; the other stays as a trace, and the merge can be undone.

use crate::Repository;
use crate::access;
use crate::changes;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::filing;
use crate::identifier::SubjectNumber;
use crate::record::*;
use crate::spelling::is_same_but_for_accents;
use crate::subjects;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A table `one (id)`: the subject `$1` and those that went into it, over several merges too. It begins with the log, which outlives the
/// subjects of whom it tells; one of a person's many entries is enough.
macro_rules! one_person {
    () => {
        "with recursive one (id) as (
             select subject_id from (select subject_id from access_owner where subject_id = $1 limit 1) as seen
             union select subject_merge.from_id from subject_merge join one on subject_merge.into_id = one.id
                 where subject_merge.undone_at is null) "
    };
}
pub(crate) use one_person;

/// What went over, so that it can go back.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Moved {
    /// Kind and number.
    numbers: Vec<(String, String)>,
    /// Papers whose first owner it was.
    documents: Vec<DocumentId>,
    /// Papers that it owned.
    owned: Vec<DocumentId>,
    /// Papers that both owned, with what it was on them and in which place.
    shared: Vec<(DocumentId, OwnerRole, i64)>,
    /// In which place the one that stayed was on those of them where it took a place further ahead.
    places: Vec<(DocumentId, i64)>,
    dossiers: Vec<DossierId>,
    /// The name, where the one that stayed had none.
    name: Option<String>,
    /// The date of birth, where the one that stayed had none.
    birth_date: Option<Date>,
    /// Agencies and moments of the decisions on sealing that the one that stayed did not have.
    sealings: Vec<(String, i64)>,
}

impl Repository {
    /// Gộp: papers, dossiers and numbers of one subject go over to another one.
    ///
    /// # Errors
    /// `Invalid` when they cannot be one person: two numbers of 12 digits or two tax codes, different names, dates or years of birth, a
    /// person and an organization; when the new number would go into the old one; or when one of them was merged already.
    pub async fn merge_subjects(&self, actor: &Actor, wish: MergeWish) -> Result<SubjectMerge> {
        self.permit(actor, Action::Amend, wish.from).await?;
        self.permit(actor, Action::Amend, wish.into).await?;
        let reason = filing::plan_reason(&wish.reason)?;
        let mut transaction = self.database().write().await?;
        let from = standing(&mut transaction, wish.from).await?;
        let into = standing(&mut transaction, wish.into).await?;
        let from_numbers = subjects::numbers(&mut transaction, from.id).await?;
        let into_numbers = subjects::numbers(&mut transaction, into.id).await?;
        check(&from, &from_numbers, &into, &into_numbers)?;
        let moved = moved(&mut transaction, &from, &into, &from_numbers).await?;
        carry_over(&mut transaction, &moved, from.id, into.id).await?;
        let merge = note(&mut transaction, actor, &wish, &reason, &moved).await?;
        tell_index(&mut transaction, &moved, into.id).await?;
        access::write(&mut transaction, actor, Action::Amend, from.id, true).await?;
        access::write(&mut transaction, actor, Action::Amend, into.id, true).await?;
        transaction.commit().await?;
        Ok(merge)
    }

    /// Undoes a merge: what went over and is still there goes back. What was filed since stays with the one that stayed.
    ///
    /// # Errors
    /// `Invalid` when it is undone already, or the one that stayed was merged further.
    pub async fn undo_merge(&self, actor: &Actor, id: MergeId, reason: &str) -> Result<SubjectMerge> {
        let merged = select(&mut *self.database().read().await?, id).await?;
        let merged = merged.as_ref().map(merge_from).transpose()?;
        self.permit(actor, Action::Amend, merged.map(|merge| merge.into)).await?;
        let reason = filing::plan_reason(reason)?;
        let mut transaction = self.database().write().await?;
        let row = select(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        let (merge, moved) = (merge_from(&row)?, database::read_json::<Moved>(&row, "moved")?);
        if merge.undone_at.is_some() {
            return Err(Error::invalid("Lần gộp này đã được hoàn tác. Hãy tải lại trang."));
        }
        standing(&mut transaction, merge.into).await?;
        give_back(&mut transaction, &moved, &merge).await?;
        let sql = "update subject_merge set undone_at = $2, undone_by = $3, undone_reason = $4 where id = $1";
        database::query(sql)
            .bind(id.to_string())
            .bind(database::now())
            .bind(&actor.account)
            .bind(&reason)
            .execute(&mut *transaction)
            .await?;
        tell_index(&mut transaction, &moved, merge.into).await?;
        access::write(&mut transaction, actor, Action::Amend, merge.from, true).await?;
        access::write(&mut transaction, actor, Action::Amend, merge.into, true).await?;
        let row = select(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        transaction.commit().await?;
        merge_from(&row)
    }
}

/// The subject that a merged one went into, over several merges too; any other is itself.
pub(crate) async fn who_stayed(connection: &mut Connection, id: SubjectId) -> Result<SubjectId> {
    let sql = "with recursive way (id, next) as (
                   select id, merged_into from subject where id = $1
                   union select subject.id, subject.merged_into from subject join way on subject.id = way.next)
               select id from way where next is null";
    let row = database::query(sql).bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map_or(Ok(id), |row| database::read_word(row, "id"))
}

/// Every id under which the log knows a person: the one asked for, and those that were merged into it.
pub(crate) async fn ids_of_person(connection: &mut Connection, id: SubjectId) -> Result<Vec<SubjectId>> {
    let sql = concat!(one_person!(), "select id from one order by id");
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(|row| database::read_word(row, "id")).collect()
}

/// A subject that was not merged into another one.
async fn standing(connection: &mut Connection, id: SubjectId) -> Result<Subject> {
    let question = database::query("select merged_into from subject where id = $1").bind(id.to_string());
    let row = question.fetch_optional(&mut *connection).await?.ok_or(Error::NotFound)?;
    match row.get::<Option<&str>>("merged_into")? {
        None => subjects::find(connection, id).await?.ok_or(Error::NotFound),
        Some(_) => Err(Error::invalid(
            "Chủ hồ sơ này đã được gộp vào một chủ hồ sơ khác. Hãy mở chủ hồ sơ đó, hoặc hoàn tác lần gộp trước.",
        )),
    }
}

/// Whether both may be one and the same.
fn check(
    from: &Subject,
    from_numbers: &[SubjectNumber],
    into: &Subject,
    into_numbers: &[SubjectNumber],
) -> Result<()> {
    let has_new = |numbers: &[SubjectNumber]| {
        numbers.iter().any(|number| matches!(number, SubjectNumber::CitizenId(_) | SubjectNumber::TaxCode(_)))
    };
    let sentence = if from.id == into.id {
        "Hãy chọn hai chủ hồ sơ khác nhau để gộp."
    } else if from.kind != into.kind {
        "Không gộp cá nhân với tổ chức. Hãy kiểm tra lại hai chủ hồ sơ."
    } else if has_new(from_numbers) && has_new(into_numbers) {
        "Mỗi người chỉ có một số định danh, mỗi tổ chức chỉ có một mã số thuế: hai chủ hồ sơ này có hai số khác nhau nên không gộp được. Hãy kiểm tra lại số."
    } else if has_new(from_numbers) {
        "Hãy gộp theo chiều ngược lại: số cũ nhập vào số định danh mới."
    } else if from.birth_date.zip(into.birth_date).is_some_and(|(one, other)| one != other) {
        "Hai chủ hồ sơ có ngày sinh khác nhau nên không gộp được. Hãy đối chiếu lại giấy tờ."
    } else if from.birth_date.is_some_and(|day| into_numbers.iter().any(|number| !agrees(number, day))) {
        "Số định danh cho biết năm sinh khác với chủ hồ sơ mang số cũ nên không gộp được. Hãy đối chiếu lại giấy tờ."
    } else if !from.name.is_empty()
        && !into.name.is_empty()
        && !is_same_but_for_accents(&from.name, &into.name)
    {
        "Hai chủ hồ sơ có tên khác nhau nên không gộp được. Nếu đúng là một người, hãy đính chính tên trước."
    } else {
        return Ok(());
    };
    Err(Error::invalid(sentence))
}

/// Whether a number may belong to someone born on that day.
fn agrees(number: &SubjectNumber, birth_date: Date) -> bool {
    match number {
        SubjectNumber::CitizenId(number) => number.agrees_with(birth_date),
        SubjectNumber::OldIdNumber(_) | SubjectNumber::Passport(_) | SubjectNumber::TaxCode(_) => true,
    }
}

async fn moved(
    connection: &mut Connection,
    from: &Subject,
    into: &Subject,
    numbers: &[SubjectNumber],
) -> Result<Moved> {
    let documents = database::query("select id from document where subject_id = $1 order by id");
    let documents = documents.bind(from.id.to_string()).fetch_all(&mut *connection).await?;
    let dossiers = database::query("select id from dossier where subject_id = $1 order by id");
    let dossiers = dossiers.bind(from.id.to_string()).fetch_all(&mut *connection).await?;
    let sql = "select o.document_id, o.role, o.position, other.position as other_position
               from document_subject o left join document_subject other
                   on other.document_id = o.document_id and other.subject_id = $2
               where o.subject_id = $1 order by o.document_id";
    let question = database::query(sql).bind(from.id.to_string()).bind(into.id.to_string());
    let rows = question.fetch_all(&mut *connection).await?;
    let mut moved = Moved {
        numbers: numbers
            .iter()
            .map(|number| (number.kind().to_owned(), number.as_str().to_owned()))
            .collect(),
        documents: documents.iter().map(|row| database::read_word(row, "id")).collect::<Result<_>>()?,
        dossiers: dossiers.iter().map(|row| database::read_word(row, "id")).collect::<Result<_>>()?,
        name: (into.name.is_empty() && !from.name.is_empty()).then(|| from.name.clone()),
        birth_date: from.birth_date.filter(|_| into.birth_date.is_none()),
        sealings: new_sealings(connection, from.id, into.id).await?,
        ..Moved::default()
    };
    for row in &rows {
        let (document, position) = (database::read_word(row, "document_id")?, row.get::<i64>("position")?);
        let Some(other) = row.get::<Option<i64>>("other_position")? else {
            moved.owned.push(document);
            continue;
        };
        moved.shared.push((document, database::read_word(row, "role")?, position));
        if position < other {
            moved.places.push((document, other));
        }
    }
    Ok(moved)
}

/// What is sealed of `from` and not of `into`.
async fn new_sealings(
    connection: &mut Connection,
    from: SubjectId,
    into: SubjectId,
) -> Result<Vec<(String, i64)>> {
    let sql = "select agency, decided_at from access_sealing where subject_id = $1 and not exists (
                   select 1 from access_sealing known where known.subject_id = $2
                       and known.agency = access_sealing.agency and known.decided_at = access_sealing.decided_at)
               order by decided_at";
    let question = database::query(sql).bind(from.to_string()).bind(into.to_string());
    let rows = question.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.get("agency")?, row.get("decided_at")?))).collect()
}

/// Everything of `from` becomes of `into`. A paper that both own stands there once.
async fn carry_over(
    connection: &mut Connection,
    moved: &Moved,
    from: SubjectId,
    into: SubjectId,
) -> Result<()> {
    let (from, into) = (from.to_string(), into.to_string());
    let statements = [
        "update document set subject_id = $2 where subject_id = $1",
        "update dossier set subject_id = $2 where subject_id = $1",
        "update subject_number set subject_id = $2 where subject_id = $1",
        "update subject set merged_into = $2 where id = $1",
        // What an agency may keep from the one, it keeps from the other: they are one person.
        "insert into access_sealing (subject_id, agency, visible_from, decided_at, decided_by, reason)
         select $2, agency, visible_from, decided_at, decided_by, reason from access_sealing where subject_id = $1
         on conflict do nothing",
    ];
    for sql in statements {
        database::query(sql).bind(&from).bind(&into).execute(&mut *connection).await?;
    }
    let sql =
        "update subject set name = coalesce($2, name), birth_date = coalesce($3, birth_date) where id = $1";
    database::query(sql)
        .bind(&into)
        .bind(moved.name.as_ref())
        .bind(moved.birth_date.map(|day| day.to_string()))
        .execute(&mut *connection)
        .await?;
    for document in moved.owned.iter().chain(moved.shared.iter().map(|(document, ..)| document)) {
        move_owner(connection, *document, &from, &into).await?;
    }
    Ok(())
}

/// Lets `into` own a paper in the place of `from`; where it owns it already, in the place that is further ahead.
async fn move_owner(connection: &mut Connection, document: DocumentId, from: &str, into: &str) -> Result<()> {
    let sql = "insert into document_subject (document_id, subject_id, role, position)
               select document_id, $3, role, position from document_subject where document_id = $1 and subject_id = $2
               on conflict (document_id, subject_id) do update set position = excluded.position
                   where excluded.position < document_subject.position";
    let copy = database::query(sql).bind(document.to_string()).bind(from).bind(into);
    copy.execute(&mut *connection).await?;
    let sql = "delete from document_subject where document_id = $1 and subject_id = $2";
    database::query(sql).bind(document.to_string()).bind(from).execute(connection).await?;
    Ok(())
}

async fn give_back(connection: &mut Connection, moved: &Moved, merge: &SubjectMerge) -> Result<()> {
    let (from, into) = (merge.from.to_string(), merge.into.to_string());
    database::query("update subject set merged_into = null where id = $1")
        .bind(&from)
        .execute(&mut *connection)
        .await?;
    for (kind, number) in &moved.numbers {
        let sql = "update subject_number set subject_id = $3 where number_kind = $1 and number = $2";
        database::query(sql).bind(kind).bind(number).bind(&from).execute(&mut *connection).await?;
    }
    for id in &moved.documents {
        let sql = "update document set subject_id = $2 where id = $1 and subject_id = $3";
        database::query(sql).bind(id.to_string()).bind(&from).bind(&into).execute(&mut *connection).await?;
    }
    for id in &moved.dossiers {
        let sql = "update dossier set subject_id = $2 where id = $1 and subject_id = $3";
        database::query(sql).bind(id.to_string()).bind(&from).bind(&into).execute(&mut *connection).await?;
    }
    for document in &moved.owned {
        move_owner(connection, *document, &into, &from).await?;
    }
    for (document, position) in &moved.places {
        let sql = "update document_subject set position = $3 where document_id = $1 and subject_id = $2";
        let place = database::query(sql).bind(document.to_string()).bind(&into).bind(*position);
        place.execute(&mut *connection).await?;
    }
    forget_what_is_known(connection, moved, &into).await?;
    part_sealings(connection, moved, merge).await?;
    for (document, role, position) in &moved.shared {
        // Unless it was corrected since, and neither of them owns it any more.
        let sql = "insert into document_subject (document_id, subject_id, role, position)
                   select document_id, $2, $3, cast($4 as bigint) from document_subject
                       where document_id = $1 and subject_id = $5
                   on conflict (document_id, subject_id) do nothing";
        let owner = database::query(sql).bind(document.to_string()).bind(&from).bind(database::word(role));
        owner.bind(*position).bind(&into).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Takes back what `into` got to know of itself, unless a paper that was filed since says it too.
async fn forget_what_is_known(connection: &mut Connection, moved: &Moved, into: &str) -> Result<()> {
    let sql = "update subject set
                   birth_date = case when birth_date = $3 and not exists (
                       select 1 from document_subject o join field f on f.document_id = o.document_id
                           where o.subject_id = $1 and f.key = 'birth_date' and f.value = $3)
                       then null else birth_date end,
                   name = case when name = $2 and not exists (select 1 from document_subject where subject_id = $1)
                       then '' else name end
               where id = $1";
    database::query(sql)
        .bind(into)
        .bind(moved.name.as_ref())
        .bind(moved.birth_date.map(|day| day.to_string()))
        .execute(connection)
        .await?;
    Ok(())
}

/// What was sealed of `from` is sealed of it alone again; what was sealed while they were one person stays sealed of each.
async fn part_sealings(connection: &mut Connection, moved: &Moved, merge: &SubjectMerge) -> Result<()> {
    for (agency, decided_at) in &moved.sealings {
        let sql = "delete from access_sealing where subject_id = $1 and agency = $2 and decided_at = $3";
        let copy = database::query(sql).bind(merge.into.to_string()).bind(agency).bind(*decided_at);
        copy.execute(&mut *connection).await?;
    }
    let sql = "insert into access_sealing (subject_id, agency, visible_from, decided_at, decided_by, reason)
               select $1, agency, visible_from, decided_at, decided_by, reason from access_sealing
                   where subject_id = $2 and decided_at >= (select at from subject_merge where id = $3)
               on conflict do nothing";
    let question = database::query(sql).bind(merge.from.to_string()).bind(merge.into.to_string());
    question.bind(merge.id.to_string()).execute(connection).await?;
    Ok(())
}

async fn note(
    connection: &mut Connection,
    actor: &Actor,
    wish: &MergeWish,
    reason: &str,
    moved: &Moved,
) -> Result<SubjectMerge> {
    let id = MergeId(database::new_key());
    let sql = "insert into subject_merge (id, from_id, into_id, at, account, agency, reason, moved)
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    database::query(sql)
        .bind(id.to_string())
        .bind(wish.from.to_string())
        .bind(wish.into.to_string())
        .bind(database::now())
        .bind(&actor.account)
        .bind(&actor.agency)
        .bind(reason)
        .bind(database::json(moved))
        .execute(&mut *connection)
        .await?;
    let row = select(connection, id).await?.ok_or(Error::NotFound)?;
    merge_from(&row)
}

/// Each paper that went over shows another name now; where the one that stayed got its name by that, its own papers do too.
async fn tell_index(connection: &mut Connection, moved: &Moved, into: SubjectId) -> Result<()> {
    let shared = moved.shared.iter().map(|(document, ..)| document);
    let documents = moved.owned.iter().chain(shared).chain(&moved.documents).copied();
    let mut documents = documents.collect::<BTreeSet<_>>();
    if moved.name.is_some() {
        documents.extend(subjects::papers_with_name(connection, into).await?);
    }
    for document in documents {
        changes::append(connection, ChangeKind::SubjectNamed, document).await?;
    }
    Ok(())
}

async fn select(connection: &mut Connection, id: MergeId) -> Result<Option<Row>> {
    let question = database::query("select * from subject_merge where id = $1").bind(id.to_string());
    question.fetch_optional(connection).await
}

/// Merges into a subject that still hold, newest first.
pub(crate) async fn into(connection: &mut Connection, id: SubjectId) -> Result<Vec<SubjectMerge>> {
    let sql = "select * from subject_merge where into_id = $1 and undone_at is null order by id desc";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(merge_from).collect()
}

fn merge_from(row: &Row) -> Result<SubjectMerge> {
    Ok(SubjectMerge {
        id: database::read_word(row, "id")?,
        from: database::read_word(row, "from_id")?,
        into: database::read_word(row, "into_id")?,
        at: database::read_time(row, "at")?,
        account: row.get("account")?,
        reason: row.get("reason")?,
        undone_at: database::read_time_or_none(row, "undone_at")?,
    })
}
