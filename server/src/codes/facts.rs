//! What stands in the codes of receipts and papers, from the records.

use crate::api::Problem;
use crate::state::AppState;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use qr::{FILE_HASH_BYTES, Payload, Published, Receipt, ResultLabel};
use repository::DocumentType;
use repository::calendar::WorkCalendar;
use repository::record::{Document, DocumentId, Dossier, Form, Term};
use repository::{moment_of, on_the_wall, today};

/// Phạm vi hiệu lực of what agencies of the state give out.
const EVERYWHERE: &str = "Toàn quốc";
/// The same of a paper that is given for one purpose. The purpose itself names people («để kết hôn với…»), and whoever finds a paper reads its code.
const FOR_ITS_PURPOSE: &str = "Dùng đúng mục đích ghi trên giấy";

/// The text of the code of a stored paper.
pub(crate) async fn label_text(state: &AppState, id: DocumentId) -> Result<String, Problem> {
    Ok(labelled(state, id).await?.1)
}

/// A stored paper, and the text of its code.
pub(crate) async fn labelled(state: &AppState, id: DocumentId) -> Result<(Document, String), Problem> {
    let view = state.repository.document(&state.actor, id).await?;
    let document = &view.document;
    let code = document
        .code
        .clone()
        .ok_or_else(|| refused("Giấy tờ chưa được xác nhận nên chưa có mã kết quả số hóa để in nhãn."))?;
    let place = document.place.as_ref().ok_or_else(|| {
        refused("Giấy tờ này không thuộc hồ sơ nào. Nhãn phải ghi mã hồ sơ (TT 01/2023/TT-VPCP Điều 26), nên chưa in được.")
    })?;
    let dossier = state.repository.dossier(&state.actor, place.dossier).await?;
    let label = ResultLabel {
        published: published(
            state,
            &dossier,
            &owner_number(document, &dossier),
            document.document_type.label(),
        )?,
        code: code.into(),
        valid_until: document.valid_until,
        scope: scope(document.document_type).to_owned(),
        file_hash: file_hash(&document.original.sha256)?,
    };
    let text = state.codes.sign(&Payload::ResultLabel(label)).map_err(Problem::internal)?;
    Ok((view.document, text))
}

/// When the result of a dossier is promised, and the text of the code of its receipt.
pub(crate) async fn receipt_text(
    state: &AppState,
    dossier: &Dossier,
    typed: Option<Date>,
) -> Result<(Timestamp, String), Problem> {
    let calendar = state.repository.calendar().await?;
    let appointment = appointment(&calendar, dossier, typed)?;
    let text = appointment_text(state, dossier, Form::Receipt.label(), appointment)?;
    Ok((appointment, text))
}

/// What a receipt promises: what the record says; where it says nothing, the day that was typed.
fn appointment(
    calendar: &WorkCalendar,
    dossier: &Dossier,
    typed: Option<Date>,
) -> Result<Timestamp, Problem> {
    match (dossier.deadlines.due_at, typed) {
        (Some(due), None) => Ok(due),
        (Some(due), Some(typed)) if on_the_wall(due).date() == typed => Ok(due),
        (Some(_), Some(_)) => Err(Problem::unprocessable(
            "Hồ sơ đã có ngày hẹn trả khác. Muốn đổi ngày thì xin lỗi và hẹn lại trên trang hồ sơ.",
        )),
        (None, Some(typed)) if typed < dossier.received_on => {
            Err(Problem::unprocessable("Ngày hẹn trả kết quả không thể trước ngày tiếp nhận hồ sơ."))
        }
        (None, Some(typed)) if typed > calendar.add_working_days(today(), Term::DAYS_MAX) => {
            Err(Problem::unprocessable("Ngày hẹn trả kết quả quá xa. Hãy kiểm tra lại năm."))
        }
        // Results are handed out until the counter closes.
        (None, Some(typed)) => Ok(moment_of(calendar.closing(typed))),
        (None, None) => {
            Err(Problem::unprocessable("Hồ sơ này không có hạn tính sẵn. Hãy ghi ngày hẹn trả kết quả."))
        }
    }
}

/// The text of the code of a paper that promises a result.
pub(crate) fn appointment_text(
    state: &AppState,
    dossier: &Dossier,
    paper: &str,
    appointment: Timestamp,
) -> Result<String, Problem> {
    let published = published(state, dossier, dossier.subject.number.as_str(), paper)?;
    let receipt = Payload::Receipt(Receipt { published, appointment });
    state.codes.sign(&receipt).map_err(Problem::internal)
}

/// The text of the code of a paper that promises nothing.
pub(crate) fn notice_text(state: &AppState, dossier: &Dossier, paper: &str) -> Result<String, Problem> {
    let notice = published(state, dossier, dossier.subject.number.as_str(), paper)?;
    state.codes.sign(&Payload::Notice(notice)).map_err(Problem::internal)
}

fn published(state: &AppState, dossier: &Dossier, number: &str, paper: &str) -> Result<Published, Problem> {
    Ok(Published {
        dossier: dossier.code.to_string(),
        procedure: dossier.procedure.to_string(),
        person: state.codes.person(number).map_err(Problem::internal)?,
        paper: paper.to_owned(),
        system: state.codes.system().to_owned(),
        at: Timestamp::now(),
    })
}

fn owner_number(document: &Document, dossier: &Dossier) -> String {
    document.subject.as_ref().unwrap_or(&dossier.subject).number.as_str().to_owned()
}

/// From a list, never from words on the paper: a code says nothing about people to whoever reads it.
fn scope(document_type: DocumentType) -> &'static str {
    match document_type {
        DocumentType::MaritalStatus | DocumentType::CriminalRecord => FOR_ITS_PURPOSE,
        DocumentType::IdentityCard
        | DocumentType::BirthCertificate
        | DocumentType::MarriageCertificate
        | DocumentType::DeathExtract
        | DocumentType::LandCertificate
        | DocumentType::BusinessRegistration
        | DocumentType::Permit
        | DocumentType::Decision
        | DocumentType::Certificate
        | DocumentType::InsuranceCard
        | DocumentType::Application
        | DocumentType::Other => EVERYWHERE,
    }
}

fn file_hash(sha256: &str) -> Result<[u8; FILE_HASH_BYTES], Problem> {
    let digits = sha256.get(..2 * FILE_HASH_BYTES).unwrap_or_default();
    let mut hash = [0; FILE_HASH_BYTES];
    hex::decode_to_slice(digits, &mut hash).map_err(Problem::internal)?;
    Ok(hash)
}

fn refused(sentence: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, sentence)
}
