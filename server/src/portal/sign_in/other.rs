//! To another system that vouches for people, and back.

use super::{Wished, onward, password_form, refused};
use crate::api::{Problem, Query};
use crate::asking::{Coming, OwnAddress, State, own_path};
use crate::portal::own_account::{confirm_form, of_asker};
use crate::portal::page;
use crate::sign_in::{self, Given, Returned};
use crate::state::AppState;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use repository::Error;
use repository::record::{AccountId, Vouched, Way};
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_sessions::Session;

/// People for whom the other system is spoken with at once: each takes a thread, of which the whole program has some hundred.
const TALKS_AT_ONCE: usize = 16;
/// The turns.
static SPEAKING: Semaphore = Semaphore::const_new(TALKS_AT_ONCE);
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
    let wish = own_path(&wished.next).unwrap_or_default().to_owned();
    there(&state, &session, &way, &own, (wish, None)).await
}

/// To the other system, for somebody who is in and proves it again.
pub(in crate::portal) async fn ask_again(
    State(state): State<AppState>,
    session: Session,
    Coming(way): Coming,
    own: OwnAddress,
) -> Result<Response, Problem> {
    let account = of_asker(&state)?.id;
    there(&state, &session, &way, &own, (String::new(), Some(account))).await
}

async fn there(
    state: &AppState,
    session: &Session,
    way: &Way,
    own: &OwnAddress,
    (wish, again): (String, Option<AccountId>),
) -> Result<Response, Problem> {
    let provider = state.provider.clone().ok_or_else(Problem::not_found)?;
    state.repository.count_question(way).await?;
    let back = back_address(own);
    match in_turn(move || provider.ask(&back, wish, again)).await? {
        Ok((address, asked)) => {
            sign_in::remember(session, &asked).await?;
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
    let (back, has_levels) = (back_address(&own), provider.has_levels());
    let (wish, again) = (asked.wish.clone(), asked.again);
    let vouched = match in_turn(move || provider.answer(&back, &asked, returned)).await? {
        Ok(vouched) => vouched,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "another system vouched for nobody");
            state.repository.note_unvouched(&way).await?;
            return if again.is_some() { not_proved(&state) } else { not_vouched_for(&state) };
        }
    };
    if let Some(account) = again {
        return prove(&state, &session, &way, account, &vouched).await;
    }
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

/// Somebody who is in has proved it again, if it is them.
async fn prove(
    state: &AppState,
    session: &Session,
    way: &Way,
    account: AccountId,
    vouched: &Vouched,
) -> Result<Response, Problem> {
    // They may have signed out meanwhile, or somebody else in.
    if of_asker(state).map_or(true, |asker| asker.id != account) {
        return not_vouched_for(state);
    }
    match state.repository.prove_by_vouching(account, vouched, way).await {
        Ok(()) => {
            sign_in::prove(session).await?;
            page(&confirm_form(state, String::new(), true))
        }
        Err(Error::SignInRefused) => not_proved(state),
        Err(error) => Err(error.into()),
    }
}

fn not_proved(state: &AppState) -> Result<Response, Problem> {
    let trouble = "Hệ thống kia chưa xác nhận được rằng chính bạn đang ngồi máy. Hãy thử lại.";
    refused(Error::SignInRefused, |_| page(&confirm_form(state, trouble.to_owned(), false)))
}

fn not_vouched_for(state: &AppState) -> Result<Response, Problem> {
    let trouble = "Hệ thống kia chưa xác nhận được bạn. Hãy đăng nhập lại từ đầu.";
    refused(Error::SignInRefused, |_| {
        page(&password_form(state, String::new(), String::new(), trouble.to_owned()))
    })
}

/// Speaks with the other system when it is their turn, which ends with the talk and not when whoever waits for it goes away.
async fn in_turn<T: Send + 'static>(
    talk: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<anyhow::Result<T>, Problem> {
    let busy = || {
        let detail = "Hệ thống đăng nhập khác đang bận. Hãy thử lại sau, hoặc đăng nhập bằng mật khẩu.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    };
    let turn = tokio::time::timeout(TURN_WAIT, SPEAKING.acquire()).await.map_err(|_| busy())?;
    let turn = turn.map_err(Problem::internal)?;
    let talked = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        talk()
    });
    talked.await.map_err(Problem::internal)
}

fn back_address(OwnAddress(own): &OwnAddress) -> String {
    format!("{own}/sign-in/other/back")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn who_goes_away_gives_no_turn_to_another() {
        let (begun, begins) = channel();
        let mut ends = Vec::new();
        for _ in 0..TALKS_AT_ONCE {
            let (end, ending) = channel::<()>();
            let begun = begun.clone();
            let waiting = tokio::spawn(in_turn(move || {
                begun.send(()).context("somebody listens")?;
                let _ = ending.recv();
                Ok(())
            }));
            ends.push(end);
            while begins.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            waiting.abort();
            assert!(waiting.await.is_err_and(|error| error.is_cancelled()));
        }
        assert_eq!(SPEAKING.available_permits(), 0, "the talks go on");
        drop(ends);
        assert!(in_turn(|| Ok(())).await.is_ok_and(|talked| talked.is_ok()), "a turn, once one has ended");
    }
}
