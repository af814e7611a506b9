//! Tài khoản: whoever administers gives, reviews, changes and closes them here (SEC-08).

use super::sign_in::refused;
use super::{Shell, page, wording};
use crate::api::{Form, Path, Problem};
use crate::asking::{OwnAddress, Proved, State};
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use repository::AccountChange;
use repository::record::{Account, AccountId, AccountKind, AccountState, NewAccount, OneTimeLink, Role};
use serde::Deserialize;

/// Roles that people can have, in the order of the choice.
const ROLES: [Role; 6] = [
    Role::CounterOfficer,
    Role::HandlingOfficer,
    Role::Leader,
    Role::Archivist,
    Role::Auditor,
    Role::Administrator,
];

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/accounts", get(list).post(create))
        .route("/accounts/{id}", get(one).post(change))
        .route("/accounts/{id}/link", post(make_link))
        .route("/accounts/{id}/second-factor", post(reset_second_factor))
        .route("/accounts/{id}/close", post(close))
        .route("/accounts/{id}/open", post(open))
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    shell: Shell,
    rows: Vec<Row>,
    typed: Typed,
    roles: Vec<Choice>,
    trouble: String,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    shell: Shell,
    row: Row,
    typed: Typed,
    roles: Vec<Choice>,
    link: String,
    link_ends: String,
    trouble: String,
}

/// An account as the review shows it.
struct Row {
    id: AccountId,
    login: String,
    name: String,
    agency: String,
    unit: String,
    role: &'static str,
    kind: &'static str,
    /// Class, shape and words of its state.
    class: &'static str,
    shape: &'static str,
    state: String,
    is_open: bool,
    second_factor: &'static str,
    signed_in: String,
    made: String,
}

struct Choice {
    value: String,
    word: &'static str,
    is_chosen: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Typed {
    #[serde(default)]
    login: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    agency: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    number: String,
}

#[derive(Debug, Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    let typed = Typed { agency: state.asker.actor.agency.clone(), ..Typed::default() };
    page(&accounts_page(&state, typed, String::new()).await?)
}

async fn accounts_page(state: &AppState, typed: Typed, trouble: String) -> Result<AccountsPage, Problem> {
    let (accounts, locked) = state.repository.accounts(&state.actor).await?;
    let rows = accounts.iter().map(|account| row(account, locked.get(&account.id).copied()));
    Ok(AccountsPage {
        shell: Shell::new(state, "Tài khoản", "accounts"),
        rows: rows.collect(),
        roles: choices(&typed.role),
        typed,
        trouble,
    })
}

async fn create(
    _: Proved,
    State(state): State<AppState>,
    own: OwnAddress,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let role = role_of(&typed.role)?;
    let Typed { login, name, agency, unit, number, .. } = typed.clone();
    let new = NewAccount { login, name, agency, unit, role, is_service: false, number };
    match state.repository.create_account(&state.actor, new).await {
        Ok(account) => {
            let link = state.repository.make_link(&state.actor, account.id).await?;
            page(&account_page(&state, account.id, Some((link, own)), String::new()).await?)
        }
        Err(error) => {
            let again = accounts_page(&state, typed, String::new()).await?;
            refused(error, |trouble| page(&AccountsPage { trouble, ..again }))
        }
    }
}

async fn one(State(state): State<AppState>, Path(id): Path<AccountId>) -> Result<Response, Problem> {
    page(&account_page(&state, id, None, String::new()).await?)
}

async fn account_page(
    state: &AppState,
    id: AccountId,
    link: Option<(OneTimeLink, OwnAddress)>,
    trouble: String,
) -> Result<AccountPage, Problem> {
    let (accounts, locked) = state.repository.accounts(&state.actor).await?;
    let account = accounts.iter().find(|account| account.id == id).ok_or_else(Problem::not_found)?;
    let typed = Typed {
        login: account.login.clone(),
        name: account.name.clone(),
        agency: account.agency.clone(),
        unit: account.unit.clone(),
        role: crate::api::name_of(account.role),
        number: String::new(),
    };
    let (link, link_ends) = link.map_or_else(Default::default, |(link, OwnAddress(own))| {
        (format!("{own}/sign-in/links/{}", link.secret), wording::moment(link.ends_at))
    });
    Ok(AccountPage {
        shell: Shell::new(state, account.name.clone(), "accounts"),
        row: row(account, locked.get(&id).copied()),
        roles: choices(&typed.role),
        typed,
        link,
        link_ends,
        trouble,
    })
}

