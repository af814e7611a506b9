//! Records as the API shows them: the same words as in `repository::record`, with times and keys as text.

mod care;
mod document;
mod dossier;
mod field;
mod likeness;
mod look_up;
mod page;
mod requirement;
mod subject;

pub(crate) use care::{CertificateBody, DisposalBody, HoldBody, ReasonBody, RetentionBody};
pub(crate) use document::{AccessBody, DocumentBody, DocumentLinks};
pub(crate) use dossier::{DossierBody, DossierMoveBody, ProcedureBody};
pub(crate) use field::{EvidenceBody, FieldBody, ProposedFieldBody};
pub(crate) use likeness::LikenessSignBody;
pub(crate) use look_up::LookUpBody;
pub(crate) use page::{LineBody, PageBody, ReadingBody, RegionBody, StageBody, lines_of};
pub(crate) use requirement::RequirementsBody;
use serde::Serialize;
pub(crate) use subject::{MergeBody, OwnerBody, StoreBody, SubjectBody};

/// The JSON name of an enum's case, e.g. `extracted`.
pub(crate) fn name_of(case: impl Serialize) -> String {
    match serde_json::to_value(case) {
        Ok(serde_json::Value::String(name)) => name,
        _ => unreachable!("only enums without content are named"),
    }
}
