//! The form of the review screen as a value: what was typed, and the confirmation that it means.

use super::claim::{ClaimForm, Mistakes, no_day};
use super::wording;
use repository::DocumentType;
use repository::document_type::{FieldKind, field_key};
use repository::identifier::SubjectNumber;
use repository::record::{
    BesideHeld, BesideRelation, Confirmation, DocumentId, DocumentView, OwnerClaim, OwnerRole, Provenance,
    SubjectClaim, SubjectKind,
};

/// What stands before the key in the name of a field's input.
const FIELD_PREFIX: &str = "field-";
/// What stands before the key in the name of the input that says why a value is right although its check fails.
const REASON_PREFIX: &str = "reason-";
/// What is usually said there, to choose from; anything else may be typed.
pub(super) const USUAL_REASONS: [&str; 3] =
    ["Đã đối chiếu với bản giấy", "Giấy ghi như vậy", "Giấy cấp theo quy định trước đây"];
/// What stands before the key in the name of the box by which a person says that the paper does not have a field.
const ABSENT_PREFIX: &str = "absent-";
/// The reason that such a box gives.
const ABSENT: &str = "Trên giấy không có";

/// Name of the boxes of other owners.
pub(super) const CO_OWNER: &str = "co_owner";

/// Keys of number, name and birth date of each spouse.
const SPOUSES: [(&str, &str, &str, OwnerRole); 2] = [
    ("husband_citizen_id", "husband_name", "husband_birth_date", OwnerRole::Husband),
    ("wife_citizen_id", "wife_name", "wife_birth_date", OwnerRole::Wife),
];

/// The inputs of the review screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReviewForm {
    /// Code of the type.
    pub(super) document_type: String,
    /// Lượt đọc whose proposals were shown; none: the form does not say.
    pub(super) pass: Option<u32>,
    /// Tên giấy tờ.
    pub(super) title: String,
    /// Chủ giấy tờ.
    pub(super) claim: ClaimForm,
    /// Other owners who are kept, of those that two people keyed.
    pub(super) co_owners: Vec<OwnerClaim>,
    /// Key and typed value; days as `DD/MM/YYYY`.
    pub(super) fields: Vec<(String, String)>,
    /// Keys of fields whose check fails, with why their values are right all the same.
    pub(super) right: Vec<(String, String)>,
    /// Keys of fields that records of the type need and the paper does not have.
    pub(super) absent: Vec<String>,
    /// What it was taken from, and who answers for it.
    pub(super) provenance: Provenance,
    /// Đúng là người này: the name and date of birth of a known number shall be replaced.
    pub(super) rename_subject: bool,
    /// An equal paper that is held, so that the form asks what this one is beside it.
    pub(super) held: Option<DocumentId>,
    /// What it is beside that one; none: nothing was chosen.
    pub(super) beside: Option<BesideHeld>,
    /// How often the paper had been keyed when the form was shown.
    pub(super) keyings: u32,
}

impl ReviewForm {
    /// What the machine proposes.
    pub(super) fn propose(view: &DocumentView) -> ReviewForm {
        let known = view.document.subject.as_ref().map(ClaimForm::from);
        let value = |key: &str, value: &str| wording::shown_value(kind_of(key), value);
        let mut form = ReviewForm {
            document_type: view.document.document_type.code().to_owned(),
            pass: Some(view.pass),
            title: view.document.title.clone(),
            claim: known.unwrap_or_else(|| ClaimForm::propose(&view.fields, &view.pages)),
            co_owners: Vec::new(),
            fields: view
                .fields
                .iter()
                .map(|field| (field.key.clone(), value(&field.key, &field.value)))
                .collect(),
            right: Vec::new(),
            absent: Vec::new(),
            provenance: Provenance::default(),
            rename_subject: false,
            held: None,
            beside: None,
            keyings: keyings(view),
        };
        form.add_needed();
        form
    }

