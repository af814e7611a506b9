//! Giấy gần như trùng: a paper that is probably another scan of one that is held.

use super::{Document, DocumentId};
use crate::document_type::field_key;
use serde::{Deserialize, Serialize};

/// A held paper of which a waiting one is probably another scan, and why it is thought so.
#[derive(Debug, Clone, PartialEq)]
pub struct NearDuplicate {
    /// The held paper.
    pub document: Document,
    /// What speaks for it, the strongest first; never empty.
    pub signs: Vec<LikenessSign>,
}

/// Dấu hiệu that two scans are of one paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "sign", rename_all = "snake_case")]
pub enum LikenessSign {
    /// An entry that tells papers of one type apart is the same: a number, or a day of issue.
    Entry {
        /// Key of the field.
        key: String,
    },
    /// Words that follow each other stand on both.
    Words {
        /// How many of a hundred pairs.
        percent: u8,
    },
    /// The pages look alike. So do two papers of one form: it never stands alone.
    Picture,
}

/// Wish to use the held paper of which a waiting one is another scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseHeld {
    /// The paper that waits for confirmation.
    pub document: DocumentId,
    /// The held one.
    pub held: DocumentId,
}

impl NearDuplicate {
    /// Why it is thought so, in Vietnamese for people: «cùng số, ký hiệu; cùng ngày cấp; 97 % cụm từ giống nhau».
    pub fn reason(&self) -> String {
        self.signs.iter().map(LikenessSign::phrase).collect::<Vec<_>>().join("; ")
    }
}

impl LikenessSign {
    fn phrase(&self) -> String {
        match self {
            LikenessSign::Entry { key } if key == "change_number" => "cùng lần đăng ký thay đổi".to_owned(),
            LikenessSign::Entry { key } => {
                let label = field_key(key).map_or("trường khác", |entry| entry.label);
                format!("cùng {}", label.to_lowercase())
            }
            LikenessSign::Words { percent } => format!("{percent} % cụm từ giống nhau"),
            LikenessSign::Picture => "ảnh trang giống nhau".to_owned(),
        }
    }
}
