//! The whole router against a real repository and index in a fresh folder; only the reading is written by hand.

mod batches;
mod dossiers;
mod intake;
mod keying;
mod machine;
mod near_duplicates;
mod papers;
mod phone;
mod rereading;
mod rights;
mod searching;
mod sign_in;

use super::router;
use crate::codes::Codes;
use crate::config::Config;
use crate::rendition::Renditions;
use crate::sign_in::Door;
use crate::state::{AppState, JailState, demonstration_officer};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, header};
use repository::DocumentType;
use repository::record::{
    DocumentId, Evidence, FieldSource, Label, NewDocument, NewPage, Page, PageSource, PageState, Priority,
    Proposal, ProposedField, ReadLine, ReadWord, Reading, ReadingModel, Region, Stage, Step,
};
use repository::{Options, Repository};
use serde_json::Value;
use std::time::Duration;
use tempfile::TempDir;
use tower::ServiceExt;

/// A counter with its own folder.
struct Counter {
    _folder: TempDir,
    state: AppState,
    router: Router,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
}

impl Counter {
    async fn open() -> Counter {
        Counter::open_with(Door::Demonstration).await
    }

    /// The same with another door.
    async fn open_with(door: Door) -> Counter {
        let folder = tempfile::tempdir().expect("a folder");
        let repository = Repository::open(&Options::in_folder(folder.path())).await.expect("a repository");
        let index = search::open(&folder.path().join("index")).expect("an index");
        let (renditions, models) =
            (Renditions::new(no_reader()), vec![ReadingModel::Fast, ReadingModel::Accurate]);
        let config = Config { data: folder.path().into(), ..Config::default() };
        let codes = Codes::open(&config, "https://motlan.example").expect("keys for codes");
        let mut state =
            AppState::new(door, repository, index, JailState::Sandboxed, renditions, models, codes);
        state.actor = demonstration_officer().into();
        Counter { _folder: folder, router: router(state.clone()), state }
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(request("GET", path).body(Body::empty()).expect("a request")).await
    }

    async fn post(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Answer {
        let request = request("POST", path).header(header::CONTENT_TYPE, content_type);
        self.ask(request.body(body.into()).expect("a request")).await
    }

    async fn form(&self, path: &str, body: &str) -> Answer {
        self.post(path, "application/x-www-form-urlencoded", body.to_owned()).await
    }

    async fn json(&self, path: &str, body: &str) -> Answer {
        self.post(path, "application/json", body.to_owned()).await
    }

    async fn upload(&self, files: &[(&str, &str)]) -> Answer {
        let part = |(name, bytes): &(&str, &str)| {
            format!(
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{bytes}\r\n"
            )
        };
        let body: String = files.iter().map(part).chain(["--b--\r\n".to_owned()]).collect();
        self.post("/api/v1/documents", "multipart/form-data; boundary=b", body).await
    }

    /// Takes a paper in and reads it as if it said this birth certificate.
    async fn read_paper(&self, file_name: &str) -> DocumentId {
        self.read_paper_as(file_name, page(), proposal()).await
    }

    async fn read_paper_as(&self, file_name: &str, page: NewPage, proposal: Proposal) -> DocumentId {
        let repository = &self.state.repository;
        let new = NewDocument {
            file_name: file_name.to_owned(),
            place: None,
            subject: None,
            priority: Priority::Counter,
            secret: false,
        };
        let bytes = file_name.as_bytes().to_vec().into();
        let received = repository.receive(&self.state.actor, new, bytes).await.expect("received");
        self.read_next(page, proposal).await;
        received.document.id
    }

    /// Reads the next paper of the queue as if it said this.
    async fn read_next(&self, page: NewPage, proposal: Proposal) {
        let repository = &self.state.repository;
        let job =
            repository.claim_job("test", Duration::from_secs(60)).await.expect("a queue").expect("a job");
        repository.begin_reading(&job, "image/jpeg", 1).await.expect("begun");
        repository.save_page(&job, page).await.expect("saved");
        repository.finish_reading(&job, proposal).await.expect("finished");
        self.follow().await;
    }

    async fn follow(&self) {
        search::follow(&self.state.repository, self.state.index.as_ref()).await.expect("an index");
    }
}

/// A reader whose children would find nothing to read with: what is tested here never asks for one.
fn no_reader() -> ingest::Reader {
    let nowhere = std::path::PathBuf::from("/nonexistent");
    let engine = ingest::EngineSpec {
        model: ocr::Model::Installed { dir: nowhere.clone(), name: "vie".to_owned() },
        second_model: None,
        osd_dir: nowhere.clone(),
        fault: None,
    };
    ingest::Reader::new(ingest::ReaderOptions {
        engine,
        pdfium_library: nowhere,
        lanes: 1,
        pictures: ingest::Pictures::default(),
        jailed: true,
    })
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8080")
}

fn region(left: u32, top: u32) -> Region {
    Region { left, top, width: 90, height: 20 }
}

fn page() -> NewPage {
    let texts = ["GIẤY", "KHAI", "SINH", "Lê", "Thị", "Hoài", "079199000001"];
    let word = |(number, text): (usize, &&str)| ReadWord {
        text: (*text).to_owned(),
        region: region(100 * number as u32, 50),
        confidence: 93.0,
    };
    let words = texts.iter().enumerate().map(word).collect();
    NewPage {
        page: Page {
            number: 1,
            state: PageState::NeedsReview,
            reasons: vec!["low_confidence".to_owned()],
            source: PageSource::Scan,
            width: 827,
            height: 1169,
            dpi: 100,
            rotation_degrees: 0,
            labels: Vec::new(),
            unread: Vec::new(),
            picture_hash: None,
        },
        reading: Some(Reading {
            engine: "recorded".to_owned(),
            engine_version: "1".to_owned(),
            model: "vie".to_owned(),
            model_sha256: String::new(),
            stages: Vec::new(),
            lines: vec![ReadLine { words }],
        }),
        image_jpeg: Some(b"\xff\xd8\xff\xd9".to_vec()),
    }
}

fn proposal() -> Proposal {
    let field = |key: &str, value: &str, confidence| ProposedField {
        key: key.to_owned(),
        value: value.to_owned(),
        source: FieldSource::Ocr,
        confidence,
        page: Some(1),
        region: Some(region(300, 50)),
        written: value.to_owned(),
        doubts: Vec::new(),
    };
    Proposal {
        document_type: DocumentType::BirthCertificate,
        title: "Giấy khai sinh".to_owned(),
        type_evidence: None,
        fields: vec![
            field("full_name", "Lê Thị Hoai", 61.0),
            field("citizen_id", "079199000001", 95.0),
            field("birth_date", "1999-03-02", 97.0),
        ],
    }
}

const CONFIRMED: &str = "document_type=KS&title=Gi%E1%BA%A5y+khai+sinh&subject_kind=citizen\
    &subject_name=L%C3%AA+Th%E1%BB%8B+Ho%C3%A0i&subject_birth_date=02%2F03%2F1999\
    &field-full_name=L%C3%AA+Th%E1%BB%8B+Ho%C3%A0i&field-citizen_id=079199000001&field-birth_date=02%2F03%2F1999\
    &absent-number=yes&absent-issued_on=yes&absent-agency=yes";

/// What else the record of a birth certificate needs.
const NEEDED: &str = r#"{"key":"full_name","value":"Lê Thị Hoài"},{"key":"issued_on","value":"2024-02-03"},
    {"key":"agency","value":"UBND phường Mẫu"},{"key":"birth_date","value":"1999-03-02"}"#;

fn parse(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", answer.text))
}
