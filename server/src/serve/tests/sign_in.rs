//! The door: what answers nobody, how long somebody stays in, and that the secret of a session changes when somebody gets in.

use super::*;
use crate::asking::OPEN;
use crate::config::Config;
use crate::scanning::{Device, Scanner, Scanners};
use crate::sign_in::IDLE;
use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp, ToSpan};
use repository::record::{
    Account, Action, Actor, NewAccount, NewProgramKey, OneTimeLink, Role, SessionRow, Way,
};
use std::collections::BTreeSet;
use std::path::Path;

const PASSWORD: &str = "Cầu vồng 7 con trâu uống trà";

pub(super) fn signing_in() -> Door {
    Door::SignIn { proxy: None }
}

/// Somebody's browser.
pub(super) struct Browser<'a> {
    pub(super) counter: &'a Counter,
    pub(super) cookie: String,
}

impl Browser<'_> {
    pub(super) fn new(counter: &Counter) -> Browser<'_> {
        Browser { counter, cookie: String::new() }
    }

    pub(super) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        form: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let mut asked = request(method, path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in more {
            asked = asked.header(*name, *value);
        }
        let answer = self.counter.ask(asked.body(form.to_owned().into()).expect("a request")).await;
        if let Some(cookie) = session_cookie(&answer.headers) {
            self.cookie = cookie;
        }
        answer
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "", &[]).await
    }

    pub(super) async fn sign_in(&mut self, login: &str) -> Answer {
        let form = format!("login={login}&password={}", PASSWORD.replace(' ', "+"));
        self.ask("POST", "/sign-in", &form, &[]).await
    }
}

impl Browser<'_> {
    /// Sets up the second factor that this account needs before it is in.
    pub(super) async fn enrol(&mut self) {
        let page = self.get("/sign-in/second-factor").await.text;
        let (_, rest) = page.split_once("id=\"secret\"><code>").expect("a secret");
        let secret: String = rest.split("</code>").next().unwrap_or_default().split_whitespace().collect();
        let done =
            self.ask("POST", "/sign-in/second-factor", &format!("code={}", code_now(&secret)), &[]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    }
}

/// The code of an app, as Python's own library computes it (RFC 6238).
fn code_now(secret: &str) -> String {
    let script = "import base64, hmac, struct, sys, time\n\
        key = base64.b32decode(sys.argv[1] + '=' * (-len(sys.argv[1]) % 8))\n\
        mac = hmac.digest(key, struct.pack('>Q', int(time.time()) // 30), 'sha1')\n\
        at = mac[-1] & 15\n\
        print('%06d' % ((struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000))";
    let said =
        std::process::Command::new("python3").args(["-c", script, secret]).output().expect("Python runs");
    String::from_utf8(said.stdout).expect("digits").trim().to_owned()
}

/// What a browser keeps of an answer.
fn session_cookie(headers: &HeaderMap) -> Option<String> {
    let mut cookies = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookie = cookies.rfind(|cookie| cookie.starts_with("__Host-motlan="))?;
    cookie.split(';').next().map(str::to_owned)
}

pub(super) async fn officer(counter: &Counter, login: &str, role: Role) -> Account {
    let repository = &counter.state.repository;
    let actor = Actor { role: Role::Administrator, ..demonstration_officer() };
    let new = NewAccount {
        login: login.to_owned(),
        name: "Công Tằng Tôn Nữ Thị Lan".to_owned(),
        agency: "UBND xã Bến Mơ".to_owned(),
        unit: String::new(),
        role,
        is_service: false,
        number: String::new(),
    };
    let account = repository.create_account(&actor, new).await.expect("an account");
    let OneTimeLink { secret, .. } = repository.make_link(&actor, account.id).await.expect("a link");
    repository.use_link(&secret, None, PASSWORD, &Way::default()).await.expect("a password")
}

/// Changes what the only session of an account remembers.
async fn with_session(counter: &Counter, account: &Account, change: impl FnOnce(&mut SessionRow)) {
    let sessions = counter.state.repository.sessions(account.id).await.expect("sessions");
    let [session] = &sessions[..] else { panic!("{} sessions", sessions.len()) };
    let mut session = session.clone();
    change(&mut session);
    counter.state.repository.keep_session(&session).await.expect("kept");
}

fn moved(session: &mut SessionRow, key: &str, back: SignedDuration) {
    let mut data: Value = serde_json::from_str(&session.data).expect("JSON");
    data["holder"][key] = (Timestamp::now() - back).to_string().into();
    session.data = data.to_string();
}

