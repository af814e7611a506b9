//! “Máy đã làm gì với trang này”: the readings of a page, the steps of the one that counts, and the wish for another one.

use super::wording;
use crate::api::{Form, Path, Problem, UPLOAD_BYTES_MAX, queue_reread, take_in_rescan};
use crate::asking::State;
use crate::state::AppState;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use repository::record::{
    Action, DocumentId, DocumentState, DocumentView, PageReading, PageRescan, Priority, ReadingModel,
    ReadingProgress, Stage, Step,
};
use serde::Deserialize;

/// Digits of a model's SHA-256 that are shown: enough to tell two models apart.
const HASH_DIGITS_SHOWN: usize = 12;

pub(super) fn router() -> Router<AppState> {
    let rescan = post(rescan).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX));
    Router::new()
        .route("/documents/{id}/reread", post(reread))
        .route("/documents/{id}/pages/{number}/rescan", rescan)
}

/// What the machine did with a page.
#[derive(Debug, Default)]
pub(super) struct MachineWork {
    /// Steps of the reading that counts, as sentences.
    pub(super) stages: Vec<String>,
    /// Every reading, newest first.
    pub(super) readings: Vec<ReadingLine>,
    /// The words that decided the type, and their page; empty: nothing on the paper did.
    pub(super) type_words: String,
    /// A re-reading under way, as a phrase; empty: none, and one may be asked for.
    pub(super) rereading: String,
    /// New scans of the page, as sentences, the oldest first.
    pub(super) rescans: Vec<String>,
    /// Another reading may be asked for.
    pub(super) may_reread: bool,
    /// The page may be scanned again.
    pub(super) may_rescan: bool,
}

/// One reading on one line.
#[derive(Debug)]
pub(super) struct ReadingLine {
    pub(super) number: u32,
    pub(super) counts: bool,
    pub(super) read_at: String,
    pub(super) engine: String,
    /// State of the page and confidence of its words.
    pub(super) found: String,
}

impl MachineWork {
    /// The work on one page.
    pub(super) async fn of(
        state: &AppState,
        view: &DocumentView,
        page: u32,
        is_blind: bool,
    ) -> Result<MachineWork, Problem> {
        let id = view.document.id;
        let may = async |action| {
            state.repository.is_permitted(&state.actor, action, id).await.map_err(Problem::from)
        };
        let is_still = view.rereading.is_none();
        let waits = view.document.state == DocumentState::Extracted;
        let readings = state.repository.page_readings(&state.actor, view.document.id, page).await?;
        let counting = readings.iter().find(|reading| reading.counts);
        let stages = counting.and_then(|reading| reading.reading.as_ref()).map(|reading| &reading.stages);
        let type_words =
            view.type_evidence.as_ref().filter(|_| !is_blind).map(|evidence| {
                format!("«{}» (trang {})", wording::shown_name(&evidence.text), evidence.page)
            });
        Ok(MachineWork {
            stages: stages.into_iter().flatten().map(stage_sentence).collect(),
            readings: readings.iter().rev().map(reading_line).collect(),
            type_words: type_words.unwrap_or_default(),
            rereading: rereading_phrase(view),
            rescans: view.rescans.iter().filter(|rescan| rescan.page == page).map(rescan_sentence).collect(),
            may_rescan: waits && is_still && may(Action::Receive).await?,
            may_reread: is_still && may(Action::Reread).await?,
        })
    }
}

fn rescan_sentence(rescan: &PageRescan) -> String {
    format!("Quét lại {}: {}", wording::moment(rescan.at), rescan.reason)
}

/// Quét lại một trang; the paper is read with it, and the page says how far that is.
async fn rescan(
    State(state): State<AppState>,
    Path((id, number)): Path<(DocumentId, u32)>,
    request: Request,
) -> Result<Response, Problem> {
    take_in_rescan(&state, id, number, request).await?;
    Ok(Redirect::to(&format!("/documents/{}?page={number}", id.0)).into_response())
}

/// A re-reading under way; empty: none.
pub(super) fn rereading_phrase(view: &DocumentView) -> String {
    let progress = view.rereading.as_ref().map(|rereading| ReadingProgress {
        document: view.document.id,
        receiver: String::new(),
        state: view.document.state,
        page_count: rereading.page_count,
        pages_read: rereading.pages_read,
        priority: Some(Priority::Reread),
        rereading: true,
    });
    progress.as_ref().map(wording::progress_phrase).unwrap_or_default()
}

