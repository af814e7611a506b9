//! The whole router against a real repository and index in a fresh folder; only the reading is written by hand.

mod batches;
mod dossiers;
mod intake;
mod near_duplicates;
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

#[tokio::test]
async fn every_page_says_that_it_is_a_trial_and_is_locked_down() {
    let counter = Counter::open().await;
    for path in [
        "/",
        "/documents",
        "/documents?state=stored",
        "/search",
        "/dossiers",
        "/dossiers/new",
        "/procedures",
        "/help",
    ] {
        let answer = counter.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.text.contains("bản dùng thử"), "{path}");
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("a text");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(!answer.text.contains("<script>") && !answer.text.contains(" style="), "{path}: inline code");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_clearly() {
    let counter = Counter::open().await;
    let unknown = "01900000-0000-7000-8000-000000000001";
    let check = async |path: &str, expected: StatusCode, kind: &str| {
        let answer = counter.get(path).await;
        assert_eq!(answer.status, expected, "{path}: {}", answer.text);
        assert!(answer.headers[header::CONTENT_TYPE].to_str().expect("a text").starts_with(kind), "{path}");
    };
    let json = "application/problem+json";
    check(&format!("/api/v1/documents/{unknown}"), StatusCode::NOT_FOUND, json).await;
    check("/api/v1/documents/079099000001", StatusCode::NOT_FOUND, json).await;
    check(&format!("/api/v1/documents/{unknown}/pages/0/image"), StatusCode::NOT_FOUND, json).await;
    check(&format!("/api/v1/documents/{unknown}/pages/-1/image"), StatusCode::NOT_FOUND, json).await;
    check(&format!("/api/v1/documents/{unknown}/label.svg"), StatusCode::NOT_FOUND, json).await;
    check("/api/v1/documents?limit=0", StatusCode::UNPROCESSABLE_ENTITY, json).await;
    check("/api/v1/documents?limit=x", StatusCode::UNPROCESSABLE_ENTITY, json).await;
    check("/api/v1/documents?state=lost", StatusCode::UNPROCESSABLE_ENTITY, json).await;
    check("/api/v1/search", StatusCode::METHOD_NOT_ALLOWED, json).await;
    check("/api/nowhere", StatusCode::NOT_FOUND, json).await;
    check(&format!("/documents/{unknown}"), StatusCode::NOT_FOUND, "text/html").await;
    check("/documents/x", StatusCode::NOT_FOUND, "text/html").await;
    check(&format!("/subjects/{unknown}"), StatusCode::NOT_FOUND, "text/html").await;
    check("/nowhere", StatusCode::NOT_FOUND, "text/html").await;
    check("/V/KS-1/x", StatusCode::NOT_FOUND, "text/html").await;
}

#[tokio::test]
async fn each_upload_gets_its_own_result() {
    let counter = Counter::open().await;
    let first = counter.upload(&[("a.jpg", "one")]).await;
    let second = counter.upload(&[("b.jpg", "one")]).await;
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::OK));
    let (first, second): (Value, Value) = (parse(&first), parse(&second));
    assert_eq!(first["id"], second["id"]);
    assert_eq!((&first["already_held"], &second["already_held"]), (&Value::Bool(false), &Value::Bool(true)));
    let many = counter.upload(&[("c.jpg", "two"), ("a.jpg", "one")]).await;
    assert_eq!(many.status, StatusCode::MULTI_STATUS);
    assert_eq!(parse(&many)["results"][0]["status"], 201);
    assert_eq!(parse(&many)["results"][1]["status"], 200);
    assert_eq!(counter.upload(&[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(counter.json("/api/v1/documents", "{}").await.status, StatusCode::BAD_REQUEST);
    let cut = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nhal";
    let cut = counter.post("/api/v1/documents", "multipart/form-data; boundary=b", cut).await;
    assert_eq!(cut.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_upload_over_the_limit_is_refused_before_it_is_read() {
    let counter = Counter::open().await;
    let request = request("POST", "/api/v1/documents")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .header(header::CONTENT_LENGTH, (crate::api::UPLOAD_BYTES_MAX + 1).to_string());
    let answer = counter.ask(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(parse(&answer)["detail"].as_str().expect("a sentence").contains("256 MiB"));
}

#[tokio::test]
async fn a_paper_is_reviewed_confirmed_and_found() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;

    let review = counter.get(&format!("/documents/{id}")).await;
    assert!(review.text.contains("id=\"review-form\"") && review.text.contains("Lê Thị Hoai"));
    assert!(review.text.contains("value=\"02/03/1999\""), "days are shown as people write them");

    let wrong =
        counter.form(&format!("/documents/{id}/confirm"), &format!("{CONFIRMED}&subject_number=12")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("value=\"12\"") && wrong.text.contains("class=\"mistake\""),
        "typed values stay"
    );

    let right = format!("{CONFIRMED}&subject_number=079+199+000+001");
    let stored = counter.form(&format!("/documents/{id}/confirm"), &right).await;
    assert_eq!(stored.status, StatusCode::SEE_OTHER, "{}", stored.text);
    let again = counter.form(&format!("/documents/{id}/confirm"), &right).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    counter.follow().await;

    let record = counter.get(&format!("/documents/{id}")).await;
    assert!(record.text.contains("Đã lưu kho") && record.text.contains("079•••••••01"));
    assert!(!record.text.contains(">079199000001<"), "the number is hidden until it is asked for");
    let shown = counter.form(&format!("/documents/{id}/reveal"), "key=citizen_id").await;
    assert!(shown.text.contains("079199000001"));
    let log = counter.get(&format!("/api/v1/documents/{id}/access")).await;
    assert!(
        log.text.contains("Hiện Số định danh cá nhân"),
        "the look at the number is logged with its purpose"
    );

    for query in ["le thi hoai", "Hoài", "079199000001", "079 199 000 001"] {
        let asked = counter.form("/search", &format!("query={}", query.replace(' ', "+"))).await;
        let address = asked.headers[header::LOCATION].to_str().expect("an address").to_owned();
        assert!(!address.contains("079") || !address.contains("199000001"), "{address}");
        let results = counter.get(&address).await;
        assert!(results.text.contains(&id.to_string()), "{query}");
        let key = address.split_once("q=").expect("a key").1;
        let hit = counter.get(&format!("/documents/{id}?q={key}&page=1")).await;
        assert!(hit.text.contains("class=\"hit\""), "{query}: the place on the page is marked");
    }
}

#[tokio::test]
async fn a_known_number_under_another_name_is_asked_about() {
    let counter = Counter::open().await;
    let confirm = async |id: DocumentId, more: &str| {
        let form = format!("{CONFIRMED}&subject_number=079199000001{more}");
        counter.form(&format!("/documents/{}/confirm", id.0), &form).await
    };
    let first = counter.read_paper("một.jpg").await;
    let fresh = counter.get(&format!("/documents/{}", first.0)).await;
    assert!(!fresh.text.contains("rename_subject"), "nobody is asked before there is a question");
    assert_eq!(confirm(first, "").await.status, StatusCode::SEE_OTHER);
    let second = counter.read_paper("hai.jpg").await;
    let path = format!("/api/v1/documents/{}/confirm", second.0);
    let body = |rename: &str| {
        format!(
            r#"{{"document_type":"KS","title":"Giấy khai sinh","subject":{{"kind":"citizen",
            "number":"079199000001","name":"Trần Thị Khác","birth_date":null}},
            "fields":[{{"key":"number","value":"12/2024"}},{NEEDED}]{rename}}}"#
        )
    };
    let refused = counter.json(&path, &body("")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(parse(&refused)["detail"].as_str().expect("a sentence").contains("«Lê Thị Hoài»"));
    assert_eq!(counter.json(&path, &body(r#","rename_subject":true"#)).await.status, StatusCode::OK);
    let third = counter.read_paper("ba.jpg").await;
    let asked = confirm(third, "").await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text.contains("«Trần Thị Khác»") && asked.text.contains("name=\"rename_subject\""));
    assert_eq!(confirm(third, "&rename_subject=yes").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stored_paper_is_corrected_and_revoked_with_a_reason() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;
    let form = format!("{CONFIRMED}&subject_number=079199000001&source_form=scan_with_original");
    let refused = counter.form(&format!("/documents/{id}/confirm"), &form).await;
    assert!(refused.text.contains("đối chiếu với bản chính"), "{}", refused.text);
    let form = format!("{form}&original_compared=yes");
    let stored = counter.form(&format!("/documents/{id}/confirm"), &form).await;
    assert_eq!(stored.status, StatusCode::SEE_OTHER, "{}", stored.text);
    let api = format!("/api/v1/documents/{id}");
    let record = |reason: &str, version: u32| {
        format!(
            r#"{{"record":{{"document_type":"KS","title":"Giấy khai sinh","subject":{{"kind":"citizen",
            "number":"079199000001","name":"Lê Thị Hoài","birth_date":null}},
            "fields":[{{"key":"number","value":"13/2024"}},{NEEDED}]}},"version":{version},"reason":"{reason}"}}"#
        )
    };
    let correct = async |body: &str| counter.json(&format!("{api}/corrections"), body).await;
    assert_eq!(correct(&record(" ", 1)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let corrected = correct(&record("Nhập sai số", 1)).await;
    assert_eq!(corrected.status, StatusCode::OK, "{}", corrected.text);
    assert_eq!(parse(&corrected)["document"]["version"], 2);
    assert_eq!(correct(&record("Nhập sai số", 1)).await.status, StatusCode::CONFLICT);
    let rule = async |body: &str| counter.json(&format!("{api}/rulings"), body).await;
    let step = |step: &str| format!(r#"{{"step":"{step}","reason":"Theo thông báo"}}"#);
    assert_eq!(rule(&step("burn")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(rule(&step("supersede")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let revoked = rule(&step("revoke")).await;
    assert_eq!(parse(&revoked)["document"]["validity"], "revoked", "{}", revoked.text);
    assert_eq!(rule(&step("revoke")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let history = parse(&counter.get(&format!("{api}/history")).await);
    assert_eq!(history["versions"][0]["reason"], "Nhập sai số");
    let steps = history["events"].as_array().expect("events").iter().map(|event| event["step"].clone());
    let expected = ["receive", "mark", "extract", "confirm", "code", "store", "correct", "revoke"];
    assert_eq!(steps.collect::<Vec<_>>(), expected);
    let page = counter.get(&format!("/documents/{id}")).await;
    for shown in ["Đã thu hồi", "Bản chụp điện tử", "2 (đã đính chính)", "3/4", "Ký nhận bản quét"]
    {
        assert!(page.text.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn the_code_of_a_citizen_card_proposes_whose_paper_it_is() {
    let counter = Counter::open().await;
    let mut page = page();
    page.page.labels = vec![Label {
        kind: "citizen_card".to_owned(),
        value: "079199000001||Lê Thị Hoài|02031999|Nữ|Phường Bến Mơ|15042021".to_owned(),
        region: region(10, 10),
    }];
    let nothing = Proposal { fields: Vec::new(), ..proposal() };
    let id = counter.read_paper_as("đơn.jpg", page, nothing).await.0;
    let review = counter.get(&format!("/documents/{id}")).await.text;
    for part in ["value=\"079199000001\"", "value=\"Lê Thị Hoài\"", "value=\"02/03/1999\"", "từ mã QR"]
    {
        assert!(review.contains(part), "{part}");
    }
    let without = counter.read_paper("khác.jpg").await.0;
    assert!(!counter.get(&format!("/documents/{without}")).await.text.contains("từ mã QR"));
}

#[tokio::test]
async fn the_api_confirms_and_finds_too() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;
    let confirmation = |number: &str| {
        format!(
            r#"{{"document_type":"KS","title":"Giấy khai sinh","subject":{{"kind":"citizen",
        "number":"079199000001","name":"Lê Thị Hoài","birth_date":"1999-03-02"}},"fields":[{number}{NEEDED}]}}"#
        )
    };
    let confirm = format!("/api/v1/documents/{id}/confirm");
    let short = counter.json(&confirm, &confirmation("")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("thiếu trường bắt buộc: Số, ký hiệu."), "{}", short.text);
    let absent = r#"{"key":"number","value":"","reason":"Sổ cũ không ghi"},"#;
    let stored = counter.json(&confirm, &confirmation(absent)).await;
    assert_eq!(stored.status, StatusCode::OK, "{}", stored.text);
    assert_eq!(parse(&stored)["document"]["state"], "stored");
    let label = counter.get(&format!("/api/v1/documents/{id}/label.svg")).await;
    assert_eq!(label.status, StatusCode::CONFLICT);
    assert!(label.text.contains("không thuộc hồ sơ nào"), "{}", label.text);
    let record = counter.get(&format!("/documents/{id}")).await;
    assert!(record.text.contains("Tải bản gốc") && !record.text.contains("nhãn"), "no label is offered");
    let subject = counter.json("/api/v1/subjects/find", r#"{"number":"079 199 000 001"}"#).await;
    let subject = parse(&subject)["id"].as_str().expect("a key").to_owned();
    let store = counter.get(&format!("/api/v1/subjects/{subject}/store")).await;
    assert_eq!(parse(&store)["documents"][0]["id"], id.to_string());
    let page = counter.get(&format!("/subjects/{subject}")).await;
    assert!(page.text.contains("Kho của") && page.text.contains("Lê Thị Hoài"));
    for wrong in ["{}", "[]", "{\"query\":\"\"}", "{\"query\":\"a\",\"limit\":0}", "nonsense"] {
        assert_eq!(
            counter.json("/api/v1/search", wrong).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn the_words_of_a_page_are_handed_out_as_hocr_and_alto() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;
    for (form, word, content_type) in [
        ("hocr", "x_wconf 93\">Hoài</span>", "application/xhtml+xml"),
        ("alto", "WC=\"0.93\" CONTENT=\"Hoài\"/>", "application/xml"),
    ] {
        let page = counter.get(&format!("/api/v1/documents/{id}/pages/1/{form}")).await;
        assert_eq!(
            (page.status, &page.headers[header::CONTENT_TYPE]),
            (StatusCode::OK, &HeaderValue::from_static(content_type))
        );
        assert!(page.text.contains(word), "{}", page.text);
        let missing = counter.get(&format!("/api/v1/documents/{id}/pages/2/{form}")).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    }
    let log = parse(&counter.get(&format!("/api/v1/documents/{id}/access")).await);
    let downloads =
        log.as_array().expect("entries").iter().filter(|entry| entry["action"] == "download").count();
    assert_eq!(downloads, 4, "also a look for a page that there is not: {log}");
}

#[tokio::test]
async fn there_is_no_pdf_before_a_paper_is_read() {
    let counter = Counter::open().await;
    let new = NewDocument {
        file_name: "a.jpg".to_owned(),
        place: None,
        subject: None,
        priority: Priority::Counter,
        secret: false,
    };
    let received =
        counter.state.repository.receive(&counter.state.actor, new, "a".into()).await.expect("received");
    let id = received.document.id.0;
    let answer = counter.get(&format!("/api/v1/documents/{id}/rendition.pdf")).await;
    assert_eq!(
        (answer.status, answer.text.contains("chưa được đọc xong")),
        (StatusCode::CONFLICT, true),
        "{}",
        answer.text
    );
    let page = counter.get(&format!("/documents/{id}/rendition.pdf")).await;
    assert!(page.status == StatusCode::CONFLICT && page.text.contains("<html"), "{}", page.text);
    assert!(page.text.contains("tải bản gốc"), "{}", page.text);
}

#[tokio::test]
async fn hostile_file_names_do_nothing() {
    let counter = Counter::open().await;
    let name = "<img src=x onerror=alert(1)>\u{202e}gpj.exe";
    let id = counter.read_paper(name).await.0;
    for path in ["/".to_owned(), "/documents".to_owned(), format!("/documents/{id}")] {
        let answer = counter.get(&path).await;
        assert!(!answer.text.contains("<img src=x") && !answer.text.contains('\u{202e}'), "{path}");
    }
    let original = counter.get(&format!("/api/v1/documents/{id}/original")).await;
    let disposition = original.headers[header::CONTENT_DISPOSITION].to_str().expect("plain text");
    assert!(disposition.starts_with("attachment; filename=\"_img src_x"), "{disposition}");
}

#[tokio::test]
async fn the_machine_tells_how_it_is_and_nothing_of_people() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;
    counter.get(&format!("/documents/{id}")).await;
    let made_up = request("079199000001", "/livez").body(Body::empty()).expect("a request");
    counter.ask(made_up).await;
    let metrics = counter.get("/metrics").await.text;
    assert!(metrics.contains("method=\"other\""), "{metrics}");
    assert!(metrics.contains("motlan_documents{state=\"extracted\"}"), "{metrics}");
    assert!(metrics.contains("route=\"/documents/{id}\""), "{metrics}");
    assert!(!metrics.contains(&id.to_string()) && !metrics.contains("079199000001"));
    let ready = counter.get("/readyz").await;
    assert_eq!((ready.status, parse(&ready)["jail"].as_str()), (StatusCode::OK, Some("sandboxed")));
    assert_eq!(counter.get("/livez").await.text, "ok");
}

/// A cluster that takes the question and says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_whether_it_is_ready_waits_for_no_index() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("it listens"));
    let mut counter = Counter::open().await;
    counter.state.index = search::open_cluster(&url.parse().expect("an address"));
    counter.router = router(counter.state.clone());
    let start = std::time::Instant::now();
    let ready = counter.get("/readyz").await;
    assert_eq!((ready.status, parse(&ready)["index"].as_bool()), (StatusCode::OK, Some(false)));
    let waited = start.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_secs(5)).contains(&waited), "{waited:?}");
}

#[tokio::test]
async fn other_names_of_this_machine_are_refused() {
    let counter = Counter::open().await;
    let rebound = Request::builder().uri("/").header(header::HOST, "evil.example");
    let answer = counter.ask(rebound.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.headers.contains_key(header::CONTENT_SECURITY_POLICY));
    let foreign = request("POST", "/search").header("sec-fetch-site", "cross-site");
    assert_eq!(
        counter.ask(foreign.body(Body::empty()).expect("a request")).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn the_description_names_every_operation() {
    let counter = Counter::open().await;
    let description = parse(&counter.get("/api/openapi.json").await);
    let paths = description["paths"].as_object().expect("paths");
    let operations: usize = paths.values().map(|path| path.as_object().map_or(0, |path| path.len())).sum();
    assert_eq!((paths.len(), operations), (69, 75), "{:?}", paths.keys().collect::<Vec<_>>());
}

fn parse(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", answer.text))
}
