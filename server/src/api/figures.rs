//! Chỉ số: how much is digitized and used again. Numbers of dossiers and components, nothing of people.

use super::extract::Query;
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use jiff::civil::Date;
use repository::record::{Figures, Period, Share};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which dossiers are counted: those received in these days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeriodQuery {
    /// First day of receipt, `YYYY-MM-DD`; left out: from the beginning.
    #[param(value_type = Option<String>, format = "date")]
    from: Option<Date>,
    /// Last day of receipt, `YYYY-MM-DD`; left out: until now.
    #[param(value_type = Option<String>, format = "date")]
    to: Option<Date>,
}

/// So many of so many.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShareBody {
    /// Those that count.
    counted: u64,
    /// All of them.
    of: u64,
    /// Percent with two decimals; null: there is nothing to count.
    percent: Option<f64>,
}

impl From<Share> for ShareBody {
    fn from(share: Share) -> ShareBody {
        ShareBody { counted: share.counted, of: share.of, percent: share.percent() }
    }
}

/// The figures of a period. Dossiers that were only registered, or refused, were not received and are left out. KPI-4.4 and KPI-4.5 are
/// not measured: nothing is taken from the national store of shared data, and no account is verified by VNeID.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiguresBody {
    /// First day, `YYYY-MM-DD`; null: from the beginning.
    from: Option<String>,
    /// Last day, `YYYY-MM-DD`; null: until now.
    to: Option<String>,
    /// KPI-4.1: of the dossiers finished or delivered, those with a stored result.
    electronic_results: ShareBody,
    /// KPI-4.2: of all dossiers, those with a stored component and a stored result.
    digitized: ShareBody,
    /// KPI-4.3: of all dossiers, those with a component that was reused.
    reused: ShareBody,
    /// Ours: of the components to be digitized that the store did not answer, those in hand on the day of receipt.
    digitized_at_receipt: ShareBody,
    /// Ours: of the components for which a held paper was taken over or refused, those that took it over.
    reused_instead_of_asked: ShareBody,
    /// How often an officer asked for a held paper all the same, with a written reason.
    asked_for_held: u64,
}

impl From<Figures> for FiguresBody {
    fn from(figures: Figures) -> FiguresBody {
        let Period { from, to } = figures.period;
        FiguresBody {
            from: from.map(|day| day.to_string()),
            to: to.map(|day| day.to_string()),
            electronic_results: figures.electronic_results.into(),
            digitized: figures.digitized.into(),
            reused: figures.reused.into(),
            digitized_at_receipt: figures.digitized_at_receipt.into(),
            reused_instead_of_asked: figures.reused_instead_of_asked.into(),
            asked_for_held: figures.asked_for_held,
        }
    }
}

/// Số liệu of a period: of the own agency, for who runs the machine of all. Refused (403) to citizens.
#[utoipa::path(get, path = "/figures", tag = "dossiers", params(PeriodQuery), responses(
    (status = 200, body = FiguresBody),
    Problem,
))]
pub(crate) async fn figures(
    State(state): State<AppState>,
    Query(PeriodQuery { from, to }): Query<PeriodQuery>,
) -> Result<axum::Json<FiguresBody>, Problem> {
    Ok(axum::Json(state.repository.figures(&state.actor, Period { from, to }).await?.into()))
}
