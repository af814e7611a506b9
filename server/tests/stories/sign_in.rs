//! The first day of an office, in a real Chromium: the link on the console, the first administrator, her app, an account for an officer, the
//! officer's own password, her work, and the end of a session that nobody uses.

use super::browser::{ENTER, Officer, with_officer};
use super::signing_in::{PASSWORD, code};
use super::support::*;
use serde_json::json;

/// Where the browser is.
async fn path(officer: &Officer) -> String {
    officer.browser.current_url().await.expect("an address").path().to_owned()
}

/// Types what identifies somebody, and Enter.
async fn give_password(officer: &Officer, login: &str) {
    officer.write("#login", login).await;
    officer.write("#password", PASSWORD).await;
    officer.see("#password").await.send_keys(ENTER).await.expect("the input takes keys");
}

/// Types a new password twice, and Enter.
async fn set_password(officer: &Officer) {
    officer.write("#password", PASSWORD).await;
    officer.write("#again", PASSWORD).await;
    officer.see("#again").await.send_keys(ENTER).await.expect("the input takes keys");
}

async fn read(officer: &Officer, selector: &str) -> String {
    officer.see(selector).await.text().await.expect("an element has a text")
}

/// Nothing is wider than the window, at a desk and on a phone.
async fn fits(officer: &Officer) {
    for (width, height) in [(360, 740), (1366, 768)] {
        officer.browser.set_window_size(width, height).await.expect("the window has this size");
        let script = "return document.documentElement.scrollWidth <= innerWidth;";
        officer.see_that("a page that is not wider than the window", script, vec![]).await;
    }
}

async fn first_day(officer: &Officer, server: &Server, link: &str) {
    officer.go(&format!("{}{link}", server.address)).await;
    fits(officer).await;
    officer.write("#login", "quan.tri").await;
    officer.write("#name", "Đỗ Quản Trị").await;
    officer.write("#agency", "UBND xã Bến Mơ").await;
    set_password(officer).await;
    officer.see("#second-factor-form").await;
    fits(officer).await;
    let shown = "return document.querySelector('#secret').textContent.replace(/\\s/g, '');";
    let secret = text(&officer.see_that("the secret for typing", shown, vec![]).await);
    let drawn =
        "const box = document.querySelector('.picture svg').getBoundingClientRect(); return box.width > 150;";
    officer.see_that("the code for the app", drawn, vec![]).await;
    officer.write("#code", &code(&secret, 0)).await;
    officer.see("#code").await.send_keys(ENTER).await.expect("the input takes keys");
    assert_eq!(officer.see("#recovery-codes .codes").await.text().await.expect("codes").lines().count(), 8);
    officer.see("[data-main]").await.click().await.expect("a link");
    officer.see("#accounts").await;
    assert_eq!(path(officer).await, "/accounts");
    fits(officer).await;
    officer.write("#new-login", "lan.tran").await;
    officer.write("#new-name", "Công Tằng Tôn Nữ Thị Lan").await;
    officer.see("#new-name").await.send_keys(ENTER).await.expect("the input takes keys");
    let lan = read(officer, "#one-time-link code").await;
    fits(officer).await;
    officer.see("#sign-out").await.click().await.expect("a button");
    officer.see("#sign-in-form").await;
    at_work(officer, server, &lan).await;
}

async fn at_work(officer: &Officer, server: &Server, link: &str) {
    officer.go(link).await;
    set_password(officer).await;
    officer.see("#upload-form").await;
    assert_eq!(read(officer, "a.officer").await, "Công Tằng Tôn Nữ Thị Lan");
    assert!(officer.browser.source().await.is_ok_and(|page| !page.contains("bản dùng thử")));
    officer.go(&format!("{}/account", server.address)).await;
    officer.see("#change-password").await;
    fits(officer).await;
    officer.see("#sign-out").await.click().await.expect("a button");
    officer.see("#sign-in-form").await;
    fits(officer).await;
}

/// A quarter of an hour without her, and she is asked again and brought back.
async fn comes_back(officer: &Officer, server: &Server, data: &std::path::Path) {
    officer.go(&format!("{}/documents?state=stored", server.address)).await;
    give_password(officer, "lan.tran").await;
    officer.see_that("the list that she wanted", "return location.search === '?state=stored';", vec![]).await;
    let rested = "json_set(data, '$.holder.seen_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-15 minutes'))";
    rows(data, &format!("update sign_in_session set data = {rested}"));
    officer.write("#search-box", "khai sinh").await;
    officer.see("#search-box").await.send_keys(ENTER).await.expect("the box takes keys");
    officer.see("#sign-in-form").await;
    officer.write("#login", "lan.tran").await;
    officer.write("#password", "Cầu vồng 8 con trâu").await;
    officer.see("#password").await.send_keys(ENTER).await.expect("the input takes keys");
    assert!(read(officer, "#trouble").await.contains("chưa đúng"));
    officer
        .see_that(
            "the cursor in the password",
            "return document.activeElement.id === 'password';",
            vec![json!(0)],
        )
        .await;
    officer.write("#password", PASSWORD).await;
    officer.see("#password").await.send_keys(ENTER).await.expect("the input takes keys");
    officer.see("#upload-form").await;
}

