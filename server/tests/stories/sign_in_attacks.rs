//! Attacks on signing in, over real HTTP against the built program: after each one the attacker is outside, and was told nothing.

use super::signing_in::*;
use super::support::*;

/// One attack: what was answered last, and the browser of whoever tried.
type Attack = (&'static str, fn(&Office) -> (Answer, Visitor));

fn knock(office: &Office, login: &str, password: &str) -> (Answer, Visitor) {
    let mut visitor = Visitor::new(&office.server);
    (visitor.password(login, password), visitor)
}

fn with_session(office: &Office, session: &str) -> (Answer, Visitor) {
    let mut visitor = Visitor::new(&office.server);
    visitor.cookies.insert("__Host-motlan".to_owned(), session.to_owned());
    (visitor.get("/api/v1/documents"), visitor)
}

fn with_code(office: &Office, code: &str) -> (Answer, Visitor) {
    let mut visitor = office.minh_before_the_code();
    (visitor.code(code), visitor)
}

fn with_headers(office: &Office, headers: &[(&str, &str)]) -> (Answer, Visitor) {
    let mut visitor = Visitor::new(&office.server);
    let body = encoded(&[("login", "lan.tran"), ("password", PASSWORD)]);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    (visitor.ask("POST", "/sign-in", &[&form[..], headers].concat(), body.as_bytes()), visitor)
}

fn with_link(office: &Office, path: &str, password: &str) -> (Answer, Visitor) {
    let mut visitor = Visitor::new(&office.server);
    let who = [("login", "ke.gian"), ("name", "Kẻ Gian"), ("agency", "UBND xã Bến Mơ")];
    (visitor.form(path, &[&who[..], &[("password", password), ("again", password)]].concat()), visitor)
}

/// A fresh link for `lan.tran`.
fn link(office: &Office) -> String {
    office.forget();
    let id = &rows(&office.data, "select id from account where login = 'lan.tran'")[0];
    link_in(&office.admin().form(&format!("/accounts/{id}/link"), &[]).text())
}

/// Tries something while `lan.tran` has what a statement gives her, and takes it back.
fn while_lan(office: &Office, is: &str, attack: impl FnOnce() -> (Answer, Visitor)) -> (Answer, Visitor) {
    let before =
        "select state, kind, enabled_at, coalesce(signed_in_at, 0) from account where login = 'lan.tran'";
    let before = rows(&office.data, before)[0].clone();
    let [state, kind, enabled_at, signed_in_at] = before.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{before}")
    };
    rows(&office.data, &format!("update account set {is} where login = 'lan.tran'"));
    let result = attack();
    rows(
        &office.data,
        &format!(
            "update account set state = '{state}', kind = '{kind}', enabled_at = {enabled_at}, signed_in_at = {signed_in_at}
             where login = 'lan.tran'"
        ),
    );
    result
}

/// Somebody in, whose session then remembers something else.
fn in_then(office: &Office, data: &str) -> (Answer, Visitor) {
    let mut visitor = office.lan();
    rows(&office.data, &format!("update sign_in_session set data = {data} where account_id is not null"));
    (visitor.get("/api/v1/documents"), visitor)
}

