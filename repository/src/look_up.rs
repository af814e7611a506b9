//! Khai thác giấy tờ của kho: an agency asks for one case, is told what the procedure needs and nothing else, and takes it (REUSE-01,
//! REUSE-02, PDP-03). What it was told ties the account to these papers for a day ([`crate::ties`]).

use crate::access::{self, Touched};
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::filing::{self, TITLE_CHARS_MAX};
use crate::identifier::{DossierCode, ProcedureCode};
use crate::record::*;
use crate::{Repository, dossiers, merging, procedures, requirements, reuse, subjects, ties};
use jiff::Timestamp;
use std::collections::HashMap;

/// Shortest legal basis: the number of a decree.
const BASIS_CHARS_MIN: usize = 5;
/// Longest code of a case of another system.
const CASE_CHARS_MAX: usize = 60;
/// Look-ups in a list.
const LIST_MAX: i64 = 200;

impl Repository {
    /// Asks what is held for a case. Whoever is not known is answered as somebody of whom nothing is held. Access entry `LookUp` for the
    /// subject, with case, procedure and basis, in the same transaction.
    ///
    /// # Errors
    /// `Invalid` without a case or a basis, for a procedure that is not in force, or when the case is a dossier of the agency that does not
    /// fit; `QuotaReached`.
    pub async fn look_up(&self, actor: &Actor, new: NewLookUp) -> Result<LookUp> {
        self.permit(actor, Action::LookUp, Touched::NONE).await?;
        let new = checked(new)?;
        let (now, on) = (self.now(), database::day_of(self.now()));
        let mut transaction = self.database().write().await?;
        check_quota(&mut transaction, actor, self.look_up_quota(actor), now).await?;
        let procedure = procedures::in_force(&mut transaction, &new.procedure, on).await?;
        let procedure = procedure.ok_or_else(|| {
            Error::invalid(format!(
                "Thủ tục {} hiện không có hiệu lực. Hãy chọn thủ tục trong danh mục.",
                new.procedure
            ))
        })?;
        let subject = subjects::holder(&mut transaction, &new.number).await?;
        let case = own_dossier(&mut transaction, actor, &new.case).await?;
        if let Some(case) = &case {
            check_fits(case, &new, subject.as_ref())?;
        }
        let answer = requirements::answer(&mut transaction, procedure, subject.clone(), on).await?;
        let speaking = speaking(actor, &new.case, &answer.procedure_name, &new.basis);
        let id = insert(&mut transaction, &speaking, &new, subject.as_ref(), now).await?;
        note_papers(&mut transaction, id, &answer).await?;
        let touched = subject.map_or(Touched::NONE, |subject| subject.id.into());
        access::write(&mut transaction, &speaking, Action::LookUp, touched, true).await?;
        let look_up = find(&mut transaction, actor, id, now).await?.ok_or(Error::NotFound)?;
        transaction.commit().await?;
        Ok(look_up)
    }

    /// A look-up of the actor's own that has not ended. Access entry `LookUp` for the subject.
    pub async fn look_up_again(&self, actor: &Actor, id: LookUpId) -> Result<LookUp> {
        self.permit(actor, Action::LookUp, Touched::NONE).await?;
        let look_up = find(&mut *self.database().read().await?, actor, id, self.now()).await?;
        let look_up = look_up.ok_or(Error::NotFound)?;
        let touched = look_up.subject.as_ref().map_or(Touched::NONE, |subject| subject.id.into());
        self.note_access(&look_up.speaking(actor), Action::LookUp, &[touched]).await?;
        Ok(look_up)
    }

