//! A fresh store, the people who use it and the papers they bring: all invented.

pub(crate) use super::confirmations::*;
use super::database::{ServerDatabase, Sql};
use crate::ON_SERVER;
use crate::place::place;
use futures::TryStreamExt;
use motlan_repository::document_type::DocumentType;
use motlan_repository::identifier::SubjectNumber;
use motlan_repository::record::*;
use motlan_repository::{Options, Repository};
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Long enough for a test to finish under its lease.
pub(crate) const LEASE: Duration = Duration::from_secs(600);

/// A store in a folder that goes away with it.
pub(crate) struct Fixture {
    pub(crate) repository: Repository,
    pub(crate) home: Home,
}

/// Where a store lives: a folder, a database there or on the server, and its bytes there or in a bucket.
pub(crate) struct Home {
    pub(crate) folder: TempDir,
    database: Option<ServerDatabase>,
    options: Options,
    /// The storage of bytes, for looking behind the repository's back.
    storage: Arc<dyn ObjectStore>,
}

impl Home {
    pub(crate) async fn new() -> Home {
        let folder = TempDir::new().expect("a folder for the test");
        let (options, storage) = place(&folder);
        Home::with_bytes_in(folder, options, storage).await
    }

    /// A home so laid out, with a database of its own.
    pub(crate) async fn with_bytes_in(
        folder: TempDir,
        options: Options,
        storage: Arc<dyn ObjectStore>,
    ) -> Home {
        let database = if ON_SERVER { Some(ServerDatabase::new().await) } else { None };
        let url = database.as_ref().map(ServerDatabase::url);
        Home { folder, database, options: Options { database: url, ..options }, storage }
    }

    pub(crate) fn options(&self) -> Options {
        self.options.clone()
    }

    pub(crate) async fn open(&self) -> Repository {
        Repository::open(&self.options).await.expect("the store opens")
    }

    /// The database itself, for faults and for what no door shows.
    pub(crate) async fn sql(&self) -> Sql {
        match &self.database {
            None => Sql::file(&self.folder.path().join("data/motlan.sqlite")).await,
            Some(database) => Sql::server(database).await,
        }
    }
}

impl Fixture {
    pub(crate) async fn new() -> Fixture {
        Fixture::at(Home::new().await).await
    }

    pub(crate) async fn at(home: Home) -> Fixture {
        let repository = home.open().await;
        repository.put_procedures(&system(), &[procedure()]).await.expect("the procedure is put");
        Fixture { repository, home }
    }

    /// A second door to the same store, as another process has it.
    pub(crate) async fn another(&self) -> Repository {
        self.home.open().await
    }

    /// The same store after its process was killed.
    pub(crate) async fn killed(self) -> Fixture {
        let Fixture { repository, home } = self;
        drop(repository);
        Fixture { repository: home.open().await, home }
    }

    pub(crate) async fn sql(&self) -> Sql {
        self.home.sql().await
    }

    /// Gives an account the right to what belongs to a subject.
    pub(crate) async fn tie(&self, actor: &Actor, subject: SubjectId) {
        let right = Right { subject: Some(subject), ..Right::default() };
        let given = self.repository.grant_search(&administrator(), &actor.account, right, "Thụ lý").await;
        given.expect("the right is given");
    }

    /// Lets every delay and lease be over.
    pub(crate) async fn pass_time(&self) {
        self.sql().await.execute("update job set due_at = 0").await;
    }

    /// Names of everything that is stored. They say nothing, so a test looks what came with a paper.
    pub(crate) async fn stored(&self) -> BTreeSet<ObjectPath> {
        let names = self.home.storage.list(None).map_ok(|object| object.location);
        names.try_collect().await.expect("the storage is listed")
    }

    /// An object as it stands in the storage.
    pub(crate) async fn sealed(&self, name: &ObjectPath) -> Vec<u8> {
        let found = self.home.storage.get(name).await.expect("an object");
        found.bytes().await.expect("its bytes").to_vec()
    }

