//! `/livez`, `/readyz`, `/metrics`: for those who keep the machine running. No personal data.

use super::observe;
use crate::api::Problem;
use crate::asking::State;
use crate::batches::machine;
use crate::sign_in::Door;
use crate::state::{AppState, JailState};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use repository::record::{Priority, QueueCount, Role};
use serde::Serialize;
use std::time::Duration;

/// How long the index may take to say where it is. Those who ask whether a process is ready wait a few seconds at most.
const INDEX_TIME_MAX: Duration = Duration::from_secs(2);

/// What is ready.
#[derive(Debug, Serialize)]
struct Readiness {
    /// Papers can be taken.
    ready: bool,
    /// The database answers.
    database: bool,
    /// The index answers. Ready all the same: while it does not, only searching by words waits.
    index: bool,
    /// Stored files that were found changed or missing and are not mended: `motlan check` names them. Ready all the same.
    damaged_files: Option<u64>,
    /// `sandboxed`, or `unsandboxed` when the operator allowed reading without a jail.
    jail: &'static str,
}

/// The routes of this file.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/livez", get(async || "ok"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_text))
}

async fn readyz(State(state): State<AppState>) -> impl IntoResponse {
    let database = state.repository.last_change().await.is_ok();
    let index = changes_behind(&state).await.is_some();
    let fixity = state.repository.fixity().await.ok();
    let damaged_files = fixity.map(|known| known.changed + known.missing);
    let jail = match state.jail {
        JailState::Sandboxed => "sandboxed",
        JailState::Unsandboxed => "unsandboxed",
    };
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready: database, database, index, damaged_files, jail }))
}

/// Prometheus text. Gauges are measured when asked for. For whoever runs the machine and programs that watch it: they count everybody's papers.
async fn metrics_text(State(state): State<AppState>) -> Result<impl IntoResponse, Problem> {
    let is_program = state.actor.only.is_some();
    let watches = is_program || state.actor.role == Role::Administrator;
    if state.door != Door::Demonstration && !watches {
        return Err(repository::Error::Forbidden.into());
    }
    let recorder = observe::recorder();
    measure(&state).await;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorder.render()))
}

/// Sets the gauges; what cannot be measured now keeps its last value.
async fn measure(state: &AppState) {
    for (document_state, count) in state.repository.document_counts().await.unwrap_or_default() {
        let name = document_state.name();
        metrics::gauge!("motlan_documents", "state" => name).set(count as f64);
    }
    if let Ok(queue) = state.repository.queue(&machine()).await {
        let open = |of: &QueueCount| of.waiting + of.running;
        metrics::gauge!("motlan_jobs_open").set(queue.iter().map(open).sum::<u64>() as f64);
        for priority in Priority::ALL {
            let of_class = queue.iter().find(|of| of.priority == priority).map_or(0, open);
            let class = crate::api::name_of(priority);
            metrics::gauge!("motlan_jobs_of_class", "class" => class).set(of_class as f64);
        }
    }
    if let Ok(fixity) = state.repository.fixity().await {
        metrics::gauge!("motlan_files_damaged", "how" => "changed").set(fixity.changed as f64);
        metrics::gauge!("motlan_files_damaged", "how" => "missing").set(fixity.missing as f64);
        if let Some(round) = fixity.last_round {
            metrics::gauge!("motlan_scrub_ended_seconds").set(round.at.as_second() as f64);
            metrics::gauge!("motlan_scrub_files").set(round.objects as f64);
        }
    }
    if let Some(behind) = changes_behind(state).await {
        metrics::gauge!("motlan_index_changes_behind").set(behind as f64);
    }
}

/// How many changes the index is behind; none: it does not answer, or not soon enough.
async fn changes_behind(state: &AppState) -> Option<u64> {
    let (repository, index) = (state.repository.clone(), state.index.clone());
    // A task of its own: asking a cluster holds up the thread that waits for it.
    let answer = tokio::spawn(async move { search::changes_behind(&repository, index.as_ref()).await });
    tokio::time::timeout(INDEX_TIME_MAX, answer).await.ok()?.ok()?.ok()?
}
