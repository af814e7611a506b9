//! Mở khẩn cấp: the page on which an officer opens the records of somebody to whom nothing ties them, and on which superiors judge that.

use super::{Shell, page, wording};
use crate::api::{Form, Path, Problem};
use crate::asking::{Proved, State};
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use repository::identifier::SubjectNumber;
use repository::policy;
use repository::record::{
    Action, BREAK_GLASS_TIME, BreakGlass, BreakGlassId, BreakGlassVerdict, NewBreakGlass,
};
use serde::Deserialize;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/break-glass", get(list).post(open))
        .route("/break-glass/new", get(form))
        .route("/break-glass/waiting", get(waiting))
        .route("/break-glass/{id}/review", post(review))
}

#[derive(Template)]
#[template(path = "break_glass.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    may_open: bool,
    trouble: String,
}

#[derive(Template)]
#[template(path = "break_glass_form.html")]
struct FormPage {
    shell: Shell,
    typed: Typed,
    /// Login and name of each superior who may be told.
    judges: Vec<(String, String)>,
    minutes: i64,
    trouble: String,
}

/// A lượt mở as the list shows it.
struct Row {
    id: BreakGlassId,
    who: String,
    began: String,
    ends: String,
    reason: String,
    told: String,
    /// What was said about it; empty: nobody said yet.
    verdict: &'static str,
    remark: String,
    /// Whether this officer may judge it.
    is_mine_to_judge: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Typed {
    #[serde(default)]
    number: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    told: String,
}

#[derive(Debug, Deserialize)]
struct Review {
    verdict: BreakGlassVerdict,
    #[serde(default)]
    remark: String,
}

async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    page(&list_page(&state, String::new()).await?)
}

async fn list_page(state: &AppState, trouble: String) -> Result<ListPage, Problem> {
    let [may_open, may_review] =
        [Action::BreakGlass, Action::ReviewBreakGlass].map(|action| policy::may_ever(&state.actor, action));
    if !may_open && !may_review {
        return Err(repository::Error::Forbidden.into());
    }
    let opened = state.repository.break_glasses(&state.actor).await?;
    let row = |opened: BreakGlass| Row {
        is_mine_to_judge: may_review && opened.verdict.is_none() && opened.login != state.actor.account,
        who: format!("{} · {}", opened.name, opened.agency),
        began: wording::moment(opened.began_at),
        ends: wording::moment(opened.ends_at),
        verdict: match opened.verdict {
            Some(BreakGlassVerdict::Justified) => "Có căn cứ",
            Some(BreakGlassVerdict::Unjustified) => "Không có căn cứ",
            None => "",
        },
        remark: opened.remark.unwrap_or_default(),
        id: opened.id,
        reason: opened.reason,
        told: opened.told,
    };
    Ok(ListPage {
        shell: Shell::new(state, "Mở khẩn cấp", "break-glass"),
        rows: opened.into_iter().map(row).collect(),
        may_open,
        trouble,
    })
}

async fn form(_: Proved, State(state): State<AppState>) -> Result<Response, Problem> {
    page(&form_page(&state, Typed::default(), String::new()).await?)
}

async fn form_page(state: &AppState, typed: Typed, trouble: String) -> Result<FormPage, Problem> {
    if !policy::may_ever(&state.actor, Action::BreakGlass) {
        return Err(repository::Error::Forbidden.into());
    }
    Ok(FormPage {
        shell: Shell::new(state, "Mở khẩn cấp", "break-glass"),
        typed,
        judges: state.repository.break_glass_judges(&state.actor).await?,
        minutes: BREAK_GLASS_TIME.as_mins(),
        trouble,
    })
}

async fn open(
    _: Proved,
    State(state): State<AppState>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let number = match SubjectNumber::parse(&typed.number) {
        Ok(number) => number,
        Err(error) => return page(&form_page(&state, typed, error.to_string()).await?),
    };
    let wish = NewBreakGlass { number, reason: typed.reason.clone(), told: typed.told.clone() };
    match state.repository.break_glass(&state.actor, wish).await {
        Ok(opened) => Ok(Redirect::to(&format!("/subjects/{}", opened.subject)).into_response()),
        Err(repository::Error::NotFound) => {
            let nothing = "Kho không có gì dưới số này. Lượt hỏi đã được ghi lại; hãy kiểm tra lại số.";
            page(&form_page(&state, typed, nothing.to_owned()).await?)
        }
        Err(error) => {
            let again = form_page(&state, typed, String::new()).await?;
            super::sign_in::refused(error, |trouble| page(&FormPage { trouble, ..again }))
        }
    }
}

/// What stands above every page of a superior while something waits for their judgement.
async fn waiting(State(state): State<AppState>) -> Result<Response, Problem> {
    let waiting = state.repository.break_glasses_waiting(&state.actor).await?;
    let note = match waiting {
        0 => String::new(),
        waiting => format!("<a href=\"/break-glass\">✕ {waiting} lượt mở khẩn cấp chờ bạn xem xét</a>"),
    };
    Ok(Html(note).into_response())
}

async fn review(
    State(state): State<AppState>,
    Path(id): Path<BreakGlassId>,
    Form(form): Form<Review>,
) -> Result<Response, Problem> {
    match state.repository.review_break_glass(&state.actor, id, form.verdict, &form.remark).await {
        Ok(_) => Ok(Redirect::to("/break-glass").into_response()),
        Err(error) => {
            let again = list_page(&state, String::new()).await?;
            super::sign_in::refused(error, |trouble| page(&ListPage { trouble, ..again }))
        }
    }
}