    /// The actor's own look-ups that have not ended, newest first; they name nobody.
    pub async fn look_ups(&self, actor: &Actor) -> Result<Vec<LookUpLine>> {
        self.permit(actor, Action::LookUp, Touched::NONE).await?;
        let sql = "select id, case_code, procedure_code, at from look_up
                   where login = $1 and agency_key = $2 and ends_at > $3 order by id desc limit $4";
        let question = database::query(sql).bind(&actor.account).bind(ties::receiver_key(actor));
        let question = question.bind(self.now().as_microsecond()).bind(LIST_MAX);
        let rows = question.fetch_all(self.database().reader()).await?;
        rows.iter()
            .map(|row| {
                Ok(LookUpLine {
                    id: database::read_word(row, "id")?,
                    case: row.get("case_code")?,
                    procedure: database::read_word(row, "procedure_code")?,
                    at: database::read_time(row, "at")?,
                })
            })
            .collect()
    }

    /// How many look-ups are left to the actor today.
    pub async fn look_ups_left(&self, actor: &Actor) -> Result<u32> {
        let used = used(&mut *self.database().read().await?, actor, self.now()).await?;
        Ok(self.look_up_quota(actor).saturating_sub(used))
    }

    /// Takes a paper for the case: it fills the component of the agency's own dossier, or it is noted that the case of another system uses
    /// it (REUSE-02). The same again changes nothing. Access entry `Receive`.
    ///
    /// # Errors
    /// `NotFound` for what the look-up did not tell; as [`Repository::take_over`] for a dossier; `BytesDamaged`.
    pub async fn take_for_case(
        &self,
        actor: &Actor,
        id: LookUpId,
        component: &str,
        document: DocumentId,
    ) -> Result<LookUp> {
        self.permit(actor, Action::LookUp, Touched::NONE).await?;
        self.permit(actor, Action::Receive, document).await?;
        self.check_readable(document).await?;
        let mut transaction = self.database().write().await?;
        let look_up = find(&mut transaction, actor, id, self.now()).await?.ok_or(Error::NotFound)?;
        look_up.paper(component, document).ok_or(Error::NotFound)?;
        let speaking = look_up.speaking(actor);
        match own_dossier(&mut transaction, actor, &look_up.case).await? {
            Some(case) => {
                let reuse = Reuse { dossier: case.id, component: component.to_owned(), document };
                reuse::take_over(&mut transaction, &speaking, &reuse).await?;
            }
            None => {
                let subject = look_up.subject.as_ref().map(|subject| subject.id);
                let touched = Touched { document: Some(document), subject };
                access::write(&mut transaction, &speaking, Action::Receive, touched, true).await?;
            }
        }
        let sql = "update look_up_paper set taken_at = $4
                   where look_up_id = $1 and component_key = $2 and document_id = $3 and taken_at is null";
        let update = database::query(sql).bind(id.to_string()).bind(component).bind(document.to_string());
        update.bind(self.now().as_microsecond()).execute(&mut *transaction).await?;
        let look_up = find(&mut transaction, actor, id, self.now()).await?.ok_or(Error::NotFound)?;
        transaction.commit().await?;
        Ok(look_up)
    }

    fn look_up_quota(&self, actor: &Actor) -> u32 {
        let quota = self.quota();
        if actor.role == Role::Service { quota.program } else { quota.person }
    }
}

impl LookUp {
    /// The actor as the log names them: with case, procedure and basis, so that the person reads why.
    pub fn speaking(&self, actor: &Actor) -> Actor {
        speaking(actor, &self.case, &self.procedure_name, &self.basis)
    }
}

fn speaking(actor: &Actor, case: &str, procedure: &str, basis: &str) -> Actor {
    let purpose = format!("Khai thác cho hồ sơ {case}: {procedure}");
    let purpose = purpose.chars().take(TITLE_CHARS_MAX).collect();
    Actor { purpose, basis: Some(basis.to_owned()), ..actor.clone() }
}

