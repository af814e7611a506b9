//! Kiểm tra mã: the page that a phone opens when it reads a receipt or a label, for people who are not signed in.
//!
//! It says whether the code is genuine, what it says itself except whose it is, and how the store sees it today (QR-05, QR-06). The
//! letters of a code stand in the path, which is never logged; only the pattern of the route is.

use super::wording;
use super::{Shell, page};
use crate::api::{Path, Problem};
use crate::asking::State;
use crate::codes::{self, Today};
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use qr::{Payload, Published};
use repository::record::Validity;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/V/keys.json", get(keys)).route("/V/{letters}", get(verify))
}

#[derive(Template)]
#[template(path = "verification.html")]
struct VerificationPage {
    shell: Shell,
    /// Why the code is not accepted; empty: it is.
    problem: &'static str,
    /// What it is: receipt or paper.
    what: &'static str,
    /// What the code says, without whose it is.
    facts: Vec<(&'static str, String)>,
    /// What the store says today; empty: it was not asked.
    today: &'static str,
    today_class: &'static str,
    today_shape: &'static str,
}

/// The public keys, for whoever checks codes without this system.
async fn keys(State(state): State<AppState>) -> Result<Response, Problem> {
    let list = state.codes.list().map_err(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], list.to_json()).into_response())
}

async fn verify(State(state): State<AppState>, Path(letters): Path<String>) -> Result<Response, Problem> {
    let verdict = codes::verdict(&state, |codes| codes.verify_letters(&letters)).await;
    let verdict = verdict.map_err(Problem::internal)?;
    let (what, facts) = match &verdict.code {
        Ok(verified) => facts(&verified.payload),
        Err(_) => ("", Vec::new()),
    };
    let (today_class, today_shape) = verdict.today.map(mark).unwrap_or_default();
    page(&VerificationPage {
        shell: Shell::new(&state, "Kiểm tra mã", ""),
        problem: verdict.code.as_ref().err().map(codes::refusal).unwrap_or_default(),
        what,
        facts,
        today: verdict.today.map(Today::sentence).unwrap_or_default(),
        today_class,
        today_shape,
    })
}

fn facts(payload: &Payload) -> (&'static str, Vec<(&'static str, String)>) {
    match payload {
        Payload::Receipt(receipt) => {
            let mut facts = published(&receipt.published);
            facts.push(("Hẹn trả kết quả", wording::moment(receipt.appointment)));
            ("Giấy tiếp nhận hồ sơ", facts)
        }
        Payload::Notice(about) => ("Phiếu của hồ sơ", published(about)),
        Payload::ResultLabel(label) => {
            let mut facts = published(&label.published);
            let until = label.valid_until.map_or_else(|| "Không thời hạn".to_owned(), wording::day);
            facts.push(("Mã kết quả số hóa", label.code.clone()));
            facts.push(("Có giá trị đến", until));
            facts.push(("Phạm vi hiệu lực", label.scope.clone()));
            ("Giấy tờ trong kho dữ liệu điện tử", facts)
        }
        // It has no address: under one it is not accepted.
        Payload::CoverSheet(_) => ("", Vec::new()),
    }
}

fn published(published: &Published) -> Vec<(&'static str, String)> {
    vec![
        ("Tên giấy tờ", published.paper.clone()),
        ("Mã hồ sơ", published.dossier.clone()),
        ("Mã thủ tục", published.procedure.clone()),
        ("Hệ thống cung cấp", published.system.clone()),
        ("Thời điểm in", wording::moment(published.at)),
    ]
}

/// Class and shape of what the store says.
fn mark(today: Today) -> (&'static str, &'static str) {
    match today {
        Today::Dossier(_) => ("notice", "◐"),
        Today::Paper(Validity::Valid | Validity::Archived) => ("notice", "●"),
        Today::Paper(_) | Today::Unknown => ("trouble", "✕"),
        Today::Unavailable => ("page-note", "△"),
    }
}
