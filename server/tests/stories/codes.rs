//! Codes on paper: signed, checked by anyone, and worth today what the store says.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::paper;
use super::support::*;

/// Invented: 12 digits that carry the year of birth 1999.
const NUMBER: &str = "001199000014";
const NAME: &str = "LÊ THỊ MẪU";
/// Why the paper was given: it names someone else.
const PURPOSE: &str = "Kết hôn với ông Trần Văn Thử, sinh năm 1998, số 079098000011";
const COMPONENT: &str = "tinh-trang-hon-nhan";
/// The code of the card of someone whom the store does not know.
const UNKNOWN_CARD: &str = "079199000013||Trần Thị Thử|05041999|Nữ|Phường Bến Mơ|15042021";

/// A paper filed under a dossier.
pub(super) struct Filed {
    pub(super) document: String,
    pub(super) dossier: Value,
}

pub(super) fn file(server: &Server) -> Filed {
    let subject = json!({ "kind": "citizen", "number": NUMBER, "name": NAME, "birth_date": "1999-03-02" });
    let dossier = json!({ "procedure": "1.000894", "reason": "Nợ giấy", "received_on": "2026-02-02", "subject": subject });
    let dossier = server.post("/api/v1/dossiers", &dossier).json(201);
    let place = [("dossier", dossier["id"].as_str().expect("a key")), ("component", COMPONENT)];
    let received = server.try_upload_into(&place, "quét.png", &paper::small(1)).expect("the server answers");
    let document = text(&received.json(201)["id"]);
    server.wait_read(&document);
    let fields = [
        ("number", "12/UBND-XNTTHN"),
        ("issued_on", "2026-01-05"),
        ("agency", "UBND phường Mẫu"),
        ("full_name", NAME),
        ("marital_status", "Chưa đăng ký kết hôn với ai"),
        ("purpose", PURPOSE),
    ];
    let fields = fields.map(|(key, value)| json!({ "key": key, "value": value, "reason": "Đã đối chiếu" }));
    let confirmation = json!({
        "document_type": "HN", "title": "Giấy xác nhận tình trạng hôn nhân", "subject": subject, "fields": fields,
    });
    server.post(&format!("/api/v1/documents/{document}/confirm"), &confirmation).json(200);
    Filed { document, dossier }
}

/// Checks a file or a text with nothing but the list of keys, in a folder without a store.
pub(super) fn verify(folder: &Path, code: &str, keys: &Path) -> (bool, String) {
    let nowhere = folder.join("nowhere");
    let output = run(motlan(&nowhere).args(["verify", "--json", code, "--keys"]).arg(keys));
    assert!(!nowhere.exists(), "no store is opened");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Draws the label, and answers the text of its code as `motlan verify` reads it from the picture.
fn label(server: &Server, folder: &Path, filed: &Filed, name: &str) -> (std::path::PathBuf, String) {
    let answer = server.get(&format!("/api/v1/documents/{}/label.png", filed.document));
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/png"), "{}", answer.text());
    let path = folder.join(name);
    fs::write(&path, &answer.bytes).expect("a picture");
    let read = succeed(motlan(folder).args(["read", "--json"]).arg(&path));
    let read: Value = serde_json::from_str(&read).expect("one JSON object");
    let label = &read["pages"][0]["labels"][0];
    assert_eq!(label["kind"], "our_label", "{read}");
    (path, text(&label["value"]))
}

fn letters(code: &str) -> &str {
    code.rsplit('/').next().expect("letters")
}

#[test]
fn a_label_proves_itself_and_says_what_it_is_worth_today() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let server =
        Server::start_with(&data, &[], &[("MOTLAN_LOG", "debug"), ("MOTLAN_SYSTEM", "Một lần – Phường Mẫu")]);
    let filed = file(&server);
    let keys = folder.path().join("keys.json");
    fs::write(&keys, server.get("/V/keys.json").text()).expect("a list of keys");
    let (picture, code) = label(&server, folder.path(), &filed, "label.png");

    let (genuine, printed) = verify(folder.path(), picture.to_str().expect("a path"), &keys);
    assert!(genuine, "{printed}");
    let says = &serde_json::from_str::<Value>(&printed).expect("one JSON object")["says"];
    let stored = server.document(&filed.document);
    let hash = &text(&stored["document"]["original"]["sha256"])[..32];
    for (name, expected) in [
        ("dossier", &filed.dossier["code"]),
        ("procedure", &json!("1.000894")),
        ("paper", &json!("Giấy xác nhận tình trạng hôn nhân")),
        ("system", &json!("Một lần – Phường Mẫu")),
        ("code", &stored["document"]["code"]),
        ("scope", &json!("Dùng đúng mục đích ghi trên giấy")),
        ("file_sha256_begins", &json!(hash)),
    ] {
        assert_eq!(&says[name], expected, "{says}");
    }
    assert!(text(&says["person"]).starts_with("pseudonym"), "{says}");
    assert!(!printed.contains("Trần Văn Thử"), "{printed}");
    let cut = &code[..code.len() - 9];
    assert!(verify(folder.path(), cut, &keys).1.contains("cut off"));

    let page = server.get(&format!("/V/{}", letters(&code)));
    assert_eq!(page.status, 200);
    for expected in ["Mã thật", "Còn hiệu lực", text(&filed.dossier["code"]).as_str()] {
        assert!(page.text().contains(expected), "{expected}: {}", page.text());
    }
    for private in [NUMBER, NAME, "LÊ THỊ", "Trần Văn Thử", "079098000011", "Chưa đăng ký kết hôn với ai"]
    {
        assert!(!page.text().contains(private), "{private}: {}", page.text());
    }
    assert!(server.get(&format!("/V/{}", letters(cut))).text().contains("cắt cụt"));
    let ruling = json!({ "step": "revoke", "reason": "Cấp sai" });
    server.post(&format!("/api/v1/documents/{}/rulings", filed.document), &ruling).json(200);
    assert!(server.get(&format!("/V/{}", letters(&code))).text().contains("Đã thu hồi"));
    let answer = server.post("/api/v1/codes/verify", &json!({ "code": code })).json(200);
    assert_eq!((&answer["genuine"], &answer["today"]), (&json!(true), &json!("Đã thu hồi")), "{answer}");

    rows(&data, "alter table document rename to taken_away");
    let page = server.get(&format!("/V/{}", letters(&code)));
    assert!(page.text().contains("Mã thật") && page.text().contains("Chưa xem được"), "{}", page.text());
    rows(&data, "alter table taken_away rename to document");
    let log = server.program().log();
    assert!(log.contains("/V/{letters}") && !log.contains(&letters(&code)[..40]), "{log}");
    server.stop();
}

