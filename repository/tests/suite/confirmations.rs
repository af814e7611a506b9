//! What officers state of invented papers.

use super::fixture::claim;
use motlan_repository::document_type::DocumentType;
use motlan_repository::record::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// A confirmation with a number of its own: one that was there before is a paper that is held already.
pub(crate) fn confirmation() -> Confirmation {
    confirmation_of(&own_number())
}

pub(crate) fn confirmation_of(number: &str) -> Confirmation {
    confirmation_as(DocumentType::BirthCertificate, number)
}

/// A number that no other paper of the test has.
pub(crate) fn own_number() -> String {
    static NUMBERS: AtomicU32 = AtomicU32::new(1);
    format!("{}/2023", NUMBERS.fetch_add(1, Ordering::Relaxed))
}

/// A paper of this type that says everything that records of the type need.
pub(crate) fn confirmation_as(document_type: DocumentType, number: &str) -> Confirmation {
    let stated = |one_of: &&[&str]| (one_of[0].to_owned(), stated(one_of[0], number).to_owned());
    Confirmation {
        document_type,
        title: document_type.label().into(),
        subject: claim(),
        co_owners: Vec::new(),
        provenance: Provenance::default(),
        pass: None,
        fields: document_type.minimum().iter().map(stated).collect(),
        reasons: Vec::new(),
        rename_subject: false,
        keyings: 0,
        beside: None,
    }
}

fn stated<'a>(key: &str, number: &'a str) -> &'a str {
    match key {
        "number" | "serial_number" | "insurance_number" => number,
        "citizen_id" => "079099000001",
        "enterprise_code" => "0314409058",
        "full_name" | "husband_name" => "Trần Văn Mẫu",
        "wife_name" => "Lê Thị Vợ",
        "birth_date" => "1999-03-04",
        "issued_on" => "2024-02-03",
        "death_date" => "2024-02-01",
        "agency" => "UBND phường Mẫu",
        "marital_status" => "Chưa kết hôn",
        "parcel_number" => "12",
        "enterprise_name" => "Công ty Mẫu",
        "criminal_record" => "Không có",
        "subject_matter" => "Về việc thử",
        _ => panic!("{key} is new: what does an invented paper say there?"),
    }
}

/// The same with other values, or more.
pub(crate) fn stating(mut confirmation: Confirmation, values: &[(&str, &str)]) -> Confirmation {
    for (key, value) in values {
        confirmation.fields.retain(|(known, _)| known != key);
        confirmation.fields.push(((*key).to_owned(), (*value).to_owned()));
    }
    confirmation
}

/// The same with a reason for each field that records of its type need and that it lacks: a paper that does not say it.
pub(crate) fn explained(mut confirmation: Confirmation) -> Confirmation {
    let has = |key: &str| confirmation.fields.iter().any(|(known, _)| known == key);
    let lacking = confirmation.document_type.lacking(has);
    confirmation
        .reasons
        .extend(lacking.iter().map(|key| ((*key).to_owned(), "Không có trên giấy".to_owned())));
    confirmation
}
