//! Another system vouches for officers: the program `oidc-provider` in a real browser, and a system that lies, over HTTP.

use super::browser::{ENTER, with_officer};
use super::signing_in::*;
use super::support::*;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What both systems know.
const SECRET: &str = "a secret of both systems";
/// The national number of the one officer whose account has one.
const NUMBER: &str = "079199000001";

/// A program of `tests/provider/`, ended by its own id when dropped.
struct Judge {
    child: Child,
    line: String,
}

impl Judge {
    #[track_caller]
    fn start(arguments: &[&str]) -> Judge {
        let mut command = Command::new(node());
        command.args(arguments).current_dir(folder()).stdin(Stdio::null());
        let started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = started.expect("node is installed (./setup.sh test)");
        let mut lines = BufReader::new(child.stdout.take().expect("standard output is a pipe")).lines();
        let line = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("vouching"));
        let line = line.expect("the other system starts (./setup.sh test)");
        std::thread::spawn(move || lines.for_each(drop));
        Judge { child, line }
    }

    /// Where it answers.
    fn address(&self) -> String {
        self.line.rsplit(' ').next().unwrap_or_default().to_owned()
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider")
}

fn tools() -> PathBuf {
    PathBuf::from(std::env::var_os("HOME").expect("a home")).join(".cache/motlan/tools")
}

/// The machine's own, or the one that `setup.sh` borrowed.
fn node() -> PathBuf {
    let borrowed = tools().join("bin/node");
    if borrowed.exists() { borrowed } else { "node".into() }
}

/// A port that is free now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// A server for which a system vouches, with an officer who has a number and no password.
#[track_caller]
fn office(data: &Path, port: u16, issuer: &str) -> Server {
    let number = data.with_extension("number");
    std::fs::write(&number, NUMBER).expect("the folder can be written");
    let who =
        ["--name", "Lê Thị Hoài", "--agency", "UBND xã Bến Mơ", "--role", "counter_officer", "--number"];
    succeed(motlan(data).args(["account", "create", "hoai.le"]).args(who).arg(&number));
    let who = ["--name", "Lê Minh", "--agency", "UBND xã Bến Mơ", "--role", "counter_officer"];
    succeed(motlan(data).args(["account", "create", "minh.le"]).args(who));
    let settings = [
        ("MOTLAN_OIDC_ISSUER", issuer),
        ("MOTLAN_OIDC_CLIENT", "motlan"),
        ("MOTLAN_OIDC_SECRET", SECRET),
        ("MOTLAN_OIDC_LEVELS", "[\"two_factors\"]"),
        ("MOTLAN_LISTEN", &format!("127.0.0.1:{port}")),
    ];
    Server::start_signing_in_with(data, &settings)
}

#[test]
fn a_real_system_vouches_for_an_officer_in_a_browser() {
    let home = fresh_folder();
    let (own, other) = (free_port(), free_port());
    let back = format!("http://127.0.0.1:{own}/sign-in/other/back");
    let modules = tools().join("provider/node_modules");
    let modules = modules.to_str().expect("a plain path");
    let judge = Judge::start(&["real.mjs", modules, &other.to_string(), &back, NUMBER]);
    let server = office(&home.path().join("data"), own, &format!("http://127.0.0.1:{other}"));
    with_officer(async |officer| {
        officer.go(&format!("{}/dossiers", server.address)).await;
        officer.see("#other").await.click().await.expect("a link");
        officer.see("#name").await.send_keys(&format!("hoai{ENTER}")).await.expect("the other system asks");
        officer.see("#queue-filter").await;
        let name = officer.see("a.officer").await.text().await.expect("a name");
        assert_eq!(name, "Lê Thị Hoài");
        officer.see("#sign-out").await.click().await.expect("a button");
        officer.see("#sign-in-form").await;
    });
    let known = rows(&home.path().join("data"), "select sub from account_identity");
    assert_eq!(known, ["hoai"]);
    server.stop();
    drop(judge);
}

