//! Owners of a paper: most have one, a marriage or land certificate has several and appears in the store of each.

use super::{Subject, SubjectClaim};
use serde::{Deserialize, Serialize};

/// Chủ giấy tờ of one paper.
#[doc(alias = "chủ giấy tờ")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Who.
    pub subject: Subject,
    /// As what the paper names them.
    pub role: OwnerRole,
}

/// What a person states about another owner than the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerClaim {
    /// Who.
    pub subject: SubjectClaim,
    /// As what the paper names them.
    pub role: OwnerRole,
}

/// Tư cách of an owner on the paper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerRole {
    /// Chủ giấy tờ.
    #[default]
    Owner,
    /// Chồng, on a marriage certificate.
    Husband,
    /// Vợ, on a marriage certificate.
    Wife,
    /// Đồng sử dụng, đồng sở hữu, on a land certificate.
    CoOwner,
}

impl OwnerRole {
    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            OwnerRole::Owner => "Chủ giấy tờ",
            OwnerRole::Husband => "Chồng",
            OwnerRole::Wife => "Vợ",
            OwnerRole::CoOwner => "Đồng chủ",
        }
    }
}
