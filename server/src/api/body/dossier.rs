//! Dossiers and procedures.

use super::{SubjectBody, name_of};
use jiff::Timestamp;
use repository::record::{
    Component, Deadlines, Dossier, DossierEvent, Extension, Procedure, ProcedureComponent, Term,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Hồ sơ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DossierBody {
    /// Key.
    #[schema(format = "uuid")]
    id: String,
    /// Mã hồ sơ.
    code: String,
    /// Mã TTHC.
    procedure: String,
    /// Tên thủ tục.
    procedure_name: String,
    /// Chủ hồ sơ.
    subject: SubjectBody,
    /// Ngày tiếp nhận, `YYYY-MM-DD`.
    received_on: String,
    /// Trạng thái.
    state: DossierStateBody,
    /// By when its steps have to be done.
    deadlines: DeadlinesBody,
    /// Xin lỗi và hẹn lại: the one new appointment, if it got one.
    extension: Option<ExtensionBody>,
    /// Account that did the last step.
    officer: Option<String>,
    /// How often papers were asked for; more than once breaks «đầy đủ một lần» and is shown, not refused.
    supplements_asked: u32,
    /// Thành phần and what fills them.
    components: Vec<ComponentBody>,
    /// Papers filed as kết quả.
    outcomes: Vec<String>,
}

/// Trạng thái hồ sơ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DossierStateBody {
    /// Name, e.g. `processing`.
    name: String,
    /// `TrangThaiHoSo`, 1–10.
    code: u8,
    /// Vietnamese name.
    label: &'static str,
    /// Names of the states that may follow; while it waits for its owner it goes back to the one that it left, to no other.
    followed_by: Vec<String>,
}

/// Thời hạn; what was over when the dossier was entered is null.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadlinesBody {
    /// From when the term is counted (RFC 3339).
    counted_from: Option<String>,
    /// Chuyển cơ quan giải quyết (RFC 3339).
    hand_over_by: Option<String>,
    /// Last moment to tell the owner that something is missing or that it is refused (RFC 3339).
    notice_by: Option<String>,
    /// Hẹn trả kết quả (RFC 3339).
    due_at: Option<String>,
}

impl From<Deadlines> for DeadlinesBody {
    fn from(deadlines: Deadlines) -> DeadlinesBody {
        let shown = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        DeadlinesBody {
            counted_from: shown(deadlines.counted_from),
            hand_over_by: shown(deadlines.hand_over_by),
            notice_by: shown(deadlines.notice_by),
            due_at: shown(deadlines.due_at),
        }
    }
}

/// Xin lỗi và hẹn lại.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExtensionBody {
    /// When it was said (RFC 3339).
    at: String,
    /// What had been promised (RFC 3339).
    before: String,
    /// What is promised now (RFC 3339).
    due_at: String,
    /// Lý do.
    reason: String,
    /// It was said on the last day or after it, not a day before.
    is_late: bool,
    /// Account.
    account: String,
}

impl From<Extension> for ExtensionBody {
    fn from(extension: Extension) -> ExtensionBody {
        ExtensionBody {
            at: extension.at.to_string(),
            before: extension.before.to_string(),
            due_at: extension.due_at.to_string(),
            reason: extension.reason,
            is_late: extension.is_late,
            account: extension.account,
        }
    }
}

/// Diễn biến: one move of a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DossierMoveBody {
    /// When (RFC 3339).
    at: String,
    /// Name of the state that it left.
    before: String,
    /// Name of the state that it came to.
    state: String,
    /// Account.
    account: String,
    /// Cơ quan.
    agency: String,
    /// Lý do.
    reason: Option<String>,
    /// What was promised after it (RFC 3339).
    due_at: Option<String>,
    /// Rules that it broke: `second_supplement`, `late_notice`, `late_hand_over`, `late_result`.
    breaches: Vec<String>,
}

impl From<DossierEvent> for DossierMoveBody {
    fn from(event: DossierEvent) -> DossierMoveBody {
        DossierMoveBody {
            at: event.at.to_string(),
            before: name_of(event.before),
            state: name_of(event.state),
            account: event.account,
            agency: event.agency,
            reason: event.reason,
            due_at: event.due_at.map(|due| due.to_string()),
            breaches: event.breaches.into_iter().map(name_of).collect(),
        }
    }
}

/// Thành phần hồ sơ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComponentBody {
    /// Key inside the procedure.
    key: String,
    /// Tên giấy tờ.
    name: String,
    /// Bắt buộc.
    required: bool,
    /// `nop` or `xuat_trinh`, as it was when the dossier was opened.
    submission: String,
    /// It must be handed in, and no paper fills it.
    is_missing: bool,
    /// The paper that fills it.
    document: Option<String>,
    /// `TrangThaiSoHoa`: 0 chưa, 1 được số hóa, 2 tái sử dụng, 3 tái sử dụng từ kết quả hồ sơ khác.
    digitization_status: u8,
    /// `DuocTaiSuDung`: 0, 1 or 2.
    reuse_status: u8,
    /// `MaKetQuaThayThe`: code of the held paper that was used.
    replacement_code: Option<String>,
    /// When the original was given back (RFC 3339); null: it was not, or nobody said so.
    original_returned_at: Option<String>,
}

