//! Biểu mẫu: the printed forms of a dossier (KHO-04), and what is kept of their printing.

use super::{DossierId, DossierState};
use crate::identifier::{DossierCode, ProcedureCode};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Biểu mẫu of TT 03/2025/TT-VPCP.
#[doc(alias = "biểu mẫu")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// Giấy tiếp nhận hồ sơ và hẹn trả kết quả.
    #[serde(rename = "BM01")]
    Receipt,
    /// Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ.
    #[serde(rename = "BM02")]
    SupplementRequest,
    /// Phiếu từ chối tiếp nhận hồ sơ.
    #[serde(rename = "BM03")]
    Refusal,
    /// Phiếu xin lỗi và hẹn lại ngày trả kết quả.
    #[serde(rename = "BM04")]
    Apology,
    /// Thông báo dừng giải quyết hồ sơ.
    #[serde(rename = "BM05")]
    StopNotice,
    /// Phiếu kiểm soát quá trình giải quyết hồ sơ.
    #[serde(rename = "BM06")]
    ControlSheet,
    /// Sổ theo dõi hồ sơ.
    #[serde(rename = "BM07")]
    Register,
}

impl Form {
    /// Every form, in the order of its number.
    pub const ALL: [Form; 7] = [
        Form::Receipt,
        Form::SupplementRequest,
        Form::Refusal,
        Form::Apology,
        Form::StopNotice,
        Form::ControlSheet,
        Form::Register,
    ];

    /// Tên biểu mẫu, as it stands at its top.
    pub fn label(self) -> &'static str {
        match self {
            Form::Receipt => "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            Form::SupplementRequest => "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            Form::Refusal => "Phiếu từ chối tiếp nhận hồ sơ",
            Form::Apology => "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
            Form::StopNotice => "Thông báo dừng giải quyết hồ sơ",
            Form::ControlSheet => "Phiếu kiểm soát quá trình giải quyết hồ sơ",
            Form::Register => "Sổ theo dõi hồ sơ",
        }
    }
}

/// Lần in: that a form was printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printing {
    /// Which.
    pub form: Form,
    /// When.
    pub at: Timestamp,
    /// Account.
    pub account: String,
    /// Cơ quan.
    pub agency: String,
}

/// A dossier on one line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterLine {
    /// Key.
    pub id: DossierId,
    /// Mã hồ sơ.
    pub code: DossierCode,
    /// Mã TTHC.
    pub procedure: ProcedureCode,
    /// Tên thủ tục.
    pub procedure_name: String,
    /// Name of its owner.
    pub subject: String,
    /// Ngày tiếp nhận.
    pub received_on: Date,
    /// Hẹn trả kết quả.
    pub due_at: Option<Timestamp>,
    /// When it came to its end: delivered, refused, withdrawn or stopped.
    pub ended_at: Option<Timestamp>,
    /// Trạng thái.
    pub state: DossierState,
}
