//! What stands on printed papers, from the records.

use super::cover_sheet::{CoverSheet, cover_sheets};
use super::receipt::{Entry, Receipt, Standing, receipt};
use super::stickers::{STICKERS_MAX, Sticker, stickers};
use super::{Faces, Printed};
use crate::api::Problem;
use crate::codes;
use crate::portal::{day, moment};
use crate::state::AppState;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use qr::Payload;
use repository::record::{
    Component, Document, DocumentId, Dossier, DossierId, DossierView, Form, Submission,
};
use std::fmt::Display;

/// Sheets of one paper at most: three digits, and more than any feeder takes.
const SHEETS_MAX: u16 = 999;
/// What a cover sheet says of pages that fill no component.
const OUTCOME: &str = "Kết quả giải quyết";

/// Giấy tờ that a stack holds, and how many sheets of paper it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stacked {
    /// Key of the component; none: an outcome of the dossier.
    pub(crate) component: Option<String>,
    /// Sheets of paper.
    pub(crate) sheets: u16,
}

/// Giấy tiếp nhận hồ sơ và hẹn trả kết quả of a dossier, with the day that it promises; one that promises none takes the day that is given.
/// Its printing is kept.
pub(crate) async fn print_receipt(
    state: &AppState,
    id: DossierId,
    appointment: Option<Date>,
) -> Result<Printed, Problem> {
    let view = state.repository.dossier_view(&state.actor, id).await?;
    let printed = receipt_of(state, &view, appointment).await?;
    state.repository.note_printing(&state.actor, Form::Receipt, Some(id)).await?;
    Ok(printed)
}

/// The receipt of a dossier that was looked at.
pub(super) async fn receipt_of(
    state: &AppState,
    view: &DossierView,
    appointment: Option<Date>,
) -> Result<Printed, Problem> {
    let dossier = &view.dossier;
    let (appointment, code) = codes::receipt_text(state, dossier, appointment).await?;
    let name = format!("{}-giay-tiep-nhan.pdf", dossier.code);
    let values = Receipt {
        code,
        dossier: dossier.code.to_string(),
        agency: state.actor.agency.clone(),
        owner: dossier.subject.name.clone(),
        procedure: format!("{} ({})", dossier.procedure_name, dossier.procedure),
        received: day(dossier.received_on),
        appointment: moment(appointment),
        address: state.codes.address(),
        officer: state.actor.name.clone(),
        papers: dossier.components.iter().map(|component| entry(view, component)).collect(),
    };
    drawn(name, move |faces| receipt(&values, faces).map_err(Problem::internal)).await
}

fn entry(view: &DossierView, component: &Component) -> Entry {
    let is_shown = component.submission == Submission::XuatTrinh;
    let is_asked = view.to_hand_in().iter().any(|one| one.key == component.key);
    let standing = match component.document {
        Some(_) if component.digitization.reuse_code() > 0 => Standing::InStore,
        Some(_) => Standing::HandedIn,
        None if is_shown => Standing::Shown,
        None if is_asked => Standing::Missing,
        None if component.required => Standing::NotAsked,
        None => Standing::LeftOut,
    };
    Entry { name: component.name.clone(), standing, is_returned: component.original_returned_at.is_some() }
}

/// Tờ bìa, one for each paper of a stack of this dossier.
pub(crate) async fn print_cover_sheets(
    state: &AppState,
    id: DossierId,
    stack: &[Stacked],
) -> Result<Printed, Problem> {
    let dossier = state.repository.dossier(&state.actor, id).await?;
    if stack.is_empty() {
        return Err(Problem::unprocessable("Hãy ghi số tờ của ít nhất một giấy tờ."));
    }
    let sheets =
        stack.iter().map(|stacked| cover_sheet(state, &dossier, stacked)).collect::<Result<Vec<_>, _>>()?;
    let name = format!("{}-to-bia.pdf", dossier.code);
    drawn(name, move |faces| cover_sheets(&sheets, faces).map_err(Problem::internal)).await
}

