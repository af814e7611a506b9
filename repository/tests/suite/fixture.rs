//! A fresh store, the people who use it and the papers they bring: all invented.

use super::database::{ServerDatabase, Sql};
use crate::ON_SERVER;
use motlan_repository::document_type::DocumentType;
use motlan_repository::identifier::SubjectNumber;
use motlan_repository::record::*;
use motlan_repository::{Options, Repository};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// Long enough for a test to finish under its lease.
pub(crate) const LEASE: Duration = Duration::from_secs(600);

/// A store in a folder that goes away with it.
pub(crate) struct Fixture {
    pub(crate) repository: Repository,
    pub(crate) home: Home,
}

/// Where a store lives: a folder, and a database there or on the server.
pub(crate) struct Home {
    pub(crate) folder: TempDir,
    database: Option<ServerDatabase>,
}

impl Home {
    pub(crate) async fn new() -> Home {
        let folder = TempDir::new().expect("a folder for the test");
        let database = if ON_SERVER { Some(ServerDatabase::new().await) } else { None };
        Home { folder, database }
    }

    pub(crate) fn options(&self) -> Options {
        let database = self.database.as_ref().map(ServerDatabase::url);
        Options { database, ..Options::in_folder(self.folder.path().join("data")) }
    }

    pub(crate) async fn open(&self) -> Repository {
        Repository::open(&self.options()).await.expect("the store opens")
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
        let home = Home::new().await;
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

    /// Lets every delay and lease be over.
    pub(crate) async fn pass_time(&self) {
        self.sql().await.execute("update job set due_at = 0").await;
    }

    pub(crate) fn blob(&self, sha256: &str) -> PathBuf {
        self.home.folder.path().join("data/blobs").join(&sha256[..2]).join(&sha256[2..4]).join(sha256)
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
        let sql = format!("select count(*) from access_entry where subject_id = '{id}'");
        self.sql().await.number(&sql).await
    }
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
        route: Route { source: "192.0.2.7".into(), destination: "127.0.0.1:8080 GET /documents/{id}".into() },
    }
}

pub(crate) fn officer() -> Actor {
    actor("can.bo.thu", Role::CounterOfficer)
}

pub(crate) fn administrator() -> Actor {
    actor("quan.tri.thu", Role::Administrator)
}

pub(crate) fn system() -> Actor {
    actor("he.thong", Role::System)
}

pub(crate) fn paper() -> NewDocument {
    NewDocument { file_name: "quét 1.pdf".into(), place: None, subject: None, priority: Priority::Counter }
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
    let component = |key: &str, submission, digitize_basis| ProcedureComponent {
        key: key.into(),
        name: format!("Giấy tờ {key}"),
        document_types: vec![DocumentType::BirthCertificate],
        required: true,
        originals: 1,
        copies: 0,
        submission,
        digitize_basis,
    };
    Procedure {
        code: "1.004194".parse().expect("a code"),
        name: "Đăng ký mẫu".into(),
        field: "Hộ tịch".into(),
        agency_level: "xã".into(),
        valid_from: "2023-01-01".parse().expect("a day"),
        components: vec![
            component("khai-sinh", Submission::Nop, Some(DigitizeBasis::KetQuaTruoc)),
            component("can-cuoc", Submission::XuatTrinh, None),
            component("to-khai", Submission::Nop, None),
        ],
    }
}

pub(crate) fn dossier() -> NewDossier {
    NewDossier {
        code: None,
        procedure: procedure().code,
        subject: claim(),
        received_on: "2026-01-05".parse().expect("a day"),
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

pub(crate) fn confirmation() -> Confirmation {
    let fields = [("number", "12/2024"), ("full_name", "Trần Văn Mẫu"), ("issued_on", "2024-02-03")];
    Confirmation {
        document_type: DocumentType::BirthCertificate,
        title: "Giấy khai sinh".into(),
        subject: claim(),
        co_owners: Vec::new(),
        pass: None,
        fields: fields.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec(),
        reasons: Vec::new(),
        rename_subject: false,
    }
}