    /// Puts an object behind the repository's back.
    pub(crate) async fn overwrite(&self, name: &ObjectPath, bytes: impl Into<PutPayload>) {
        self.home.storage.put(name, bytes.into()).await.expect("the object is put");
    }

    /// Takes an object away behind the repository's back.
    pub(crate) async fn lose(&self, name: &ObjectPath) {
        self.home.storage.delete(name).await.expect("the object is taken away");
    }

    /// Receives a paper and answers the name of its scan.
    pub(crate) async fn receive_object(&self, bytes: &'static str) -> (Document, ObjectPath) {
        let before = self.stored().await;
        let document = self.receive(bytes).await;
        (document, only(self.stored().await.difference(&before)))
    }

    /// Reads the paper whose turn it is and answers the name of its page image.
    pub(crate) async fn read_object(&self) -> ObjectPath {
        let before = self.stored().await;
        self.read_job(&self.claim().await).await;
        only(self.stored().await.difference(&before))
    }

    pub(crate) async fn receive(&self, bytes: &'static str) -> Document {
        self.receive_as(bytes, Priority::Counter).await
    }

    pub(crate) async fn receive_as(&self, bytes: &'static str, priority: Priority) -> Document {
        let new = NewDocument { priority, ..paper() };
        let received = self.repository.receive(&officer(), new, bytes.into()).await;
        received.expect("the paper is received").document
    }

    /// Reads a paper of one page again, from the wish to the end.
    pub(crate) async fn read_again(&self, id: DocumentId, page: NewPage, proposal: Proposal) {
        let reread = self.repository.reread(&officer(), id, Some(ReadingModel::Accurate)).await;
        assert!(!reread.expect("it is queued").already_queued);
        let job = self.claim().await;
        assert_eq!((job.document, job.model), (id, Some(ReadingModel::Accurate)));
        self.repository.begin_reading(&job, "application/pdf", 1).await.expect("reading begins");
        self.repository.save_page(&job, page).await.expect("the page is saved");
        self.repository.finish_reading(&job, proposal).await.expect("reading is finished");
    }

    /// A paper that is read and waits for confirmation.
    pub(crate) async fn read(&self, bytes: &'static str) -> Document {
        let document = self.receive(bytes).await;
        let job = self.claim().await;
        assert_eq!(job.document, document.id);
        self.read_job(&job).await;
        document
    }

    pub(crate) async fn claim(&self) -> Job {
        let claimed = self.repository.claim_job("thu", LEASE).await.expect("claiming works");
        claimed.expect("a job is due")
    }

    pub(crate) async fn read_job(&self, job: &Job) {
        self.repository.begin_reading(job, "application/pdf", 1).await.expect("reading begins");
        self.repository.save_page(job, page(1)).await.expect("the page is saved");
        self.repository.finish_reading(job, proposal()).await.expect("reading is finished");
    }

    /// Confirms a paper; one that is keyed twice, by two officers who key the same.
    pub(crate) async fn file(
        &self,
        id: DocumentId,
        wish: Confirmation,
    ) -> motlan_repository::Result<DocumentView> {
        let view = self.repository.confirm(&officer(), id, wish.clone()).await?;
        match view.document.state {
            DocumentState::Extracted => {
                self.repository.confirm(&colleague(), id, Confirmation { keyings: 1, ..wish }).await
            }
            _ => Ok(view),
        }
    }

    /// Destroys a paper at the wish of its owner, as two people decide it; one that is in force is cancelled first.
    pub(crate) async fn destroy(&self, id: DocumentId) {
        let repository = &self.repository;
        if self.state(id).await == DocumentState::Stored {
            // Refused when it is out of force already.
            let _ = repository.rule(&officer(), id, Ruling::Cancel, "Theo yêu cầu").await;
        }
        let wish = NewDisposal {
            ground: DisposalGround::SubjectRequest,
            decision_no: "9/QĐ-UBND".into(),
            reason: "Theo yêu cầu của chủ giấy tờ".into(),
        };
        let proposed = repository.propose_disposal(&officer(), id, wish).await.expect("it is proposed");
        let decided = repository.decide_disposal(&leader(), proposed.id, Verdict::Approve).await;
        decided.expect("it is destroyed");
    }

