//! Khai thác giấy tờ: an officer of another agency asks for a case, on the page; and another system, over mTLS.

use super::browser::{ENTER, Officer, with_officer};
use super::paper;
use super::signing_in::*;
use super::support::*;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Invented: 12 digits that carry the year of birth 1999.
pub(super) const NUMBER: &str = "001199000014";
const NAME: &str = "LÊ THỊ MẪU";
/// Đăng ký kết hôn, which asks for a paper of the type that is held.
const PROCEDURE: &str = "1.000894";
const COMPONENT: &str = "tinh-trang-hon-nhan";
const BASIS: &str = "Điều 15 Nghị định 224/2026/NĐ-CP";

/// Two agencies on one server, of which one filed a paper.
pub(super) struct Agencies {
    pub(super) server: Server,
    pub(super) data: PathBuf,
    folder: TempDir,
    /// The paper.
    pub(super) document: String,
}

/// Makes an account for a program at the console, and answers its key.
fn program_key(data: &Path, login: &str, agency: &str, only: &str, more: &[&str]) -> String {
    let name = format!("Hệ thống {agency}");
    let role = if only.contains("confirm") { "counter_officer" } else { "service" };
    let made = ["account", "create", login, "--name", &name, "--agency", agency, "--role", role, "--service"];
    succeed(motlan(data).args(made));
    let key = ["account", "key", login, "--name", &name, "--only", only, "--days", "30"];
    let printed = succeed(motlan(data).args(key).args(more));
    text(&json!(printed.lines().last().expect("the key")))
}

fn with_key<'a>(key: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("authorization", key)], more].concat()
}

impl Agencies {
    pub(super) fn open(settings: &[(&str, &str)]) -> Agencies {
        let folder = fresh_folder();
        let data = data_with_procedures(folder.path());
        let key = program_key(&data, "quay", "UBND xã Bến Mơ", "receive,view,search,confirm", &[]);
        let settings = [&[("MOTLAN_LISTEN", "127.0.0.1:0")], settings].concat();
        let server = Server::start_signing_in_with(&data, &settings);
        let document = file(&server, &format!("Bearer {key}"));
        Agencies { server, data, folder, document }
    }

