//! `make bench-repository`: how the records grow. For stores of several sizes it measures, through the public door, what a counter waits
//! for: filing a paper, the once-only check, and looking one up by an exact key. It prints a table, the ratios between sizes beside it.
//!
//! The store is invented and written in bulk (`invented.sql`); what is measured is done as the program does it: every answer leaves its
//! access entry, durable on the disk, so the disk's own time to keep a few hundred bytes is measured beside it.

#[path = "growth/stores.rs"]
mod stores;

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use motlan_repository::document_type::DocumentType;
use motlan_repository::identifier::SubjectNumber;
use motlan_repository::record::*;
use motlan_repository::{Options, Repository};
use stores::{PostgresServer, fill_file};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Papers of each person of `invented.sql`.
const PAPERS_EACH: u64 = 5;
/// Questions of each kind: enough for a 99th percentile that rests on ten.
const QUESTIONS: u64 = 1_000;
/// Papers that are filed from the scan to the store.
const PAPERS_FILED: u64 = 300;
/// Counters that send papers at once.
const COUNTERS: u64 = 8;
/// Bytes of a scan that is filed: small, for the disk's rate is not what is measured.
const SCAN_BYTES: usize = 20_000;
/// Longer than anything here takes.
const LEASE: Duration = Duration::from_secs(600);
/// Sizes unless others are named.
const SIZES: &str = "100000,1000000";

/// Times of one kind of act, by size of the store.
type Figures = Vec<(&'static str, Vec<Figure>)>;

/// What one kind of act took.
#[derive(Debug, Clone, Copy)]
struct Figure {
    p50: Duration,
    p99: Duration,
    /// Acts a second.
    rate: f64,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments = std::env::args().collect::<Vec<_>>();
    let after = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name);
        place.and_then(|place| arguments.get(place + 1)).cloned()
    };
    let sizes = after("--sizes").unwrap_or_else(|| SIZES.to_owned());
    let sizes = sizes.split(',').map(str::parse).collect::<Result<Vec<u64>, _>>()?;
    match after("--on").as_deref() {
        None | Some("sqlite") => measure("SQLite", None, &sizes).await,
        Some("postgres") => {
            let server = PostgresServer::start()?;
            measure("PostgreSQL", Some(&server), &sizes).await
        }
        Some(other) => Err(format!("--on {other}: sqlite or postgres").into()),
    }
}

/// Fills a store of each size, measures, and prints.
async fn measure(name: &str, server: Option<&PostgresServer>, sizes: &[u64]) -> Result<(), Failure> {
    let mut figures = Figures::new();
    for size in sizes {
        let folder = tempfile::tempdir()?;
        let database = match server {
            Some(server) => Some(server.new_database(*size).await?),
            None => None,
        };
        let options = Options { database, ..Options::in_folder(folder.path().join("data")) };
        let repository = Repository::open(&options).await?;
        let began = Instant::now();
        match server {
            Some(server) => server.fill(*size).await?,
            None => fill_file(&folder.path().join("data/motlan.sqlite"), *size).await?,
        }
        eprintln!("{name}: {size} papers written in {:.0} s", began.elapsed().as_secs_f64());
        repository.put_procedures(&somebody(Role::System), &[procedure()]).await?;
        let mut run = Run { repository, size: *size, figures: &mut figures, random: *size | 1 };
        run.sync(folder.path())?;
        run.look_up().await?;
        run.file().await?;
        if let Some(server) = server {
            drop(run);
            server.drop_database(*size).await?;
        }
    }
    print(name, sizes, &figures);
    Ok(())
}

/// One store while it is measured.
struct Run<'a> {
    repository: Repository,
    size: u64,
    figures: &'a mut Figures,
    random: u64,
}