/// A wish as it is kept.
fn checked(new: NewLookUp) -> Result<NewLookUp> {
    let (case, basis) = (filing::clean(&new.case), filing::clean(&new.basis));
    if case.is_empty() || case.chars().count() > CASE_CHARS_MAX {
        return Err(Error::invalid(format!(
            "Hãy ghi mã hồ sơ đang giải quyết, nhiều nhất {CASE_CHARS_MAX} ký tự: chỉ khai thác được cho một hồ sơ cụ thể."
        )));
    }
    filing::check_length("Căn cứ pháp lý", &basis, TITLE_CHARS_MAX)?;
    if basis.chars().count() < BASIS_CHARS_MIN {
        return Err(Error::invalid(
            "Thiếu căn cứ pháp lý. Hãy ghi văn bản cho phép khai thác, ví dụ «Điều 15 Nghị định 224/2026/NĐ-CP».",
        ));
    }
    Ok(NewLookUp { case, basis, ..new })
}

/// The dossier of the actor's own agency that has this code. Any other code is one of another system: nobody learns whose dossiers there are.
async fn own_dossier(connection: &mut Connection, actor: &Actor, case: &str) -> Result<Option<Dossier>> {
    let Ok(code) = case.parse::<DossierCode>() else { return Ok(None) };
    let Some(found) = dossiers::with_code(connection, &code).await? else { return Ok(None) };
    let is_own = ties::is_own_dossier(connection, actor, found.id).await?;
    Ok(Some(found).filter(|_| is_own))
}

fn check_fits(case: &Dossier, new: &NewLookUp, subject: Option<&Subject>) -> Result<()> {
    dossiers::check_open(case, true)?;
    if case.procedure != new.procedure {
        return Err(Error::invalid(format!(
            "Hồ sơ {} làm thủ tục {}, không phải {}. Hãy chọn đúng thủ tục của hồ sơ.",
            case.code, case.procedure, new.procedure
        )));
    }
    if subject.map(|subject| subject.id) != Some(case.subject.id) {
        return Err(Error::invalid(format!(
            "Số này không phải của chủ hồ sơ {}. Hãy kiểm tra lại số, từng chữ số.",
            case.code
        )));
    }
    Ok(())
}

/// # Errors
/// `QuotaReached`.
async fn check_quota(connection: &mut Connection, actor: &Actor, quota: u32, now: Timestamp) -> Result<()> {
    if used(connection, actor, now).await? < quota {
        return Ok(());
    }
    let tomorrow = database::start_of(database::day_of(now).tomorrow().unwrap_or_default());
    let retry_after_s = tomorrow.duration_since(now).as_secs().unsigned_abs();
    Err(Error::QuotaReached { quota, retry_after_s })
}

/// How many look-ups an account made since the day began.
async fn used(connection: &mut Connection, actor: &Actor, now: Timestamp) -> Result<u32> {
    let sql = "select count(*) as used from look_up where login = $1 and at >= $2";
    let begin = database::start_of(database::day_of(now)).as_microsecond();
    let row = database::query(sql).bind(&actor.account).bind(begin).fetch_one(connection).await?;
    database::whole(&row, "used")
}

async fn insert(
    connection: &mut Connection,
    actor: &Actor,
    new: &NewLookUp,
    subject: Option<&Subject>,
    now: Timestamp,
) -> Result<LookUpId> {
    let id = LookUpId(database::new_key());
    let sql = "insert into look_up (id, login, agency, agency_key, case_code, procedure_code, basis, subject_id, at, ends_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    database::query(sql)
        .bind(id.to_string())
        .bind(&actor.account)
        .bind(&actor.agency)
        .bind(ties::receiver_key(actor))
        .bind(&new.case)
        .bind(new.procedure.as_str())
        .bind(&new.basis)
        .bind(subject.map(|subject| subject.id.to_string()))
        .bind(now.as_microsecond())
        .bind((now + LOOK_UP_TIME).as_microsecond())
        .execute(connection)
        .await?;
    Ok(id)
}

