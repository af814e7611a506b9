//! Đăng nhập: the pages that somebody sees before they are in, one for each step. Which step comes next is decided in [`crate::sign_in`].
//!
//! What a page says after a wrong password, an unknown login and a closed account is the same sentence.

mod link;
pub(super) mod other;

use super::{Shell, home, page};
use crate::api::{Form, Problem, Query};
use crate::asking::{Coming, State, own_path};
use crate::sign_in::{self, Given, Newcomer, Next};
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use repository::Error;
use repository::record::{Account, Knock, Way};
use serde::Deserialize;
use tower_sessions::Session;

/// Where the steps are.
const BEGIN: &str = "/sign-in";

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/sign-in", get(password_page).post(give_password))
        .route("/sign-in/code", get(code_page).post(give_code))
        .route("/sign-in/second-factor", get(second_factor_page).post(confirm_second_factor))
        .route("/sign-in/password", get(new_password_page).post(give_new_password))
        .route("/sign-in/links/{secret}", get(link::link_page).post(link::use_link))
        .route("/sign-in/other", get(other::ask))
        .route("/sign-in/other/back", get(other::answered))
        .route("/sign-out", post(sign_out))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct PasswordPage {
    shell: Shell,
    login: String,
    wish: String,
    /// Another system that vouches for people; empty: there is none.
    other: String,
    trouble: String,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage {
    shell: Shell,
    trouble: String,
}

#[derive(Template)]
#[template(path = "second_factor.html")]
pub(super) struct SecondFactorPage {
    pub(super) shell: Shell,
    /// Where the form goes.
    pub(super) action: &'static str,
    /// What the app reads, as SVG.
    pub(super) picture: String,
    /// The same for typing, in groups of four letters.
    pub(super) secret: String,
    pub(super) trouble: String,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
pub(super) struct RecoveryPage {
    pub(super) shell: Shell,
    pub(super) codes: Vec<String>,
    /// Where it goes on.
    pub(super) onward: String,
}

#[derive(Template)]
#[template(path = "new_password.html")]
struct NewPasswordPage {
    shell: Shell,
    title: &'static str,
    /// Where the form goes.
    action: String,
    /// Whose password it will be; empty: whoever becomes the first administrator says.
    login: String,
    first: First,
    trouble: String,
}

#[derive(Debug, Deserialize)]
struct Wished {
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
struct Typed {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    pub(super) code: String,
}

#[derive(Debug, Deserialize)]
struct TypedPassword {
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
    #[serde(flatten)]
    first: First,
}

/// Who becomes the first administrator.
#[derive(Debug, Clone, Default, Deserialize)]
struct First {
    #[serde(default)]
    login: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    agency: String,
}

async fn password_page(
    State(state): State<AppState>,
    Query(wished): Query<Wished>,
) -> Result<Response, Problem> {
    let wish = own_path(&wished.next).unwrap_or_default().to_owned();
    if !state.asker.actor.account.is_empty() {
        return Ok(Redirect::to(if wish.is_empty() { home(&state.actor) } else { &wish }).into_response());
    }
    page(&password_form(&state, String::new(), wish, String::new()))
}

fn password_form(state: &AppState, login: String, wish: String, trouble: String) -> PasswordPage {
    let other = state.provider.as_ref().map(|provider| provider.name.clone()).unwrap_or_default();
    PasswordPage { shell: Shell::new(state, "Đăng nhập", ""), login, wish, other, trouble }
}

async fn give_password(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let knock = Knock { login: &typed.login, password: &typed.password, way: &way };
    let wish = own_path(&typed.next).unwrap_or_default().to_owned();
    match state.repository.check_password(knock).await {
        Ok(account) => {
            sign_in::begin(&session, account.id, Given::One, wish).await?;
            onward(&state, &session, &way).await
        }
        Err(error) => refused(error, |trouble| page(&password_form(&state, typed.login, wish, trouble))),
    }
}

async fn code_page(State(state): State<AppState>, session: Session) -> Result<Response, Problem> {
    if sign_in::newcomer(&session).await?.is_none() {
        return Ok(Redirect::to(BEGIN).into_response());
    }
    page(&CodePage { shell: Shell::new(&state, "Mã xác thực", ""), trouble: String::new() })
}

async fn give_code(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    Form(typed): Form<Code>,
) -> Result<Response, Problem> {
    let Some(newcomer) = sign_in::newcomer(&session).await? else {
        return Ok(Redirect::to(BEGIN).into_response());
    };
    match state.repository.check_code(newcomer.account, &typed.code, &way).await {
        Ok(()) => {
            sign_in::gave_code(&session, newcomer).await?;
            onward(&state, &session, &way).await
        }
        Err(error) => refused(error, |trouble| {
            page(&CodePage { shell: Shell::new(&state, "Mã xác thực", ""), trouble })
        }),
    }
}

async fn second_factor_page(State(state): State<AppState>, session: Session) -> Result<Response, Problem> {
    match waiting(&state, &session, Next::SecondFactor).await? {
        Some((_, account)) => page(&second_factor(&state, &account, "/sign-in/second-factor", "").await?),
        None => Ok(Redirect::to(BEGIN).into_response()),
    }
}

async fn confirm_second_factor(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    Form(typed): Form<Code>,
) -> Result<Response, Problem> {
    let Some((newcomer, account)) = waiting(&state, &session, Next::SecondFactor).await? else {
        return Ok(Redirect::to(BEGIN).into_response());
    };
    match state.repository.confirm_second_factor(account.id, &typed.code, &way).await {
        Ok(codes) => {
            let wish = newcomer.wish.clone();
            sign_in::gave_code(&session, newcomer).await?;
            let onward = onward_to(&wish, &account);
            let shown =
                page(&RecoveryPage { shell: Shell::new(&state, "Mã dự phòng", ""), codes, onward })?;
            entered(&state, &session, &account, &way, shown).await
        }
        Err(error) => {
            let again = second_factor(&state, &account, "/sign-in/second-factor", "").await?;
            refused(error, |trouble| page(&SecondFactorPage { trouble, ..again }))
        }
    }
}

/// The page on which somebody sets up their app.
pub(super) async fn second_factor(
    state: &AppState,
    account: &Account,
    action: &'static str,
    trouble: &str,
) -> Result<SecondFactorPage, Problem> {
    let enrolment = state.repository.begin_second_factor(account.id).await?;
    let groups = enrolment.secret.as_bytes().chunks(4).map(|some| String::from_utf8_lossy(some));
    Ok(SecondFactorPage {
        shell: Shell::new(state, "Bật mã xác thực", "account"),
        action,
        picture: qr::draw_svg(&enrolment.address).map_err(Problem::internal)?,
        secret: groups.collect::<Vec<_>>().join(" "),
        trouble: trouble.to_owned(),
    })
}

async fn new_password_page(State(state): State<AppState>, session: Session) -> Result<Response, Problem> {
    match waiting(&state, &session, Next::Password).await? {
        Some((_, account)) => page(&new_password(&state, &account, String::new())),
        None => Ok(Redirect::to(BEGIN).into_response()),
    }
}

async fn give_new_password(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    Form(typed): Form<TypedPassword>,
) -> Result<Response, Problem> {
    let Some((newcomer, account)) = waiting(&state, &session, Next::Password).await? else {
        return Ok(Redirect::to(BEGIN).into_response());
    };
    let set = match twice(&typed.password, &typed.again) {
        Ok(()) => state.repository.set_password(account.id, &typed.password, &way, None).await,
        Err(error) => Err(error),
    };
    match set {
        Ok(()) => {
            sign_in::begin(&session, account.id, newcomer.given, newcomer.wish).await?;
            onward(&state, &session, &way).await
        }
        Err(error) => refused(error, |trouble| page(&new_password(&state, &account, trouble))),
    }
}

fn new_password(state: &AppState, account: &Account, trouble: String) -> NewPasswordPage {
    let title = "Đặt mật khẩu mới";
    NewPasswordPage {
        shell: Shell::new(state, title, ""),
        title,
        action: "/sign-in/password".to_owned(),
        login: account.login.clone(),
        first: First::default(),
        trouble,
    }
}

async fn sign_out(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
) -> Result<Response, Problem> {
    if let Some(account) = &state.asker.account {
        state.repository.note_sign_out(account, &way).await?;
    }
    session.flush().await.map_err(Problem::internal)?;
    Ok(([(SET_COOKIE, sign_in::SESSION_GONE)], Redirect::to(BEGIN)).into_response())
}

/// To the next step of whoever gave a password, or in.
async fn onward(state: &AppState, session: &Session, way: &Way) -> Result<Response, Problem> {
    let Some((newcomer, account, next)) = next(state, session).await? else {
        return Ok(Redirect::to(BEGIN).into_response());
    };
    let step = match next {
        Next::Code => "/sign-in/code",
        Next::Password => "/sign-in/password",
        Next::SecondFactor => "/sign-in/second-factor",
        Next::In => {
            let answer = Redirect::to(&onward_to(&newcomer.wish, &account)).into_response();
            return entered(state, session, &account, way, answer).await;
        }
    };
    Ok(Redirect::to(step).into_response())
}

/// Lets somebody in, with this answer.
async fn entered(
    state: &AppState,
    session: &Session,
    account: &Account,
    way: &Way,
    mut answer: Response,
) -> Result<Response, Problem> {
    if let Some(device) = sign_in::enter(&state.repository, session, account.id, way).await? {
        answer.headers_mut().append(SET_COOKIE, sign_in::device_cookie(&device));
    }
    Ok(answer)
}

fn onward_to(wish: &str, account: &Account) -> String {
    let actor = account.actor("Đăng nhập", &repository::record::Route::default());
    if wish.is_empty() { home(&actor).to_owned() } else { wish.to_owned() }
}

/// Who is about to be in, and what is asked next.
async fn next(state: &AppState, session: &Session) -> Result<Option<(Newcomer, Account, Next)>, Problem> {
    let Some(newcomer) = sign_in::newcomer(session).await? else { return Ok(None) };
    let now = Timestamp::now();
    let account = state.repository.account(newcomer.account).await?.filter(|account| account.is_open(now));
    let account = account.filter(|account| !newcomer.is_overtaken(account));
    let is_open_outside = state.door.proxy().is_some();
    Ok(account.map(|account| {
        let next = sign_in::next_step(&account, newcomer.given, is_open_outside, now);
        (newcomer, account, next)
    }))
}

/// Who is about to be in, if this step is theirs: none can be left out.
async fn waiting(
    state: &AppState,
    session: &Session,
    step: Next,
) -> Result<Option<(Newcomer, Account)>, Problem> {
    let found = next(state, session).await?;
    Ok(found.filter(|(_, _, next)| *next == step).map(|(newcomer, account, _)| (newcomer, account)))
}

/// The same password twice, or a sentence.
pub(super) fn twice(password: &str, again: &str) -> repository::Result<()> {
    if password == again {
        return Ok(());
    }
    Err(Error::Invalid {
        message: "Hai lần nhập mật khẩu không giống nhau. Hãy nhập lại.".to_owned()
    })
}

/// The page once more with the sentence, under the status that the error has.
pub(super) fn refused(
    error: Error,
    again: impl FnOnce(String) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let is_ours =
        matches!(error, Error::SignInRefused | Error::TooManyAttempts { .. } | Error::Invalid { .. });
    let problem = Problem::from(error);
    if !is_ours {
        return Err(problem);
    }
    let mut response = (problem.status, again(problem.detail)?).into_response();
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(axum::http::header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}