impl Run<'_> {
    /// A paper of the store (xorshift).
    fn any_paper(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        1 + self.random % self.size
    }

    fn note(&mut self, what: &'static str, figure: Figure) {
        match self.figures.iter_mut().find(|(known, _)| *known == what) {
            Some((_, line)) => line.push(figure),
            None => self.figures.push((what, vec![figure])),
        }
    }

    /// What the disk takes to keep what was written: everything below pays that at least once.
    fn sync(&mut self, folder: &Path) -> Result<(), Failure> {
        let mut file = std::fs::File::create(folder.join("sync"))?;
        let mut times = Times::default();
        for _ in 0..PAPERS_FILED {
            let began = Instant::now();
            file.write_all(&[0; 500])?;
            file.sync_data()?;
            times.0.push(began.elapsed());
        }
        self.note("the disk keeps 500 bytes", times.figure());
        Ok(())
    }

    async fn look_up(&mut self) -> Result<(), Failure> {
        for (what, key) in [
            ("look-up by code of the paper", code as fn(u64) -> String),
            ("look-up by number of the paper", number_of_paper),
            ("look-up by number of its owner", number_of_person),
            ("look-up by code of the dossier", code_of_dossier),
        ] {
            let mut times = Times::default();
            for _ in 0..QUESTIONS {
                let key = key(self.any_paper());
                let began = Instant::now();
                let found =
                    self.repository.documents_by_key(&somebody(Role::CounterOfficer), &key, 50).await?;
                times.0.push(began.elapsed());
                assert!(!found.is_empty(), "nothing has the key {key}");
            }
            self.note(what, times.figure());
        }
        let mut times = Times::default();
        for _ in 0..QUESTIONS {
            let question = question(self.any_paper())?;
            let began = Instant::now();
            let answer = self.repository.requirements(&somebody(Role::CounterOfficer), &question).await?;
            times.0.push(began.elapsed());
            assert!(answer.subject.is_some(), "nobody is known");
        }
        self.note("once-only check of a procedure", times.figure());
        Ok(())
    }

    /// Files papers: first one counter alone, then several at once.
    async fn file(&mut self) -> Result<(), Failure> {
        let (mut received, mut confirmed, mut filed) = (Times::default(), Times::default(), Times::default());
        for paper in 0..PAPERS_FILED {
            let began = Instant::now();
            receive(&self.repository, paper).await?;
            received.0.push(began.elapsed());
            let id = read(&self.repository).await?;
            let before = Instant::now();
            self.repository.confirm(&somebody(Role::CounterOfficer), id, confirmation(paper)?).await?;
            confirmed.0.push(before.elapsed());
            filed.0.push(began.elapsed());
        }
        self.note("receipt of a paper", received.figure());
        self.note("confirmation of a paper", confirmed.figure());
        self.note("a paper filed, from receipt to store", filed.figure());
        let began = Instant::now();
        let counters = (0..COUNTERS).map(|counter| {
            let repository = self.repository.clone();
            tokio::spawn(async move {
                let mut times = Times::default();
                for paper in 0..PAPERS_FILED / COUNTERS {
                    let began = Instant::now();
                    receive(&repository, 1_000 * (counter + 1) + paper).await?;
                    times.0.push(began.elapsed());
                }
                Ok::<_, Failure>(times)
            })
        });
        let mut all = Times::default();
        for times in try_join_all(counters).await? {
            all.0.extend(times?.0);
        }
        let rate = all.0.len() as f64 / began.elapsed().as_secs_f64();
        self.note("receipt at eight counters at once", Figure { rate, ..all.figure() });
        Ok(())
    }
}

async fn receive(repository: &Repository, paper: u64) -> Result<(), Failure> {
    let mut scan = format!("bản quét {paper} ").into_bytes();
    scan.resize(SCAN_BYTES, b'.');
    let new = NewDocument {
        file_name: "quét.pdf".into(),
        place: None,
        subject: None,
        priority: Priority::Counter,
        secret: false,
    };
    repository.receive(&somebody(Role::CounterOfficer), new, scan.into()).await?;
    Ok(())
}

/// Reads the paper whose turn it is, as a worker does.
async fn read(repository: &Repository) -> Result<DocumentId, Failure> {
    let job = repository.claim_job("bench", LEASE).await?.ok_or("a paper waits")?;
    repository.begin_reading(&job, "application/pdf", 1).await?;
    let page = Page {
        number: 1,
        state: PageState::Done,
        reasons: Vec::new(),
        source: PageSource::Scan,
        width: 2480,
        height: 3508,
        dpi: 300,
        rotation_degrees: 0,
        labels: Vec::new(),
        unread: Vec::new(),
        picture_hash: None,
    };
    repository.save_page(&job, NewPage { page, reading: None, image_jpeg: None }).await?;
    let proposal = Proposal {
        document_type: DocumentType::BirthCertificate,
        title: "Giấy khai sinh".into(),
        type_evidence: None,
        fields: Vec::new(),
    };
    repository.finish_reading(&job, proposal).await?;
    Ok(job.document)
}

