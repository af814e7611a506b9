//! How long papers are kept, what forbids to destroy them, and their disposal.

use super::body::{CertificateBody, DisposalBody, HoldBody, ReasonBody, RetentionBody};
use super::extract::{Json, Path};
use super::problem::{Problem, ProblemBody};
use crate::asking::{Proved, State};
use crate::state::AppState;
use axum::http::StatusCode;
use jiff::civil::Date;
use repository::record::{
    DisposalGround, DisposalId, DocumentId, HoldId, NewDisposal, RetentionCode, Verdict,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Thời hạn lưu trữ.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetentionWish {
    /// 01 vĩnh viễn, 02 70 năm, 03 50 năm, 04 30 năm, 05 20 năm, 06 10 năm, 07 khác.
    #[schema(value_type = String, example = "06")]
    code: RetentionCode,
    /// Ngày cuối; for 07 only.
    #[schema(value_type = Option<String>, format = "date")]
    until: Option<Date>,
}

/// How long a paper is kept, and what holds it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeepingBody {
    /// Thời hạn lưu trữ; null: nobody said.
    retention: Option<RetentionBody>,
    /// Lệnh giữ, the oldest first, lifted ones too.
    holds: Vec<HoldBody>,
}

/// Đề nghị tiêu hủy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisposalWish {
    /// `retention_ended` or `subject_request`.
    #[schema(value_type = String, example = "retention_ended")]
    ground: DisposalGround,
    /// Số quyết định.
    decision_no: String,
    /// Lý do, without names and numbers of persons: it stays.
    reason: String,
}

/// Quyết định of the second person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerdictBody {
    /// true: the paper is destroyed at once.
    approve: bool,
    /// Lý do; needed for a refusal.
    #[serde(default)]
    reason: String,
}

/// How long a paper is kept, and what holds it.
#[utoipa::path(get, path = "/documents/{id}/retention", tag = "care",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = KeepingBody),
        Problem,
))]
pub(crate) async fn keeping(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<axum::Json<KeepingBody>, Problem> {
    let (retention, holds) = state.repository.keeping(&state.actor, id).await?;
    let retention = retention.map(RetentionBody::from);
    Ok(axum::Json(KeepingBody { retention, holds: holds.into_iter().map(HoldBody::from).collect() }))
}

/// Sets how long a paper is kept; the term only grows.
#[utoipa::path(put, path = "/documents/{id}/retention", tag = "care", request_body = RetentionWish,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = RetentionBody),
        Problem,
))]
pub(crate) async fn retain(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Json(wish): Json<RetentionWish>,
) -> Result<axum::Json<RetentionBody>, Problem> {
    Ok(axum::Json(state.repository.retain(&state.actor, id, wish.code, wish.until).await?.into()))
}

/// Lets nobody destroy a paper until the hold is lifted.
#[utoipa::path(post, path = "/documents/{id}/holds", tag = "care", request_body = ReasonBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 201, body = HoldBody),
        Problem,
))]
pub(crate) async fn hold(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Json(body): Json<ReasonBody>,
) -> Result<(StatusCode, axum::Json<HoldBody>), Problem> {
    let hold = state.repository.hold(&state.actor, id, &body.reason).await?;
    Ok((StatusCode::CREATED, axum::Json(hold.into())))
}

/// Lifts a hold; others on the same paper stay.
#[utoipa::path(post, path = "/holds/{id}/lifting", tag = "care", request_body = ReasonBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = HoldBody),
        Problem,
))]
pub(crate) async fn lift_hold(
    State(state): State<AppState>,
    Path(id): Path<HoldId>,
    Json(body): Json<ReasonBody>,
) -> Result<axum::Json<HoldBody>, Problem> {
    Ok(axum::Json(state.repository.lift_hold(&state.actor, id, &body.reason).await?.into()))
}

/// Proposes that a paper be destroyed.
#[utoipa::path(post, path = "/documents/{id}/disposals", tag = "care", request_body = DisposalWish,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 201, body = DisposalBody),
        (status = 409, description = "under a hold, or its term lasts", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn propose(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Json(wish): Json<DisposalWish>,
) -> Result<(StatusCode, axum::Json<DisposalBody>), Problem> {
    let DisposalWish { ground, decision_no, reason } = wish;
    let new = NewDisposal { ground, decision_no, reason };
    let disposal = state.repository.propose_disposal(&state.actor, id, new).await?;
    Ok((StatusCode::CREATED, axum::Json(disposal.into())))
}

/// Decides a proposal, as another person than the one who made it.
#[utoipa::path(post, path = "/disposals/{id}/decision", tag = "care", request_body = VerdictBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DisposalBody),
        (status = 409, description = "under a hold, or its term lasts", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn decide(
    _: Proved,
    State(state): State<AppState>,
    Path(id): Path<DisposalId>,
    Json(body): Json<VerdictBody>,
) -> Result<axum::Json<DisposalBody>, Problem> {
    let verdict = match body.approve {
        true => Verdict::Approve,
        false => Verdict::Refuse { reason: body.reason },
    };
    Ok(axum::Json(state.repository.decide_disposal(&state.actor, id, verdict).await?.into()))
}

/// Chứng nhận tiêu hủy: what stays of a destroyed paper.
#[utoipa::path(get, path = "/documents/{id}/certificate", tag = "care",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = CertificateBody),
        Problem,
))]
pub(crate) async fn certificate(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<axum::Json<CertificateBody>, Problem> {
    Ok(axum::Json(state.repository.certificate(&state.actor, id).await?.into()))
}