    pub(crate) async fn state(&self, id: DocumentId) -> DocumentState {
        self.repository.document(&officer(), id).await.expect("the paper is there").document.state
    }

    /// Entries of the access log of a paper, oldest first, without the look at the log itself.
    pub(crate) async fn entries(&self, id: DocumentId) -> Vec<(String, String, bool)> {
        let sql = format!(
            "select account || ' ' || action || ' ' || allowed from access_entry where document_id = '{id}' order by number"
        );
        let entry = |text: String| {
            let [account, action, allowed] = *text.split(' ').collect::<Vec<_>>() else { panic!("{text}") };
            (account.to_owned(), action.to_owned(), allowed == "1")
        };
        self.sql().await.texts(&sql).await.into_iter().map(entry).collect()
    }

    /// How many entries of the access log name a subject.
    pub(crate) async fn subject_entries(&self, id: SubjectId) -> i64 {
        let sql = format!("select count(*) from access_owner where subject_id = '{id}'");
        self.sql().await.number(&sql).await
    }
}

fn only<'a>(mut names: impl Iterator<Item = &'a ObjectPath>) -> ObjectPath {
    let name = names.next().expect("a new object").clone();
    assert_eq!(names.next(), None, "one object");
    name
}

/// All files under a folder.
pub(crate) fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { BTreeSet::from([path]) }).collect()
}

fn actor(account: &str, role: Role) -> Actor {
    Actor {
        account: account.into(),
        name: "Nguyễn Thị Thử".into(),
        agency: "UBND phường Mẫu".into(),
        unit: "Bộ phận một cửa".into(),
        role,
        purpose: "Tiếp nhận hồ sơ đăng ký khai sinh".into(),
        basis: None,
        only: None,
        route: Route { source: "192.0.2.7".into(), destination: "127.0.0.1:8080 GET /documents/{id}".into() },
    }
}

pub(crate) fn officer() -> Actor {
    actor("can.bo.thu", Role::CounterOfficer)
}

/// Another officer of the same counter.
pub(crate) fn colleague() -> Actor {
    Actor { name: "Lê Thị Đồng Nghiệp".into(), ..actor("can.bo.hai", Role::CounterOfficer) }
}

/// An officer of another agency.
pub(crate) fn elsewhere() -> Actor {
    Actor { agency: "Sở Mẫu".into(), ..actor("can.bo.so", Role::CounterOfficer) }
}

pub(crate) fn administrator() -> Actor {
    actor("quan.tri.thu", Role::Administrator)
}

pub(crate) fn auditor() -> Actor {
    actor("kiem.toan.thu", Role::Auditor)
}

pub(crate) fn leader() -> Actor {
    actor("lanh.dao.thu", Role::Leader)
}

pub(crate) fn system() -> Actor {
    actor("he.thong", Role::System)
}

pub(crate) fn paper() -> NewDocument {
    NewDocument {
        file_name: "quét 1.pdf".into(),
        place: None,
        subject: None,
        priority: Priority::Counter,
        secret: false,
    }
}

pub(crate) fn number(text: &str) -> SubjectNumber {
    SubjectNumber::parse(text).expect("a number for the test")
}

pub(crate) fn claim() -> SubjectClaim {
    SubjectClaim {
        kind: SubjectKind::Citizen,
        number: number("079099000001"),
        name: "Trần Văn Mẫu".into(),
        birth_date: Some("1999-03-04".parse().expect("a day")),
    }
}

