//! The door to the records. (The bodies live in files by subject: bytes, jobs, documents, dossiers, …)

use crate::error::Result;
use crate::identifier::SubjectNumber;
use crate::record::*;
use bytes::Bytes;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the records live.
#[derive(Debug, Clone)]
pub struct Options {
    /// Data folder: `motlan.sqlite` and `blobs/` in it. Created when missing.
    pub data_dir: PathBuf,
}

/// The records of one installation. Cheap to clone; safe to share.
#[derive(Debug, Clone)]
pub struct Repository {}

impl Repository {
    /// Opens the data folder, creating and migrating it as needed. Several processes may have it open at once.
    pub async fn open(_options: &Options) -> Result<Repository> {
        todo!()
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        todo!()
    }

    // ---- procedures and dossiers

    /// Adds or replaces procedures of the catalogue. Idempotent.
    pub async fn put_procedures(&self, _actor: &Actor, _procedures: &[Procedure]) -> Result<()> {
        todo!()
    }
    /// The catalogue, by code.
    pub async fn procedures(&self) -> Result<Vec<Procedure>> {
        todo!()
    }
    /// Opens a dossier. With a code that exists already for the same procedure and subject it answers that dossier.
    pub async fn open_dossier(&self, _actor: &Actor, _new: NewDossier) -> Result<Dossier> {
        todo!()
    }
    /// One dossier.
    pub async fn dossier(&self, _actor: &Actor, _id: DossierId) -> Result<Dossier> {
        todo!()
    }
    /// Dossiers, newest first, at most `limit`.
    pub async fn dossiers(&self, _actor: &Actor, _limit: u32) -> Result<Vec<Dossier>> {
        todo!()
    }

    // ---- papers

    /// Takes a paper in: bytes durable, then record, change, access entry and reading job in one transaction. When this answers, a
    /// power cut loses nothing. The same bytes again answer the paper that holds them (and fill the named place with it).
    pub async fn receive(&self, _actor: &Actor, _new: NewDocument, _bytes: Bytes) -> Result<Received> {
        todo!()
    }
    /// One paper with fields and pages. Writes an access entry (`View`) first.
    pub async fn document(&self, _actor: &Actor, _id: DocumentId) -> Result<DocumentView> {
        todo!()
    }
    /// Papers, newest first, at most `limit`. One access entry (`Search`) for the list.
    pub async fn documents(
        &self,
        _actor: &Actor,
        _filter: &DocumentFilter,
        _limit: u32,
    ) -> Result<Vec<Document>> {
        todo!()
    }
    /// Papers by key, in the order asked, those that exist: search hits become records here. Access entry (`Search`) per paper.
    pub async fn documents_by_id(&self, _actor: &Actor, _ids: &[DocumentId]) -> Result<Vec<Document>> {
        todo!()
    }
    /// Papers that an exact key names: mã kết quả số hóa, số ký hiệu, mã hồ sơ, or the number of a subject; separators are forgiven.
    /// Identifiers are answered here, never by the index. Newest first, at most `limit`; access entry (`Search`).
    pub async fn documents_by_key(&self, _actor: &Actor, _key: &str, _limit: u32) -> Result<Vec<Document>> {
        todo!()
    }
    /// Counts of papers by state (no access entry: no one's record is shown).
    pub async fn document_counts(&self) -> Result<Vec<(DocumentState, u64)>> {
        todo!()
    }
    /// Words of one page.
    pub async fn reading(&self, _actor: &Actor, _id: DocumentId, _page: u32) -> Result<Reading> {
        todo!()
    }
    /// The scanned file, verified against its hash. Access entry `Download`.
    pub async fn original(&self, _actor: &Actor, _id: DocumentId) -> Result<(Original, Bytes)> {
        todo!()
    }
    /// Picture of one page (JPEG), verified against its hash. Access entry `View`.
    pub async fn page_image(&self, _actor: &Actor, _id: DocumentId, _page: u32) -> Result<Bytes> {
        todo!()
    }
    /// Files a paper: fields confirmed, document code issued, subject found or made, state stored, all in one transaction.
    ///
    /// # Errors
    /// `Conflict` when the paper is not waiting for confirmation; `Invalid` when a value is.
    pub async fn confirm(
        &self,
        _actor: &Actor,
        _id: DocumentId,
        _confirmation: Confirmation,
    ) -> Result<DocumentView> {
        todo!()
    }
    /// Who looked at a paper, newest first, at most `limit`.
    pub async fn access_log(&self, _actor: &Actor, _id: DocumentId, _limit: u32) -> Result<Vec<AccessEntry>> {
        todo!()
    }