/// Every route of the program: those that the API describes, and those that stand in the sources.
pub(super) async fn routes(counter: &Counter) -> BTreeSet<String> {
    fn sources(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).expect("a source");
                let named =
                    text.split(".route(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
                found.extend(named.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
    }
    let mut found = BTreeSet::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.retain(|path| path.starts_with('/'));
    let description = parse(&counter.get("/api/openapi.json").await);
    found.extend(description["paths"].as_object().expect("paths").keys().cloned());
    found
}

#[tokio::test]
async fn nothing_but_what_is_open_answers_nobody() {
    let open = Counter::open().await;
    let routes = routes(&open).await;
    assert!(routes.len() > 90, "{} routes were found", routes.len());
    let counter = Counter::open_with(signing_in()).await;
    for route in &routes {
        let parts = route.split('/').map(|part| match part.starts_with('{') {
            true => "01900000-0000-7000-8000-000000000001",
            false => part,
        });
        let path = parts.collect::<Vec<_>>().join("/");
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let asked = request(method, &path).body(Body::empty()).expect("a request");
            let answer = counter.ask(asked).await;
            let to_sign_in = answer.headers.get(header::LOCATION).is_some_and(|place| {
                place.to_str().expect("a text").starts_with("/sign-in")
                    && answer.status == StatusCode::SEE_OTHER
            });
            let refused = to_sign_in || answer.status == StatusCode::UNAUTHORIZED;
            let is_open = OPEN.contains(&route.as_str());
            assert!(refused || is_open, "{method} {path} answers nobody: {}", answer.status);
            assert!(is_open || answer.text.len() < 500, "{method} {path} tells something: {}", answer.text);
        }
    }
    assert!(OPEN.iter().all(|path| routes.contains(*path)), "the list of what is open names routes");
    for path in ["/nowhere", "/api/nowhere", "/documents/"] {
        let answer = counter.get(path).await;
        assert!([303, 401].contains(&answer.status.as_u16()), "{path} tells whether it is there");
    }
}