fn confirmation(paper: u64) -> Result<Confirmation, Failure> {
    let values = [
        ("number", format!("{paper}/2024")),
        ("issued_on", "2024-02-03".to_owned()),
        ("agency", "UBND phường Mẫu".to_owned()),
        ("full_name", "Nguyễn Văn Mẫu".to_owned()),
        ("birth_year", "1999".to_owned()),
    ];
    Ok(Confirmation {
        document_type: DocumentType::BirthCertificate,
        title: "Giấy khai sinh".into(),
        subject: SubjectClaim {
            kind: SubjectKind::Citizen,
            number: SubjectNumber::parse(&number_of_person(1 + paper * PAPERS_EACH))?,
            name: "Nguyễn Văn Mẫu".into(),
            birth_date: None,
        },
        co_owners: Vec::new(),
        provenance: Provenance::default(),
        pass: None,
        fields: values.map(|(key, value)| (key.to_owned(), value)).to_vec(),
        reasons: Vec::new(),
        rename_subject: false,
        keyings: 0,
        beside: None,
    })
}

fn question(paper: u64) -> Result<RequirementsQuestion, Failure> {
    let subject = SubjectNumber::parse(&number_of_person(paper))?;
    Ok(RequirementsQuestion { procedure: procedure().code, subject, name: None, birth_date: None, on: None })
}

/// Four papers that a person brings, of the types that `invented.sql` knows.
fn procedure() -> Procedure {
    let types = [
        DocumentType::BirthCertificate,
        DocumentType::IdentityCard,
        DocumentType::MaritalStatus,
        DocumentType::Application,
    ];
    let component = |document_type: &DocumentType| ProcedureComponent {
        key: format!("giay-to-{}", document_type.code()),
        name: document_type.label().into(),
        document_types: vec![*document_type],
        required: true,
        originals: 1,
        copies: 0,
        submission: Submission::Nop,
        digitize_basis: Some(DigitizeBasis::KetQuaTruoc),
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
        term: None,
        cut_off: None,
        components: types.iter().map(component).collect(),
    }
}

fn somebody(role: Role) -> Actor {
    Actor {
        account: "can.bo.thu".into(),
        name: "Nguyễn Thị Thử".into(),
        agency: "UBND phường Mẫu".into(),
        unit: "Bộ phận một cửa".into(),
        role,
        purpose: "Tiếp nhận hồ sơ".into(),
        basis: None,
        only: None,
        route: Route { source: "192.0.2.7".into(), destination: "127.0.0.1:8080 GET /documents/{id}".into() },
    }
}

// The keys of `invented.sql`.

fn code(paper: u64) -> String {
    let kind = ["CCCD", "KS", "DON", "HN", "QD"][(paper % PAPERS_EACH) as usize];
    format!("{kind}-240105-{paper:08}")
}

fn number_of_paper(paper: u64) -> String {
    format!("{paper:08}/GM-UBND")
}

fn number_of_person(paper: u64) -> String {
    let person = (paper - 1) / PAPERS_EACH;
    format!("0000{}{:06}", 50 + person % 50, person / 50)
}

fn code_of_dossier(paper: u64) -> String {
    format!("H26.18-240105-{:08}", paper - (paper - 1) % PAPERS_EACH)
}

/// How long each of several acts took.
#[derive(Debug, Default)]
struct Times(Vec<Duration>);

impl Times {
    fn figure(mut self) -> Figure {
        self.0.sort_unstable();
        let share = |percent: usize| self.0[(self.0.len() - 1) * percent / 100];
        let all = self.0.iter().sum::<Duration>().as_secs_f64();
        Figure { p50: share(50), p99: share(99), rate: self.0.len() as f64 / all }
    }
}

/// A table in Markdown: a line for each kind of act, p50, p99 and rate at each size, and how the last size compares with the first.
fn print(name: &str, sizes: &[u64], figures: &Figures) {
    let heads = sizes.iter().map(|size| format!(" {size}: p50 ms | p99 ms | a second |"));
    println!("\n| {name} |{} p50 × | p99 × |", heads.collect::<String>());
    println!("|---|{}", "---:|".repeat(3 * sizes.len() + 2));
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    for (what, line) in figures {
        let cells = line
            .iter()
            .map(|figure| format!(" {:.2} | {:.2} | {:.0} |", ms(figure.p50), ms(figure.p99), figure.rate));
        let (first, last) = (line[0], line[line.len() - 1]);
        let grown = |of: fn(&Figure) -> Duration| ms(of(&last)) / ms(of(&first));
        let cells = cells.collect::<String>();
        println!("| {what} |{cells} {:.1} | {:.1} |", grown(|figure| figure.p50), grown(|figure| figure.p99));
    }
}