pub(crate) fn procedure() -> Procedure {
    let component = |key: &str, document_type, submission, digitize_basis| ProcedureComponent {
        key: key.into(),
        name: format!("Giấy tờ {key}"),
        document_types: vec![document_type],
        required: true,
        originals: 1,
        copies: 0,
        submission,
        digitize_basis,
        trust_level: None,
        valid_months: None,
        source_database: None,
    };
    Procedure {
        code: "1.004194".parse().expect("a code"),
        name: "Đăng ký mẫu".into(),
        field: "Hộ tịch".into(),
        agency_level: "xã".into(),
        valid_from: "2023-01-01".parse().expect("a day"),
        term: Some(Term::WorkingDays(5)),
        cut_off: None,
        components: vec![
            component(
                "khai-sinh",
                DocumentType::BirthCertificate,
                Submission::Nop,
                Some(DigitizeBasis::KetQuaTruoc),
            ),
            component("can-cuoc", DocumentType::IdentityCard, Submission::XuatTrinh, None),
            component("to-khai", DocumentType::Application, Submission::Nop, None),
        ],
    }
}

pub(crate) fn dossier() -> NewDossier {
    NewDossier {
        code: None,
        procedure: procedure().code,
        subject: claim(),
        received_on: "2026-01-05".parse().expect("a day"),
        state: DossierState::Accepted,
        in_hand: Vec::new(),
        reason: Some("Nợ giấy, bổ sung sau".into()),
    }
}

const REGION: Region = Region { left: 10, top: 20, width: 300, height: 40 };

pub(crate) fn page(number: u32) -> NewPage {
    let word = |text: &str| ReadWord { text: text.into(), region: REGION, confidence: 96.5 };
    NewPage {
        page: Page {
            number,
            state: PageState::Done,
            reasons: Vec::new(),
            source: PageSource::Scan,
            width: 2480,
            height: 3508,
            dpi: 300,
            rotation_degrees: 90,
            labels: vec![Label { kind: "unknown".into(), value: "mã thử".into(), region: REGION }],
            unread: vec![REGION],
            picture_hash: Some(u64::MAX),
        },
        reading: Some(Reading {
            engine: "recorded".into(),
            engine_version: "1".into(),
            model: "vie".into(),
            model_sha256: String::new(),
            stages: vec![Stage { step: Step::Rotation { degrees: 90 }, confidence: 90.0 }],
            lines: vec![
                ReadLine { words: vec![word("GIẤY"), word("KHAI"), word("SINH")] },
                ReadLine { words: vec![word(&format!("trang-{number}"))] },
            ],
        }),
        image_jpeg: Some(format!("ảnh trang {number}").into_bytes()),
    }
}

/// The same page as another engine reads it, with these words on one line; drawn at another size.
pub(crate) fn reread_page(number: u32, words: &str) -> NewPage {
    let word = |(place, text): (usize, &str)| ReadWord {
        text: text.into(),
        region: Region { left: 100 * place as u32, top: 500, width: 90, height: 40 },
        confidence: 99.0,
    };
    let mut page = page(number);
    (page.page.width, page.page.height, page.page.unread) = (1240, 1754, Vec::new());
    let reading = page.reading.as_mut().expect("the page is read");
    (reading.engine, reading.engine_version, reading.model_sha256) =
        ("newer".into(), "2".into(), "ab".repeat(32));
    reading.lines = vec![ReadLine { words: words.split_whitespace().enumerate().map(word).collect() }];
    page.image_jpeg = Some(format!("ảnh trang {number}, đọc lại").into_bytes());
    page
}

pub(crate) fn proposed(key: &str, value: &str) -> ProposedField {
    ProposedField {
        key: key.into(),
        value: value.into(),
        source: FieldSource::Ocr,
        confidence: 91.0,
        page: Some(1),
        region: Some(REGION),
        written: value.into(),
        doubts: Vec::new(),
    }
}

pub(crate) fn proposal() -> Proposal {
    Proposal {
        document_type: DocumentType::BirthCertificate,
        title: "Giấy khai sinh".into(),
        type_evidence: None,
        fields: vec![
            proposed("number", "12/2024"),
            proposed("full_name", "TRẦN VĂN MẦU"),
            proposed("ethnicity", "Kinh"),
            proposed("issued_on", "2024-02-03"),
            proposed("agency", "UBND phường Mẫu"),
        ],
    }
}
