//! To another system that vouches for people, and back.

use super::{Wished, onward, password_form, refused};
use crate::api::{Problem, Query};
use crate::asking::{Coming, OwnAddress, State, own_path};
use crate::portal::page;
use crate::sign_in::{self, Given, Returned};
use crate::state::AppState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use repository::Error;
use repository::record::Way;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tower_sessions::Session;

/// People for whom the other system is spoken with at once: each takes a thread, of which the whole program has some hundred.
static SPEAKING: Semaphore = Semaphore::const_new(16);
/// How long somebody waits for a turn.
const TURN_WAIT: Duration = Duration::from_secs(5);

/// To the other system.
pub(super) async fn ask(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    own: OwnAddress,
    Query(wished): Query<Wished>,
) -> Result<Response, Problem> {
    let provider = state.provider.clone().ok_or_else(Problem::not_found)?;
    state.repository.count_question(&way).await?;
    let _turn = turn().await?;
    let (back, wish) = (back_address(&own), own_path(&wished.next).unwrap_or_default().to_owned());
    let asked = tokio::task::spawn_blocking(move || provider.ask(&back, wish)).await;
    match asked.map_err(Problem::internal)? {
        Ok((address, asked)) => {
            sign_in::remember(&session, &asked).await?;
            Ok(Redirect::to(&address).into_response())
        }
        Err(error) => {
            tracing::warn!(
                error = format!("{error:#}"),
                "the system that vouches for people cannot be asked"
            );
            let detail =
                "Hệ thống đăng nhập khác không trả lời. Hãy thử lại sau, hoặc đăng nhập bằng mật khẩu.";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail))
        }
    }
}

/// Back from the other system. Its answer counts once, in the browser that asked.
pub(super) async fn answered(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    own: OwnAddress,
    Query(returned): Query<Returned>,
) -> Result<Response, Problem> {
    let provider = state.provider.clone().ok_or_else(Problem::not_found)?;
    // Nothing was asked here: nothing was tried either, and nothing is written down of it.
    let Some(asked) = sign_in::asked(&session).await? else { return not_vouched_for(&state) };
    let _turn = turn().await?;
    let (back, wish, has_levels) = (back_address(&own), asked.wish.clone(), provider.has_levels());
    let vouched = tokio::task::spawn_blocking(move || provider.answer(&back, &asked, returned)).await;
    let vouched = match vouched.map_err(Problem::internal)? {
        Ok(vouched) => vouched,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "another system vouched for nobody");
            return unvouched(&state, &way).await;
        }
    };
    match state.repository.check_vouched(&vouched, &way).await {
        Ok(account) => {
            let given = if has_levels { Given::Vouched } else { Given::One };
            sign_in::begin(&session, account.id, given, wish).await?;
            onward(&state, &session, &way).await
        }
        Err(error) => {
            let trouble =
                "Người này chưa có tài khoản ở đây, hoặc tài khoản không mở. Hãy liên hệ quản trị viên.";
            refused(error, |_| page(&password_form(&state, String::new(), wish, trouble.to_owned())))
        }
    }
}

async fn unvouched(state: &AppState, way: &Way) -> Result<Response, Problem> {
    state.repository.note_unvouched(way).await?;
    not_vouched_for(state)
}

fn not_vouched_for(state: &AppState) -> Result<Response, Problem> {
    let trouble = "Hệ thống kia chưa xác nhận được bạn. Hãy đăng nhập lại từ đầu.";
    refused(Error::SignInRefused, |_| {
        page(&password_form(state, String::new(), String::new(), trouble.to_owned()))
    })
}

/// A turn to speak with the other system, for as long as it is held.
async fn turn() -> Result<SemaphorePermit<'static>, Problem> {
    let busy = || {
        let detail = "Hệ thống đăng nhập khác đang bận. Hãy thử lại sau, hoặc đăng nhập bằng mật khẩu.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    };
    let turn = tokio::time::timeout(TURN_WAIT, SPEAKING.acquire()).await.map_err(|_| busy())?;
    turn.map_err(Problem::internal)
}

fn back_address(OwnAddress(own): &OwnAddress) -> String {
    format!("{own}/sign-in/other/back")
}
