//! Tiếp nhận: a dossier is accepted when every paper that must be handed in is there, held or on the counter, or when somebody says why it is taken
//! without (nợ giấy). The reason stands in the step with which it is accepted.

use crate::database::Connection;
use crate::error::{Error, Result};
use crate::record::*;
use crate::{filing, reuse};

/// A reason as it is kept; none: nothing but blanks was said.
pub(crate) fn plan_reason(reason: Option<&str>) -> Result<Option<String>> {
    let said = reason.filter(|reason| !reason.trim().is_empty());
    said.map(filing::plan_reason).transpose()
}

/// Why a dossier is accepted with what it has and what lies on the counter: the reason that was given, where a paper is missing; none is owed
/// otherwise, whatever was said.
///
/// # Errors
/// `Invalid` with the names of the papers that are missing, when no reason is given.
pub(crate) async fn owed_because(
    connection: &mut Connection,
    dossier: &Dossier,
    in_hand: &[String],
    reason: Option<String>,
) -> Result<Option<String>> {
    for key in in_hand {
        reuse::component_of(dossier, key)?;
    }
    let held = reuse::held_for(connection, dossier).await?;
    let refusals = reuse::refusals(connection, dossier.id).await?;
    let missing = dossier.to_hand_in(held.as_ref(), &refusals).into_iter();
    let missing = missing.filter(|component| !in_hand.contains(&component.key));
    let missing = missing.map(|component| format!("«{}»", component.name)).collect::<Vec<_>>();
    match (missing.is_empty(), reason) {
        (true, _) => Ok(None),
        (false, Some(reason)) => Ok(Some(reason)),
        (false, None) => Err(Error::invalid(format!(
            "Chưa tiếp nhận được, còn thiếu giấy tờ bắt buộc: {}. Hãy nhận đủ, hoặc ghi lý do nhận khi còn thiếu (nợ giấy).",
            missing.join(", ")
        ))),
    }
}
