//! Chụp bằng điện thoại: a link by which one phone sends photographs of one paper of a dossier.

use super::{Actor, BatchId, DossierPlace};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a link works at most: photographs are taken while the person stands at the counter, or the same day at home.
pub const PHONE_LINK_TIME: SignedDuration = SignedDuration::from_hours(24);
/// Pages of one link at most: the longest papers that are handed in, contracts and drawings, have some thirty; a stack belongs into a scanner.
pub const PHONE_PAGES_MAX: u32 = 50;
/// Bytes of one page at most: a photograph of 48 million pixels has some 15 MB as JPEG.
pub const PHONE_PAGE_BYTES_MAX: u64 = 24 << 20;
/// Bytes of all pages of one link: as for an upload, since they become one paper that is held in memory while it is made.
pub const PHONE_BYTES_MAX: u64 = 256 << 20;

/// Key of a phone link. It opens nothing without a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneLinkId(pub Uuid);

/// How far a phone link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneLinkState {
    /// Đang chụp: pages may come.
    Open,
    /// Đã gửi: no page comes any more; the pages are a batch, out of which the program makes the paper.
    Sent,
    /// Đã vào hồ sơ: the paper is in its place.
    Filed,
    /// Chờ cán bộ: the pages are a batch that a person has to look at.
    Waiting,
    /// Đã đóng: it ended without a page.
    Closed,
}

/// Liên kết chụp bằng điện thoại.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneLink {
    /// Key.
    pub id: PhoneLinkId,
    /// Where the paper goes.
    pub place: DossierPlace,
    /// Mã hồ sơ.
    pub dossier_code: String,
    /// Tên thành phần; none: an outcome.
    pub component_name: Option<String>,
    /// Who made it, and acts when the paper is filed.
    pub maker: Actor,
    /// How far it is.
    pub state: PhoneLinkState,
    /// Whether a phone opened it.
    pub is_bound: bool,
    /// Until when it works.
    pub ends_at: Timestamp,
    /// Pages that came and were not sent off yet, by number.
    pub pages: Vec<PhonePage>,
}

/// A page that came from a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhonePage {
    /// Its place in the paper, from 1; there may be gaps where pages were taken out.
    pub number: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

/// A page that comes from a phone.
#[derive(Debug, Clone)]
pub struct NewPhonePage {
    /// Its place in the paper, from 1.
    pub number: u32,
    /// Name that the batch shows.
    pub file_name: String,
    /// SHA-256 as the phone says it, hex: what came otherwise was cut off on the way.
    pub sha256: String,
    /// The photograph.
    pub bytes: Bytes,
}

/// The browser of a phone that opened a link.
#[derive(Debug, Clone, Copy)]
pub struct Phone<'a> {
    /// The link.
    pub link: PhoneLinkId,
    /// The secret that the browser keeps.
    pub secret: &'a str,
}

impl PhoneLink {
    /// The batch that its pages are once they were sent.
    pub fn batch(&self) -> BatchId {
        BatchId(self.id.0)
    }
}
