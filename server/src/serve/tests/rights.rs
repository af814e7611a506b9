//! Every route under every role: a stranger's record is answered as one that does not exist, and the table of what is answered is a
//! file that fails when a route has no row (`rights.txt`; `MOTLAN_WRITE_RIGHTS=1` writes it anew).

use super::sign_in::{Browser, officer, routes, signing_in};
use super::*;
use repository::record::{
    Actor, BatchId, DossierId, NewBatch, NewDossier, Procedure, Role, SubjectClaim, SubjectKind,
};
use std::fmt::Write;

/// The table as it was looked at last.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/serve/tests/rights.txt");
/// A key that nothing has.
const NOWHERE: &str = "01900000-0000-7000-8000-000000000001";
/// Roles that people sign in with.
const ROLES: [Role; 7] = [
    Role::CounterOfficer,
    Role::HandlingOfficer,
    Role::Leader,
    Role::Archivist,
    Role::Citizen,
    Role::Auditor,
    Role::Administrator,
];

/// What one agency has: a paper, a dossier, a stack, and a person.
struct Records {
    document: DocumentId,
    dossier: DossierId,
    batch: BatchId,
    subject: repository::record::SubjectId,
}

impl Records {
    async fn of(counter: &Counter, agency: &str, number: &str) -> Records {
        let repository = &counter.state.repository;
        let actor = Actor { agency: agency.to_owned(), ..demonstration_officer() };
        let procedure: Procedure = toml::from_str(super::dossiers::CATALOGUE).expect("a procedure");
        repository.put_procedures(&actor, &[procedure]).await.expect("it is put");
        let new = NewDossier {
            code: None,
            procedure: "1.004194".parse().expect("a code"),
            subject: SubjectClaim {
                kind: SubjectKind::Citizen,
                number: repository::identifier::SubjectNumber::parse(number).expect("a number"),
                name: "Lê Thị Hoài".to_owned(),
                birth_date: None,
            },
            received_on: "2026-01-05".parse().expect("a day"),
            state: repository::record::DossierState::Submitted,
            reason: None,
            in_hand: Default::default(),
        };
        let dossier = repository.open_dossier(&actor, new).await.expect("it is opened");
        let stack = NewBatch {
            feed: "one_sided".to_owned(),
            files: vec![("tập".into(), agency.to_owned().into())],
        };
        let (batch, _) = repository.receive_batch(&actor, stack).await.expect("it is received");
        let new = NewDocument {
            file_name: "giấy.pdf".to_owned(),
            place: None,
            subject: None,
            priority: Priority::Counter,
            secret: false,
        };
        let received =
            repository.receive(&actor, new, format!("giấy {agency}").into()).await.expect("received");
        counter.read_next(page(), proposal()).await;
        Records {
            document: received.document.id,
            dossier: dossier.id,
            batch: batch.id,
            subject: dossier.subject.id,
        }
    }

    /// A text as if it spoke of what nothing has.
    fn nameless(&self, text: &str) -> String {
        let keys = [
            self.document.to_string(),
            self.dossier.to_string(),
            self.batch.to_string(),
            self.subject.to_string(),
        ];
        keys.iter().fold(text.to_owned(), |text, key| text.replace(key, NOWHERE))
    }

    /// A route with the keys of these records in it; none: nothing in it is a record of somebody's.
    fn path(&self, route: &str) -> Option<String> {
        let key = [
            ("/documents/{id}", self.document.to_string()),
            ("/dossiers/{id}", self.dossier.to_string()),
            ("/batches/{id}", self.batch.to_string()),
            ("/subjects/{id}", self.subject.to_string()),
        ];
        let (_, key) = key.into_iter().find(|(part, _)| route.contains(part))?;
        Some(filled(&route.replacen("{id}", &key, 1)))
    }
}

