//! The server: all routes behind one door, and the loop that listens.
//!
//! In a demonstration it answers loopback only: whoever sits at the machine is the demonstration officer.

mod guard;
mod health;
mod observe;
mod progress;
mod systems;
#[cfg(test)]
mod tests;

pub(crate) use systems::{ClientCertificate, System, Systems, SystemsDoor};

use crate::api::{self, Problem};
use crate::sign_in;
use crate::state::AppState;
use crate::{asking, portal};
use anyhow::{Context, ensure};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// Time that requests under way get to end once the server is asked to stop: longer than any answer takes.
const CLOSE_WAIT: Duration = Duration::from_secs(10);

/// Every route of the program, guarded and observed.
pub(crate) fn router(state: AppState) -> Router {
    let (at_the_door, sessions) = (state.clone(), sign_in::layer(state.repository.clone()));
    let door = state.door.clone();
    Router::new()
        .merge(api::router())
        .merge(portal::router())
        .merge(health::router())
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(state.clone(), portal::problem_pages))
        .layer(middleware::from_fn(move |request, next| asking::admit(at_the_door.clone(), request, next)))
        .layer(sessions)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(observe::observe))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(move |request, next| guard::guard(door.clone(), request, next)))
        .with_state(state)
}

/// Answers requests until `shutdown` ends, then lets those under way end; those of other systems too, where there is a door for them.
///
/// # Errors
/// The listener is not on loopback, or the socket fails.
pub(crate) async fn serve(
    state: AppState,
    listener: TcpListener,
    systems: Option<Systems>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let address = listener.local_addr().context("the listening socket has no address")?;
    ensure!(
        address.ip().is_loopback() || state.door.proxy().is_some(),
        "{address} is not a loopback address: without a proxy that speaks TLS only 127.0.0.1 and [::1] are served"
    );
    let (closing, mut closed) = (state.closing.clone(), state.closing.subscribe());
    let mut stopped = closed.clone();
    let watch = tokio::spawn(progress::watch(state.clone()));
    let stop = async move {
        shutdown.await;
        closing.send_replace(true);
    };
    let late = async move {
        // An error means that the sender is gone: stopping all the same.
        let _ = closed.wait_for(|closing| *closing).await;
        tokio::time::sleep(CLOSE_WAIT).await;
    };
    let router = router(state);
    let of_systems = systems.map(|systems| {
        let router = router.clone().layer(middleware::from_fn(systems::introduce));
        let router = router.into_make_service_with_connect_info::<System>();
        let stop = async move {
            let _ = stopped.wait_for(|closing| *closing).await;
        };
        tokio::spawn(async { axum::serve(systems, router).with_graceful_shutdown(stop).await })
    });
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let answered = async {
        let answered = axum::serve(listener, router).with_graceful_shutdown(stop).await;
        if let Some(of_systems) = of_systems {
            of_systems.await.map_err(std::io::Error::other)??;
        }
        answered
    };
    let result = tokio::select! {
        result = answered => result,
        () = late => Ok(()),
    };
    watch.abort();
    result.context("the server stopped answering")
}

async fn method_not_allowed(request: Request) -> Problem {
    let detail = format!("Địa chỉ này không nhận lệnh {}.", request.method());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}

/// A broken promise of our own code; what it says stays in the log.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::internal("a handler panicked").into_response()
}
