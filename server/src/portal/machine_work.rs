//! “Máy đã làm gì với trang này”: the readings of a page, the steps of the one that counts, and the wish for another one.

use super::wording;
use crate::api::{Form, Path, Problem, queue_reread};
use crate::state::AppState;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use repository::record::{
    DocumentId, DocumentView, PageReading, Priority, ReadingModel, ReadingProgress, Stage,
};
use serde::Deserialize;

/// Digits of a model's SHA-256 that are shown: enough to tell two models apart.
const HASH_DIGITS_SHOWN: usize = 12;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/documents/{id}/reread", post(reread))
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
    pub(super) async fn of(state: &AppState, view: &DocumentView, page: u32) -> Result<MachineWork, Problem> {
        let readings = state.repository.page_readings(&state.actor, view.document.id, page).await?;
        let counting = readings.iter().find(|reading| reading.counts);
        let stages = counting.and_then(|reading| reading.reading.as_ref()).map(|reading| &reading.stages);
        let type_words = view
            .type_evidence
            .as_ref()
            .map(|evidence| format!("«{}» (trang {})", wording::shown_name(&evidence.text), evidence.page));
        Ok(MachineWork {
            stages: stages.into_iter().flatten().map(stage_sentence).collect(),
            readings: readings.iter().rev().map(reading_line).collect(),
            type_words: type_words.unwrap_or_default(),
            rereading: rereading_phrase(view),
        })
    }
}

/// A re-reading under way; empty: none.
pub(super) fn rereading_phrase(view: &DocumentView) -> String {
    let progress = view.rereading.as_ref().map(|rereading| ReadingProgress {
        document: view.document.id,
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

/// A step as a sentence; one that this version does not know is named as it is.
fn stage_sentence(stage: &Stage) -> String {
    let what = match stage.name.as_str() {
        "rotation" => "Xoay trang cho đứng",
        "perspective" => "Nắn trang chụp nghiêng",
        "skew" => "Chỉnh trang lệch",
        "even_light" => "Làm đều nền sáng tối",
        "red_seal" => "Tách dấu đỏ khỏi chữ",
        "blue_stamp" => "Tách dấu xanh khỏi chữ",
        "leaders" => "Bỏ dòng chấm",
        "rules" => "Bỏ đường kẻ rời",
        "lost_ink" => "Đọc riêng chỗ còn mực mà chưa ra chữ",
        "second_model" => "Hỏi mô hình thứ hai ở chỗ chưa chắc",
        "second_look" => "Đọc lại số không qua phép kiểm tra",
        other => other,
    };
    match (stage_detail(stage).as_str(), stage.confidence) {
        ("", sure) => format!("{what} (chắc {sure:.0} %)"),
        (detail, sure) => format!("{what}: {detail} (chắc {sure:.0} %)"),
    }
}

/// What a step found. The reader tells it in English, so sentences are made anew around its counts; angles and bare counts stay.
fn stage_detail(stage: &Stage) -> String {
    let counts: Vec<u32> = stage.detail.split(' ').filter_map(|word| word.parse().ok()).collect();
    match (stage.name.as_str(), counts.as_slice()) {
        ("lost_ink", [lines]) => format!("{lines} dòng"),
        ("second_model", [.., lines, words]) => format!("đọc lại {lines} dòng, đổi {words} chữ"),
        ("second_look", [failing, left]) => format!("{failing} số, còn {left} số chưa qua"),
        ("even_light", [middle, whole]) => format!("nền {middle}/{whole}"),
        ("lost_ink" | "second_model" | "second_look" | "even_light", _) => String::new(),
        _ => stage.detail.clone(),
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
        let check = |name: &str, detail: &str, expected: &str| {
            let stage = Stage { name: name.to_owned(), confidence: 91.4, detail: detail.to_owned() };
            assert_eq!(stage_sentence(&stage), expected);
        };
        check("rotation", "180°", "Xoay trang cho đứng: 180° (chắc 91 %)");
        check("red_seal", "", "Tách dấu đỏ khỏi chữ (chắc 91 %)");
        check("rules", "4", "Bỏ đường kẻ rời: 4 (chắc 91 %)");
        check("even_light", "180 of 255", "Làm đều nền sáng tối: nền 180/255 (chắc 91 %)");
        check("lost_ink", "3 lines", "Đọc riêng chỗ còn mực mà chưa ra chữ: 3 dòng (chắc 91 %)");
        check(
            "second_model",
            "vie 0a1b: 5 lines read again, 2 words changed",
            "Hỏi mô hình thứ hai ở chỗ chưa chắc: đọc lại 5 dòng, đổi 2 chữ (chắc 91 %)",
        );
        check(
            "second_look",
            "3 numbers failed their check, 1 after a second look",
            "Đọc lại số không qua phép kiểm tra: 3 số, còn 1 số chưa qua (chắc 91 %)",
        );
        check("second_look", "told otherwise", "Đọc lại số không qua phép kiểm tra (chắc 91 %)");
        check("of_tomorrow", "x", "of_tomorrow: x (chắc 91 %)");
    }
}
