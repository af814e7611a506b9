//! The values that cross the border of this crate: plain, with public fields, writable by hand in a test.
//!
//! Not here: how they are stored. Identifiers that obey a rule are types of their own in [`crate::identifier`].

use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod account;
mod batch;
mod care;
mod deadline;
mod document;
mod dossier;
mod dossier_state;
mod exceptional;
mod field;
mod figures;
mod form;
mod lifecycle;
mod log;
mod look_up;
mod near;
mod owner;
mod page;
mod passes;
mod phone;
mod queue;
mod requirement;
mod reuse;
mod review;
mod scope;
mod subject;
mod tie;
mod work;

pub use account::{
    ADMINISTRATION_PASSWORD_DAYS, Account, AccountId, AccountKind, AccountState, IDLE_DAYS_MAX, Knock,
    NewAccount, NewProgramKey, OneTimeLink, ProgramKey, ProgramKeyId, SessionRow, Vouched, Way,
};
pub use batch::{
    Batch, BatchEvent, BatchFile, BatchId, BatchPaper, BatchPlace, BatchPlan, BatchState, BatchStep,
    BatchView, NewBatch, StagedPart,
};
pub use care::{
    Certificate, Disposal, DisposalGround, DisposalId, Hold, HoldId, Lifting, NewDisposal, Retention,
    RetentionCode, Verdict,
};
pub use deadline::{Apology, Breach, Deadlines, Extension, Term};
pub use document::{
    BesideHeld, BesideRelation, Confirmation, Document, DocumentFilter, DocumentState, DocumentView,
    IndexableDocument, NewDocument, Original, ReadingProgress, Received, TrustLevel,
};
pub use dossier::{
    Component, DigitizeBasis, Dossier, DossierEvent, DossierMove, DossierPlace, DossierView, NewDossier,
    Procedure, ProcedureComponent, Submission,
};
pub use dossier_state::DossierState;
pub use exceptional::{
    BREAK_GLASS_TIME, BreakGlass, BreakGlassId, BreakGlassVerdict, NewBreakGlass, NewRepresentation,
    Representation, RepresentationId, RepresentationKind,
};
pub use field::{Evidence, Field, FieldSource, Proposal, ProposedField};
pub use figures::{Figures, Period, Share};
pub use form::{Form, Printing, RegisterLine};
pub use lifecycle::{
    Correction, DocumentEvent, DocumentRole, DocumentStep, DocumentVersion, FiledRecord, History, Mark,
    Origin, Provenance, Ruling, SourceForm, Validity,
};
pub use log::{AccessEntry, Action, Change, ChangeKind};
pub use look_up::{
    LOOK_UP_TIME, LookUp, LookUpId, LookUpLine, LookUpQuota, LookedUp, LookedUpPaper, NewLookUp,
};
pub use near::{LikenessSign, NearDuplicate, UseHeld};
pub use owner::{Owner, OwnerClaim, OwnerRole};
pub use page::{
    Label, NewPage, Page, PageSource, PageState, ReadLine, ReadWord, Reading, Region, Stage, Step,
};
pub use passes::{Dissent, PageReading, Priority, QueueCount, ReadingModel, Reread, RereadFilter, Rereading};
pub use phone::{
    NewPhonePage, PHONE_BYTES_MAX, PHONE_LINK_TIME, PHONE_PAGE_BYTES_MAX, PHONE_PAGES_MAX, Phone, PhoneLink,
    PhoneLinkId, PhoneLinkState, PhonePage,
};
pub use queue::{QueueFilter, QueuePage, QueuePlace, QueuedDossier, Urgency};
pub use requirement::{Requirement, RequirementStatus, Requirements, RequirementsQuestion};
pub use reuse::{Digitization, RefusedBy, RefusedReuse, Reuse, ReuseRefusal};
pub use review::{Desk, Holder, Keyed, KeyingTurn, PageRescan, ReviewItem, ReviewQueue, Unfinished};
pub use scope::{Bounds, GrantedRight, Right, RightId, SavedView, SavedViewId, Scope, agency_key};
pub use subject::{MergeWish, Store, Subject, SubjectClaim, SubjectKind, SubjectMerge};
pub use tie::{Role, Tie};
pub use work::{Finding, FixityState, Job, MasterKeyState, ScrubRound};

/// Key of a digitized paper inside this installation; safe to stand in a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(pub Uuid);

/// Key of a subject inside this installation; it reveals nothing of the person's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectId(pub Uuid);

/// Key of a dossier inside this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DossierId(pub Uuid);

impl DossierId {
    /// One that no dossier has yet: for a form that opens one, so that sent twice it opens one.
    pub fn unused() -> DossierId {
        DossierId(Uuid::now_v7())
    }
}

/// Key of a merge of two subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MergeId(pub Uuid);

macro_rules! keys_as_text {
    ($($name:ident)*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> { text.parse().map($name) }
        }
    )*};
}

keys_as_text! { AccountId ProgramKeyId BatchId DocumentId SubjectId DossierId HoldId DisposalId MergeId RightId SavedViewId RepresentationId BreakGlassId PhoneLinkId LookUpId }

/// Người hoặc hệ thống thực hiện: who acts, in which role, and what for. Whatever touches a person's record takes one first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Account name, unique in the installation.
    pub account: String,
    /// Name shown to people.
    pub name: String,
    /// Cơ quan of the actor.
    pub agency: String,
    /// Đơn vị in the agency; empty: none is known.
    pub unit: String,
    /// Role that decides what the actor may do.
    pub role: Role,
    /// Why: shown to the citizen beside the look-up (PDP-03).
    pub purpose: String,
    /// Căn cứ: the legal basis, or the code of the dossier for whose sake it is; if one was given.
    pub basis: Option<String>,
    /// The way by which the request came (SEC-04).
    pub route: Route,
    /// What a program's key is limited to; none: whatever the role may.
    #[serde(default)]
    pub only: Option<Vec<Action>>,
}

/// Đường truy cập: from where to where a request went (SEC-04).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Address of the asking machine; empty: the program itself acts.
    pub source: String,
    /// Address and route that was asked, or the command; never with keys or numbers in it.
    pub destination: String,
}
