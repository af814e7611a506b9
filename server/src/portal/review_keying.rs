//! Nhập kép on the review screen: the second person sees nothing that is known, the third what both keyed.

use super::claim::ClaimForm;
use super::review_form::ReviewForm;
use super::wording;
use crate::api::Problem;
use crate::state::AppState;
use repository::DocumentType;
use repository::document_type::{FieldKind, field_key};
use repository::record::{
    Action, DocumentState, DocumentView, Keyed, KeyingTurn, OwnerClaim, SubjectClaim, SubjectKind,
};

/// What the person in front of the screen sees of what is known.
#[derive(Debug)]
pub(super) enum Sight {
    /// What the machine proposes.
    Proposals,
    /// Nothing but the scan.
    Nothing,
    /// What two people keyed.
    Both(Box<[Keyed; 2]>),
    /// Nothing to be done: it is for others.
    OfOthers,
}

impl Sight {
    /// What there is for this officer.
    pub(super) async fn of(state: &AppState, view: &DocumentView) -> Result<Sight, Problem> {
        Ok(match turn(state, view).await? {
            KeyingTurn::Once | KeyingTurn::First => Sight::Proposals,
            KeyingTurn::Second => Sight::Nothing,
            KeyingTurn::Third => {
                Sight::Both(Box::new(state.repository.keyed(&state.actor, view.document.id).await?))
            }
            KeyingTurn::OfOthers => Sight::OfOthers,
        })
    }

    pub(super) fn is_blind(&self) -> bool {
        matches!(self, Sight::Nothing)
    }

    pub(super) fn is_of_others(&self) -> bool {
        matches!(self, Sight::OfOthers)
    }

    /// What both keyed of a field, where that differs.
    pub(super) fn unlike(&self, key: &str) -> Option<[String; 2]> {
        let Sight::Both(keyed) = self else { return None };
        let [first, second] = keyed.as_ref();
        let shown = |keyed: &Keyed| keyed.value(key).map(|value| shown(key, value)).unwrap_or_default();
        let differs = first.fields_unlike(second).iter().any(|unlike| unlike == key);
        differs.then(|| [shown(first), shown(second)])
    }

    /// What both keyed of the owner, where that differs.
    pub(super) fn unlike_claims(&self) -> Option<[ClaimForm; 2]> {
        let Sight::Both(keyed) = self else { return None };
        let [first, second] = keyed.as_ref();
        (!first.has_owner_of(second)).then(|| [claim(&first.subject), claim(&second.subject)])
    }

    /// Other owners that either keyed, each a box: its value, who it is, and whether it stays.
    pub(super) fn co_owners(&self, form: &ReviewForm) -> Vec<(String, String, bool)> {
        let Sight::Both(keyed) = self else { return Vec::new() };
        let [first, second] = keyed.as_ref();
        let more = second.co_owners.iter().filter(|owner| !first.co_owners.contains(owner));
        let owners = first.co_owners.iter().chain(more);
        let a_box = |owner: &OwnerClaim| {
            let said = format!("{} · {}", owner.subject.name, owner.subject.number.as_str());
            (serde_json::to_string(owner).unwrap_or_default(), said, form.co_owners.contains(owner))
        };
        owners.map(a_box).collect()
    }

    /// What both said that the paper is, where that differs.
    pub(super) fn unlike_types(&self) -> Option<[&'static str; 2]> {
        let Sight::Both(keyed) = self else { return None };
        let [first, second] = keyed.as_ref();
        (first.document_type != second.document_type)
            .then(|| [first.document_type.label(), second.document_type.label()])
    }

    /// The form as the officer finds it.
    pub(super) fn form(&self, view: &DocumentView) -> ReviewForm {
        let proposed = ReviewForm::propose(view);
        match self {
            Sight::Proposals | Sight::OfOthers => proposed,
            Sight::Nothing => blind(proposed, view.document.document_type),
            Sight::Both(keyed) => self.to_decide(proposed, keyed),
        }
    }