    /// What a person typed.
    pub(super) fn read(pairs: &[(String, String)]) -> ReviewForm {
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let ticked = |prefix: &str| -> Vec<String> {
            pairs.iter().filter_map(|(name, _)| Some(name.strip_prefix(prefix)?.to_owned())).collect()
        };
        let typed = |prefix: &str| -> Vec<(String, String)> {
            let typed = |(name, value): &(String, String)| {
                Some((name.strip_prefix(prefix)?.to_owned(), value.trim().to_owned()))
            };
            pairs.iter().filter_map(typed).collect()
        };
        ReviewForm {
            document_type: value("document_type"),
            pass: value("pass").parse().ok(),
            title: value("title"),
            claim: ClaimForm::read(pairs),
            co_owners: co_owners(pairs),
            fields: typed(FIELD_PREFIX),
            right: typed(REASON_PREFIX),
            absent: ticked(ABSENT_PREFIX),
            provenance: provenance(&value),
            rename_subject: value("rename_subject") == "yes",
            held: value("held").parse().ok(),
            beside: beside(&value),
            keyings: value("keyings").parse().unwrap_or_default(),
        }
    }

    /// Why values whose check fails are right, and why fields that are needed are not there. A reason says nothing of a field that was
    /// emptied since, nor a box of one that was filled.
    fn reasons(&self) -> Vec<(String, String)> {
        let right = self.right.iter().filter(|(key, reason)| self.is_filled(key) && !reason.is_empty());
        let absent = self.absent.iter().filter(|key| !self.is_filled(key));
        let absent = absent.map(|key| (key.clone(), ABSENT.to_owned()));
        right.cloned().chain(absent).collect()
    }

    /// Gives an empty input to each field that records of the type need and the form does not have.
    pub(super) fn add_needed(&mut self) {
        let Ok(document_type) = self.document_type.parse::<DocumentType>() else { return };
        let lacking = document_type.lacking(|key| self.fields.iter().any(|(known, _)| known == key));
        self.fields.extend(lacking.into_iter().map(|key| (key.to_owned(), String::new())));
    }

    fn is_filled(&self, key: &str) -> bool {
        self.fields.iter().any(|(known, value)| known == key && !value.is_empty())
    }

    /// Why the value of a field is right although its check fails; empty: nothing was said.
    pub(super) fn reason_for(&self, key: &str) -> &str {
        self.right.iter().find(|(of, _)| of == key).map_or("", |(_, reason)| reason)
    }

    /// Whether a field is empty that records of the type need.
    pub(super) fn lacks(&self, key: &str) -> bool {
        let document_type = self.document_type.parse::<DocumentType>();
        document_type
            .is_ok_and(|document_type| document_type.lacking(|key| self.is_filled(key)).contains(&key))
    }

    /// Whether it is said to be a newer issue of the held paper.
    pub(super) fn replaces_held(&self) -> bool {
        self.beside.as_ref().is_some_and(|beside| beside.relation == BesideRelation::NewIssue)
    }

    /// Whether it is said to be another paper.
    pub(super) fn is_another(&self) -> bool {
        self.beside.as_ref().is_some_and(|beside| beside.relation == BesideRelation::Another)
    }

    /// Why; empty: nothing was said.
    pub(super) fn beside_reason(&self) -> &str {
        self.beside.as_ref().map_or("", |beside| beside.reason.as_str())
    }

    /// The confirmation that was typed, or what is wrong with it. An emptied field is dropped from the record.
    pub(super) fn confirmation(&self) -> Result<Confirmation, Mistakes> {
        let mut mistakes = Mistakes::new();
        let document_type = self.document_type.parse();
        if document_type.is_err() {
            mistakes.insert("document_type".to_owned(), "Hãy chọn loại giấy tờ.".to_owned());
        }
        if self.title.is_empty() {
            mistakes.insert("title".to_owned(), "Hãy ghi tên giấy tờ.".to_owned());
        }
        let claim = self.claim.claim();
        if let Err(wrong) = &claim {
            mistakes.extend(wrong.clone());
        }
        let mut fields = Vec::new();
        for (key, typed) in self.fields.iter().filter(|(_, typed)| !typed.is_empty()) {
            match canonical(key, typed) {
                Ok(value) => fields.push((key.clone(), value)),
                Err(sentence) => {
                    mistakes.insert(format!("{FIELD_PREFIX}{key}"), sentence);
                }
            }
        }
        match (document_type, claim) {
            (Ok(document_type), Ok(subject)) if mistakes.is_empty() => {
                let (title, pass, rename_subject) = (self.title.clone(), self.pass, self.rename_subject);
                let reasons = self.reasons();
                let spouses = spouses(document_type, &subject, &fields);
                let co_owners = self.co_owners.iter().cloned().chain(spouses).collect();
                Ok(Confirmation {
                    document_type,
                    title,
                    subject,
                    co_owners,
                    provenance: self.provenance,
                    pass,
                    fields,
                    reasons,
                    rename_subject,
                    beside: self.beside.clone(),
                    keyings: self.keyings,
                })
            }
            _ => Err(mistakes),
        }
    }
}