const ATTACKS: &[Attack] = &[
    // Logins and passwords.
    ("a login that nobody has", |office| knock(office, "nobody.here", PASSWORD)),
    ("a wrong password", |office| knock(office, "lan.tran", "Cầu vồng 8 con trâu uống trà")),
    ("no password", |office| knock(office, "lan.tran", "")),
    ("no login", |office| knock(office, "", PASSWORD)),
    ("a password in capitals", |office| knock(office, "lan.tran", &PASSWORD.to_uppercase())),
    ("the beginning of a password", |office| knock(office, "lan.tran", PASSWORD.trim_end_matches('à'))),
    ("a password with a blank behind", |office| knock(office, "lan.tran", &format!("{PASSWORD} "))),
    ("SQL as login", |office| knock(office, "lan.tran' or '1'='1' --", PASSWORD)),
    ("SQL as password", |office| knock(office, "lan.tran", "' or '1'='1")),
    ("a wildcard as login", |office| knock(office, "lan%", PASSWORD)),
    ("a login with a zero byte", |office| knock(office, "lan.tran\0x", PASSWORD)),
    ("a hash as password", |office| {
        let kept = &rows(&office.data, "select password from account where login = 'lan.tran'")[0];
        knock(office, "lan.tran", kept)
    }),
    ("a password of a megabyte", |office| knock(office, "lan.tran", &"a".repeat(1 << 20))),
    ("two logins in one form", |office| {
        let mut visitor = Visitor::new(&office.server);
        let fields = [("login", "quan.tri"), ("login", "lan.tran"), ("password", PASSWORD)];
        (visitor.form("/sign-in", &fields), visitor)
    }),
    ("JSON in place of the form", |office| {
        let mut visitor = Visitor::new(&office.server);
        let body = serde_json::json!({ "login": "lan.tran", "password": PASSWORD }).to_string();
        (visitor.ask("POST", "/sign-in", &[("content-type", "application/json")], body.as_bytes()), visitor)
    }),
    ("a password on the address", |office| {
        let mut visitor = Visitor::new(&office.server);
        let fields = encoded(&[("login", "lan.tran"), ("password", PASSWORD)]);
        (visitor.get(&format!("/sign-in?{fields}")), visitor)
    }),
    ("the account of the console", |office| knock(office, "console", "")),
    ("the demonstration officer", |office| knock(office, "can-bo-dung-thu", "")),
    ("the account of nobody", |office| knock(office, "?", "")),
    // Accounts that are not open.
    ("a closed account", |office| {
        while_lan(office, "state = 'disabled'", || knock(office, "lan.tran", PASSWORD))
    }),
    ("an account that nobody used for 46 days", |office| {
        let long_ago =
            "signed_in_at = signed_in_at - 46 * 86400000000, enabled_at = enabled_at - 46 * 86400000000";
        while_lan(office, long_ago, || knock(office, "lan.tran", PASSWORD))
    }),
    ("the account of a program", |office| {
        while_lan(office, "kind = 'service'", || knock(office, "lan.tran", PASSWORD))
    }),
    ("an account without a password", |office| {
        make(&mut office.admin(), "moi.vao", "Người Mới", "counter_officer");
        knock(office, "moi.vao", "")
    }),
    // Other sites and other machines.
    ("a form of another site", |office| with_headers(office, &[("origin", "https://evil.example")])),
    ("a request that another site starts", |office| {
        with_headers(office, &[("sec-fetch-site", "cross-site")])
    }),
    ("a page without an origin", |office| with_headers(office, &[("origin", "null")])),
    ("another name for this machine", |office| with_headers(office, &[("host", "evil.example")])),
    // Sessions.
    ("a session that never was", |office| with_session(office, "AAAAAAAAAAAAAAAAAAAAAA")),
    ("a session that is none", |office| with_session(office, "../../etc/passwd")),
    ("a session by its hash in a stolen database", |office| {
        office.lan();
        let hash = &rows(&office.data, "select hash from sign_in_session where account_id is not null")[0];
        with_session(office, hash)
    }),
    ("a session after signing out", |office| {
        let mut visitor = office.lan();
        let session = visitor.session();
        visitor.form("/sign-out", &[]);
        with_session(office, &session)
    }),
    ("the session of before signing in", |office| {
        let mut visitor = office.minh_before_the_code();
        let before = visitor.session();
        visitor.code(&code(&office.minh_secret, 0));
        assert_eq!(visitor.status_inside(), 200);
        with_session(office, &before)
    }),
    ("a session after the password was set anew", |office| {
        let visitor = office.lan();
        let (link, new) = (link(office), "Trâu con 9 cầu vồng cà phê đá");
        with_link(office, &link, new);
        rows(
            &office.data,
            "update account set password = (select password from account where login = 'minh.le') where login = 'lan.tran'",
        );
        with_session(office, &visitor.session())
    }),
    ("a session of a closed account", |office| {
        let session = office.lan().session();
        let (answer, _) = while_lan(office, "state = 'disabled'", || with_session(office, &session));
        // Behind the program's back the session was left: it is good again with the account.
        (answer, Visitor::new(&office.server))
    }),
    ("a session that rested for a quarter of an hour", |office| {
        in_then(
            office,
            "json_set(data, '$.holder.seen_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-15 minutes'))",
        )
    }),
    ("a session of eight hours", |office| {
        in_then(
            office,
            "json_set(data, '$.holder.began_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-8 hours'))",
        )
    }),
    ("a session of an account that is gone", |office| {
        in_then(office, "json_set(data, '$.holder.account', '01900000-0000-7000-8000-000000000001')")
    }),
    // Steps.
    ("no code", |office| {
        let mut visitor = office.minh_before_the_code();
        (visitor.get("/api/v1/documents"), visitor)
    }),
    ("a new password in place of the code", |office| {
        let mut visitor = office.minh_before_the_code();
        let new = "Trâu con 9 cầu vồng cà phê đá";
        (visitor.form("/sign-in/password", &[("password", new), ("again", new)]), visitor)
    }),
    ("another app in place of the code", |office| {
        let mut visitor = office.minh_before_the_code();
        let page = visitor.get("/sign-in/second-factor");
        assert!(!page.text().contains("id=\"secret\""), "nobody sees a secret before the code");
        (visitor.form("/sign-in/second-factor", &[("code", &code(&office.minh_secret, 0))]), visitor)
    }),
    ("ten minutes between password and code", |office| {
        let mut visitor = office.minh_before_the_code();
        let data =
            "json_set(data, '$.newcomer.began_at', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-601 seconds'))";
        rows(&office.data, &format!("update sign_in_session set data = {data} where account_id is null"));
        (visitor.code(&code(&office.minh_secret, 0)), visitor)
    }),
    // Codes.
    ("a wrong code", |office| with_code(office, "000000")),
    ("a code of letters", |office| with_code(office, "OOOOOO")),
    ("no digits", |office| with_code(office, "")),
    ("a code of five minutes ago", |office| with_code(office, &code(&office.minh_secret, -300))),
    ("a code of tomorrow", |office| with_code(office, &code(&office.minh_secret, 86_400))),
    ("the code of somebody else's app", |office| with_code(office, &code(&office.admin_secret, 0))),
    ("a code a second time", |office| {
        let used = code(&office.minh_secret, 0);
        assert_eq!(with_code(office, &used).0.header("location"), "/");
        with_code(office, &used)
    }),
    ("the code before one that was used", |office| {
        let used = code(&office.minh_secret, 30);
        assert_eq!(with_code(office, &used).0.header("location"), "/");
        with_code(office, &code(&office.minh_secret, 0))
    }),
    ("a recovery code a second time", |office| {
        assert_eq!(with_code(office, &office.minh_recovery[0]).0.header("location"), "/");
        with_code(office, &office.minh_recovery[0])
    }),
    ("a recovery code that is almost right", |office| {
        with_code(office, &office.minh_recovery[1].replace(['0', '1', '2', '3', '4'], "a"))
    }),
    ("the sixth code, though right", |office| {
        let mut visitor = office.minh_before_the_code();
        for _ in 0..5 {
            assert_eq!(visitor.code("000000").status, 401);
        }
        let answer = visitor.code(&code(&office.minh_secret, 0));
        assert_eq!(answer.status, 429);
        assert!(
            answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=901).contains(&seconds))
        );
        (answer, visitor)
    }),
    // Guessing.
    ("the sixth password, though right", |office| {
        for _ in 0..5 {
            assert_eq!(knock(office, "lan.tran", "x").0.status, 401);
        }
        let answer = knock(office, "lan.tran", PASSWORD);
        assert_eq!(answer.0.status, 429, "{}", answer.0.text());
        assert!(
            answer.0.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=901).contains(&seconds))
        );
        answer
    }),
    ("a header that says another address", |office| {
        with_headers(office, &[("x-forwarded-for", "203.0.113.9")])
    }),
    ("one password for fifty logins", |office| {
        for number in 0..50 {
            assert_eq!(knock(office, &format!("officer.{number}"), "Mat-khau-2026!").0.status, 401);
        }
        knock(office, "lan.tran", PASSWORD)
    }),
    ("a browser that says it is known", |office| {
        for _ in 0..5 {
            knock(office, "lan.tran", "x");
        }
        let mut visitor = Visitor::new(&office.server);
        visitor.cookies.insert("__Host-motlan-device".to_owned(), "0123456789abcdef".repeat(2));
        (visitor.password("lan.tran", PASSWORD), visitor)
    }),
    ("a browser that is known for somebody else", |office| {
        for _ in 0..5 {
            knock(office, "lan.tran", "x");
        }
        let mut visitor = office.minh_before_the_code();
        visitor.code(&code(&office.minh_secret, 0));
        visitor.form("/sign-out", &[]);
        (visitor.password("lan.tran", PASSWORD), visitor)
    }),
    // Links.
    ("the first administrator's link a second time", |office| {
        with_link(office, &office.first_link, PASSWORD)
    }),
    ("a link that never was", |office| {
        with_link(office, "/sign-in/links/00000000000000000000000000000000", PASSWORD)
    }),
    ("a link by its hash in a stolen database", |office| {
        link(office);
        let hash = &rows(&office.data, "select hash from account_link order by ends_at desc")[0];
        with_link(office, &format!("/sign-in/links/{hash}"), PASSWORD)
    }),
    ("a link of yesterday", |office| {
        let link = link(office);
        rows(&office.data, "update account_link set ends_at = ends_at - 86400000000");
        with_link(office, &link, "Trâu con 9 cầu vồng cà phê đá")
    }),
    ("a link that was replaced", |office| {
        let old = link(office);
        link(office);
        with_link(office, &old, "Trâu con 9 cầu vồng cà phê đá")
    }),
    ("a link of an account that was closed since", |office| {
        let link = link(office);
        while_lan(office, "state = 'disabled'", || with_link(office, &link, "Trâu con 9 cầu vồng cà phê đá"))
    }),
    ("a link with a weak password", |office| {
        let link = link(office);
        with_link(office, &link, "Matkhau@12345")
    }),
    ("a link with the password of before", |office| {
        let link = link(office);
        with_link(office, &link, PASSWORD)
    }),
    // Keys of programs.
    ("a key of a program that never was", |office| {
        let mut visitor = Visitor::new(&office.server);
        (visitor.ask("GET", "/api/v1/documents", &[("authorization", "Bearer 0123456789")], b""), visitor)
    }),
    ("a name and password in the header", |office| {
        let mut visitor = Visitor::new(&office.server);
        (
            visitor.ask("GET", "/api/v1/documents", &[("authorization", "Basic bGFuLnRyYW46eA==")], b""),
            visitor,
        )
    }),
];