#[test]
fn the_first_day_of_an_office() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let (server, link) = Server::start_signing_in(&data);
    let link = link.expect("the first start invites");
    with_officer(async |officer| {
        first_day(officer, &server, &link).await;
        comes_back(officer, &server, &data).await;
    });
    server.stop();
    let (server, link) = Server::start_signing_in(&data);
    assert_eq!(link, None, "there is an administrator already");
    assert_eq!(server.get("/livez").status, 200);
    server.stop();
}

#[test]
fn a_program_asks_with_a_key_that_is_limited() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let account = |arguments: &[&str]| {
        let output = run(motlan(&data).arg("account").args(arguments));
        let texts = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (output.status.success(), texts.concat())
    };
    let who =
        ["--name", "Cổng dịch vụ công", "--agency", "UBND xã Mẫu", "--role", "counter_officer", "--service"];
    let made = account(&[&["create", "cong"][..], &who].concat());
    assert!(made.0 && !made.1.contains("/sign-in/links/"), "nobody signs in as a program: {}", made.1);
    let key =
        |only: &str, days: &str| account(&["key", "cong", "--name", "Cổng", "--only", only, "--days", days]);
    for (only, days) in [
        ("backup", "9"),
        ("view,decide_disposal", "9"),
        ("sign_in", "9"),
        ("view", "0"),
        ("view", "400"),
        ("fly", "9"),
    ] {
        assert!(!key(only, days).0, "{only} {days}: a key does not exceed its account");
    }
    let (_, printed) = key("search,view", "90");
    let secret = printed.lines().last().expect("the key").to_owned();
    let id = printed.split_whitespace().next().expect("its id").to_owned();
    assert!(secret.starts_with("motlan-program-1-"), "{printed}");
    let (_, other) = key("receive", "90");
    let other = other.lines().last().expect("the key").to_owned();
    let (server, _) = Server::start_signing_in(&data);
    let ask = |method: &str, path: &str, secret: &str| {
        let bearer = format!("Bearer {secret}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        server
            .ask(method, path, &headers, br#"{"query":"giay","limit":1}"#)
            .expect("the server answers")
            .status
    };
    assert_eq!(ask("GET", "/api/v1/documents", &secret), 200);
    assert_eq!(ask("POST", "/api/v1/search", &secret), 200);
    assert_eq!(ask("GET", "/metrics", &secret), 200);
    for (what, asked) in [
        ("what its key does not name", ask("GET", "/api/v1/documents", &other)),
        ("a key of a letter less", ask("GET", "/api/v1/documents", &secret[..secret.len() - 1])),
        ("no key", ask("GET", "/api/v1/documents", "")),
        ("the pages of people", ask("GET", "/documents", &secret)),
        ("the accounts", ask("GET", "/accounts", &secret)),
    ] {
        assert!([401, 403, 303].contains(&asked), "{what}: {asked}");
    }
    let kept = rows(&data, "select * from program_key").join(" ");
    assert!(!kept.contains(&secret) && !server.program().log().contains(&secret), "only a hash is kept");
    let hash = &rows(&data, "select hash from program_key")[0];
    assert_eq!(ask("GET", "/api/v1/documents", hash), 401);
    rows(&data, "update account set role = 'auditor' where login = 'cong'");
    assert_eq!(ask("GET", "/api/v1/documents", &secret), 403, "the account may no more than that now");
    rows(&data, "update account set role = 'counter_officer', state = 'disabled' where login = 'cong'");
    assert_eq!(ask("GET", "/api/v1/documents", &secret), 401, "a closed account");
    rows(&data, "update account set state = 'active' where login = 'cong'");
    assert_eq!(ask("GET", "/api/v1/documents", &secret), 200);
    assert!(account(&["keys", "cong"]).1.contains("only search,view"));
    assert!(account(&["end-key", &id]).0);
    assert_eq!(ask("GET", "/api/v1/documents", &secret), 401, "a key that was taken back");
    let looks =
        "select count(*) from access_entry where account = 'cong' and action = 'search' and purpose = 'Cổng'";
    assert_ne!(rows(&data, looks), ["0"], "what a program does stands under its account");
    server.stop();
}

#[test]
fn the_console_gives_accounts_too() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let account = |arguments: &[&str]| succeed(motlan(&data).arg("account").args(arguments));
    let made = account(&[
        "create",
        "lan.tran",
        "--name",
        "Trần Thị Lan",
        "--agency",
        "UBND xã Mẫu",
        "--role",
        "leader",
    ]);
    assert!(made.contains("/sign-in/links/"), "{made}");
    assert!(account(&["list"]).contains("password only  last in: never"));
    account(&["change", "lan.tran", "--role", "auditor"]);
    let closed = account(&["close", "lan.tran", "--reason", "Chuyển công tác"]);
    assert!(closed.contains("auditor") && closed.contains("closed (Chuyển công tác)"), "{closed}");
    assert!(account(&["open", "lan.tran"]).contains("  open  "));
    let again = run(motlan(&data)
        .args(["account", "create", "LAN.tran", "--name", "x", "--agency", "x", "--role", "leader"]));
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("đã có"));
    let unknown = run(motlan(&data).args(["account", "link", "nobody"]));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no account nobody"));
    let (server, link) = Server::start_signing_in(&data);
    assert_eq!(link, None, "an account was given at the console: nobody is invited");
    assert_eq!(server.get("/livez").status, 200);
    server.stop();
}
