//! Fields, proposed and confirmed.

use super::{RegionBody, name_of};
use repository::record::{Evidence, Field, ProposedField};
use serde::Serialize;
use utoipa::ToSchema;

/// Trường dữ liệu.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldBody {
    /// Key of the data dictionary, e.g. `full_name`.
    key: String,
    /// Value now; dates as `YYYY-MM-DD`.
    value: String,
    /// What the machine proposed.
    proposed: Option<String>,
    /// `ocr`, `qr` or `manual`.
    source: String,
    /// 0–100.
    confidence: f32,
    /// Page it stands on.
    page: Option<u32>,
    /// Where it stands.
    region: Option<RegionBody>,
    /// The words as they stand on the paper; empty when a person added the field.
    written: String,
    /// Codes of the checks that the proposed value fails; such a value is confirmed only with a reason.
    doubts: Vec<String>,
    /// Account that confirmed it.
    confirmed_by: Option<String>,
    /// When (RFC 3339).
    confirmed_at: Option<String>,
    /// Why it was confirmed although a check fails.
    reason: Option<String>,
}

impl From<Field> for FieldBody {
    fn from(field: Field) -> FieldBody {
        FieldBody {
            key: field.key,
            value: field.value,
            proposed: field.proposed,
            source: name_of(field.source),
            confidence: field.confidence,
            page: field.page,
            region: field.region.map(RegionBody::from),
            written: field.written,
            doubts: field.doubts,
            confirmed_by: field.confirmed_by,
            confirmed_at: field.confirmed_at.map(|at| at.to_string()),
            reason: field.reason,
        }
    }
}

/// A field as a machine proposes it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposedFieldBody {
    /// Key of the data dictionary.
    key: String,
    /// Value; dates as `YYYY-MM-DD`.
    value: String,
    /// `ocr` or `qr`.
    source: String,
    /// 0–100.
    confidence: f32,
    /// Page it stands on.
    page: Option<u32>,
    /// Where it stands.
    region: Option<RegionBody>,
    /// The words as they stand on the paper.
    written: String,
    /// Codes of the checks that it fails.
    doubts: Vec<String>,
}

impl From<ProposedField> for ProposedFieldBody {
    fn from(field: ProposedField) -> ProposedFieldBody {
        ProposedFieldBody {
            key: field.key,
            value: field.value,
            source: name_of(field.source),
            confidence: field.confidence,
            page: field.page,
            region: field.region.map(RegionBody::from),
            written: field.written,
            doubts: field.doubts,
        }
    }
}

/// Căn cứ: words on a page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceBody {
    /// The words as they stand there.
    text: String,
    /// Page they stand on.
    page: u32,
    /// Where.
    region: RegionBody,
}

impl From<Evidence> for EvidenceBody {
    fn from(evidence: Evidence) -> EvidenceBody {
        EvidenceBody { text: evidence.text, page: evidence.page, region: evidence.region.into() }
    }
}
