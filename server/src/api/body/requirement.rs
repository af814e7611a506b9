//! Answers of the once-only check.

use super::name_of;
use repository::record::{Document, Requirement, Requirements};
use serde::Serialize;
use utoipa::ToSchema;

/// What a procedure asks for, and what is held.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequirementsBody {
    /// Mã TTHC.
    procedure: String,
    /// Tên thủ tục.
    procedure_name: String,
    /// First day of the version that is in force on the day, `YYYY-MM-DD`.
    valid_from: String,
    /// The day decided about, `YYYY-MM-DD`.
    on: String,
    /// Key of the subject; null: nobody is known under the number.
    subject: Option<String>,
    /// In the order of the procedure.
    components: Vec<RequirementBody>,
}

/// Thành phần and what is held for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequirementBody {
    /// Key inside the procedure.
    key: String,
    /// Tên giấy tờ.
    name: String,
    /// Bắt buộc.
    required: bool,
    /// Codes of the types that satisfy it.
    document_types: Vec<String>,
    /// `held`, `in_source`, `awaiting_confirmation`, `below_trust`, `expired`, `withdrawn` or `not_held`.
    status: String,
    /// Why, and what to do: a Vietnamese sentence.
    reason: String,
    /// Papers that stand so, best first.
    candidates: Vec<CandidateBody>,
}

/// A paper that was weighed: what tells it from others, and nothing of other owners.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandidateBody {
    /// Key.
    id: String,
    /// Mã kết quả số hóa; null: not confirmed yet.
    code: Option<String>,
    /// Code of the type.
    document_type: String,
    /// Tên giấy tờ.
    title: String,
    /// Số, ký hiệu.
    number: Option<String>,
    /// Ngày cấp, `YYYY-MM-DD`.
    issued_on: Option<String>,
    /// Last day of validity that the paper names, `YYYY-MM-DD`.
    valid_until: Option<String>,
    /// Cơ quan cấp.
    agency: Option<String>,
    /// `self_declared`, `compared`, `signed_off` or `source`: our own scale.
    trust_level: Option<String>,
    /// Address of the record.
    link: String,
}

impl From<Requirements> for RequirementsBody {
    fn from(answer: Requirements) -> RequirementsBody {
        RequirementsBody {
            procedure: answer.procedure.into(),
            procedure_name: answer.procedure_name,
            valid_from: answer.valid_from.to_string(),
            on: answer.on.to_string(),
            subject: answer.subject.map(|subject| subject.id.to_string()),
            components: answer.components.into_iter().map(RequirementBody::from).collect(),
        }
    }
}

impl From<Requirement> for RequirementBody {
    fn from(requirement: Requirement) -> RequirementBody {
        RequirementBody {
            key: requirement.key,
            name: requirement.name,
            required: requirement.required,
            document_types: requirement.document_types.iter().map(|kind| kind.code().to_owned()).collect(),
            status: name_of(requirement.status),
            reason: requirement.reason,
            candidates: requirement.candidates.into_iter().map(CandidateBody::from).collect(),
        }
    }
}

impl From<Document> for CandidateBody {
    fn from(document: Document) -> CandidateBody {
        CandidateBody {
            id: document.id.to_string(),
            code: document.code.map(String::from),
            document_type: document.document_type.code().to_owned(),
            title: document.title,
            number: document.number,
            issued_on: document.issued_on.map(|day| day.to_string()),
            valid_until: document.valid_until.map(|day| day.to_string()),
            agency: document.agency,
            trust_level: document.trust_level.map(name_of),
            link: format!("/api/v1/documents/{}", document.id),
        }
    }
}
