//! What happened: who looked, and what changed.

use super::DocumentId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Lượt truy cập: one look at, or change of, a person's record (PDP-10).
#[doc(alias = "nhật ký truy cập")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntry {
    /// Number in the log.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Account.
    pub account: String,
    /// Name shown for the account.
    pub name: String,
    /// Cơ quan.
    pub agency: String,
    /// Đơn vị in the agency; empty: not known.
    pub unit: String,
    /// What was done.
    pub action: Action,
    /// Why.
    pub purpose: String,
    /// Căn cứ, if one was given.
    pub basis: Option<String>,
    /// The paper, if one.
    pub document: Option<DocumentId>,
    /// Whether it was allowed.
    pub allowed: bool,
}

/// What can be done to records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Tiếp nhận a paper or a dossier.
    Receive,
    /// Xem a record or its pages.
    View,
    /// Tải bản gốc.
    Download,
    /// Tra cứu a subject or search.
    Search,
    /// Xác nhận a draft.
    Confirm,
    /// Đính chính, thu hồi, thay thế: change what is stored already.
    Amend,
    /// Xử lý hồ sơ: move a dossier to another state.
    Process,
    /// Read by the machine.
    Read,
    /// Yêu cầu đọc lại: ask for another reading.
    Reread,
    /// Configure procedures.
    Configure,
    /// Look at the access log of a paper or a subject.
    Audit,
    /// Trích xuất nhật ký: take the log, or what it says of a subject, out of the program.
    ExportLog,
    /// Sao lưu: copy everything to another place.
    Backup,
    /// Phục hồi: bring a copy back.
    Restore,
    /// Xác định thời hạn lưu trữ.
    Retain,
    /// Giữ: let nobody destroy a paper.
    Hold,
    /// Gỡ lệnh giữ.
    LiftHold,
    /// Đề nghị tiêu hủy.
    ProposeDisposal,
    /// Quyết định tiêu hủy.
    DecideDisposal,
    /// Đăng nhập; a failed attempt is one that was not allowed.
    SignIn,
    /// Đăng xuất.
    SignOut,
    /// Sửa tài khoản của mình: password, second factor.
    OwnAccount,
    /// Khóa tạm an account that failed too often.
    LockAccount,
    /// Mở khóa.
    UnlockAccount,
    /// Tạo tài khoản.
    CreateAccount,
    /// Sửa tài khoản: names, one-time links, second factor.
    EditAccount,
    /// Khóa tài khoản until somebody opens it.
    DisableAccount,
    /// Đổi quyền: another role or agency.
    ChangeRights,
    /// Niêm: keep the looks of an agency from a subject until a day.
    Seal,
    /// Mở khẩn cấp: look at what nothing ties one to, for a reason and an hour (break-glass).
    BreakGlass,
    /// Xem xét lượt mở khẩn cấp.
    ReviewBreakGlass,
    /// Khai thác: ask what the store holds for one case, by its legal basis.
    LookUp,
}

impl Action {
    /// Every action.
    pub const ALL: [Action; 32] = [
        Action::Receive,
        Action::View,
        Action::Download,
        Action::Search,
        Action::Confirm,
        Action::Amend,
        Action::Process,
        Action::Read,
        Action::Reread,
        Action::Configure,
        Action::Audit,
        Action::ExportLog,
        Action::Backup,
        Action::Restore,
        Action::Retain,
        Action::Hold,
        Action::LiftHold,
        Action::ProposeDisposal,
        Action::DecideDisposal,
        Action::SignIn,
        Action::SignOut,
        Action::OwnAccount,
        Action::LockAccount,
        Action::UnlockAccount,
        Action::CreateAccount,
        Action::EditAccount,
        Action::DisableAccount,
        Action::ChangeRights,
        Action::Seal,
        Action::BreakGlass,
        Action::ReviewBreakGlass,
        Action::LookUp,
    ];

    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            Action::Receive => "Tiếp nhận",
            Action::View => "Xem",
            Action::Download => "Tải bản gốc",
            Action::Search => "Tra cứu",
            Action::Confirm => "Xác nhận",
            Action::Amend => "Đính chính, thu hồi, thay thế",
            Action::Process => "Chuyển trạng thái hồ sơ",
            Action::Read => "Máy đọc",
            Action::Reread => "Yêu cầu đọc lại",
            Action::Configure => "Cấu hình",
            Action::Audit => "Xem nhật ký",
            Action::ExportLog => "Trích xuất nhật ký",
            Action::Backup => "Sao lưu",
            Action::Restore => "Phục hồi",
            Action::Retain => "Xác định thời hạn lưu trữ",
            Action::Hold => "Giữ giấy tờ",
            Action::LiftHold => "Gỡ lệnh giữ",
            Action::ProposeDisposal => "Đề nghị tiêu hủy",
            Action::DecideDisposal => "Quyết định tiêu hủy",
            Action::SignIn => "Đăng nhập",
            Action::SignOut => "Đăng xuất",
            Action::OwnAccount => "Sửa tài khoản của mình",
            Action::LockAccount => "Khóa tạm tài khoản",
            Action::UnlockAccount => "Mở khóa tài khoản",
            Action::CreateAccount => "Tạo tài khoản",
            Action::EditAccount => "Sửa tài khoản",
            Action::DisableAccount => "Khóa tài khoản",
            Action::ChangeRights => "Đổi quyền",
            Action::Seal => "Niêm việc tra cứu",
            Action::BreakGlass => "Mở khẩn cấp",
            Action::ReviewBreakGlass => "Xem xét lượt mở khẩn cấp",
            Action::LookUp => "Khai thác cho hồ sơ",
        }
    }
}

/// Thay đổi: what happened to a paper, numbered without gaps, in the order of commits. The index follows these.
#[doc(alias = "thay đổi")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// 1, 2, 3, …
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: ChangeKind,
    /// The paper.
    pub document: DocumentId,
}

/// What a change was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Received, for the first time or again after it was given up.
    Received,
    /// Read, fields proposed.
    Extracted,
    /// Read again: its pages say what the newest reading says.
    Reread,
    /// Confirmed, coded, stored.
    Stored,
    /// Given up as unreadable.
    Unreadable,
    /// What was confirmed of it was corrected.
    Corrected,
    /// Revoked, superseded, cancelled, archived or reinstated.
    ValidityChanged,
    /// Destroyed: whatever knows a word of it forgets it for good.
    Disposed,
    /// Its subject is called otherwise now: another paper of the same subject was confirmed under a new name.
    SubjectNamed,
}
