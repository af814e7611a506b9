//! What a paper says: proposed by a machine, confirmed by a person.

use super::Region;
use crate::DocumentType;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the machine proposes for a paper, before a person confirms it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Loại giấy tờ.
    pub document_type: DocumentType,
    /// Tên giấy tờ.
    pub title: String,
    /// The words that decided the type; none: nothing on the paper did.
    pub type_evidence: Option<Evidence>,
    /// Fields, in the order of the form.
    pub fields: Vec<ProposedField>,
}

/// Căn cứ of a proposal: words on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The words as they stand there.
    pub text: String,
    /// Page they stand on.
    pub page: u32,
    /// Where they stand.
    pub region: Region,
}

/// A field as the machine read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposedField {
    /// Key of the data dictionary, e.g. `full_name`.
    pub key: String,
    /// Value; dates as `YYYY-MM-DD`.
    pub value: String,
    /// Who says so.
    pub source: FieldSource,
    /// 0–100.
    pub confidence: f32,
    /// Page it stands on.
    pub page: Option<u32>,
    /// Where it stands.
    pub region: Option<Region>,
    /// The words as they stand on the paper, before they were brought into the form of the key.
    pub written: String,
    /// Codes of the checks that the value fails, e.g. `birth_year`, `check_digit`: shown, never silently corrected.
    pub doubts: Vec<String>,
}

/// Trường dữ liệu of a paper: what was proposed and what a person confirmed (DIG-12).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Key of the data dictionary.
    pub key: String,
    /// Value now: confirmed if someone did, else proposed.
    pub value: String,
    /// What the machine proposed; none when a person added the field.
    pub proposed: Option<String>,
    /// Who says so.
    pub source: FieldSource,
    /// 0–100; 100 for a person.
    pub confidence: f32,
    /// Page it stands on.
    pub page: Option<u32>,
    /// Where it stands.
    pub region: Option<Region>,
    /// The words as they stand on the paper; empty when a person added the field.
    pub written: String,
    /// Codes of the checks that the proposed value fails.
    pub doubts: Vec<String>,
    /// Account that confirmed it.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_at: Option<Timestamp>,
    /// Why it was confirmed although a check fails, in the words of who did.
    pub reason: Option<String>,
}

/// Nguồn of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldSource {
    /// Recognised.
    Ocr,
    /// From a code on the paper: a claim, not proof.
    Qr,
    /// Typed by a person.
    Manual,
}
