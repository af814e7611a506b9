//! What our own codes say. How it is written and signed: `docs/qr-format.md`, [`crate::SigningKey`] and [`crate::KeyList`].

mod form;

pub(crate) use form::{decode, encode, length};

use jiff::Timestamp;
use jiff::civil::Date;
use ring::rand::SystemRandom;

/// Bytes of a pseudonym.
pub const PSEUDONYM_BYTES: usize = 16;
/// Bytes of a file's SHA-256 that a result carries: enough that nobody makes another file with the same ones.
pub const FILE_HASH_BYTES: usize = 16;
/// Bytes that tell one printed cover sheet from another.
pub const SERIAL_BYTES: usize = 8;

/// What one of our codes says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Giấy tiếp nhận hồ sơ và hẹn trả kết quả.
    Receipt(Receipt),
    /// The label of a paper of the store.
    ResultLabel(ResultLabel),
    /// A sheet that lies before the pages of one paper in a feeder.
    CoverSheet(CoverSheet),
    /// Another form of a dossier, which promises nothing: it says the six facts alone.
    Notice(Published),
}

/// The six facts that stand in every code on a paper given out (TT 01/2023/TT-VPCP Điều 26, QR-03). None may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Mã hồ sơ.
    pub dossier: String,
    /// Mã TTHC.
    pub procedure: String,
    /// Mã định danh of the person or organization.
    pub person: Person,
    /// Tên giấy tờ được xuất bản.
    pub paper: String,
    /// Tên hệ thống thông tin cung cấp dữ liệu.
    pub system: String,
    /// Thời điểm xuất bản, to the second.
    pub at: Timestamp,
}

/// How a code names whose paper it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// What only the system that printed the code can make of the number, see [`crate::PseudonymKey`]: the code says nothing about
    /// the person to whoever reads it.
    Pseudonym([u8; PSEUDONYM_BYTES]),
    /// The number itself, where an agency must print it.
    Number(String),
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The six facts.
    pub published: Published,
    /// Ngày hẹn trả kết quả (QR-04), to the second.
    pub appointment: Timestamp,
}

/// What the label of a paper says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultLabel {
    /// The six facts.
    pub published: Published,
    /// Mã kết quả số hóa.
    pub code: String,
    /// Thời hạn hiệu lực (QR-04); none: không thời hạn.
    pub valid_until: Option<Date>,
    /// Phạm vi hiệu lực (QR-04).
    pub scope: String,
    /// The first bytes of the SHA-256 of the scanned file.
    pub file_hash: [u8; FILE_HASH_BYTES],
}

/// What a cover sheet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverSheet {
    /// Mã hồ sơ.
    pub dossier: String,
    /// Key of the component that the pages are; none: they are an outcome of the dossier.
    pub component: Option<String>,
    /// Sheets of paper that follow, both sides of one counted once.
    pub sheets: u16,
    /// Another one for every printed sheet, so that a copied or doubled sheet is noticed.
    pub serial: [u8; SERIAL_BYTES],
    /// When it was printed, to the second.
    pub at: Timestamp,
}

impl CoverSheet {
    /// A serial for a sheet that is about to be printed, of the system's generator: no two are equal.
    pub fn new_serial() -> [u8; SERIAL_BYTES] {
        ring::rand::generate(&SystemRandom::new()).expect("the system gives random bytes").expose()
    }
}

impl Payload {
    /// The name of the first thing that has to be there and is not (QR-03, QR-04).
    pub(crate) fn missing(&self) -> Option<&'static str> {
        match self {
            Payload::Receipt(receipt) => receipt.published.missing(),
            Payload::ResultLabel(label) => label
                .published
                .missing()
                .or_else(|| empty(&[("mã kết quả số hóa", &label.code), ("phạm vi hiệu lực", &label.scope)])),
            Payload::CoverSheet(sheet) if sheet.sheets == 0 => Some("số tờ"),
            Payload::CoverSheet(sheet) => empty(&[("mã hồ sơ", &sheet.dossier)]),
            Payload::Notice(published) => published.missing(),
        }
    }
}

impl Published {
    fn missing(&self) -> Option<&'static str> {
        let number = match &self.person {
            Person::Number(number) => number,
            Person::Pseudonym(_) => "-",
        };
        empty(&[
            ("mã hồ sơ", &self.dossier),
            ("mã thủ tục hành chính", &self.procedure),
            ("mã định danh", number),
            ("tên giấy tờ", &self.paper),
            ("tên hệ thống thông tin", &self.system),
        ])
    }
}

fn empty(texts: &[(&'static str, &str)]) -> Option<&'static str> {
    texts.iter().find(|(_, text)| text.trim().is_empty()).map(|(name, _)| *name)
}
