//! What is to be done next, and the one new appointment that a dossier may get.

use super::body::{DossierBody, name_of};
use super::documents::LIST_LIMIT_MAX;
use super::extract::{Json, Path, Query};
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use jiff::civil::Date;
use repository::record::{Apology, DossierId, DossierState, QueueFilter, QueuedDossier, Urgency};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which open dossiers are wanted; what is left out matches all.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QueueQuery {
    /// `overdue`, `today`, `soon`, `in_time`, `waiting` or `none`.
    #[param(value_type = Option<String>)]
    urgency: Option<Urgency>,
    /// Name of a state.
    #[param(value_type = Option<String>)]
    state: Option<DossierState>,
    /// Mã TTHC.
    procedure: Option<String>,
    /// Account that did the last step.
    officer: Option<String>,
    /// Where the page before ended: its `next`.
    from: Option<String>,
    /// Dossiers of a page, at most 200.
    limit: Option<u32>,
}

/// A page of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueBody {
    /// The most urgent first.
    dossiers: Vec<QueuedBody>,
    /// Where the next page begins; null: this is the last.
    next: Option<String>,
    /// How many open dossiers there are of each urgency.
    counts: QueueCountsBody,
}

/// Open dossiers by urgency.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct QueueCountsBody {
    /// Quá hạn.
    overdue: u64,
    /// Đến hạn hôm nay.
    today: u64,
    /// Sắp đến hạn: on the next working day.
    soon: u64,
    /// Còn hạn.
    in_time: u64,
    /// Chờ người nộp, or to collect the result.
    waiting: u64,
    /// Không có hạn.
    none: u64,
}

/// A dossier of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueuedBody {
    /// Key.
    #[schema(format = "uuid")]
    id: String,
    /// Mã hồ sơ.
    code: String,
    /// Mã TTHC.
    procedure: String,
    /// Name of its owner.
    subject: String,
    /// Name of its state.
    state: String,
    /// How urgent it is.
    urgency: String,
    /// By when the next step has to be done (RFC 3339).
    next_by: Option<String>,
    /// Whole working days until then, below zero after it; null: more than two years, either way.
    days_left: Option<i64>,
    /// Hẹn trả kết quả (RFC 3339).
    due_at: Option<String>,
    /// Working days since its receipt; null: more than two years.
    age_days: Option<u32>,
    /// Account that did the last step.
    officer: Option<String>,
}

impl From<QueuedDossier> for QueuedBody {
    fn from(queued: QueuedDossier) -> QueuedBody {
        QueuedBody {
            id: queued.id.to_string(),
            code: queued.code.into(),
            procedure: queued.procedure.into(),
            subject: queued.subject,
            state: name_of(queued.state),
            urgency: name_of(queued.urgency),
            next_by: queued.next_by.map(|moment| moment.to_string()),
            days_left: queued.days_left,
            due_at: queued.due_at.map(|moment| moment.to_string()),
            age_days: queued.age_days,
            officer: queued.officer,
        }
    }
}

/// Việc cần làm: open dossiers, the one whose next step is due first at the top.
#[utoipa::path(get, path = "/dossiers/queue", tag = "dossiers", params(QueueQuery),
    responses((status = 200, body = QueueBody), Problem))]
pub(crate) async fn queue(
    State(state): State<AppState>,
    Query(query): Query<QueueQuery>,
) -> Result<axum::Json<QueueBody>, Problem> {
    let wrong = |()| Problem::unprocessable("Tham số from không phải giá trị next của trang trước.");
    let behind = query.from.map(|from| from.parse().map_err(wrong)).transpose()?;
    let filter = QueueFilter {
        state: query.state,
        procedure: query.procedure.map(|code| code.parse()).transpose()?,
        officer: query.officer,
        urgency: query.urgency,
    };
    let limit = query.limit.unwrap_or(LIST_LIMIT_MAX);
    let page = state.repository.queue_page(&state.actor, &filter, behind, limit).await?;
    let count =
        |urgency| page.counts.iter().find(|(known, _)| *known == urgency).map_or(0, |(_, count)| *count);
    let counts = QueueCountsBody {
        overdue: count(Urgency::Overdue),
        today: count(Urgency::Today),
        soon: count(Urgency::Soon),
        in_time: count(Urgency::InTime),
        waiting: count(Urgency::Waiting),
        none: count(Urgency::None),
    };
    let next = page.next.map(|place| place.to_string());
    Ok(axum::Json(QueueBody {
        dossiers: page.dossiers.into_iter().map(QueuedBody::from).collect(),
        next,
        counts,
    }))
}

/// What an apology says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApologyBody {
    /// New day of appointment, a working day, `YYYY-MM-DD`.
    #[schema(value_type = String, format = "date")]
    due_on: Date,
    /// Lý do; the owner reads it.
    reason: String,
}

/// Xin lỗi và hẹn lại: another appointment, once; a day before the first one at the latest, later ones are marked.
#[utoipa::path(post, path = "/dossiers/{id}/extension", tag = "dossiers", request_body = ApologyBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DossierBody),
        Problem,
))]
pub(crate) async fn apologize(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Json(body): Json<ApologyBody>,
) -> Result<axum::Json<DossierBody>, Problem> {
    let wish = Apology { due_on: body.due_on, reason: body.reason };
    Ok(axum::Json(state.repository.apologize(&state.actor, id, wish).await?.into()))
}