    /// Gives somebody of the agency that has nothing an account, and a password.
    pub(super) fn account(&self, login: &str, name: &str, role: &str) {
        let made = ["account", "create", login, "--name", name, "--agency", "Sở Mẫu", "--role", role];
        let link = link_in(&succeed(motlan(&self.data).args(made)));
        let password = [("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(Visitor::new(&self.server).form(&link, &password).status, 303);
    }

    /// Signs somebody in, in the browser.
    pub(super) async fn sign_in(&self, officer: &Officer, login: &str) {
        officer.go(&format!("{}/sign-in", self.server.address)).await;
        officer.write("#login", login).await;
        officer.see("#password").await.send_keys(&format!("{PASSWORD}{ENTER}")).await.expect("a form");
        officer.see("a.officer").await;
    }
}

/// A certificate of marital status, scanned, read and confirmed.
fn file(server: &Server, key: &str) -> String {
    let multipart = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = with_key(key, &[("content-type", &multipart)]);
    let body = form(&[], "quét.png", &paper::small(1));
    let received = server.ask("POST", "/api/v1/documents", &headers, &body).expect("the server answers");
    let id = text(&received.json(201)["id"]);
    wait_until("the paper is read", || {
        let view = server.ask("GET", &format!("/api/v1/documents/{id}"), &with_key(key, &[]), b"");
        Some(view.expect("the server answers").json(200))
            .filter(|view| view["document"]["state"] != "received")
    });
    let subject = json!({ "kind": "citizen", "number": NUMBER, "name": NAME, "birth_date": "1999-03-02" });
    let fields = [
        ("number", "12/UBND-XNTTHN"),
        ("issued_on", "2026-11-05"),
        ("agency", "UBND phường Mẫu"),
        ("full_name", NAME),
        ("marital_status", "Chưa đăng ký kết hôn với ai"),
    ];
    let fields = fields.map(|(key, value)| json!({ "key": key, "value": value, "reason": "Đã đối chiếu" }));
    let confirmation = json!({
        "document_type": "HN", "title": "Giấy xác nhận tình trạng hôn nhân", "subject": subject, "fields": fields,
    });
    let headers = with_key(key, &[("content-type", "application/json")]);
    let confirm = format!("/api/v1/documents/{id}/confirm");
    let confirmed = server.ask("POST", &confirm, &headers, confirmation.to_string().as_bytes());
    confirmed.expect("the server answers").json(200);
    id
}

#[test]
fn an_officer_of_another_agency_asks_for_a_case() {
    let agencies = Agencies::open(&[]);
    let (server, document) = (&agencies.server, &agencies.document);
    agencies.account("hoa.vu", "Vũ Thị Hoa", "handling_officer");
    with_officer(async |officer| {
        agencies.sign_in(officer, "hoa.vu").await;
        // Without a purpose it does not exist.
        officer.go(&format!("{}/documents/{document}", server.address)).await;
        let said = officer.see("main").await.text().await.expect("a text");
        assert!(said.contains("Không có giấy tờ, hồ sơ"), "{said}");

        officer.go(&format!("{}/documents", server.address)).await;
        officer.see("#look-up-link").await.click().await.expect("a link");
        officer.write("#case", "G07.99-261123-0042").await;
        let choose = "const select = document.querySelector('#procedure'); select.value = arguments[0]; return select.value === arguments[0];";
        officer.see_that("the procedure", choose, vec![json!(PROCEDURE)]).await;
        officer.write("#basis", "luật").await;
        officer.see("#number").await.send_keys(&format!("{NUMBER}{ENTER}")).await.expect("a form");
        let trouble = officer.see("#trouble").await.text().await.expect("a text");
        assert!(trouble.contains("Thiếu căn cứ pháp lý"), "{trouble}");
        officer.write("#basis", BASIS).await;
        officer.see("#number").await.send_keys(ENTER).await.expect("a form");

        let whose = officer.see("#whose").await.text().await.expect("a text");
        assert!(whose.contains(NAME), "{whose}");
        let address = officer.browser.current_url().await.expect("an address");
        assert!(!address.as_str().contains(NUMBER), "{address}");
        let papers = "return document.querySelectorAll('#look-up .what a').length;";
        assert_eq!(officer.browser.execute(papers, vec![]).await.expect("a number"), json!(1));
        // The return key takes what comes next.
        officer.see("button[data-main]").await;
        officer.see("body").await.send_keys(ENTER).await.expect("the page takes keys");
        let button = officer.see("#package").await.text().await.expect("a text");
        assert!(button.contains("1 giấy tờ"), "{button}");
        officer.see("#look-up .what a").await.click().await.expect("a link");
        officer.see("#page-image").await;
    });
    let noted =
        "select case_code, basis, taken_at is not null from look_up join look_up_paper on look_up_id = id";
    assert_eq!(rows(&agencies.data, noted), [format!("G07.99-261123-0042 {BASIS} 1")]);
    agencies.server.stop();
    check_is_clean(&agencies.data);
}

/// Certificates of an authority for the server and two systems, and of another authority, made by openssl.
struct Authority {
    folder: PathBuf,
}

impl Authority {
    fn new(folder: &Path) -> Authority {
        let authority = Authority { folder: folder.join("certificates") };
        fs::create_dir(&authority.folder).expect("a folder");
        for root in ["authority", "another-authority"] {
            let subject = format!("/CN={root}");
            authority.openssl(&[
                "req",
                "-x509",
                "-newkey",
                "ed25519",
                "-nodes",
                "-days",
                "2",
                "-subj",
                &subject,
                "-keyout",
                &format!("{root}.key"),
                "-out",
                &format!("{root}.pem"),
            ]);
        }
        for (name, root) in [
            ("server", "authority"),
            ("system", "authority"),
            ("other", "authority"),
            ("stranger", "another-authority"),
        ] {
            authority.issue(name, root);
        }
        authority
    }

    fn issue(&self, name: &str, root: &str) {
        let [key, request, certificate] = ["key", "csr", "pem"].map(|part| format!("{name}.{part}"));
        self.openssl(&[
            "req",
            "-new",
            "-newkey",
            "ed25519",
            "-nodes",
            "-subj",
            &format!("/CN={name}"),
            "-keyout",
            &key,
            "-out",
            &request,
        ]);
        let extensions = self.folder.join(format!("{name}.ext"));
        fs::write(&extensions, "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").expect("a file");
        let (root_certificate, root_key) = (format!("{root}.pem"), format!("{root}.key"));
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &root_certificate,
            "-CAkey",
            &root_key,
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            &format!("{name}.ext"),
            "-out",
            &certificate,
        ]);
    }

    fn openssl(&self, arguments: &[&str]) -> String {
        succeed(Command::new("openssl").args(arguments).current_dir(&self.folder))
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).to_str().expect("UTF-8").to_owned()
    }
}

