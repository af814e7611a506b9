//! Subjects and their stores.

use super::{DocumentBody, DossierBody, name_of};
use repository::record::{Owner, Store, Subject, SubjectMerge};
use serde::Serialize;
use utoipa::ToSchema;

/// Chủ hồ sơ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectBody {
    /// Key in this installation; it reveals nothing of the number.
    #[schema(format = "uuid")]
    id: String,
    /// `citizen` or `organization`.
    kind: String,
    /// Kind of number: `citizen_id`, `old_id_number`, `passport` or `tax_code`.
    number_kind: String,
    /// The number.
    number: String,
    /// Full name.
    name: String,
    /// Ngày sinh, `YYYY-MM-DD`.
    birth_date: Option<String>,
}

/// Chủ giấy tờ of one paper.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnerBody {
    /// Who.
    subject: SubjectBody,
    /// `owner`, `husband`, `wife` or `co_owner`.
    role: String,
}

impl From<Owner> for OwnerBody {
    fn from(owner: Owner) -> OwnerBody {
        OwnerBody { subject: owner.subject.into(), role: name_of(owner.role) }
    }
}

impl From<Subject> for SubjectBody {
    fn from(subject: Subject) -> SubjectBody {
        SubjectBody {
            id: subject.id.0.to_string(),
            kind: name_of(subject.kind),
            number_kind: subject.number.kind().to_owned(),
            number: subject.number.as_str().to_owned(),
            name: subject.name,
            birth_date: subject.birth_date.map(|day| day.to_string()),
        }
    }
}

/// Kho of one subject.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoreBody {
    /// Whose.
    subject: SubjectBody,
    /// Every number by which the subject is found.
    numbers: Vec<String>,
    /// Merges by which others went into this subject and that still hold, newest first.
    merges: Vec<MergeBody>,
    /// Stored papers that count, newest first; those that expired among them.
    documents: Vec<DocumentBody>,
    /// Papers that were revoked, replaced, cancelled or disposed of: traceable, and offered to nobody.
    former: Vec<DocumentBody>,
    /// Dossiers, newest first.
    dossiers: Vec<DossierBody>,
}

impl From<Store> for StoreBody {
    fn from(store: Store) -> StoreBody {
        StoreBody {
            subject: store.subject.into(),
            numbers: store.numbers.iter().map(|number| number.as_str().to_owned()).collect(),
            merges: store.merges.into_iter().map(MergeBody::from).collect(),
            documents: store.documents.into_iter().map(DocumentBody::from).collect(),
            former: store.former.into_iter().map(DocumentBody::from).collect(),
            dossiers: store.dossiers.into_iter().map(DossierBody::from).collect(),
        }
    }
}

/// Lần gộp: the trace of a merge.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MergeBody {
    /// Key, by which it can be undone.
    #[schema(format = "uuid")]
    id: String,
    /// Who went over.
    from: String,
    /// Who stayed.
    into: String,
    /// When (RFC 3339).
    at: String,
    /// Account.
    account: String,
    /// Lý do.
    reason: String,
    /// When it was undone (RFC 3339); null: it holds.
    undone_at: Option<String>,
}

impl From<SubjectMerge> for MergeBody {
    fn from(merge: SubjectMerge) -> MergeBody {
        MergeBody {
            id: merge.id.to_string(),
            from: merge.from.to_string(),
            into: merge.into.to_string(),
            at: merge.at.to_string(),
            account: merge.account,
            reason: merge.reason,
            undone_at: merge.undone_at.map(|at| at.to_string()),
        }
    }
}