fn cover_sheet(state: &AppState, dossier: &Dossier, stacked: &Stacked) -> Result<CoverSheet, Problem> {
    if !(1..=SHEETS_MAX).contains(&stacked.sheets) {
        return Err(Problem::unprocessable(format!("Số tờ phải từ 1 đến {SHEETS_MAX}.")));
    }
    let component = match &stacked.component {
        None => OUTCOME,
        Some(key) => {
            let found = dossier.components.iter().find(|component| component.key == *key);
            &found
                .ok_or_else(|| Problem::unprocessable("Hồ sơ không có thành phần này. Hãy tải lại trang."))?
                .name
        }
    };
    let (serial, at) = (qr::CoverSheet::new_serial(), Timestamp::now());
    let payload = Payload::CoverSheet(qr::CoverSheet {
        dossier: dossier.code.to_string(),
        component: stacked.component.clone(),
        sheets: stacked.sheets,
        serial,
        at,
    });
    Ok(CoverSheet {
        code: state.codes.sign(&payload).map_err(Problem::internal)?,
        dossier: dossier.code.to_string(),
        component: component.to_owned(),
        sheets: stacked.sheets,
        serial: serial.chunks(2).map(hex::encode_upper).collect::<Vec<_>>().join("-"),
        printed: moment(at),
    })
}

/// Nhãn dán of stored papers; the first `places_used` places of the first sheet stay empty.
pub(crate) async fn print_stickers(
    state: &AppState,
    papers: &[DocumentId],
    places_used: usize,
) -> Result<Printed, Problem> {
    if papers.is_empty() || papers.len() > STICKERS_MAX {
        return Err(Problem::unprocessable(format!(
            "Hãy chọn từ 1 đến {STICKERS_MAX} giấy tờ đã lưu kho để in nhãn."
        )));
    }
    let mut labels = Vec::new();
    for id in papers {
        labels.push(codes::labelled(state, *id).await?);
    }
    drawn("nhan-giay-to.pdf".to_owned(), move |faces| {
        let all = labels.iter().map(|(paper, text)| sticker(paper, text)).collect::<Result<Vec<_>, _>>()?;
        stickers(&all, places_used, faces).map_err(Problem::internal)
    })
    .await
}

fn sticker(paper: &Document, text: &str) -> Result<Sticker, Problem> {
    let code = paper.code.as_ref().map(ToString::to_string).unwrap_or_default();
    let modules = qr::draw(text).map_err(Problem::internal)?;
    let lines = [
        paper.number.as_ref().map(|number| format!("Số {number}")),
        paper.issued_on.map(|issued| format!("Cấp ngày {}", day(issued))),
        paper.confirmed_at.map(|at| format!("Lưu kho {}", moment(at))),
    ];
    let sticker =
        Sticker { modules, title: paper.title.clone(), code, lines: lines.into_iter().flatten().collect() };
    match sticker.fits() {
        true => Ok(sticker),
        false => Err(Problem::new(
            StatusCode::CONFLICT,
            format!("Mã của giấy tờ {} quá lớn cho một nhãn dán. Hãy in bản PDF/A có nhãn.", sticker.code),
        )),
    }
}

/// Draws away from the threads that answer: a code costs some hundredths of a second.
pub(super) async fn drawn(
    name: String,
    draw: impl FnOnce(&Faces) -> Result<Vec<u8>, Problem> + Send + 'static,
) -> Result<Printed, Problem> {
    let drawing = move || draw(&Faces::find().map_err(no_fonts)?);
    let pdf = tokio::task::spawn_blocking(drawing).await.map_err(Problem::internal)??;
    Ok(Printed { name, pdf })
}

fn no_fonts(error: impl Display) -> Problem {
    tracing::error!(%error, "nothing can be printed");
    let detail = "Máy chủ chưa có phông chữ để in. Người quản trị cần cài gói fonts-croscore.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
}