    // ---- subjects

    /// The subject with this number. Access entry `Search`.
    pub async fn find_subject(&self, _actor: &Actor, _number: &SubjectNumber) -> Result<Option<Subject>> {
        todo!()
    }
    /// Everything held for a subject. Access entry `View`.
    pub async fn store(&self, _actor: &Actor, _id: SubjectId) -> Result<Store> {
        todo!()
    }

    // ---- reading, for workers

    /// Claims the next due job for `lease`; counts the attempt. A job past its last attempt is ended as unreadable instead.
    pub async fn claim_job(&self, _worker: &str, _lease: Duration) -> Result<Option<Job>> {
        todo!()
    }
    /// Lengthens the lease. `ClaimLost` when another worker has the job.
    pub async fn extend_job(&self, _job: &Job, _lease: Duration) -> Result<()> {
        todo!()
    }
    /// The bytes to read (no person looks: the job is the reason).
    pub async fn job_bytes(&self, _job: &Job) -> Result<(Original, Bytes)> {
        todo!()
    }
    /// Notes what kind of file it is and how many pages it has.
    pub async fn begin_reading(&self, _job: &Job, _media_type: &str, _page_count: u32) -> Result<()> {
        todo!()
    }
    /// Pages that are read and stored already: a job taken over continues after them.
    pub async fn pages_read(&self, _job: &Job) -> Result<Vec<u32>> {
        todo!()
    }
    /// Stores one page; the same page again changes nothing.
    pub async fn save_page(&self, _job: &Job, _page: NewPage) -> Result<()> {
        todo!()
    }
    /// All stored pages with their readings, in order: what a proposal is made from.
    pub async fn job_pages(&self, _job: &Job) -> Result<Vec<(Page, Option<Reading>)>> {
        todo!()
    }
    /// Ends the job: proposal stored, paper waits for confirmation, change written; one transaction.
    pub async fn finish_reading(&self, _job: &Job, _proposal: Proposal) -> Result<()> {
        todo!()
    }
    /// Ends the job: the paper cannot be read; `problem` is a Vietnamese sentence that says what to do.
    pub async fn give_up_reading(&self, _job: &Job, _problem: &str) -> Result<()> {
        todo!()
    }
    /// Gives the job back after a passing fault; it is due again after a growing delay.
    pub async fn retry_reading(&self, _job: &Job, _error: &str) -> Result<()> {
        todo!()
    }
    /// Jobs waiting or running.
    pub async fn jobs_open(&self) -> Result<u64> {
        todo!()
    }

    // ---- changes, for the index

    /// Changes with a number above `after`, in order, at most `limit`.
    pub async fn changes_after(&self, _after: u64, _limit: u32) -> Result<Vec<Change>> {
        todo!()
    }
    /// Number of the last change; 0 when there is none.
    pub async fn last_change(&self) -> Result<u64> {
        todo!()
    }
    /// A paper as the index needs it; `None` when it no longer exists.
    pub async fn indexable(&self, _id: DocumentId) -> Result<Option<IndexableDocument>> {
        todo!()
    }
    /// Keys of all papers after `after`, in ascending order, at most `limit`.
    pub async fn document_ids(&self, _after: Option<DocumentId>, _limit: u32) -> Result<Vec<DocumentId>> {
        todo!()
    }

    // ---- care

    /// Everything that is wrong: hashes of all bytes, records, changes. `progress` gets (done, total) bytes objects.
    pub async fn check(&self, _progress: &mut (dyn FnMut(u64, u64) + Send)) -> Result<Vec<Finding>> {
        todo!()
    }
}
