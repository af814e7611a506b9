//! Thời hạn: what a procedure promises, by when each step of a dossier has to be done, and the rules that were broken on the way (DOMAIN
//! §4.1).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Thời hạn giải quyết that a procedure names. In TOML: `term = "direct"`, `term = { working_days = 5 }`, `term = { working_hours = 8 }`.
#[doc(alias = "thời hạn giải quyết")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// The result is given in one sitting: nothing is promised for later.
    Direct,
    /// So many working days; the day of receipt is not counted.
    WorkingDays(u32),
    /// So many working hours.
    WorkingHours(u32),
}

impl Term {
    /// Longest term that a catalogue may name, and as far away as an appointment may be: two years of work. More is a slip of the pen.
    pub const DAYS_MAX: u32 = 500;

    /// Whether it is a term at all.
    pub(crate) fn is_sensible(self) -> bool {
        match self {
            Term::Direct => true,
            Term::WorkingDays(days) => (1..=Term::DAYS_MAX).contains(&days),
            Term::WorkingHours(hours) => (1..=8 * Term::DAYS_MAX).contains(&hours),
        }
    }
}

/// By when the steps of one dossier have to be done. What was over when the dossier was entered is not here: nothing is promised for a
/// time that has passed, so a backlog has no deadlines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// When the dossier was accepted, or came back complete: its term is counted from here.
    pub counted_from: Option<Timestamp>,
    /// Chuyển cơ quan giải quyết: the same working day, or the opening of the next one after the cut-off.
    pub hand_over_by: Option<Timestamp>,
    /// Last moment to tell the owner that the dossier is not eligible or incomplete: three working days.
    pub notice_by: Option<Timestamp>,
    /// Hẹn trả kết quả: what was promised.
    pub due_at: Option<Timestamp>,
}

/// Xin lỗi và hẹn lại: the one new appointment that a dossier may get.
#[doc(alias = "xin lỗi và hẹn lại")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// When it was said.
    pub at: Timestamp,
    /// What had been promised.
    pub before: Timestamp,
    /// What is promised now.
    pub due_at: Timestamp,
    /// Why.
    pub reason: String,
    /// It was said on the last day or after it, not a day before.
    pub is_late: bool,
    /// Account.
    pub account: String,
    /// Cơ quan.
    pub agency: String,
}

/// What an apology says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apology {
    /// The new day of appointment.
    pub due_on: Date,
    /// Why; the owner reads it.
    pub reason: String,
}

/// A rule that a step broke. It is kept and shown, and blocks nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// Papers were asked for again: the law allows it once, completely.
    SecondSupplement,
    /// The owner was told after three working days that something is missing or that the dossier is refused.
    LateNotice,
    /// The dossier was handed over after its time.
    LateHandOver,
    /// The appointment passed without a result: it came later, or papers were asked for or the handling stopped when the day was over.
    LateResult,
}

impl Breach {
    /// A sentence for people.
    pub fn label(self) -> &'static str {
        match self {
            Breach::SecondSupplement => "Yêu cầu bổ sung lần thứ hai trở đi; quy định chỉ một lần, đầy đủ",
            Breach::LateNotice => "Thông báo cho người nộp sau 3 ngày làm việc",
            Breach::LateHandOver => "Chuyển hồ sơ muộn",
            Breach::LateResult => "Không có kết quả vào ngày hẹn trả",
        }
    }
}