#[tokio::test]
async fn somebody_gets_in_and_out_under_a_secret_of_their_own() {
    let counter = Counter::open_with(signing_in()).await;
    officer(&counter, "lan.tran", Role::CounterOfficer).await;
    let mut browser = Browser::new(&counter);
    let page = browser.get("/documents?state=stored").await;
    assert_eq!(page.headers[header::LOCATION], "/sign-in?next=/documents%3Fstate%3Dstored");
    // A cookie that somebody else planted.
    "__Host-motlan=AAAAAAAAAAAAAAAAAAAAAA".clone_into(&mut browser.cookie);
    let planted = browser.cookie.clone();
    let wrong = browser.ask("POST", "/sign-in", "login=lan.tran&password=x", &[]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.text.contains("id=\"trouble\"") && wrong.text.contains("value=\"lan.tran\""));
    let form = format!("login=+LAN.Tran+&password={}&next=/documents", PASSWORD.replace(' ', "+"));
    let right = browser.ask("POST", "/sign-in", &form, &[]).await;
    assert_eq!(
        (right.status, &right.headers[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/documents".parse().unwrap())
    );
    assert_ne!(browser.cookie, planted);
    let set = right.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().expect("a text"));
    let set = set.collect::<Vec<_>>();
    assert_eq!(set.len(), 2, "the session, and the browser that is known from now on: {set:?}");
    for cookie in set {
        for part in ["__Host-", "HttpOnly", "Secure", "Path=/", "SameSite="] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        let stays = cookie.contains("Max-Age") || cookie.contains("Expires");
        assert_eq!(
            stays,
            cookie.starts_with("__Host-motlan-device="),
            "a session goes with the browser: {cookie}"
        );
    }
    let page = browser.get("/documents").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Công Tằng Tôn Nữ Thị Lan") && !page.text.contains("bản dùng thử"));
    let first = browser.cookie.clone();
    browser.sign_in("lan.tran").await;
    assert_ne!(browser.cookie, first, "a new secret each time");
    let inside = browser.cookie.clone();
    assert_eq!(browser.ask("POST", "/sign-out", "", &[]).await.headers[header::LOCATION], "/sign-in");
    for cookie in [inside, first, planted] {
        browser.cookie = cookie;
        assert_eq!(browser.get("/api/v1/documents").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let counter = Counter::open_with(signing_in()).await;
    let account = officer(&counter, "lan.tran", Role::CounterOfficer).await;
    let check = async |key: &str, back: SignedDuration, in_after: bool| {
        let mut browser = Browser::new(&counter);
        counter.state.repository.end_other_sessions(&account, None, &Way::default()).await.expect("ended");
        assert_eq!(browser.sign_in("lan.tran").await.status, StatusCode::SEE_OTHER);
        with_session(&counter, &account, |session| moved(session, key, back)).await;
        let expected = if in_after { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        assert_eq!(browser.get("/api/v1/documents").await.status, expected, "{key} {back:?}");
    };
    let second = SignedDuration::from_secs(1);
    check("seen_at", IDLE - 5 * second, true).await;
    check("seen_at", IDLE + second, false).await;
    check("began_at", SignedDuration::from_mins(8 * 60 - 1), true).await;
    check("began_at", SignedDuration::from_hours(8), false).await;
}

#[tokio::test]
async fn a_page_that_asks_by_itself_keeps_nobody_in() {
    let counter = Counter::open_with(signing_in()).await;
    let account = officer(&counter, "lan.tran", Role::CounterOfficer).await;
    let mut browser = Browser::new(&counter);
    browser.sign_in("lan.tran").await;
    let seen =
        async || counter.state.repository.sessions(account.id).await.expect("sessions")[0].data.clone();
    with_session(&counter, &account, |session| moved(session, "seen_at", SignedDuration::from_mins(5))).await;
    let before = seen().await;
    let alone = browser.ask("GET", "/counter/recent", "", &[("motlan-unattended", "1")]).await;
    assert_eq!((alone.status, seen().await), (StatusCode::OK, before.clone()));
    browser.get("/counter/recent").await;
    assert_ne!(seen().await, before, "a person who does something stays in");
}

#[tokio::test]
async fn whoever_is_closed_is_out_at_once() {
    let counter = Counter::open_with(signing_in()).await;
    let account = officer(&counter, "lan.tran", Role::CounterOfficer).await;
    let mut browser = Browser::new(&counter);
    browser.sign_in("lan.tran").await;
    assert_eq!(browser.get("/api/v1/documents").await.status, StatusCode::OK);
    let actor = Actor { role: Role::Administrator, ..demonstration_officer() };
    counter.state.repository.disable_account(&actor, account.id, "Chuyển công tác").await.expect("closed");
    assert_eq!(browser.get("/api/v1/documents").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.sign_in("lan.tran").await.status, StatusCode::UNAUTHORIZED);
    counter.state.repository.open_account(&actor, account.id).await.expect("opened");
    assert_eq!(browser.sign_in("lan.tran").await.status, StatusCode::SEE_OTHER);
    let idle = Timestamp::now() + (46 * 24).hours();
    assert_eq!(counter.state.repository.disable_idle_accounts(idle).await.expect("tidied"), 1);
    assert_eq!(browser.get("/api/v1/documents").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_cannot_be_taken_back_wants_the_password_again() {
    let counter = Counter::open_with(signing_in()).await;
    let account = officer(&counter, "head", Role::Leader).await;
    let mut browser = Browser::new(&counter);
    browser.sign_in("head").await;
    let path = "/api/v1/disposals/01900000-0000-7000-8000-000000000001/decision";
    let decide = async |browser: &mut Browser<'_>| {
        let json = [("content-type", "application/json")];
        let asked = request("POST", path).header(header::COOKIE, &browser.cookie);
        let asked = json.iter().fold(asked, |asked, (name, value)| asked.header(*name, *value));
        let body = r#"{"approve":true}"#;
        counter.ask(asked.body(body.into()).expect("a request")).await.status
    };
    assert_eq!(decide(&mut browser).await, StatusCode::NOT_FOUND, "a moment after signing in it goes");
    with_session(&counter, &account, |session| moved(session, "proved_at", SignedDuration::from_mins(5)))
        .await;
    assert_eq!(decide(&mut browser).await, StatusCode::FORBIDDEN);
    let export = browser.ask("POST", "/search/export", "q=1", &[]).await;
    assert!(export.text.contains("href=\"/account/confirm\""), "{}", export.text);
    let wrong = browser.ask("POST", "/account/confirm", "password=x", &[]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(decide(&mut browser).await, StatusCode::FORBIDDEN);
    let form = format!("password={}", PASSWORD.replace(' ', "+"));
    assert_eq!(browser.ask("POST", "/account/confirm", &form, &[]).await.status, StatusCode::OK);
    assert_eq!(decide(&mut browser).await, StatusCode::NOT_FOUND);
}

/// Follows the papers, and says when the answer ended.
async fn followed(
    counter: &Counter,
    name: header::HeaderName,
    value: &str,
) -> impl Future<Output = ()> + use<> {
    let asked = request("GET", "/api/v1/events").header(name, value);
    let asked = asked.body(Body::empty()).expect("a request");
    let response = counter.router.clone().oneshot(asked).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    async move {
        to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    }
}

#[tokio::test]
async fn nobody_follows_the_papers_longer_than_they_may() {
    let counter = Counter::open_with(signing_in()).await;
    let repository = &counter.state.repository;
    let actor = Actor { role: Role::Administrator, ..demonstration_officer() };
    let account = officer(&counter, "lan.tran", Role::CounterOfficer).await;
    officer(&counter, "kiem.tra", Role::Auditor).await;
    let mut auditor = Browser::new(&counter);
    auditor.sign_in("kiem.tra").await;
    assert_eq!(auditor.get("/api/v1/events").await.status, StatusCode::FORBIDDEN, "who may not list papers");
    let mut browser = Browser::new(&counter);
    browser.sign_in("lan.tran").await;
    let cookie = browser.cookie.clone();
    let service = NewAccount {
        login: "cong.dvc".to_owned(),
        name: "Cổng dịch vụ công".to_owned(),
        agency: "UBND xã Bến Mơ".to_owned(),
        unit: String::new(),
        role: Role::CounterOfficer,
        is_service: true,
        number: String::new(),
    };
    let service = repository.create_account(&actor, service).await.expect("an account");
    let new = NewProgramKey {
        name: "Cổng".to_owned(),
        only: vec![Action::Search],
        days: 1,
        certificate_sha256: None,
    };
    let (secret, key) = repository.make_program_key(&actor, service.id, new).await.expect("a key");
    let bearer = format!("Bearer {secret}");
    let in_time = |end| tokio::time::timeout(Duration::from_secs(30), end);
    let (by_session, by_key) = (
        followed(&counter, header::COOKIE, &cookie).await,
        followed(&counter, header::AUTHORIZATION, &bearer).await,
    );
    let (by_session, by_key) = (tokio::spawn(by_session), tokio::spawn(by_key));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!by_session.is_finished() && !by_key.is_finished());
    repository.end_other_sessions(&account, None, &Way::default()).await.expect("ended");
    in_time(by_session).await.expect("a session that has ended is followed no more").expect("no panic");
    assert!(!by_key.is_finished(), "a key holds on");
    repository.end_program_key(&actor, key.id).await.expect("ended");
    in_time(by_key).await.expect("nor is a key").expect("no panic");
}

#[tokio::test]
async fn only_a_key_takes_the_place_of_a_session() {
    let counter = Counter::open_with(signing_in()).await;
    officer(&counter, "lan.tran", Role::CounterOfficer).await;
    let mut browser = Browser::new(&counter);
    browser.sign_in("lan.tran").await;
    let check = async |browser: &mut Browser<'_>, value: &str, expected: StatusCode| {
        let answer = browser.ask("GET", "/api/v1/documents", "", &[("authorization", value)]).await;
        assert_eq!(answer.status, expected, "{value}");
    };
    check(&mut browser, "Basic bGFuLnRyYW46eA==", StatusCode::OK).await;
    check(&mut browser, "Bearer motlan-program-1-0", StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn two_people_do_not_scan_into_each_others_stack() {
    let mut counter = Counter::open_with(signing_in()).await;
    // Nobody answers there: the scan waits, and the sheets lie in the feeder.
    let scanner =
        Scanner { name: "Quầy 3".to_owned(), device: Device::Escl("http://127.0.0.1:9/eSCL".to_owned()) };
    let config = Config { data: counter._folder.path().into(), scanners: vec![scanner], ..Config::default() };
    counter.state.scanners = Scanners::open(&config).expect("scanners");
    counter.router = router(counter.state.clone());
    for login in ["lan.tran", "minh.le"] {
        officer(&counter, login, Role::CounterOfficer).await;
    }
    let (mut lan, mut minh) = (Browser::new(&counter), Browser::new(&counter));
    lan.sign_in("lan.tran").await;
    minh.sign_in("minh.le").await;
    let begin = "scanner=Qu%E1%BA%A7y+3&sides=one&colour=grey";
    let begun = lan.ask("POST", "/scans", begin, &[]).await;
    let own = begun.headers[header::LOCATION].to_str().expect("a text").to_owned();
    let other = minh.ask("POST", "/scans", begin, &[]).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.text.contains("đang có tập giấy do cán bộ Công Tằng Tôn Nữ Thị Lan"), "{}", other.text);
    assert_eq!(minh.get(&own).await.status, StatusCode::NOT_FOUND, "nor does he see hers");
    let discarded = async |lan: &mut Browser<'_>| {
        lan.ask("POST", &format!("{own}/discard"), "", &[]).await.status == StatusCode::SEE_OTHER
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), async {
        while !discarded(&mut lan).await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    in_time.await.expect("the scan waits, and is thrown away");
    assert_eq!(minh.ask("POST", "/scans", begin, &[]).await.status, StatusCode::SEE_OTHER);
}
