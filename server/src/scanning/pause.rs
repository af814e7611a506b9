//! Why a scan rests before its stack is whole, and what to do next: in the words of the counter, and in English for the console.

use super::tray::{PAGE_BYTES_MAX, PAGES_MAX, STACK_BYTES_MAX};
use serde::Serialize;

/// Why a scan rests. What was scanned before is kept, whatever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pause {
    /// Khay trống.
    #[error("the feeder is empty: put the sheets in, then go on")]
    NoPaper,
    /// Kẹt giấy.
    #[error("paper jam: open the cover, take the jammed sheet out, put it and the rest back, then go on")]
    Jam,
    /// Nắp mở.
    #[error("the cover is open: close it, then go on")]
    CoverOpen,
    /// Máy quét bận.
    #[error("the scanner is busy: wait until it is free, then go on")]
    Busy,
    /// The device has no feeder: one sheet lay on its glass.
    #[error("one sheet was scanned from the glass: lay the next one on it and go on, or finish")]
    OneSheet,
    /// Còn giấy trong khay: the device ended before its feeder was empty.
    #[error(
        "the scanner ended although sheets are left in the feeder: go on, or finish when they are another stack"
    )]
    SheetsLeft,
    /// Whoever scans stopped it.
    #[error("stopped: put back the sheet that was not counted and go on, or finish")]
    Stopped,
    /// It does not answer, or the connection was cut.
    #[error(
        "the scanner does not answer: check power and cable, then go on from the first sheet that was not counted"
    )]
    Unreachable,
    /// Nothing came for so long that it was ended.
    #[error("the scanner sent nothing for too long and was let go: switch it off and on, then go on")]
    Hung,
    /// This account of the machine may not use it.
    #[error(
        "the system refuses the scanner to motlan: let the user that runs it use scanners (group scanner)"
    )]
    Refused,
    /// It cannot scan both sides at once.
    #[error("the scanner cannot scan both sides at once: scan one side")]
    NoDuplex,
    /// What it sent is no whole picture.
    #[error("the scanner sent a page that is no whole JPEG picture: scan that sheet again")]
    BadPage,
    /// A page, or the whole stack, has too many bytes.
    #[error(
        "too many bytes: a page has at most {} MiB, a stack {} MiB; finish and scan the rest as another stack",
        PAGE_BYTES_MAX >> 20, STACK_BYTES_MAX >> 20
    )]
    TooLarge,
    /// The stack has as many pages as one may have.
    #[error("a stack has at most {PAGES_MAX} pages: finish and scan the rest as another stack")]
    Full,
    /// There is no program that speaks with scanners of this machine.
    #[error("scanimage is missing: install the package sane-utils")]
    NotInstalled,
    /// Whatever else the scanner complains about; it stands in the log.
    #[error("the scanner failed: see the log, switch it off and on, then go on")]
    Failed,
    /// A page could not be written down: the disk of this machine is full, or fails.
    #[error(
        "this machine cannot keep the page: see the log, make room on the disk of the data folder, put that sheet back, then go on"
    )]
    NotKept,
    /// The stack could not be stored.
    #[error("the stack could not be stored: see the log, then finish again")]
    NotStored,
}

impl Pause {
    /// What happened and what to do next.
    pub(crate) fn vietnamese(self) -> String {
        match self {
            Pause::NoPaper => "Khay giấy trống. Hãy đặt giấy vào khay rồi bấm «Quét tiếp».".into(),
            Pause::Jam => "Kẹt giấy. Hãy mở nắp, gỡ tờ bị kẹt, đặt lại tờ đó cùng các tờ còn lại vào khay rồi bấm «Quét tiếp».".into(),
            Pause::CoverOpen => "Nắp máy quét đang mở. Hãy đóng nắp rồi bấm «Quét tiếp».".into(),
            Pause::Busy => "Máy quét đang bận. Hãy chờ máy rảnh rồi bấm «Quét tiếp».".into(),
            Pause::OneSheet => "Đã quét một mặt giấy trên kính. Hãy đặt mặt tiếp theo rồi bấm «Quét tiếp», hoặc bấm «Xong» nếu đã hết.".into(),
            Pause::SheetsLeft => "Máy quét đã dừng khi khay còn giấy. Hãy bấm «Quét tiếp», hoặc bấm «Xong» nếu giấy còn lại là tập khác.".into(),
            Pause::Stopped => "Đã dừng theo yêu cầu. Hãy đặt lại tờ chưa được đếm rồi bấm «Quét tiếp», hoặc bấm «Xong» nếu đã đủ.".into(),
            Pause::Unreachable => "Máy quét không trả lời. Hãy kiểm tra nguồn và dây nối, đặt lại các tờ chưa được đếm rồi bấm «Quét tiếp».".into(),
            Pause::Hung => "Máy quét không gửi gì quá lâu nên đã được ngắt. Hãy tắt, bật lại máy quét rồi bấm «Quét tiếp».".into(),
            Pause::Refused => "Hệ thống không cho phép dùng máy quét này. Hãy báo quản trị cấp quyền dùng máy quét.".into(),
            Pause::NoDuplex => "Máy quét này không quét được hai mặt một lượt. Hãy bấm «Bỏ» rồi chọn quét một mặt.".into(),
            Pause::BadPage => "Máy quét gửi một trang không phải ảnh JPEG trọn vẹn. Hãy đặt lại tờ đó rồi bấm «Quét tiếp».".into(),
            Pause::TooLarge => format!(
                "Ảnh quét quá lớn: mỗi trang nhiều nhất {} MiB, mỗi tập {} MiB. Hãy bấm «Xong» rồi quét phần còn lại thành tập khác.",
                PAGE_BYTES_MAX >> 20, STACK_BYTES_MAX >> 20
            ),
            Pause::Full => format!("Đã đủ {PAGES_MAX} trang của một tập. Hãy bấm «Xong» rồi quét phần còn lại thành tập khác."),
            Pause::NotInstalled => "Máy chủ chưa cài phần mềm máy quét. Hãy báo quản trị cài gói sane-utils.".into(),
            Pause::Failed => "Máy quét báo lỗi. Hãy tắt, bật lại máy quét rồi bấm «Quét tiếp»; nếu còn lỗi hãy báo quản trị.".into(),
            Pause::NotKept => "Máy chủ không ghi được trang vừa quét: đĩa đã đầy hoặc hỏng. Hãy báo quản trị dọn đĩa, đặt lại tờ chưa được đếm rồi bấm «Quét tiếp».".into(),
            Pause::NotStored => "Chưa lưu được tập quét; các trang đã quét vẫn còn. Hãy thử bấm «Xong» lại sau ít phút; nếu còn lỗi hãy báo quản trị.".into(),
        }
    }

    /// Whether going on can help, and not only finishing or another wish.
    pub(crate) fn may_go_on(self) -> bool {
        match self {
            Pause::NoDuplex | Pause::TooLarge | Pause::Full => false,
            Pause::NoPaper
            | Pause::Jam
            | Pause::CoverOpen
            | Pause::Busy
            | Pause::OneSheet
            | Pause::SheetsLeft
            | Pause::Stopped
            | Pause::Unreachable
            | Pause::Hung
            | Pause::Refused
            | Pause::BadPage
            | Pause::NotInstalled
            | Pause::Failed
            | Pause::NotKept
            | Pause::NotStored => true,
        }
    }
}
