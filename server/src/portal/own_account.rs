//! Tài khoản của tôi: password, second factor, and where one is signed in.

use super::sign_in::{Code, RecoveryPage, SecondFactorPage, other, refused, second_factor, twice};
use super::{Shell, page, wording};
use crate::api::{Form, Problem};
use crate::asking::{Coming, Proved, State};
use crate::sign_in;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use repository::record::{Account, Knock, Way};
use serde::Deserialize;
use tower_sessions::Session;

const OWN: &str = "/account";

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/account", get(own))
        .route("/account/password", post(change_password))
        .route("/account/second-factor", get(second_factor_page).post(confirm_second_factor))
        .route("/account/sessions", post(end_others))
        .route("/account/confirm", get(confirm_page).post(confirm))
        .route("/account/confirm/other", get(other::ask_again))
}

#[derive(Template)]
#[template(path = "own_account.html")]
struct OwnPage {
    shell: Shell,
    login: String,
    role: &'static str,
    agency: String,
    unit: String,
    has_second_factor: bool,
    /// Day on which the password was set.
    password_at: String,
    sessions: Vec<SessionLine>,
    trouble: String,
    done: &'static str,
}

/// Where somebody is signed in.
struct SessionLine {
    began: String,
    seen: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "confirm.html")]
pub(super) struct ConfirmPage {
    shell: Shell,
    has_password: bool,
    /// Another system that vouches for people; empty: there is none.
    other: String,
    trouble: String,
    is_done: bool,
}

#[derive(Debug, Deserialize)]
struct Change {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

#[derive(Debug, Deserialize)]
struct Proof {
    #[serde(default)]
    password: String,
}

async fn own(State(state): State<AppState>, session: Session) -> Result<Response, Problem> {
    page(&own_page(&state, &session, String::new(), "").await?)
}

async fn own_page(
    state: &AppState,
    session: &Session,
    trouble: String,
    done: &'static str,
) -> Result<OwnPage, Problem> {
    let account = of_asker(state)?;
    let this = session.id().map(sign_in::hash_of);
    let sessions = state.repository.sessions(account.id).await?;
    let sessions = sessions.iter().map(|row| SessionLine {
        began: wording::moment(row.made_at),
        seen: wording::moment(row.seen_at),
        is_this: this.as_ref() == Some(&row.hash),
    });
    Ok(OwnPage {
        shell: Shell::new(state, "Tài khoản của tôi", "account"),
        login: account.login.clone(),
        role: account.role.label(),
        agency: account.agency.clone(),
        unit: account.unit.clone(),
        has_second_factor: account.has_second_factor,
        password_at: account.password_at.map(wording::moment).unwrap_or_default(),
        sessions: sessions.collect(),
        trouble,
        done,
    })
}

async fn change_password(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    Form(typed): Form<Change>,
) -> Result<Response, Problem> {
    let changed = change(&state, &session, &way, &typed).await;
    match changed {
        Ok(()) => {
            let done = "Đã đổi mật khẩu. Các phiên khác đã được đăng xuất.";
            page(&own_page(&state, &session, String::new(), done).await?)
        }
        Err(error) => {
            let again = own_page(&state, &session, String::new(), "").await?;
            refused(error, |trouble| page(&OwnPage { trouble, ..again }))
        }
    }
}

async fn change(state: &AppState, session: &Session, way: &Way, typed: &Change) -> repository::Result<()> {
    let account = of_asker(state).map_err(|_| repository::Error::Forbidden)?;
    twice(&typed.password, &typed.again)?;
    let knock = Knock { login: &account.login, password: &typed.current, way };
    state.repository.check_password(knock).await?;
    let kept = session.id().map(sign_in::hash_of);
    state.repository.set_password(account.id, &typed.password, way, kept.as_deref()).await
}

async fn second_factor_page(_: Proved, State(state): State<AppState>) -> Result<Response, Problem> {
    page(&second_factor(&state, of_asker(&state)?, "/account/second-factor", "").await?)
}

async fn confirm_second_factor(
    _: Proved,
    State(state): State<AppState>,
    Coming(way): Coming,
    Form(typed): Form<Code>,
) -> Result<Response, Problem> {
    let account = of_asker(&state)?;
    match state.repository.confirm_second_factor(account.id, &typed.code, &way).await {
        Ok(codes) => {
            let shell = Shell::new(&state, "Mã dự phòng", "account");
            page(&RecoveryPage { shell, codes, onward: OWN.to_owned() })
        }
        Err(error) => {
            let again = second_factor(&state, account, "/account/second-factor", "").await?;
            refused(error, |trouble| page(&SecondFactorPage { trouble, ..again }))
        }
    }
}

async fn end_others(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
) -> Result<Response, Problem> {
    let kept = session.id().map(sign_in::hash_of);
    state.repository.end_other_sessions(of_asker(&state)?, kept.as_deref(), &way).await?;
    Ok(Redirect::to(OWN).into_response())
}

async fn confirm_page(State(state): State<AppState>) -> Result<Response, Problem> {
    of_asker(&state)?;
    page(&confirm_form(&state, String::new(), false))
}

async fn confirm(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    Form(typed): Form<Proof>,
) -> Result<Response, Problem> {
    let account = of_asker(&state)?;
    let knock = Knock { login: &account.login, password: &typed.password, way: &way };
    match state.repository.prove_by_password(knock).await {
        Ok(()) => {
            sign_in::prove(&session).await?;
            page(&confirm_form(&state, String::new(), true))
        }
        Err(error) => refused(error, |trouble| page(&confirm_form(&state, trouble, false))),
    }
}

/// The page on which somebody proves again who they are.
pub(super) fn confirm_form(state: &AppState, trouble: String, is_done: bool) -> ConfirmPage {
    ConfirmPage {
        shell: Shell::new(state, "Xác nhận chính bạn", "account"),
        has_password: state.asker.account.as_ref().is_some_and(|account| account.has_password),
        other: state.provider.as_ref().map(|provider| provider.name.clone()).unwrap_or_default(),
        trouble,
        is_done,
    }
}

/// The account of whoever asks.
pub(super) fn of_asker(state: &AppState) -> Result<&Account, Problem> {
    state.asker.account.as_ref().ok_or_else(|| {
        Problem::new(
            StatusCode::FORBIDDEN,
            "Bản dùng thử không có tài khoản: mọi người là một cán bộ dùng thử.",
        )
    })
}
