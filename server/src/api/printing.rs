//! What is printed for a dossier.

use super::extract::{Path, Query};
use super::problem::Problem;
use crate::asking::State;
use crate::print::{self, Printed};
use crate::state::AppState;
use jiff::civil::Date;
use repository::record::DossierId;
use serde::Deserialize;
use utoipa::IntoParams;

/// What a receipt promises.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReceiptQuery {
    /// Ngày hẹn trả kết quả, `YYYY-MM-DD`.
    #[param(value_type = String, format = "date")]
    appointment: Date,
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
