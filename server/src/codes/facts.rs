//! What stands in the codes of receipts and papers, from the records.

use crate::api::Problem;
use crate::state::AppState;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::{Date, Time, time};
use jiff::tz;
use qr::{FILE_HASH_BYTES, Payload, Published, Receipt, ResultLabel};
use repository::DocumentType;
use repository::record::{Document, DocumentId, Dossier, DossierId};

/// Tên giấy tờ of a receipt (KHO-04, form 01).
const RECEIPT_NAME: &str = "Giấy tiếp nhận hồ sơ và hẹn trả kết quả";
/// Phạm vi hiệu lực of what agencies of the state give out.
const EVERYWHERE: &str = "Toàn quốc";
/// The same of a paper that is given for one purpose. The purpose itself names people («để kết hôn với…»), and whoever finds a paper reads its code.
const FOR_ITS_PURPOSE: &str = "Dùng đúng mục đích ghi trên giấy";
/// When a day of appointment ends: results are handed out until the counter closes.
const COUNTER_CLOSES: Time = time(17, 0, 0, 0);

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

/// The dossier, and the text of the code of its receipt with a day of appointment.
pub(crate) async fn receipt_text(
    state: &AppState,
    id: DossierId,
    appointment: Date,
) -> Result<(Dossier, String), Problem> {
    let dossier = state.repository.dossier(&state.actor, id).await?;
    if appointment < dossier.received_on {
        return Err(Problem::unprocessable("Ngày hẹn trả kết quả không thể trước ngày tiếp nhận hồ sơ."));
    }
    let receipt = Receipt {
        published: published(state, &dossier, dossier.subject.number.as_str(), RECEIPT_NAME)?,
        appointment: closing_time(appointment)?,
    };
    let text = state.codes.sign(&Payload::Receipt(receipt)).map_err(Problem::internal)?;
    Ok((dossier, text))
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

fn closing_time(day: Date) -> Result<Timestamp, Problem> {
    let at = tz::offset(7).to_timestamp(day.to_datetime(COUNTER_CLOSES));
    at.map_err(|_| Problem::unprocessable("Ngày hẹn trả kết quả quá xa."))
}

fn refused(sentence: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, sentence)
}