impl From<Dossier> for DossierBody {
    fn from(dossier: Dossier) -> DossierBody {
        let component = |component: Component| ComponentBody {
            submission: name_of(component.submission),
            is_missing: component.is_missing(),
            key: component.key,
            name: component.name,
            required: component.required,
            document: component.document.map(|id| id.0.to_string()),
            digitization_status: component.digitization.status_code(),
            reuse_status: component.digitization.reuse_code(),
            replacement_code: component.replacement_code.map(String::from),
            original_returned_at: component.original_returned_at.map(|at| at.to_string()),
        };
        let state = DossierStateBody {
            name: name_of(dossier.state),
            code: dossier.state.code(),
            label: dossier.state.label(),
            followed_by: dossier.followed_by.iter().map(name_of).collect(),
        };
        DossierBody {
            id: dossier.id.0.to_string(),
            code: dossier.code.into(),
            procedure: dossier.procedure.into(),
            procedure_name: dossier.procedure_name,
            subject: dossier.subject.into(),
            received_on: dossier.received_on.to_string(),
            state,
            deadlines: dossier.deadlines.into(),
            extension: dossier.extension.map(ExtensionBody::from),
            officer: dossier.officer,
            supplements_asked: dossier.supplements_asked,
            components: dossier.components.into_iter().map(component).collect(),
            outcomes: dossier.outcomes.iter().map(|id| id.0.to_string()).collect(),
        }
    }
}

/// Thủ tục hành chính.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProcedureBody {
    /// Mã TTHC.
    code: String,
    /// Tên.
    name: String,
    /// Lĩnh vực.
    field: String,
    /// Cấp thực hiện.
    agency_level: String,
    /// First day of this version, `YYYY-MM-DD`.
    valid_from: String,
    /// Thời hạn giải quyết; null: the catalogue does not say.
    term: Option<TermBody>,
    /// Hour after which a dossier counts as received on the next working day.
    cut_off: Option<String>,
    /// Thành phần hồ sơ.
    components: Vec<ProcedureComponentBody>,
}

/// Thời hạn giải quyết.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TermBody {
    /// `direct` (in one sitting), `working_days` or `working_hours`.
    unit: &'static str,
    /// How many; 0 of a direct one.
    amount: u32,
}

impl From<Term> for TermBody {
    fn from(term: Term) -> TermBody {
        let (unit, amount) = match term {
            Term::Direct => ("direct", 0),
            Term::WorkingDays(days) => ("working_days", days),
            Term::WorkingHours(hours) => ("working_hours", hours),
        };
        TermBody { unit, amount }
    }
}

/// Thành phần as the procedure demands it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProcedureComponentBody {
    /// Key inside the procedure.
    key: String,
    /// Tên giấy tờ.
    name: String,
    /// Codes of the types that satisfy it.
    document_types: Vec<String>,
    /// Bắt buộc.
    required: bool,
    /// Số bản chính.
    originals: u32,
    /// Số bản sao.
    copies: u32,
    /// `nop` or `xuat_trinh`.
    submission: String,
    /// Căn cứ số hóa: `ket_qua_truoc`, `chuyen_nganh`, `quyet_dinh` or `theo_yeu_cau`.
    digitize_basis: Option<String>,
    /// Trust level that a held paper needs at least: `self_declared`, `compared`, `signed_off` or `source`.
    trust_level: Option<String>,
    /// Months from the day of issue during which a paper is accepted.
    valid_months: Option<u32>,
    /// Database of the state in which an officer looks instead of asking for a paper.
    source_database: Option<String>,
}

impl From<Procedure> for ProcedureBody {
    fn from(procedure: Procedure) -> ProcedureBody {
        let component = |component: ProcedureComponent| ProcedureComponentBody {
            key: component.key,
            name: component.name,
            document_types: component.document_types.iter().map(|kind| kind.code().to_owned()).collect(),
            required: component.required,
            originals: component.originals,
            copies: component.copies,
            submission: name_of(component.submission),
            digitize_basis: component.digitize_basis.map(name_of),
            trust_level: component.trust_level.map(name_of),
            valid_months: component.valid_months,
            source_database: component.source_database,
        };
        ProcedureBody {
            code: procedure.code.into(),
            name: procedure.name,
            field: procedure.field,
            agency_level: procedure.agency_level,
            valid_from: procedure.valid_from.to_string(),
            term: procedure.term.map(TermBody::from),
            cut_off: procedure.cut_off.map(|cut_off| cut_off.to_string()),
            components: procedure.components.into_iter().map(component).collect(),
        }
    }
}
