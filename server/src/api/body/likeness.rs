//! Why two scans are thought to be of one paper.

use repository::record::LikenessSign;
use serde::Serialize;
use utoipa::ToSchema;

/// Dấu hiệu that two scans are of one paper.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "sign", rename_all = "snake_case")]
pub(crate) enum LikenessSignBody {
    /// An entry that tells papers of one type apart is the same.
    Entry {
        /// Key of the field.
        key: String,
    },
    /// Words that follow each other stand on both.
    Words {
        /// How many of a hundred pairs.
        percent: u8,
    },
    /// The pages look alike; it never stands alone.
    Picture,
}

impl From<LikenessSign> for LikenessSignBody {
    fn from(sign: LikenessSign) -> LikenessSignBody {
        match sign {
            LikenessSign::Entry { key } => LikenessSignBody::Entry { key },
            LikenessSign::Words { percent } => LikenessSignBody::Words { percent },
            LikenessSign::Picture => LikenessSignBody::Picture,
        }
    }
}