/// What a refusal looks like. 200 is the page for signing in.
fn is_refusal(answer: &Answer) -> bool {
    let to_sign_in = answer.header("location").starts_with("/sign-in");
    match answer.status {
        200 => answer.text().contains("id=\"sign-in-form\""),
        303 => to_sign_in,
        status => [400, 401, 403, 404, 413, 415, 422, 429].contains(&status),
    }
}

#[test]
fn no_attack_gets_in() {
    let office = Office::open();
    for (name, attack) in ATTACKS {
        office.forget();
        let (answer, mut attacker) = attack(&office);
        assert!(is_refusal(&answer), "{name}: {} {}", answer.status, answer.text());
        office.forget();
        assert_eq!(attacker.status_inside(), 401, "{name}");
        assert_eq!(attacker.get("/accounts").header("location"), "/sign-in?next=/accounts", "{name}");
    }
    assert!(ATTACKS.len() >= 30, "{} attacks", ATTACKS.len());
    // Whoever belongs there still gets in.
    office.forget();
    office.lan();
    office.server.stop();
}

#[test]
fn an_answer_does_not_tell_whether_a_login_exists() {
    let office = Office::open();
    let page = |login: &str| {
        office.forget();
        let (answer, _) = knock(&office, login, "Mat-khau-2026!");
        (answer.status, answer.text().replace(login, "LOGIN"))
    };
    let known = page("lan.tran");
    for login in ["nobody.here", "quan.tri", "minh.le", "console"] {
        assert_eq!(page(login), known, "{login}");
    }
    // Nor does its time: every one is hashed.
    let fastest = |login: &str| {
        let times = (0..8).map(|_| {
            office.forget();
            let began = std::time::Instant::now();
            knock(&office, login, "Mat-khau-2026!");
            began.elapsed()
        });
        times.min().expect("eight times")
    };
    let (known, unknown) = (fastest("lan.tran"), fastest("nobody.here"));
    assert!(unknown * 2 > known && known * 2 > unknown, "{known:?} and {unknown:?}");
    office.server.stop();
}

