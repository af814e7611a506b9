//! Liên kết một lần: the page on which somebody sets a password by a link.

use super::{First, NewPasswordPage, TypedPassword, onward, refused, twice};
use crate::api::{Form, Path, Problem};
use crate::asking::{Coming, State};
use crate::portal::{Shell, page};
use crate::sign_in::{self, Given};
use crate::state::AppState;
use axum::http::StatusCode;
use axum::response::Response;
use repository::LinkOf;
use repository::record::{NewAccount, Role};
use tower_sessions::Session;

pub(super) async fn link_page(
    State(state): State<AppState>,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    match state.repository.link(&secret).await? {
        Some(link) => page(&link_form(&state, &secret, &link, First::default(), String::new())),
        None => Err(link_ended()),
    }
}

pub(super) async fn use_link(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    Path(secret): Path<String>,
    Form(typed): Form<TypedPassword>,
) -> Result<Response, Problem> {
    let link = state.repository.link(&secret).await?.ok_or_else(link_ended)?;
    let first = (link == LinkOf::FirstAdministrator).then(|| NewAccount {
        login: typed.first.login.clone(),
        name: typed.first.name.clone(),
        agency: typed.first.agency.clone(),
        unit: String::new(),
        role: Role::Administrator,
        is_service: false,
        number: String::new(),
    });
    let used = match twice(&typed.password, &typed.again) {
        Ok(()) => state.repository.use_link(&secret, first, &typed.password, &way).await,
        Err(error) => Err(error),
    };
    match used {
        Ok(account) => {
            sign_in::begin(&session, account.id, Given::One, String::new()).await?;
            onward(&state, &session, &way).await
        }
        Err(error) => {
            refused(error, |trouble| page(&link_form(&state, &secret, &link, typed.first.clone(), trouble)))
        }
    }
}

fn link_form(
    state: &AppState,
    secret: &str,
    link: &LinkOf,
    first: First,
    trouble: String,
) -> NewPasswordPage {
    let (title, login) = match link {
        LinkOf::FirstAdministrator => ("Quản trị viên đầu tiên", String::new()),
        LinkOf::Account(account) => ("Đặt mật khẩu", account.login.clone()),
    };
    let action = format!("/sign-in/links/{secret}");
    NewPasswordPage { shell: Shell::new(state, title, ""), title, action, login, first, trouble }
}

fn link_ended() -> Problem {
    let detail = "Liên kết này đã dùng hoặc đã hết hạn. Hãy xin quản trị viên cấp liên kết mới.";
    Problem::new(StatusCode::NOT_FOUND, detail)
}