#[test]
fn a_change_of_keys_leaves_old_codes_good_and_strangers_out() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let server = Server::start(&data);
    let filed = file(&server);
    let (old_keys, new_keys) = (folder.path().join("old.json"), folder.path().join("new.json"));
    fs::write(&old_keys, server.get("/V/keys.json").text()).expect("a list of keys");
    let (_, old) = label(&server, folder.path(), &filed, "old.png");
    succeed(motlan(&data).args(["keys", "codes", "rotate"]));
    fs::write(&new_keys, server.get("/V/keys.json").text()).expect("a list of keys");
    let (_, new) = label(&server, folder.path(), &filed, "new.png");

    assert!(verify(folder.path(), &old, &new_keys).0, "a code of the key before");
    assert!(verify(folder.path(), &new, &new_keys).0);
    let (genuine, printed) = verify(folder.path(), &new, &old_keys);
    assert!(!genuine && printed.contains("not in the list of keys"), "{printed}");
    let trusted = |keys: &Path, trusted: &Path| {
        run(motlan(folder.path()).args(["verify", &old, "--keys"]).arg(keys).arg("--trusted").arg(trusted))
    };
    assert!(trusted(&new_keys, &old_keys).status.success(), "a key of the old list signed the new one");
    let stranger = succeed(motlan(&folder.path().join("stranger")).args(["--json", "keys", "codes", "list"]));
    let stranger_keys = folder.path().join("stranger.json");
    fs::write(&stranger_keys, stranger).expect("a list of keys");
    assert!(!trusted(&stranger_keys, &old_keys).status.success());
    let secret = fs::read_to_string(data.join("keys/code.key")).expect("the key file");
    for word in secret.lines().filter(|line| line.starts_with("motlan-")) {
        assert!(
            !server.get("/V/keys.json").text().contains(&word[word.len() - 64..]),
            "a secret key was given out"
        );
    }
    server.stop();
}

#[test]
fn a_scanned_code_leads_to_what_it_names() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let server = Server::start(&data);
    let filed = file(&server);
    let (_, code) = label(&server, folder.path(), &filed, "label.png");
    let type_in = |text: &str| {
        let body = format!("query={}", encoded(text));
        let form = [("content-type", "application/x-www-form-urlencoded")];
        server.ask("POST", "/search", &form, body.as_bytes()).expect("an answer")
    };
    let leads_to = |text: &str| type_in(text).header("location").to_owned();
    assert_eq!(leads_to(&code), format!("/documents/{}", filed.document));
    let held = format!("{NUMBER}||Lê Thị Mẫu|02031999|Nữ|Phường Bến Mơ|15042021");
    let subject = server.post("/api/v1/subjects/find", &json!({ "number": NUMBER })).json(200);
    assert_eq!(leads_to(&held), format!("/subjects/{}", text(&subject["id"])));
    let new_dossier = leads_to(UNKNOWN_CARD);
    assert!(
        new_dossier.starts_with("/dossiers/new?card=") && !new_dossier.contains("079199"),
        "{new_dossier}"
    );
    let form = server.get(&new_dossier).text();
    for expected in ["value=\"079199000013\"", "value=\"Trần Thị Thử\"", "value=\"05/04/1999\"", "từ mã QR"]
    {
        assert!(form.contains(expected), "{expected}: {form}");
    }
    let forged = type_in(&code.replace("/V/A", "/V/B"));
    assert_eq!(forged.status, 422, "{}", forged.text());
    server.stop();
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
