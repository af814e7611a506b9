//! A proxy before the server: what it says is believed where the operator named one, and nobody passes where none was named.

use super::signing_in::*;
use super::support::*;
use std::io::{Read, Write};
use std::net::TcpStream;

/// Name under which others reach the server.
const HOST: &str = "motlan.example";

/// Asks as a proxy on this machine does, for somebody who wrote an address of their own before the one that it saw.
fn ask(server: &Server, method: &str, path: &str, invented: &str, body: &[(&str, &str)]) -> Answer {
    let forwarded = format!("{invented}, 203.0.113.9");
    let headers = [
        ("host", HOST),
        ("x-forwarded-for", forwarded.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    server.ask(method, path, &headers, encoded(body).as_bytes()).expect("the server answers")
}

#[test]
fn a_proxy_is_believed_for_the_address_that_it_saw_and_for_no_other() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let (server, link) = Server::start_behind_proxy(&data, HOST);
    let link = link.expect("the first start invites");
    let who = [("login", "quan.tri"), ("name", "Đỗ Quản Trị"), ("agency", "UBND xã Bến Mơ")];
    let password = [("password", PASSWORD), ("again", PASSWORD)];
    let set = ask(&server, "POST", &link, "192.0.2.1", &[&who[..], &password].concat());
    assert_eq!(set.header("location"), "/sign-in/second-factor");
    assert!(set.header("strict-transport-security").contains("max-age="));
    let guess = |number: usize, login: &str| {
        let typed = [("login", login), ("password", "Mat-khau-2026!")];
        ask(&server, "POST", "/sign-in", &format!("198.51.100.{number}"), &typed).status
    };
    for number in 0..50 {
        assert_eq!(guess(number, &format!("officer.{number}")), 401);
    }
    assert_eq!(guess(99, "another"), 429, "an invented address is no new one");
    let sources = "select distinct source from access_entry where action = 'sign_in'";
    assert_eq!(rows(&data, sources), ["203.0.113.9"]);
    let direct = server.ask("GET", "/livez", &[("host", "elsewhere.example")], b"").expect("it answers");
    assert_eq!(direct.status, 403, "another name");
    server.stop();
    // Other machines reach this address: who speaks for whom has to be said.
    let arguments = ["serve", "--listen", "0.0.0.0:0", "--behind-tls-proxy"];
    let refused = run(motlan(&data).args(arguments).env("MOTLAN_ADDRESS", format!("https://{HOST}")));
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && errors.contains("--proxy ADDR"), "{errors}");
}

#[test]
fn where_no_proxy_was_named_none_lets_others_in() {
    let folder = fresh_folder();
    let server = Server::start_with(&folder.path().join("data"), &["--no-worker"], &[]);
    assert_eq!(server.get("/documents").status, 200);
    for header in ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"] {
        let passed_on = server.ask("GET", "/documents", &[(header, "203.0.113.9")], b"").expect("it answers");
        assert_eq!(passed_on.status, 403, "{header}");
        assert!(passed_on.text().contains("không qua proxy"), "{}", passed_on.text());
    }
    let elsewhere = server.ask("GET", "/documents", &[("host", HOST)], b"").expect("it answers");
    assert_eq!(elsewhere.status, 403);
    // As nginx asks with nothing but `proxy_pass`: it puts our own address into Host and adds nothing.
    let address = server.address.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET /documents HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.lines().next().is_some_and(|line| line.contains(" 403 ")), "{answer}");
    server.stop();
}
