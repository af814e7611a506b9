//! What is printed for a dossier.

use super::body::DossierBody;
use super::extract::{Path, Query};
use super::problem::Problem;
use crate::asking::{Proved, State};
use crate::print::{self, Printed};
use crate::state::AppState;
use jiff::civil::Date;
use repository::record::{DossierId, Form, Period};
use serde::Deserialize;
use utoipa::IntoParams;

/// What a receipt promises.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReceiptQuery {
    /// Ngày hẹn trả kết quả, `YYYY-MM-DD`, of a dossier that has no deadline of its own.
    #[param(value_type = Option<String>, format = "date")]
    appointment: Option<Date>,
}

/// Giấy tiếp nhận hồ sơ và hẹn trả kết quả: A5, PDF/A-2u, with the signed code at the top left.
#[utoipa::path(get, path = "/dossiers/{id}/receipt.pdf", tag = "dossiers",
    params(("id" = String, Path, format = "uuid"), ReceiptQuery),
    responses(
        (status = 200, description = "PDF/A-2u", content_type = "application/pdf"),
        Problem,
))]
pub(crate) async fn receipt(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Query(query): Query<ReceiptQuery>,
) -> Result<Printed, Problem> {
    print::print_receipt(&state, id, query.appointment).await
}

/// Phiếu of a dossier: BM01 to BM06, A5 or A4, as far as its record can fill them now.
#[utoipa::path(get, path = "/dossiers/{id}/forms/{form}", tag = "dossiers",
    params(("id" = String, Path, format = "uuid"), ("form" = String, Path, description = "BM01 … BM06")),
    responses(
        (status = 200, description = "PDF/A-2u", content_type = "application/pdf"),
        Problem,
))]
pub(crate) async fn form(
    State(state): State<AppState>,
    Path((id, form)): Path<(DossierId, Form)>,
) -> Result<Printed, Problem> {
    print::print_form(&state, id, form).await
}

/// The period of a register.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RegisterQuery {
    /// First day of receipt, `YYYY-MM-DD`.
    #[param(value_type = String, format = "date")]
    from: Date,
    /// Last day of receipt, `YYYY-MM-DD`.
    #[param(value_type = String, format = "date")]
    to: Date,
}

/// Sổ theo dõi (BM07): the dossiers received in a period, A4. It names many people, so the password is asked for again.
#[utoipa::path(get, path = "/register.pdf", tag = "dossiers", params(RegisterQuery),
    responses(
        (status = 200, description = "PDF/A-2u", content_type = "application/pdf"),
        Problem,
))]
pub(crate) async fn register(
    _: Proved,
    State(state): State<AppState>,
    Query(query): Query<RegisterQuery>,
) -> Result<Printed, Problem> {
    print::print_register(&state, Period { from: Some(query.from), to: Some(query.to) }).await
}

/// Trả lại bản chính: keeps that the original of a component was given back after it was scanned.
#[utoipa::path(post, path = "/dossiers/{id}/components/{component}/original", tag = "dossiers",
    params(("id" = String, Path, format = "uuid"), ("component" = String, Path, description = "key inside the procedure")),
    responses(
        (status = 200, body = DossierBody),
        Problem,
))]
pub(crate) async fn return_original(
    State(state): State<AppState>,
    Path((id, component)): Path<(DossierId, String)>,
) -> Result<axum::Json<DossierBody>, Problem> {
    Ok(axum::Json(state.repository.return_original(&state.actor, id, &component).await?.into()))
}
