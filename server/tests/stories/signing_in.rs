//! A browser without a window, the codes of an app, and an office whose people have accounts.

use super::support::*;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// What everybody here chose, with their login behind it.
pub(crate) const PASSWORD: &str = "Cầu vồng 7 con trâu uống trà";

/// A server with an administrator, and two officers: one with a second factor, one without.
pub(crate) struct Office {
    pub(crate) server: Server,
    pub(crate) data: PathBuf,
    /// Secret of the administrator's app.
    pub(crate) admin_secret: String,
    /// Secret of the app of `minh.le`.
    pub(crate) minh_secret: String,
    /// Codes of `minh.le` for the day when the phone is lost.
    pub(crate) minh_recovery: Vec<String>,
    /// The link of the first administrator, used.
    pub(crate) first_link: String,
    _folder: TempDir,
}

/// A browser: it keeps cookies.
#[derive(Clone)]
pub(crate) struct Visitor {
    client: Client,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub(crate) fn new(server: &Server) -> Visitor {
        Visitor { client: server.client(), cookies: BTreeMap::new() }
    }

    /// One with connections of its own, which it keeps.
    pub(crate) fn apart(server: &Server) -> Visitor {
        Visitor { client: Client::at(&server.address), cookies: BTreeMap::new() }
    }

    #[track_caller]
    pub(crate) fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let mut all = headers.to_vec();
        if !cookies.is_empty() {
            all.push(("cookie", &cookies));
        }
        let answer = self.client.ask(method, path, &all, body).expect("the server answers");
        for cookie in &answer.cookies {
            let (name, rest) = cookie.split_once('=').expect("a cookie has a name");
            let value = rest.split(';').next().unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    #[track_caller]
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    #[track_caller]
    pub(crate) fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let type_of_form = [("content-type", "application/x-www-form-urlencoded")];
        self.ask("POST", path, &type_of_form, encoded(fields).as_bytes())
    }

    #[track_caller]
    pub(crate) fn password(&mut self, login: &str, password: &str) -> Answer {
        self.form("/sign-in", &[("login", login), ("password", password)])
    }

    #[track_caller]
    pub(crate) fn code(&mut self, code: &str) -> Answer {
        self.form("/sign-in/code", &[("code", code)])
    }

    /// Whether papers can be listed.
    #[track_caller]
    pub(crate) fn status_inside(&mut self) -> u16 {
        self.get("/api/v1/documents").status
    }

    /// The secret of the session.
    pub(crate) fn session(&self) -> String {
        self.cookies.get("__Host-motlan").cloned().unwrap_or_default()
    }
}

impl Office {
    #[track_caller]
    pub(crate) fn open() -> Office {
        let folder = fresh_folder();
        let data = folder.path().join("data");
        let (server, link) = Server::start_signing_in(&data);
        let first_link = link.expect("the first start invites");
        let mut admin = Visitor::new(&server);
        let who = [("login", "quan.tri"), ("name", "Đỗ Quản Trị"), ("agency", "UBND xã Bến Mơ")];
        let password = [("password", PASSWORD), ("again", PASSWORD)];
        let next = admin.form(&first_link, &[&who[..], &password].concat());
        assert_eq!(next.header("location"), "/sign-in/second-factor", "{}", next.text());
        let (admin_secret, _) = enrol(&mut admin, "/sign-in/second-factor");
        let minh = make(&mut admin, "minh.le", "Lê Minh", "counter_officer");
        let lan = make(&mut admin, "lan.tran", "Trần Thị Lan", "counter_officer");
        let mut officer = Visitor::new(&server);
        assert_eq!(officer.form(&lan, &password).header("location"), "/");
        let mut officer = Visitor::new(&server);
        assert_eq!(officer.form(&minh, &password).header("location"), "/");
        let (minh_secret, minh_recovery) = enrol(&mut officer, "/account/second-factor");
        let office =
            Office { server, data, admin_secret, minh_secret, minh_recovery, first_link, _folder: folder };
        office.forget();
        office
    }