/// How often a paper was keyed.
pub(super) fn keyings(view: &DocumentView) -> u32 {
    u32::try_from(view.keyings.len()).unwrap_or(u32::MAX)
}

/// The inputs about an equal paper; none: nothing was chosen.
fn beside(value: &dyn Fn(&str) -> String) -> Option<BesideHeld> {
    let relation = serde_json::from_value(serde_json::Value::String(value("beside"))).ok()?;
    Some(BesideHeld { relation, reason: value("beside_reason") })
}

/// The boxes of other owners that are ticked; what is none of ours is none.
fn co_owners(pairs: &[(String, String)]) -> Vec<OwnerClaim> {
    let ticked = pairs.iter().filter(|(name, _)| name == CO_OWNER);
    ticked.filter_map(|(_, owner)| serde_json::from_str(owner).ok()).collect()
}

/// The inputs about the origin; an unknown source form is the default of the counter.
fn provenance(value: &dyn Fn(&str) -> String) -> Provenance {
    let ticked = |name: &str| value(name) == "yes";
    let form = serde_json::from_value(serde_json::Value::String(value("source_form")));
    Provenance {
        source_form: form.unwrap_or_default(),
        compared: ticked("original_compared"),
        marked: ticked("scan_marked"),
        for_agency: ticked("for_agency"),
        appraisal: ticked("appraisal"),
    }
}

/// Both spouses own a marriage certificate: whoever is named with a number beside the owner.
fn spouses(
    document_type: DocumentType,
    first: &SubjectClaim,
    fields: &[(String, String)],
) -> Vec<OwnerClaim> {
    if document_type != DocumentType::MarriageCertificate {
        return Vec::new();
    }
    let value = |key: &str| fields.iter().find(|(of, _)| of == key).map(|(_, value)| value.as_str());
    let spouse = |(number, name, birth_date, role): (&str, &str, &str, OwnerRole)| {
        let number = SubjectNumber::parse(value(number)?).ok().filter(|number| *number != first.number)?;
        let birth_date = value(birth_date).and_then(|day| day.parse().ok());
        let (kind, name) = (SubjectKind::Citizen, value(name)?.to_owned());
        Some(OwnerClaim { subject: SubjectClaim { kind, number, name, birth_date }, role })
    };
    SPOUSES.into_iter().filter_map(spouse).collect()
}

/// A typed value as it is stored.
fn canonical(key: &str, typed: &str) -> Result<String, String> {
    match kind_of(key) {
        FieldKind::Text => Ok(typed.to_owned()),
        FieldKind::Date => wording::parse_day(typed).map(|day| day.to_string()).ok_or_else(|| no_day(typed)),
        FieldKind::PersonalNumber => {
            let number = SubjectNumber::parse(typed).map_err(|error| error.message)?;
            Ok(number.as_str().to_owned())
        }
    }
}

