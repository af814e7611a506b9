//! Hồ sơ, and the procedures that they follow.

use super::{
    Breach, Deadlines, Digitization, DocumentId, DossierId, DossierState, Extension, Printing, RefusedReuse,
    Requirements, Subject, SubjectClaim, Term, TrustLevel,
};
use crate::DocumentType;
use crate::identifier::{DocumentCode, DossierCode, ProcedureCode};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// Thủ tục hành chính, with the papers it asks for.
#[doc(alias = "thủ tục hành chính")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    /// Mã TTHC (CODE §5.3).
    pub code: ProcedureCode,
    /// Tên thủ tục.
    pub name: String,
    /// Lĩnh vực.
    pub field: String,
    /// Cấp thực hiện: xã, tỉnh, trung ương.
    pub agency_level: String,
    /// First day on which this version applies.
    pub valid_from: Date,
    /// Thời hạn giải quyết; none: the catalogue does not say.
    #[serde(default)]
    pub term: Option<Term>,
    /// Hour after which a dossier counts as received on the next working day, `15:00`; none: it counts at once.
    #[serde(default)]
    pub cut_off: Option<Time>,
    /// Thành phần hồ sơ, in the order of the procedure. In TOML: `[[procedure.component]]`.
    #[serde(rename = "component", default)]
    pub components: Vec<ProcedureComponent>,
}

/// Thành phần hồ sơ as the procedure demands it.
#[doc(alias = "thành phần hồ sơ")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureComponent {
    /// Key inside the procedure.
    pub key: String,
    /// Tên giấy tờ.
    pub name: String,
    /// Types of paper that satisfy it.
    pub document_types: Vec<DocumentType>,
    /// Bắt buộc.
    pub required: bool,
    /// Số bản chính.
    #[serde(default)]
    pub originals: u32,
    /// Số bản sao.
    #[serde(default)]
    pub copies: u32,
    /// Nộp or xuất trình.
    pub submission: Submission,
    /// Why it is digitized (DIG-02); none: it stays in the dossier and is not promoted to the person's store.
    #[serde(default)]
    pub digitize_basis: Option<DigitizeBasis>,
    /// Mức độ tin cậy that a held paper needs at least; none: any will do.
    #[serde(default)]
    pub trust_level: Option<TrustLevel>,
    /// Months from the day of issue during which a paper is accepted; none: as long as the paper itself says (REUSE-03).
    #[serde(default)]
    pub valid_months: Option<u32>,
    /// Cơ sở dữ liệu in which an officer finds the same facts, so that no paper is asked for.
    #[serde(default)]
    pub source_database: Option<String>,
}

/// Hình thức nộp of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Submission {
    /// Nộp.
    Nop,
    /// Xuất trình: shown only, never stored.
    XuatTrinh,
}

/// Căn cứ số hóa of a component (TT 01/2023 Điều 4.1, DIG-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigitizeBasis {
    /// Kết quả TTHC trước.
    KetQuaTruoc,
    /// Bắt buộc theo luật chuyên ngành.
    ChuyenNganh,
    /// Theo quyết định của Bộ trưởng, Chủ tịch tỉnh.
    QuyetDinh,
    /// Theo yêu cầu của người dân.
    TheoYeuCau,
}

/// Hồ sơ TTHC: one request of one subject under one procedure.
#[doc(alias = "hồ sơ")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Key.
    pub id: DossierId,
    /// Mã hồ sơ (CODE-01).
    pub code: DossierCode,
    /// Mã TTHC.
    pub procedure: ProcedureCode,
    /// Tên thủ tục at the time of receipt.
    pub procedure_name: String,
    /// Chủ hồ sơ.
    pub subject: Subject,
    /// Ngày tiếp nhận.
    pub received_on: Date,
    /// Trạng thái hồ sơ.
    pub state: DossierState,
    /// The states that may follow: while it waits for its owner it goes back to the one that it left, to no other.
    pub followed_by: Vec<DossierState>,
    /// How often papers were asked for: more than once breaks the rule "đầy đủ một lần" (NĐ 61/2018), and is shown.
    pub supplements_asked: u32,
    /// By when its steps have to be done.
    pub deadlines: Deadlines,
    /// Hẹn lại: the new appointment, if it got one.
    pub extension: Option<Extension>,
    /// Account that did the last step; none: it was entered before that was kept.
    pub officer: Option<String>,
    /// Its components and what fills them.
    pub components: Vec<Component>,
    /// Kết quả giải quyết filed under the dossier.
    pub outcomes: Vec<DocumentId>,
}

impl Dossier {
    /// Hẹn lại that is still what is promised; none: there was none, or papers or a payment that were asked for since moved the appointment.
    pub fn extension_in_force(&self) -> Option<&Extension> {
        self.extension.as_ref().filter(|extension| self.deadlines.due_at == Some(extension.due_at))
    }