#[test]
fn strangers_do_not_lock_an_officer_out_of_her_own_browser() {
    let office = Office::open();
    let mut own = office.lan();
    own.form("/sign-out", &[]);
    for _ in 0..7 {
        knock(&office, "lan.tran", "x");
    }
    assert_eq!(knock(&office, "lan.tran", PASSWORD).0.status, 429, "elsewhere the login is locked");
    for number in 0..50 {
        knock(&office, &format!("officer.{number}"), "Mat-khau-2026!");
    }
    assert_eq!(knock(&office, "minh.le", PASSWORD).0.status, 429, "the address is locked, too");
    assert_eq!(own.password("lan.tran", PASSWORD).header("location"), "/", "in her own browser neither is");
    office.forget();
    let id = &rows(&office.data, "select id from account where login = 'lan.tran'")[0];
    for _ in 0..6 {
        knock(&office, "lan.tran", "x");
    }
    let mut admin = office.admin();
    assert!(admin.get("/accounts").text().contains("Khóa tạm đến"));
    admin.form(&format!("/accounts/{id}/open"), &[]);
    assert_eq!(knock(&office, "lan.tran", PASSWORD).0.header("location"), "/", "opened by the administrator");
    let locks = "select count(*) from access_entry where action = 'lock_account' and account = 'lan.tran'";
    assert_eq!(rows(&office.data, locks), ["2"], "one lock is one line, however long somebody goes on");
    office.server.stop();
}