    /// What both keyed alike; where they differ nothing stands, so that nobody takes one for the other by pressing Enter.
    fn to_decide(&self, proposed: ReviewForm, keyed: &[Keyed; 2]) -> ReviewForm {
        let [first, second] = keyed;
        let mut keys: Vec<&String> = first.fields.iter().map(|(key, _)| key).collect();
        keys.extend(second.fields.iter().map(|(key, _)| key).filter(|key| first.value(key).is_none()));
        let value = |key: &str| match self.unlike(key) {
            Some(_) => String::new(),
            None => first.value(key).map(|value| shown(key, value)).unwrap_or_default(),
        };
        let mut form = ReviewForm {
            document_type: first.document_type.code().to_owned(),
            claim: if first.has_owner_of(second) { claim(&first.subject) } else { ClaimForm::default() },
            co_owners: first
                .co_owners
                .iter()
                .filter(|owner| second.co_owners.contains(owner))
                .cloned()
                .collect(),
            fields: keys.into_iter().map(|key| (key.clone(), value(key))).collect(),
            right: first.reasons.iter().chain(&second.reasons).cloned().collect(),
            ..proposed
        };
        form.add_needed();
        form
    }
}

/// Whose turn it is. For those who may not confirm the paper there is nothing to key.
async fn turn(state: &AppState, view: &DocumentView) -> Result<KeyingTurn, Problem> {
    let (document, account) = (&view.document, &state.actor.account);
    if document.state != DocumentState::Extracted
        || !state.repository.is_permitted(&state.actor, Action::Confirm, document.id).await?
    {
        return Ok(KeyingTurn::Once);
    }
    Ok(KeyingTurn::of(&view.keyings, document.document_type, account))
}

/// Whether this officer keys the paper and shall see the scan alone.
pub(super) async fn is_blind(state: &AppState, view: &DocumentView) -> Result<bool, Problem> {
    Ok(turn(state, view).await? == KeyingTurn::Second)
}

/// Inputs for the fields that the paper seems to have, and nothing in them. Its title says no more than its type.
fn blind(proposed: ReviewForm, document_type: DocumentType) -> ReviewForm {
    let fields = proposed.fields.into_iter().map(|(key, _)| (key, String::new())).collect();
    let claim = ClaimForm { kind: proposed.claim.kind, ..ClaimForm::default() };
    ReviewForm { title: document_type.label().to_owned(), fields, claim, ..proposed }
}

fn shown(key: &str, value: &str) -> String {
    wording::shown_value(field_key(key).map_or(FieldKind::Text, |entry| entry.kind), value)
}

fn claim(subject: &SubjectClaim) -> ClaimForm {
    let kind = match subject.kind {
        SubjectKind::Citizen => "citizen",
        SubjectKind::Organization => "organization",
    };
    ClaimForm {
        kind: kind.to_owned(),
        number: subject.number.as_str().to_owned(),
        name: subject.name.clone(),
        birth_date: subject.birth_date.map(wording::day).unwrap_or_default(),
        from_code: false,
    }
}

/// Which of the keyings this is, as a sentence; empty: the paper is not keyed twice.
pub(super) fn sentence(turn: KeyingTurn) -> &'static str {
    match turn {
        KeyingTurn::Once => "",
        KeyingTurn::First => {
            "Nhập kép, lần 1: loại giấy này cần hai người nhập độc lập. Người thứ hai sẽ không thấy những gì nhập ở đây."
        }
        KeyingTurn::Second => {
            "Nhập kép, lần 2: đã có người nhập giấy này. Hãy nhập lại theo ảnh quét; lần nhập trước và kết quả máy đọc không hiện ở đây."
        }
        KeyingTurn::Third => {
            "Hai người đã nhập khác nhau. Hãy đối chiếu từng chỗ khác với ảnh quét, chọn hoặc nhập giá trị đúng rồi xác nhận."
        }
        KeyingTurn::OfOthers => {
            "Anh/chị đã nhập giấy này. Giấy đang chờ người khác nhập độc lập; chưa lưu kho."
        }
    }
}
