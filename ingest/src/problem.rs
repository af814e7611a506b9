//! Why a file, or a page of it, could not be read, in words that say what to do next.

use serde::{Deserialize, Serialize};

/// Pages of one file at most: a bound volume of 2,000 sheets is a day's work of a scanner, and a page costs a second; longer files
/// are almost always made to exhaust a reader.
pub(crate) const PAGE_COUNT_MAX: u32 = 2_000;

/// Words of one page at most: a full newspaper sheet has about 8,000. More are made to exhaust whoever works with them.
pub(crate) const PAGE_WORDS_MAX: usize = 20_000;

/// Why a whole file cannot be read. [`Problem::vietnamese`] and `Display` say it to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "problem")]
pub enum Problem {
    /// No bytes.
    #[error("the file is empty; scan the paper again")]
    Empty,
    /// Not a kind of file that can be read.
    #[error("the file is not a PDF, JPEG, PNG, TIFF or WebP; save or scan it as one of these")]
    Unrecognised,
    /// A PDF that asks for a password.
    #[error("the PDF is locked with a password; save it without one and send it again")]
    Encrypted,
    /// A stack that carries a digital signature: papers taken out of it would not.
    #[error("the PDF is digitally signed and cannot be split; send it as one paper")]
    SignedStack,
    /// Cut off or broken.
    #[error("the file is damaged or cut off and cannot be opened; scan the paper again")]
    Damaged,
    /// More pages than one file may have.
    #[error("the file has {page_count} pages; at most {PAGE_COUNT_MAX}: split it and send the parts")]
    TooManyPages {
        /// Pages in the file.
        page_count: u32,
    },
    /// The reader ended before it could say anything, e.g. at the memory limit.
    #[error("opening the file takes more memory or time than allowed; scan the paper again")]
    Unopenable,
}

impl Problem {
    /// The same, for people at a counter.
    pub fn vietnamese(&self) -> String {
        match self {
            Problem::Empty => "Tệp rỗng. Hãy quét lại giấy tờ.".into(),
            Problem::Unrecognised => {
                "Tệp không phải PDF, JPEG, PNG, TIFF hay WebP. Hãy lưu hoặc quét lại theo một trong các định dạng này.".into()
            }
            Problem::Encrypted => "Tệp PDF có mật khẩu. Hãy lưu lại không đặt mật khẩu rồi gửi lại.".into(),
            Problem::SignedStack => {
                "Tệp PDF có chữ ký số nên không chia ra được. Hãy gửi nguyên tệp như một giấy tờ.".into()
            }
            Problem::Damaged => "Tệp bị hỏng hoặc bị cắt cụt, không mở được. Hãy quét lại giấy tờ.".into(),
            Problem::TooManyPages { page_count } => {
                format!("Tệp có {page_count} trang, tối đa {PAGE_COUNT_MAX} trang. Hãy tách thành nhiều tệp.")
            }
            Problem::Unopenable => "Mở tệp tốn quá nhiều bộ nhớ hoặc thời gian cho phép. Hãy quét lại giấy tờ.".into(),
        }
    }
}

/// Codes that say why a page needs a person's eye; they stand in `Page::reasons`.
pub mod reason {
    /// The words were recognised with little confidence.
    pub const LOW_CONFIDENCE: &str = "low_confidence";
    /// There is ink that no word covers.
    pub const UNREAD_INK: &str = "unread_ink";
    /// The page is larger than the pixel budget.
    pub const PIXEL_BUDGET: &str = "pixel_budget";
    /// The page was drawn below its own resolution to stay within the pixel budget.
    pub const REDUCED: &str = "reduced";
    /// The page could not be drawn.
    pub const DAMAGED: &str = "damaged";
    /// Reading took longer than allowed.
    pub const TIME_LIMIT: &str = "time_limit";
    /// The reader ended while at this page.
    pub const CRASHED: &str = "crashed";
    /// The recognition engine failed.
    pub const ENGINE_FAILED: &str = "engine_failed";
    /// More words than a page can hold; the rest was left out.
    pub const TOO_MANY_WORDS: &str = "too_many_words";
    /// The file is damaged in parts that a lenient decoder leaves out or fills with grey: a picture of the page, or what any page may need.
    pub const PARTLY_DECODED: &str = "partly_decoded";
    /// The page only stands in for a form that another program builds at run time (XFA).
    pub const DYNAMIC_FORM: &str = "dynamic_form";
    /// The file holds words that are not drawn here: a font is missing, or they are hidden.
    pub const UNDRAWN_WORDS: &str = "undrawn_words";
    /// Ink that the first look left out could not be looked at again.
    pub const NOT_RECOVERED: &str = "not_recovered";
    /// Scanned at less than 200 dpi (DIG-14).
    pub const LOW_RESOLUTION: &str = "low_resolution";

    /// Why a child may say that it has no picture of a page.
    const OF_NO_PICTURE: [&str; 2] = [PIXEL_BUDGET, DAMAGED];

    /// What the parent believes of the reason for which there is no picture: a child that parsed hostile bytes may say anything.
    pub(crate) fn known(of_no_picture: &str) -> &'static str {
        OF_NO_PICTURE.into_iter().find(|known| *known == of_no_picture).unwrap_or(DAMAGED)
    }
}