#[test]
fn nobody_sees_more_than_their_role() {
    let office = Office::open();
    let mut admin = office.admin();
    assert_eq!(admin.get("/accounts").status, 200);
    for path in ["/", "/documents", "/api/v1/documents", "/dossiers"] {
        assert_eq!(admin.get(path).status, 403, "{path}: who administers sees no papers");
    }
    let mut lan = office.lan();
    let id = &rows(&office.data, "select id from account where login = 'minh.le'")[0];
    assert_eq!(lan.get("/accounts").status, 403);
    let own = rows(&office.data, "select id from account where login = 'lan.tran'");
    let fields = [("name", "x"), ("agency", "x"), ("role", "administrator")];
    for path in [
        "/accounts".to_owned(),
        format!("/accounts/{id}"),
        format!("/accounts/{}", own[0]),
        format!("/accounts/{id}/link"),
        format!("/accounts/{id}/second-factor"),
        format!("/accounts/{id}/close"),
        format!("/accounts/{id}/open"),
    ] {
        assert_eq!(lan.form(&path, &fields).status, 403, "{path}");
    }
    let admin_id = &rows(&office.data, "select id from account where login = 'quan.tri'")[0];
    let last = admin.form(&format!("/accounts/{admin_id}/close"), &[("reason", "thử")]);
    assert_eq!(last.status, 422, "the last administrator stays: {}", last.text());
    office.server.stop();
}

#[test]
fn what_happens_to_accounts_stands_in_the_log() {
    let office = Office::open();
    let mut lan = office.lan();
    knock(&office, "lan.tran", "x");
    knock(&office, "mat.khau.go.nham", "x");
    let id = rows(&office.data, "select id from account where login = 'lan.tran'").remove(0);
    let mut admin = office.admin();
    let path = format!("/accounts/{id}");
    admin.form(
        &path,
        &[
            ("name", "Trần Thị Lan"),
            ("agency", "UBND xã Bến Mơ"),
            ("unit", "Quầy 3"),
            ("role", "counter_officer"),
        ],
    );
    admin.form(&path, &[("name", "Trần Thị Lan"), ("agency", "UBND xã Bến Mơ"), ("role", "leader")]);
    admin.form(&format!("{path}/close"), &[("reason", "Chuyển công tác")]);
    assert_eq!(lan.status_inside(), 401);
    admin.form(&format!("{path}/open"), &[]);
    admin.form("/sign-out", &[]);
    for (action, account, allowed) in [
        ("sign_in", "lan.tran", 1),
        ("sign_in", "lan.tran", 0),
        ("sign_in", "?", 0),
        ("sign_out", "quan.tri", 1),
        ("create_account", "quan.tri", 1),
        ("edit_account", "quan.tri", 1),
        ("change_rights", "quan.tri", 1),
        ("disable_account", "quan.tri", 1),
        ("unlock_account", "quan.tri", 1),
        ("own_account", "minh.le", 1),
    ] {
        let sql = format!(
            "select count(*) from access_entry where action = '{action}' and account = '{account}' and allowed = {allowed}"
        );
        assert_ne!(rows(&office.data, &sql), ["0"], "{action} of {account}");
    }
    let all = rows(&office.data, "select * from access_entry").join("\n");
    assert!(!all.contains("mat.khau.go.nham"), "what is typed as a login may be a password");
    let Office { server, data, .. } = office;
    server.stop();
    check_is_clean(&data);
}
