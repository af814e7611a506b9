//! Subjects and their stores.

use super::{DocumentBody, DossierBody, name_of};
use repository::record::{Owner, Store, Subject};
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
        use repository::identifier::SubjectNumber;
        let number_kind = match &subject.number {
            SubjectNumber::CitizenId(_) => "citizen_id",
            SubjectNumber::OldIdNumber(_) => "old_id_number",
            SubjectNumber::Passport(_) => "passport",
            SubjectNumber::TaxCode(_) => "tax_code",
        };
        SubjectBody {
            id: subject.id.0.to_string(),
            kind: name_of(subject.kind),
            number_kind: number_kind.to_owned(),
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
            documents: store.documents.into_iter().map(DocumentBody::from).collect(),
            former: store.former.into_iter().map(DocumentBody::from).collect(),
            dossiers: store.dossiers.into_iter().map(DossierBody::from).collect(),
        }
    }
}