/// What the other system does otherwise, and how somebody comes back: changed by the function.
type Lie = (&'static str, Value, fn(&str) -> String);

/// Comes back as the other system says.
fn as_said(back: &str) -> String {
    back.to_owned()
}

fn claims(claims: Value) -> Value {
    json!({ "claims": claims })
}

fn lies() -> Vec<Lie> {
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    vec![
        ("an identity that nobody signed", json!({ "header": { "alg": "none" }, "key": "none" }), as_said),
        ("a signature left out", json!({ "key": "none" }), as_said),
        ("a signature of another key", json!({ "key": "other" }), as_said),
        ("another key under another name", json!({ "key": "other", "header": { "kid": "2" } }), as_said),
        (
            "a signature by the secret of both",
            json!({ "header": { "alg": "HS256" }, "key": "secret" }),
            as_said,
        ),
        ("an algorithm that is none", json!({ "header": { "alg": "RS999" } }), as_said),
        ("an identity for another system", claims(json!({ "aud": "another" })), as_said),
        ("an identity for two systems", claims(json!({ "aud": ["motlan", "another"] })), as_said),
        ("an identity for nobody", claims(json!({ "aud": null })), as_said),
        ("an identity of another issuer", claims(json!({ "iss": "https://id.example" })), as_said),
        ("an identity without an issuer", claims(json!({ "iss": null })), as_said),
        ("another nonce", claims(json!({ "nonce": "another" })), as_said),
        ("no nonce", claims(json!({ "nonce": null })), as_said),
        ("an identity that has ended", claims(json!({ "exp": now - 120, "iat": now - 400 })), as_said),
        ("an identity without an end", claims(json!({ "exp": null })), as_said),
        ("a person who signed in this morning", claims(json!({ "auth_time": now - 20_000 })), as_said),
        ("a person who signs in tomorrow", claims(json!({ "auth_time": now + 80_000 })), as_said),
        ("a person who signed in at no time", claims(json!({ "auth_time": null })), as_said),
        ("a lower level of assurance", claims(json!({ "acr": "password" })), as_said),
        ("no level of assurance", claims(json!({ "acr": null })), as_said),
        ("a number that nobody has", claims(json!({ "national_number": "079199000009" })), as_said),
        ("a telephone number", claims(json!({ "national_number": "0912345678" })), as_said),
        ("no number of somebody unknown", claims(json!({ "national_number": null })), as_said),
        ("a number that is no text", claims(json!({ "national_number": [NUMBER] })), as_said),
        ("no person", claims(json!({ "sub": null })), as_said),
        ("no identity at all", json!({ "token": false }), as_said),
        ("a system that calls itself otherwise", json!({ "issuer": "https://id.example" }), as_said),
        ("another state", json!({}), |back| back.replace("state=", "state=x")),
        ("no state", json!({}), |back| back.replace("state=", "other=")),
        ("another code", json!({}), |back| back.replace("code=code-", "code=guess-")),
        ("no code", json!({}), |back| back.replace("code=", "other=")),
        ("an error beside a code", json!({}), |back| format!("{back}&error=access_denied")),
    ]
}

/// Goes to the other system to get in, and comes back to an address there.
#[track_caller]
fn asks(visitor: &mut Visitor, judge: &str) -> String {
    asks_by(visitor, judge, "/sign-in/other?next=/dossiers")
}

/// The same from another of our addresses.
#[track_caller]
fn asks_by(visitor: &mut Visitor, judge: &str, path: &str) -> String {
    let asked = visitor.get(path);
    let address = asked.header("location");
    assert!(address.starts_with(&format!("{judge}/ask?")), "{} {address}", asked.status);
    for part in [
        "code_challenge_method=S256",
        "code_challenge=",
        "nonce=",
        "state=",
        "acr_values=two_factors",
        "max_age=300",
        "prompt=login",
    ] {
        assert!(address.contains(part), "{part}: {address}");
    }
    let said =
        Client::at(judge).ask("GET", &address[judge.len()..], &[], b"").expect("the other system answers");
    let back = text(&said.json(200)["location"]);
    back[back.find("/sign-in/").expect("our address")..].to_owned()
}

#[test]
fn a_system_that_lies_lets_nobody_in() {
    let home = fresh_folder();
    let data = home.path().join("data");
    let judge = Judge::start(&["hostile.mjs"]);
    let address = judge.address();
    let server = office(&data, free_port(), &address);
    let otherwise = |what: &Value| {
        let told = Client::at(&address).try_post("/otherwise", what).expect("the other system listens");
        assert_eq!(told.status, 200);
    };
    let is_outside = |visitor: &mut Visitor, answer: &Answer, name: &str| {
        assert_eq!(answer.status, 401, "{name}: {}", answer.text());
        assert!(answer.text().contains("id=\"sign-in-form\""), "{name}");
        assert_eq!(visitor.status_inside(), 401, "{name}");
    };
    for (name, what, change) in lies() {
        let mut visitor = Visitor::new(&server);
        otherwise(&json!({}));
        // What the system says of itself is asked for twice: before, and when somebody comes back.
        let back = change(&asks(&mut visitor, &address));
        otherwise(&what);
        let answer = visitor.get(&back);
        is_outside(&mut visitor, &answer, name);
    }
    otherwise(&json!({}));
    // Who follows every step is in; the same answer again is nothing, nor is it in another browser.
    let mut visitor = Visitor::new(&server);
    let back = asks(&mut visitor, &address);
    let mut another = Visitor::new(&server);
    let answer = another.get(&back);
    is_outside(&mut another, &answer, "an answer to another browser");
    assert_eq!(visitor.get(&back).header("location"), "/dossiers");
    assert_eq!(visitor.status_inside(), 200);
    let mut again = visitor.clone();
    again.form("/sign-out", &[]);
    let answer = again.get(&back);
    is_outside(&mut again, &answer, "an answer a second time");
    let mut visitor = Visitor::new(&server);
    let answer = visitor.get("/sign-in/other/back?code=code-0&state=x");
    is_outside(&mut visitor, &answer, "an answer without a question");
    // A code that was used, under a question of one's own.
    let used = &back[back.find("code=").expect("a code")..back.find("&state").expect("a state")];
    let own = asks(&mut visitor, &address);
    let (before, after) = own.split_once("code=").expect("a code");
    let replayed = format!("{before}{used}&{}", after.split_once('&').expect("a state").1);
    let answer = visitor.get(&replayed);
    is_outside(&mut visitor, &answer, "a code a second time");
    // Somebody known there, with another number or a closed account here.
    otherwise(&claims(json!({ "national_number": "079099000002" })));
    let back = asks(&mut visitor, &address);
    let answer = visitor.get(&back);
    is_outside(&mut visitor, &answer, "a known person under another number");
    otherwise(&json!({}));
    rows(&data, "update account set state = 'disabled' where login = 'hoai.le'");
    let back = asks(&mut visitor, &address);
    let answer = visitor.get(&back);
    is_outside(&mut visitor, &answer, "a closed account");
    let refused = rows(&data, "select count(*) from access_entry where action = 'sign_in' and allowed = 0");
    assert!(refused[0].parse::<usize>().is_ok_and(|refused| refused >= lies().len()), "{refused:?}");
    server.stop();
}

#[test]
fn who_has_no_password_proves_it_again_through_the_other_system() {
    let home = fresh_folder();
    let data = home.path().join("data");
    let judge = Judge::start(&["hostile.mjs"]);
    let address = judge.address();
    let server = office(&data, free_port(), &address);
    let number = data.with_extension("another");
    std::fs::write(&number, "079099000002").expect("the folder can be written");
    let who =
        ["--name", "Trần Thị Lan", "--agency", "UBND xã Bến Mơ", "--role", "counter_officer", "--number"];
    succeed(motlan(&data).args(["account", "create", "lan.tran"]).args(who).arg(&number));
    let otherwise = |what: &Value| {
        let told = Client::at(&address).try_post("/otherwise", what).expect("the other system listens");
        assert_eq!(told.status, 200);
    };
    let mut visitor = Visitor::new(&server);
    let back = asks(&mut visitor, &address);
    assert_eq!(visitor.get(&back).header("location"), "/dossiers");
    let wants_proof = |visitor: &mut Visitor| visitor.get("/account/second-factor").status;
    assert_eq!(wants_proof(&mut visitor), 200, "a moment after signing in");
    let long_ago =
        "json_set(data, '$.holder.proved_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-6 minutes'))";
    rows(&data, &format!("update sign_in_session set data = {long_ago} where account_id is not null"));
    assert_eq!(wants_proof(&mut visitor), 403);
    let page = visitor.get("/account/confirm").text();
    assert!(page.contains("id=\"other\"") && !page.contains("type=\"password\""), "{page}");
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    for (name, lie) in [
        ("somebody who signed in there before", json!({ "auth_time": now - 600 })),
        ("somebody of whom nothing is said", json!({ "auth_time": null })),
        ("a colleague", json!({ "sub": "person-2", "national_number": "079099000002" })),
        ("a stranger", json!({ "sub": "person-3", "national_number": "079199000009" })),
        ("a lower level", json!({ "acr": "password" })),
    ] {
        otherwise(&json!({}));
        let back = asks_by(&mut visitor, &address, "/account/confirm/other");
        otherwise(&claims(lie));
        let answer = visitor.get(&back);
        assert_eq!((answer.status, wants_proof(&mut visitor)), (401, 403), "{name}: {}", answer.text());
        assert_eq!(visitor.status_inside(), 200, "{name}: who is in stays in as who they are");
        assert!(visitor.get("/account").text().contains("hoai.le"), "{name}");
    }
    otherwise(&json!({}));
    let back = asks_by(&mut visitor, &address, "/account/confirm/other");
    let mut another = Visitor::new(&server);
    assert_eq!(another.get(&back).status, 401, "an answer in another browser");
    let proved = visitor.get(&back);
    assert!(proved.status == 200 && proved.text().contains("Đã xác nhận"), "{}", proved.text());
    assert_eq!(wants_proof(&mut visitor), 200);
    let again = "select count(*) from access_entry where purpose = 'Xác nhận lại qua hệ thống khác' and account = 'hoai.le'";
    assert_eq!(rows(&data, again), ["1"]);
    server.stop();
}
