//! Vai trò and mối liên hệ: what somebody is, and what ties them to the record that they touch. Both together decide ([`crate::policy`]).

use serde::{Deserialize, Serialize};

/// Vai trò of an actor (DOMAIN §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Cán bộ tiếp nhận: receives, scans, confirms.
    CounterOfficer,
    /// Cán bộ thụ lý: decides dossiers, looks into what they need, and brings their results.
    HandlingOfficer,
    /// Lãnh đạo: decides what only a superior may.
    Leader,
    /// Lưu trữ: keeps papers for as long as the law says.
    Archivist,
    /// Công dân, tổ chức: their own papers, and those of whom they represent.
    Citizen,
    /// Kiểm toán viên: reads the access log, sealed entries too, and takes it out; sees no content.
    Auditor,
    /// Quản trị hệ thống: keeps the machine running, sees no content.
    Administrator,
    /// Hệ thống khác: another program that asks for its agency.
    Service,
    /// The program itself: worker, index follower, integrity check.
    System,
}

/// Mối liên hệ: how an actor is tied to whose record an action touches. Of several the strongest counts, and the first is the strongest.
#[doc(alias = "mối liên hệ")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tie {
    /// Không của ai: lists that show no more than the actor may see, their own account, settings.
    NoOne,
    /// Của mình: papers of the actor, of a child, or of an organization whom the actor represents today.
    Own,
    /// Của cơ quan mình: the actor's agency received it, and answers for it.
    Agency,
    /// Cơ quan mình cũng có: the actor's agency brought it too or issued it, or the actor was given the right to it.
    Shared,
    /// Cần cho hồ sơ đang giải quyết: a procedure asks for it in a dossier that the actor's agency has open.
    Case,
    /// Mở khẩn cấp: the actor gave a reason less than an hour ago, and a superior was told.
    Emergency,
    /// Không liên quan; nobody can tell it from what does not exist.
    Stranger,
}

impl Role {
    /// Every role, in the order in which people meet a paper.
    pub const ALL: [Role; 9] = [
        Role::CounterOfficer,
        Role::HandlingOfficer,
        Role::Leader,
        Role::Archivist,
        Role::Citizen,
        Role::Auditor,
        Role::Administrator,
        Role::Service,
        Role::System,
    ];

    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            Role::CounterOfficer => "Cán bộ tiếp nhận",
            Role::HandlingOfficer => "Cán bộ thụ lý",
            Role::Leader => "Lãnh đạo",
            Role::Archivist => "Cán bộ lưu trữ",
            Role::Citizen => "Công dân, tổ chức",
            Role::Auditor => "Kiểm toán viên",
            Role::Administrator => "Quản trị hệ thống",
            Role::Service => "Hệ thống khác",
            Role::System => "Chương trình",
        }
    }
}

impl Tie {
    /// Every tie, the strongest first.
    pub const ALL: [Tie; 7] =
        [Tie::NoOne, Tie::Own, Tie::Agency, Tie::Shared, Tie::Case, Tie::Emergency, Tie::Stranger];

    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            Tie::NoOne => "không của ai",
            Tie::Own => "của mình",
            Tie::Agency => "cơ quan mình",
            Tie::Shared => "cơ quan mình cũng có",
            Tie::Case => "hồ sơ đang giải quyết",
            Tie::Emergency => "mở khẩn cấp",
            Tie::Stranger => "không liên quan",
        }
    }
}