/// Writes down which papers were told: those that count, and no others.
async fn note_papers(connection: &mut Connection, id: LookUpId, answer: &Requirements) -> Result<()> {
    let held = answer.components.iter().filter(|component| component.status == RequirementStatus::Held);
    for component in held {
        for paper in &component.candidates {
            let sql =
                "insert into look_up_paper (look_up_id, component_key, document_id) values ($1, $2, $3)";
            let insert = database::query(sql).bind(id.to_string()).bind(&component.key);
            insert.bind(paper.id.to_string()).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Whether a look-up of the actor that has not ended told this paper.
pub(crate) async fn tells(
    connection: &mut Connection,
    actor: &Actor,
    paper: DocumentId,
    now: Timestamp,
) -> Result<bool> {
    let sql = "select 1 as told from look_up_paper join look_up on look_up.id = look_up_paper.look_up_id
               where look_up_paper.document_id = $1 and look_up.login = $2 and look_up.agency_key = $3 and look_up.ends_at > $4";
    let question = database::query(sql).bind(paper.to_string()).bind(&actor.account);
    let question = question.bind(ties::receiver_key(actor)).bind(now.as_microsecond());
    Ok(question.fetch_optional(connection).await?.is_some())
}

/// A look-up of the actor that has not ended, weighed anew: what was withdrawn meanwhile is not told any more, and what was filed meanwhile is
/// another look-up's.
async fn find(
    connection: &mut Connection,
    actor: &Actor,
    id: LookUpId,
    now: Timestamp,
) -> Result<Option<LookUp>> {
    let sql = "select * from look_up where id = $1 and login = $2 and agency_key = $3 and ends_at > $4";
    let question = database::query(sql).bind(id.to_string()).bind(&actor.account);
    let question = question.bind(ties::receiver_key(actor)).bind(now.as_microsecond());
    let Some(row) = question.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let at = database::read_time(&row, "at")?;
    let code: ProcedureCode = database::read_word(&row, "procedure_code")?;
    let procedure = procedures::in_force(connection, &code, database::day_of(at)).await?;
    let Some(procedure) = procedure else { return Ok(None) };
    let subject: Option<SubjectId> = database::read_word_or_none(&row, "subject_id")?;
    let subject = match subject {
        Some(id) => {
            let stayed = merging::who_stayed(connection, id).await?;
            subjects::find(connection, stayed).await?
        }
        None => None,
    };
    let answer = requirements::answer(connection, procedure, subject, database::day_of(now)).await?;
    let told = told(connection, id).await?;
    from_row(&row, answer, &told).map(Some)
}

/// When each paper that was told was taken, if it was.
async fn told(
    connection: &mut Connection,
    id: LookUpId,
) -> Result<HashMap<(String, DocumentId), Option<Timestamp>>> {
    let question = database::query("select * from look_up_paper where look_up_id = $1");
    let rows = question.bind(id.to_string()).fetch_all(connection).await?;
    let read = |row: &Row| {
        let place = (row.get("component_key")?, database::read_word(row, "document_id")?);
        Ok((place, database::read_time_or_none(row, "taken_at")?))
    };
    rows.iter().map(read).collect()
}

fn from_row(
    row: &Row,
    answer: Requirements,
    told: &HashMap<(String, DocumentId), Option<Timestamp>>,
) -> Result<LookUp> {
    let looked_up = |component: Requirement| {
        let is_held = component.status == RequirementStatus::Held;
        let candidates = component.candidates.into_iter().filter(|_| is_held);
        let paper = |document: Document| {
            let taken_at = told.get(&(component.key.clone(), document.id))?;
            Some(LookedUpPaper { document, taken_at: *taken_at })
        };
        LookedUp {
            papers: candidates.filter_map(paper).collect(),
            key: component.key.clone(),
            name: component.name,
            status: component.status,
            reason: component.reason,
        }
    };
    let components: Vec<LookedUp> = answer.components.into_iter().map(looked_up).collect();
    let is_held = components.iter().any(|component| !component.papers.is_empty());
    Ok(LookUp {
        id: database::read_word(row, "id")?,
        login: row.get("login")?,
        agency: row.get("agency")?,
        case: row.get("case_code")?,
        procedure: answer.procedure,
        procedure_name: answer.procedure_name,
        basis: row.get("basis")?,
        at: database::read_time(row, "at")?,
        ends_at: database::read_time(row, "ends_at")?,
        subject: answer.subject.filter(|_| is_held),
        components,
    })
}