/// What a field holds.
pub(super) fn kind_of(key: &str) -> FieldKind {
    field_key(key).map_or(FieldKind::Text, |entry| entry.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 5] = [
        ("document_type", "KS"),
        ("title", "Giấy khai sinh"),
        ("subject_number", "079099000001"),
        ("subject_name", " Lê Văn An "),
        ("subject_birth_date", "01/02/1999"),
    ];

    fn typed(more: &[(&str, &str)]) -> ReviewForm {
        let pairs = GOOD.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).chain(more);
        let pairs: Vec<_> = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ReviewForm::read(&pairs)
    }

    #[test]
    fn fields_are_stored_in_their_canonical_form() {
        let check = |key: &str, value: &str, expected: Option<&str>| {
            let confirmation = typed(&[(key, value)]).confirmation().expect("a right form");
            assert_eq!(
                confirmation.fields.first().map(|(_, value)| value.as_str()),
                expected,
                "{key} {value}"
            );
        };
        check("field-full_name", " Lê Văn An ", Some("Lê Văn An"));
        check("field-birth_date", "1/2/1999", Some("1999-02-01"));
        check("field-citizen_id", "079 099 000 001", Some("079099000001"));
        check("field-full_name", "   ", None);
    }

    #[test]
    fn a_reason_counts_only_for_what_stands_in_the_field() {
        let check = |name: &str, said: &str, value: &str, expected: &[&str]| {
            let confirmation = typed(&[("field-number", value), (name, said)]).confirmation();
            let reasons = confirmation.expect("a right form").reasons;
            let reasons: Vec<&str> = reasons.iter().map(|(_, reason)| reason.as_str()).collect();
            assert_eq!(reasons, expected, "{name} {said:?} with {value:?}");
        };
        check("reason-number", " Giấy ghi như vậy ", "12/2024", &["Giấy ghi như vậy"]);
        check("reason-number", " ", "12/2024", &[]);
        check("reason-number", "Giấy ghi như vậy", " ", &[]);
        check("absent-number", "yes", "12/2024", &[]);
        check("absent-number", "yes", " ", &[ABSENT]);
    }

    #[test]
    fn what_the_type_needs_is_asked_for_and_may_be_absent() {
        let mut form = typed(&[
            ("field-full_name", "Lê Văn An"),
            ("field-birth_year", "1999"),
            ("absent-agency", "yes"),
        ]);
        form.add_needed();
        let keys = form.fields.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>();
        assert_eq!(keys, ["full_name", "birth_year", "number", "issued_on", "agency"]);
        assert!(form.lacks("number") && !form.lacks("birth_date"), "the year is enough");
        let reasons = form.confirmation().expect("a right form").reasons;
        assert_eq!(reasons, [("agency".to_owned(), ABSENT.to_owned())]);
    }

    #[test]
    fn both_spouses_own_a_marriage_certificate() {
        let couple = [
            ("field-husband_citizen_id", "079099000001"),
            ("field-husband_name", "Lê Văn An"),
            ("field-wife_citizen_id", "079199000002"),
            ("field-wife_name", "Trần Thị Mẫu"),
            ("field-wife_birth_date", "02/03/1999"),
        ];
        let check = |document_type: &str, number: &str, expected: &[(&str, OwnerRole)]| {
            let subject = [("document_type", document_type), ("subject_number", number)];
            let confirmation = typed(&[&subject[..], &couple].concat()).confirmation().expect("a right form");
            let found = confirmation.co_owners.iter();
            let found = found.map(|owner| (owner.subject.number.as_str(), owner.role)).collect::<Vec<_>>();
            assert_eq!(found, expected, "{document_type} {number}");
        };
        let (husband, wife) = (("079099000001", OwnerRole::Husband), ("079199000002", OwnerRole::Wife));
        check("KH", "079099000001", &[wife]);
        check("KH", "079199000002", &[husband]);
        check("KH", "079099000009", &[husband, wife]);
        check("KS", "079099000001", &[]);
    }

    #[test]
    fn other_owners_who_were_keyed_and_ticked_stay() {
        let number = SubjectNumber::parse("079199000002").expect("a number");
        let subject = SubjectClaim {
            kind: SubjectKind::Citizen,
            number,
            name: "Trần Thị Mẫu".into(),
            birth_date: None,
        };
        let owner = OwnerClaim { subject, role: OwnerRole::CoOwner };
        let ticked = serde_json::to_string(&owner).expect("JSON");
        let form = typed(&[("document_type", "GCN"), (CO_OWNER, &ticked), (CO_OWNER, "nobody")]);
        assert_eq!(form.confirmation().expect("a right form").co_owners, [owner]);
    }

    #[test]
    fn each_mistake_names_its_input() {
        let check = |name: &str, value: &str| {
            let mistakes = typed(&[(name, value)]).confirmation().expect_err("a wrong form");
            assert_eq!(mistakes.keys().collect::<Vec<_>>(), [name]);
        };
        check("document_type", "XYZ");
        check("title", " ");
        check("subject_name", "");
        check("subject_number", "12");
        check("subject_birth_date", "ngày mai");
        check("field-issued_on", "31/02/2024");
        check("field-citizen_id", "079");
    }
}