    /// Components whose papers must still be handed in: neither there, nor provided for by what the store and the databases of the state have,
    /// unless somebody wrote why a held paper is not used.
    pub(crate) fn to_hand_in(
        &self,
        held: Option<&Requirements>,
        refusals: &[RefusedReuse],
    ) -> Vec<&Component> {
        let is_refused = |key: &str| refusals.iter().any(|refusal| refusal.component == key);
        let is_provided = |key: &str| {
            let asked = held.and_then(|held| held.components.iter().find(|one| one.key == key));
            asked.is_some_and(|one| one.status.provides() && !is_refused(key))
        };
        let missing = self.components.iter().filter(|component| component.is_missing());
        missing.filter(|component| !is_provided(&component.key)).collect()
    }
}

/// Thành phần hồ sơ of one dossier: what is asked for and, once it is there, the paper that fills it.
#[doc(alias = "thành phần hồ sơ")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Key inside the procedure.
    pub key: String,
    /// Tên giấy tờ.
    pub name: String,
    /// Bắt buộc.
    pub required: bool,
    /// Nộp or xuất trình, as it was when the dossier was opened.
    pub submission: Submission,
    /// The paper that fills it.
    pub document: Option<DocumentId>,
    /// Whether the paper is confirmed, and where it came from.
    pub digitization: Digitization,
    /// Mã kết quả thay thế: the code of the held paper that was used.
    pub replacement_code: Option<DocumentCode>,
    /// When the original was given back (KHO-03); none: it was not, or nobody said so.
    pub original_returned_at: Option<Timestamp>,
}

impl Component {
    /// Whether it must be handed in and no paper fills it. What is only shown is never missing: nothing of it is kept.
    pub fn is_missing(&self) -> bool {
        self.required && self.submission == Submission::Nop && self.document.is_none()
    }
}

/// Chuyển trạng thái: where a dossier shall go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierMove {
    /// The state to come.
    pub state: DossierState,
    /// Why; must be said when the owner has to be told ([`DossierState::needs_reason`]), and when a dossier is accepted while papers are missing.
    pub reason: Option<String>,
    /// When it is accepted: keys of components whose papers lie on the counter and are scanned next.
    pub in_hand: Vec<String>,
}

/// Diễn biến: one move of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierEvent {
    /// 1, 2, 3, … for each dossier.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// The state that it left.
    pub before: DossierState,
    /// The state that it came to.
    pub state: DossierState,
    /// Account.
    pub account: String,
    /// Cơ quan.
    pub agency: String,
    /// Why.
    pub reason: Option<String>,
    /// What was promised after it.
    pub due_at: Option<Timestamp>,
    /// The rules that it broke.
    pub breaches: Vec<Breach>,
}

/// Hồ sơ with what happened to it and what is held for it: one look, one access entry.
#[derive(Debug, Clone, PartialEq)]
pub struct DossierView {
    /// The dossier.
    pub dossier: Dossier,
    /// Its moves, oldest first.
    pub history: Vec<DossierEvent>,
    /// What is held for its components; none: its procedure left the catalogue.
    pub held: Option<Requirements>,
    /// Why held papers are not used, oldest first.
    pub refusals: Vec<RefusedReuse>,
    /// Which forms were printed, oldest first.
    pub printings: Vec<Printing>,
    /// Years that the appointment was counted over and whose lists of days off are not loaded.
    pub unlisted_years: Vec<i16>,
}

impl DossierView {
    /// Components whose papers must still be handed in. What fills a place, is held, is looked up or is only shown is not asked for (REUSE-01).
    pub fn to_hand_in(&self) -> Vec<&Component> {
        self.dossier.to_hand_in(self.held.as_ref(), &self.refusals)
    }
}

/// What opening a dossier needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDossier {
    /// A code given by another system; none: the next code of the day is issued.
    pub code: Option<DossierCode>,
    /// Mã TTHC; must be known.
    pub procedure: ProcedureCode,
    /// Chủ hồ sơ.
    pub subject: SubjectClaim,
    /// Ngày tiếp nhận.
    pub received_on: Date,
    /// Where it begins: `Submitted` when it was registered online and is still to be accepted, else `Accepted`.
    pub state: DossierState,
    /// Keys of components whose papers lie on the counter and are scanned next.
    pub in_hand: Vec<String>,
    /// Lý do nợ giấy: why it is accepted though papers are missing.
    pub reason: Option<String>,
}

/// Where in a dossier a paper belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierPlace {
    /// The dossier.
    pub dossier: DossierId,
    /// The component that the paper fills; none: it is an outcome (kết quả giải quyết).
    pub component: Option<String>,
}