    /// Forgets attempts and used codes, so that one attack does not stop the next.
    pub(crate) fn forget(&self) {
        rows(&self.data, "delete from sign_in_limit");
        rows(&self.data, "update account set totp_step = 0");
    }

    /// Somebody who is in.
    #[track_caller]
    pub(crate) fn lan(&self) -> Visitor {
        let mut visitor = Visitor::new(&self.server);
        assert_eq!(visitor.password("lan.tran", PASSWORD).status, 303);
        assert_eq!(visitor.status_inside(), 200);
        visitor
    }

    /// Somebody whose password was right, and whose code is asked for.
    #[track_caller]
    pub(crate) fn minh_before_the_code(&self) -> Visitor {
        let mut visitor = Visitor::new(&self.server);
        assert_eq!(visitor.password("minh.le", PASSWORD).header("location"), "/sign-in/code");
        visitor
    }

    /// The administrator, in.
    #[track_caller]
    pub(crate) fn admin(&self) -> Visitor {
        let mut visitor = Visitor::new(&self.server);
        assert_eq!(visitor.password("quan.tri", PASSWORD).header("location"), "/sign-in/code");
        assert_eq!(visitor.code(&code(&self.admin_secret, 0)).header("location"), "/accounts");
        visitor
    }
}

/// Gives somebody an account; the path of their link.
#[track_caller]
pub(crate) fn make(admin: &mut Visitor, login: &str, name: &str, role: &str) -> String {
    make_at(admin, "UBND xã Bến Mơ", login, name, role)
}

/// The same at another agency.
#[track_caller]
pub(crate) fn make_at(admin: &mut Visitor, agency: &str, login: &str, name: &str, role: &str) -> String {
    let fields = [("login", login), ("name", name), ("agency", agency), ("role", role)];
    let page = admin.form("/accounts", &fields);
    assert_eq!(page.status, 200, "{}", page.text());
    link_in(&page.text())
}

/// The path of the link that a page shows.
#[track_caller]
pub(crate) fn link_in(page: &str) -> String {
    let at = page.find("/sign-in/links/").unwrap_or_else(|| panic!("a link: {page}"));
    page[at..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || "/-".contains(*letter)).collect()
}

/// Sets up an app on a page; its secret, and the codes for the day when the phone is lost.
#[track_caller]
pub(crate) fn enrol(visitor: &mut Visitor, path: &str) -> (String, Vec<String>) {
    let page = visitor.get(path).text();
    let shown = between(&page, "id=\"secret\"><code>", "</code>");
    let secret: String = shown.split_whitespace().collect();
    let done = visitor.form(path, &[("code", &code(&secret, 0))]);
    assert_eq!(done.status, 200, "{}", done.text());
    let text = done.text();
    let codes = text.split("<li><code>").skip(1).map(|rest| between(&format!("<{rest}"), "<", "<")).collect();
    (secret, codes)
}

/// What stands between two texts, the first time.
#[track_caller]
pub(crate) fn between(text: &str, before: &str, after: &str) -> String {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("{before}: {text}")).1;
    rest.split(after).next().unwrap_or_default().to_owned()
}

/// The code of an app so many seconds from now, as Python's own library computes it (RFC 6238).
pub(crate) fn code(secret: &str, seconds: i64) -> String {
    let script = "import base64, hmac, struct, sys, time\n\
        key = base64.b32decode(sys.argv[1] + '=' * (-len(sys.argv[1]) % 8))\n\
        step = struct.pack('>Q', (int(time.time()) + int(sys.argv[2])) // 30)\n\
        mac = hmac.digest(key, step, 'sha1')\n\
        at = mac[-1] & 15\n\
        print('%06d' % ((struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000))";
    let mut command = Command::new("python3");
    succeed(command.args(["-c", script, secret, &seconds.to_string()])).trim().to_owned()
}

/// A form as browsers send it.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String {
        let escape = |byte: u8| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        };
        text.bytes().map(escape).collect()
    };
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}