async fn change(
    _: Proved,
    State(state): State<AppState>,
    Path(id): Path<AccountId>,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let role = role_of(&typed.role)?;
    let Typed { name, agency, unit, .. } = typed;
    let change = AccountChange { name, agency, unit, role };
    let done = state.repository.change_account(&state.actor, id, change).await.map(drop);
    answer(&state, id, done).await
}

async fn make_link(
    _: Proved,
    State(state): State<AppState>,
    own: OwnAddress,
    Path(id): Path<AccountId>,
) -> Result<Response, Problem> {
    let link = state.repository.make_link(&state.actor, id).await?;
    page(&account_page(&state, id, Some((link, own)), String::new()).await?)
}

async fn reset_second_factor(
    _: Proved,
    State(state): State<AppState>,
    Path(id): Path<AccountId>,
) -> Result<Response, Problem> {
    let done = state.repository.reset_second_factor(&state.actor, id).await;
    answer(&state, id, done).await
}

async fn close(
    State(state): State<AppState>,
    Path(id): Path<AccountId>,
    Form(typed): Form<Reason>,
) -> Result<Response, Problem> {
    let done = state.repository.disable_account(&state.actor, id, &typed.reason).await;
    answer(&state, id, done).await
}

async fn open(
    _: Proved,
    State(state): State<AppState>,
    Path(id): Path<AccountId>,
) -> Result<Response, Problem> {
    let done = state.repository.open_account(&state.actor, id).await;
    answer(&state, id, done).await
}

async fn answer(state: &AppState, id: AccountId, done: repository::Result<()>) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/accounts/{id}")).into_response()),
        Err(error) => {
            let again = account_page(state, id, None, String::new()).await?;
            refused(error, |trouble| page(&AccountPage { trouble, ..again }))
        }
    }
}

fn row(account: &Account, locked_until: Option<Timestamp>) -> Row {
    let is_open = account.is_open(Timestamp::now());
    let (class, shape, state) = match (account.state, locked_until) {
        (AccountState::Disabled, _) => ("unreadable", "✕", format!("Đã khóa: {}", account.state_reason)),
        (AccountState::Active, _) if !is_open => {
            ("unreadable", "✕", "Khóa vì lâu không đăng nhập".to_owned())
        }
        (AccountState::Active, _) if account.needs_link => {
            ("extracted", "△", "Cần liên kết mới: sai mã xác thực quá nhiều lần".to_owned())
        }
        (AccountState::Active, Some(until)) => {
            ("extracted", "△", format!("Khóa tạm đến {}", wording::moment(until)))
        }
        (AccountState::Active, None) if !account.has_password && account.kind != AccountKind::Service => {
            ("received", "○", "Chờ đặt mật khẩu".to_owned())
        }
        (AccountState::Active, None) => ("stored", "●", "Đang hoạt động".to_owned()),
    };
    Row {
        id: account.id,
        login: account.login.clone(),
        name: account.name.clone(),
        agency: account.agency.clone(),
        unit: account.unit.clone(),
        role: account.role.label(),
        kind: match account.kind {
            AccountKind::Person => "cá nhân",
            AccountKind::Administration => "quản trị",
            AccountKind::Service => "dịch vụ",
        },
        class,
        shape,
        state,
        is_open: is_open && locked_until.is_none(),
        second_factor: if account.has_second_factor {
            "có mã xác thực"
        } else {
            "chưa có mã xác thực"
        },
        signed_in: account.signed_in_at.map_or_else(|| "chưa lần nào".to_owned(), wording::moment),
        made: format!("{} · {}", wording::moment(account.made_at), account.made_by),
    }
}

fn choices(chosen: &str) -> Vec<Choice> {
    let choice = |role: Role| {
        let value = crate::api::name_of(role);
        Choice { is_chosen: value == chosen, word: role.label(), value }
    };
    ROLES.map(choice).into()
}

fn role_of(value: &str) -> Result<Role, Problem> {
    let role = ROLES.into_iter().find(|role| crate::api::name_of(*role) == value);
    role.ok_or_else(|| Problem::unprocessable("Hãy chọn một vai trò trong danh sách."))
}