/// Asks as curl does, by this certificate if any; the status, 0 when there was no answer, and what was answered.
fn ask(
    authority: &Authority,
    address: &str,
    certificate: &str,
    key: &str,
    path: &str,
    body: Option<&Value>,
) -> (u16, Vec<u8>) {
    let answer = authority.folder.join("answer");
    let _ = fs::remove_file(&answer);
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--max-time",
        "30",
        "--noproxy",
        "*",
        "--cacert",
        &authority.file("authority.pem"),
    ]);
    if !certificate.is_empty() {
        curl.args([
            "--cert",
            &authority.file(&format!("{certificate}.pem")),
            "--key",
            &authority.file(&format!("{certificate}.key")),
        ]);
    }
    if !key.is_empty() {
        curl.args(["--header", &format!("authorization: Bearer {key}")]);
    }
    if let Some(body) = body {
        curl.args(["--header", "content-type: application/json", "--data", &body.to_string()]);
    }
    let output = run(curl.arg("--output").arg(&answer).args([
        "--write-out",
        "%{http_code}",
        &format!("{address}{path}"),
    ]));
    let status = String::from_utf8_lossy(&output.stdout).parse().unwrap_or(0);
    (status, fs::read(&answer).unwrap_or_default())
}

#[test]
fn another_system_asks_over_mtls_and_its_package_proves_itself() {
    let certificates = fresh_folder();
    let authority = Authority::new(certificates.path());
    let [certificate, key, root] =
        ["server.pem", "server.key", "authority.pem"].map(|name| authority.file(name));
    let agencies = Agencies::open(&[
        ("MOTLAN_SYSTEMS_LISTEN", "127.0.0.1:0"),
        ("MOTLAN_SYSTEMS_CERTIFICATE_FILE", &certificate),
        ("MOTLAN_SYSTEMS_KEY_FILE", &key),
        ("MOTLAN_SYSTEMS_AUTHORITY_FILE", &root),
    ]);
    let (server, data) = (&agencies.server, &agencies.data);
    let log = server.program().log();
    let at = log.find("https://127.0.0.1:").unwrap_or_else(|| panic!("{log}"));
    let address = log[at..].split_whitespace().next().expect("an address").to_owned();

    // A key for look-ups is bound to a certificate.
    let unbound = ["account", "key", "quay", "--name", "x", "--only", "look_up"];
    let refused = run(motlan(data).args(unbound));
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("--certificate"));
    let only = "look_up,receive,view,download";
    let key =
        program_key(data, "he.thong.so", "Sở Mẫu", only, &["--certificate", &authority.file("system.pem")]);
    let wish = json!({ "case": "SO-2026-7", "procedure": PROCEDURE, "basis": BASIS, "number": NUMBER });
    let look_ups = "/api/v1/look-ups";
    for (what, certificate, key, expected) in [
        ("no certificate", "", key.as_str(), 0),
        ("a certificate of another authority", "stranger", key.as_str(), 0),
        ("another system's certificate", "other", key.as_str(), 401),
        ("no key", "system", "", 401),
    ] {
        let (status, _) = ask(&authority, &address, certificate, key, look_ups, Some(&wish));
        assert_eq!(status, expected, "{what}");
    }
    let bearer = format!("Bearer {key}");
    let headers = with_key(&bearer, &[("content-type", "application/json")]);
    let stolen = server.ask("POST", look_ups, &headers, wish.to_string().as_bytes()).expect("it answers");
    assert_eq!(stolen.status, 401, "the key alone, by the other door");
    let system = |path: &str, body: Option<&Value>| ask(&authority, &address, "system", &key, path, body);
    assert_ne!(system("/documents", None).0, 200, "pages are for people");
    assert_eq!(system(&format!("/api/v1/documents/{}", agencies.document), None).0, 404, "before it asks");

    let (status, answer) = system(look_ups, Some(&wish));
    let look_up: Value = serde_json::from_slice(&answer).expect("one JSON object");
    assert_eq!((status, &look_up["name"]), (201, &json!(NAME)), "{look_up}");
    let held = look_up["components"].as_array().expect("components").iter();
    let held: Vec<&Value> =
        held.flat_map(|component| component["papers"].as_array().expect("papers")).collect();
    assert!(held.len() == 1 && held[0]["id"] == json!(agencies.document), "{look_up}");
    let own = format!("{look_ups}/{}", text(&look_up["id"]));
    assert_eq!(system(&format!("{own}/package"), None).0, 409, "nothing was taken yet");
    let take = json!({ "component": COMPONENT, "document": agencies.document });
    assert_eq!(system(&format!("{own}/papers"), Some(&take)).0, 200);
    let (status, package) = system(&format!("{own}/package"), None);
    assert_eq!(status, 200);
    let keys = agencies.folder.path().join("keys.json");
    fs::write(&keys, server.get("/V/keys.json").bytes).expect("a file");
    agencies.server.stop();
    proves_itself(agencies.folder.path(), &package, &keys);
    check_is_clean(data);
}

