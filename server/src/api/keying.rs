//! Nhập kép by programs: what two people keyed differently, for the one who decides.

use super::body::name_of;
use super::extract::Path;
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use repository::record::{DocumentId, Keyed, OwnerClaim, OwnerRole, SubjectClaim};
use serde::Serialize;
use utoipa::ToSchema;

/// What two people keyed of one paper.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyingsBody {
    /// What the first keyed.
    first: KeyedBody,
    /// What the second keyed.
    second: KeyedBody,
    /// Keys of the fields in which they differ.
    unlike: Vec<String>,
}

/// What one person keyed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyedBody {
    /// Loại giấy tờ: code of the dictionary.
    document_type: String,
    /// Whose paper it is; of several the first.
    owners: Vec<KeyedOwnerBody>,
    /// Its fields.
    fields: Vec<KeyedFieldBody>,
}

/// An owner as one person keyed them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyedOwnerBody {
    /// `owner`, `husband`, `wife` or `co_owner`.
    role: String,
    /// `citizen` or `organization`.
    kind: String,
    /// The number.
    number: String,
    /// Full name.
    name: String,
    /// Ngày sinh, `YYYY-MM-DD`.
    birth_date: Option<String>,
}

/// A field as one person keyed it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyedFieldBody {
    /// Key of the data dictionary.
    key: String,
    /// Value; dates as `YYYY-MM-DD`.
    value: String,
}

impl From<Keyed> for KeyedBody {
    fn from(keyed: Keyed) -> KeyedBody {
        let first = OwnerClaim { subject: keyed.subject, role: OwnerRole::Owner };
        let owners = std::iter::once(first).chain(keyed.co_owners).map(KeyedOwnerBody::from);
        let field = |(key, value)| KeyedFieldBody { key, value };
        KeyedBody {
            document_type: keyed.document_type.code().to_owned(),
            owners: owners.collect(),
            fields: keyed.fields.into_iter().map(field).collect(),
        }
    }
}

impl From<OwnerClaim> for KeyedOwnerBody {
    fn from(OwnerClaim { subject, role }: OwnerClaim) -> KeyedOwnerBody {
        let SubjectClaim { kind, number, name, birth_date } = subject;
        KeyedOwnerBody {
            role: name_of(role),
            kind: name_of(kind),
            number: number.as_str().to_owned(),
            name,
            birth_date: birth_date.map(|day| day.to_string()),
        }
    }
}

/// Nhập kép: what two people keyed differently, for a third one, who then confirms with `keyings` 2. Refused (403) to these two; 404 unless
/// two people keyed the paper.
#[utoipa::path(get, path = "/documents/{id}/keyings", tag = "documents",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = KeyingsBody),
        Problem,
))]
pub(crate) async fn keyings(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<axum::Json<KeyingsBody>, Problem> {
    let [first, second] = state.repository.keyed(&state.actor, id).await?;
    let unlike = first.fields_unlike(&second);
    Ok(axum::Json(KeyingsBody { first: first.into(), second: second.into(), unlike }))
}