fn reading_line(reading: &PageReading) -> ReadingLine {
    let engine = reading.reading.as_ref().map_or_else(String::new, |by| {
        let hash: String = by.model_sha256.chars().take(HASH_DIGITS_SHOWN).collect();
        format!("{} {} · {} {hash}", by.engine, by.engine_version, by.model)
    });
    let sure = reading.confidence.map(|mean| format!(", chữ chắc {mean:.0} %")).unwrap_or_default();
    ReadingLine {
        number: reading.number,
        counts: reading.counts,
        read_at: wording::moment(reading.read_at),
        engine,
        found: format!("{}{sure}", wording::page_state_word(reading.page.state)),
    }
}

/// A step as a sentence; how sure its cause was, where it had one to be sure of.
fn stage_sentence(stage: &Stage) -> String {
    let sure = format!(" (chắc {:.0} %)", stage.confidence);
    match &stage.step {
        Step::Rotation { degrees } => format!("Xoay trang {degrees}° cho đứng{sure}"),
        Step::Perspective { .. } => format!("Nắn tờ giấy chụp nghiêng cho phẳng{sure}"),
        Step::Skew { degrees } => {
            format!("Chỉnh dòng chữ lệch {:.1}°{sure}", degrees.abs()).replace('.', ",")
        }
        Step::EvenLight { .. } => format!("Làm sáng đều nền giấy tối{sure}"),
        Step::BleedThrough { .. } => format!("Bỏ chữ mặt sau hằn qua giấy{sure}"),
        Step::RedSeal { places } => format!("Tách mực đỏ ở {places} chỗ (dấu, khung) khỏi chữ{sure}"),
        Step::BlueStamp { places } => format!("Tách mực xanh của dấu ở {places} chỗ khỏi chữ{sure}"),
        Step::Leaders { .. } => format!("Bỏ dòng chấm của biểu mẫu{sure}"),
        Step::Rules { rules } => format!("Bỏ {rules} đường kẻ rời{sure}"),
        Step::LostInk { lines } => format!("Đọc riêng {lines} chỗ còn mực mà chưa ra chữ"),
        Step::AskedAgain { model, parts, changed, .. } => {
            format!("Đọc lại riêng {parts} chỗ chưa chắc bằng mô hình {model}, đổi {changed} chỗ")
        }
        Step::SecondLook { failing, left } => {
            format!("Đọc lại {failing} số không qua phép kiểm tra, còn {left} số chưa qua")
        }
        Step::TypedWords { words } => format!("Lấy {words} chữ có sẵn trong tệp, nhận dạng phần còn lại"),
        Step::FontMapping { .. } => {
            format!("Chữ có sẵn trong tệp không khớp với hình trang, nên nhận dạng lại{sure}")
        }
    }
}

/// The wish of the button.
#[derive(Debug, Deserialize)]
struct Wish {
    model: String,
}

/// Đọc lại: queues another reading and shows the paper again.
async fn reread(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Form(wish): Form<Wish>,
) -> Result<Response, Problem> {
    let model = match wish.model.as_str() {
        "fast" => ReadingModel::Fast,
        "accurate" => ReadingModel::Accurate,
        _ => return Err(Problem::unprocessable("Hãy chọn mô hình đọc: nhanh hoặc chính xác.")),
    };
    queue_reread(&state, id, Some(model)).await?;
    Ok(Redirect::to(&format!("/documents/{}", id.0)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_sentences() {
        let check = |step: Step, expected: &str| {
            assert_eq!(stage_sentence(&Stage { step, confidence: 91.4 }), expected);
        };
        let model = || "vie".to_owned();
        check(Step::Rotation { degrees: 180 }, "Xoay trang 180° cho đứng (chắc 91 %)");
        check(Step::Skew { degrees: -2.34 }, "Chỉnh dòng chữ lệch 2,3° (chắc 91 %)");
        check(Step::RedSeal { places: 2 }, "Tách mực đỏ ở 2 chỗ (dấu, khung) khỏi chữ (chắc 91 %)");
        check(Step::LostInk { lines: 3 }, "Đọc riêng 3 chỗ còn mực mà chưa ra chữ");
        check(
            Step::AskedAgain { model: model(), sha256: model(), parts: 5, changed: 2 },
            "Đọc lại riêng 5 chỗ chưa chắc bằng mô hình vie, đổi 2 chỗ",
        );
        check(
            Step::SecondLook { failing: 3, left: 1 },
            "Đọc lại 3 số không qua phép kiểm tra, còn 1 số chưa qua",
        );
    }
}