/// A package is checked by our own program, and by what every machine has.
fn proves_itself(folder: &Path, package: &[u8], keys: &Path) {
    let file = folder.join("khai-thac.zip");
    fs::write(&file, package).expect("a file");
    let verify = |file: &Path| {
        let output =
            run(motlan(&folder.join("nowhere")).args(["verify", "--json", "--keys"]).arg(keys).arg(file));
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    let (genuine, said) = verify(&file);
    let case: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    assert!(
        genuine && case["case"]["look_up"]["case"] == "SO-2026-7" && case["case"]["agency"] == "Sở Mẫu",
        "{said}"
    );
    assert_eq!(case["case"]["papers"][0]["fields"].as_array().map(Vec::len), Some(5), "{said}");

    let unpacked = folder.join("unpacked");
    let python = |script: &str, arguments: &[&Path]| {
        succeed(Command::new("python3").args(["-c", script]).args(arguments));
    };
    python("import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])", &[&file, &unpacked]);
    succeed(
        Command::new("sha256sum").args(["--check", "--quiet", "manifest-sha256.txt"]).current_dir(&unpacked),
    );
    let original =
        fs::read_dir(unpacked.join("data/originals")).expect("scans").next().expect("one").expect("one");
    assert_eq!(fs::read(original.path()).expect("a scan"), paper::small(1), "byte for byte");
    // The signature by openssl: Ed25519 over the context and the list (docs/package-format.md).
    let list: Value = serde_json::from_slice(&fs::read(keys).expect("keys")).expect("a list");
    let signature = fs::read(unpacked.join("motlan-signature.json")).expect("a signature");
    let signature: Value = serde_json::from_slice(&signature).expect("a signature");
    let key = &list["list"]["keys"][0];
    assert_eq!((&key["algorithm"], &signature["key"]), (&json!("ed25519"), &key["id"]), "{list}");
    let openssl = "import base64, pathlib, subprocess, sys\n\
        folder, key, signature = pathlib.Path(sys.argv[1]), base64.b64decode(sys.argv[2]), base64.b64decode(sys.argv[3])\n\
        folder.joinpath('key.der').write_bytes(bytes.fromhex('302a300506032b6570032100') + key)\n\
        folder.joinpath('sig').write_bytes(signature)\n\
        folder.joinpath('signed').write_bytes(b'motlan package 1\\n' + folder.joinpath('manifest-sha256.txt').read_bytes())\n\
        subprocess.run(['openssl', 'pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', 'key.der', '-rawin', '-in', 'signed', '-sigfile', 'sig'], cwd=folder, check=True)";
    let parts =
        [unpacked.to_str().expect("UTF-8").to_owned(), text(&key["key"]), text(&signature["signature"])];
    succeed(Command::new("python3").args(["-c", openssl]).args(parts));

    // What anyone changes is seen.
    let forge = "import sys, zipfile\n\
        source, target, what = zipfile.ZipFile(sys.argv[1]), zipfile.ZipFile(sys.argv[2], 'w'), sys.argv[3]\n\
        for name in source.namelist():\n\
        \x20   data = source.read(name)\n\
        \x20   if what == 'scan' and name.startswith('data/originals/'): data = data[:-1] + b'x'\n\
        \x20   if what == 'list' and name == 'manifest-sha256.txt': data = data.replace(b'data/case', b'data/cose')\n\
        \x20   if what == 'case' and name == 'data/case.json': data = data.replace(b'SO-2026-7', b'SO-2026-8')\n\
        \x20   if not (what == 'less' and name.startswith('data/originals/')): target.writestr(name, data)\n\
        if what == 'more': target.writestr('data/more.txt', 'x')\n\
        target.close()";
    for what in ["scan", "list", "case", "less", "more"] {
        let forged = folder.join(format!("{what}.zip"));
        let arguments = [file.to_str(), forged.to_str(), Some(what)].map(|text| text.expect("UTF-8"));
        succeed(Command::new("python3").args(["-c", forge]).args(arguments));
        let (genuine, said) = verify(&forged);
        assert!(!genuine && !said.contains("panicked"), "{what}: {said}");
    }
}