/// A route with something in every place that is left.
fn filled(route: &str) -> String {
    let parts = route.split('/').map(|part| match part {
        "{number}" | "{reading}" => "1".to_owned(),
        "{component}" => "giay-khai-sinh".to_owned(),
        "{form}" => "receipt".to_owned(),
        part if part.starts_with('{') => NOWHERE.to_owned(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

impl Browser<'_> {
    async fn text(&self, method: &str, path: &str) -> String {
        let asked = request(method, path).header(header::COOKIE, &self.cookie);
        self.counter.ask(asked.body(Body::empty()).expect("a request")).await.text
    }

    /// What a path answers, without waiting for the end of streams.
    async fn status(&self, method: &str, path: &str) -> u16 {
        let asked = request(method, path).header(header::COOKIE, &self.cookie);
        let asked = asked.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let asked = asked.body(Body::empty()).expect("a request");
        let response = self.counter.router.clone().oneshot(asked).await.expect("an answer");
        response.status().as_u16()
    }
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_table_says() {
    let counter = Counter::open_with(signing_in()).await;
    let routes = routes(&counter_of_routes().await).await;
    let own = Records::of(&counter, "UBND xã Bến Mơ", "079199000001").await;
    let foreign = Records::of(&counter, "Sở Mẫu", "079199000002").await;
    let mut table = String::from("route");
    for role in ROLES {
        let _ = write!(table, " {}", crate::api::name_of(role));
    }
    table.push('\n');
    let mut browsers = Vec::new();
    for (number, role) in ROLES.into_iter().enumerate() {
        let login = format!("nguoi.{number}");
        officer(&counter, &login, role).await;
        let mut browser = Browser::new(&counter);
        browser.sign_in(&login).await;
        if role == Role::Administrator {
            browser.enrol().await;
        }
        browsers.push(browser);
    }
    let mut allowed = 0;
    // A page that ends the session would end the rest of the table.
    for route in routes.iter().filter(|route| !route.starts_with("/sign-")) {
        let _ = write!(table, "{route}");
        for (role, browser) in ROLES.iter().zip(&browsers) {
            let Some(foreign_path) = foreign.path(route) else {
                let _ = write!(table, " {}", browser.status("GET", &filled(route)).await);
                continue;
            };
            let nowhere_path = filled(&route.replacen("{id}", NOWHERE, 1));
            let sees_log = matches!(role, Role::Auditor | Role::Administrator);
            let methods = ["GET", "POST", "PUT", "DELETE"];
            // Who looked is for those to know who see nothing else.
            for method in methods.into_iter().filter(|_| !(sees_log && route.ends_with("/access"))) {
                let strangers = browser.status(method, &foreign_path).await;
                let nowhere = browser.status(method, &nowhere_path).await;
                assert_eq!(strangers, nowhere, "{role:?} {method} {foreign_path}");
                // A part of a page may say that there is nothing, in the same words for both.
                if strangers < 400 {
                    let told = foreign.nameless(&browser.text(method, &foreign_path).await);
                    assert_eq!(told, browser.text(method, &nowhere_path).await, "{role:?} {method} {route}");
                }
            }
            let own = browser.status("GET", &own.path(route).expect("a route of records")).await;
            let strangers = browser.status("GET", &foreign_path).await;
            allowed += usize::from(own < 400);
            let _ = write!(table, " {own}/{strangers}");
        }
        table.push('\n');
    }
    assert!(allowed > 60, "{allowed} answers to those who may");
    if std::env::var_os("MOTLAN_WRITE_RIGHTS").is_some() {
        std::fs::write(TABLE, &table).expect("the table is written");
    }
    let kept = std::fs::read_to_string(TABLE).unwrap_or_default();
    assert_eq!(table, kept, "the table of routes has changed; it now is\n{table}");
}

/// A counter that tells its routes to anybody.
async fn counter_of_routes() -> Counter {
    Counter::open().await
}

#[tokio::test]
async fn an_emergency_is_opened_told_at_once_and_judged() {
    let counter = Counter::open_with(signing_in()).await;
    let foreign = Records::of(&counter, "Sở Mẫu", "079199000002").await;
    for (login, role) in [("lan.tran", Role::CounterOfficer), ("truong.xa", Role::Leader)] {
        officer(&counter, login, role).await;
    }
    let (mut lan, mut superior) = (Browser::new(&counter), Browser::new(&counter));
    lan.sign_in("lan.tran").await;
    superior.sign_in("truong.xa").await;
    let store = format!("/subjects/{}", foreign.subject);
    assert_eq!(lan.get(&store).await.status, StatusCode::NOT_FOUND);
    let form = lan.get("/break-glass/new").await;
    assert!(form.text.contains("value=\"truong.xa\"") && form.text.contains("60 phút"), "{}", form.text);
    let wish = |number: &str| format!("number={number}&reason=C%E1%BA%A5p+c%E1%BB%A9u&told=truong.xa");
    let unknown = lan.ask("POST", "/break-glass", &wish("079199000009"), &[]).await;
    assert!(unknown.text.contains("Kho không có gì dưới số này"), "{}", unknown.text);
    assert!(superior.get("/break-glass/waiting").await.text.is_empty());
    let opened = lan.ask("POST", "/break-glass", &wish("079199000002"), &[]).await;
    assert_eq!(
        (opened.status, opened.headers[header::LOCATION].to_str().ok()),
        (StatusCode::SEE_OTHER, Some(&*store))
    );
    assert_eq!(lan.get(&store).await.status, StatusCode::OK);
    assert!(superior.get("/break-glass/waiting").await.text.contains("1 lượt mở khẩn cấp"));
    let list = superior.get("/break-glass").await.text;
    assert!(list.contains("Lý do: Cấp cứu"), "{list}");
    let review = list
        .split("action=\"")
        .find_map(|rest| rest.split('"').next().filter(|path| path.ends_with("/review")));
    let review = review.expect("a form").to_owned();
    let silent = superior.ask("POST", &review, "verdict=unjustified&remark=", &[]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let own = lan.ask("POST", &review, "verdict=justified", &[]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    let judged = superior.ask("POST", &review, "verdict=justified&remark=", &[]).await;
    assert_eq!(judged.status, StatusCode::SEE_OTHER);
    assert!(superior.get("/break-glass/waiting").await.text.is_empty());
    assert!(lan.get("/break-glass").await.text.contains("Kết luận: Có căn cứ"));
}
