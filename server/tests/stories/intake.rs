//! A new dossier at the counter, as an officer with a reader on a cable opens it: the card, the procedure, what is held and what is not.

use serde_json::{Value, json};

use super::browser::{ENTER, Officer, with_officer};
use super::paper;
use super::support::*;

/// Invented: 12 digits that carry a woman's year of birth 1999.
const NUMBER: &str = "001199000014";
const NAME: &str = "LÊ THỊ MẪU";
/// What the reader types of her card.
const CARD: &str = "001199000014||LÊ THỊ MẪU|02031999|Nữ|Phường Bến Mơ, Thành phố Mẫu|15042021";
/// Đăng ký kết hôn: one of its papers is held, one is not.
const PROCEDURE: &str = "1.000894";
const HELD: &str = "tinh-trang-hon-nhan";
const MISSING: &str = "to-khai";
/// Control and S, and all keys let go.
const SAVE: &str = "\u{e009}s\u{e000}";
const ARROW_DOWN: &str = "\u{e015}";
/// How large a module is on the picture.
const MODULE_PIXELS: u32 = 6;
/// A phone's width.
const PHONE: (u32, u32) = (360, 740);

/// Files a certificate of her marital status and answers its key.
fn hold_a_paper(server: &Server) -> String {
    let id = server.upload("quét.png", &paper::small(1));
    server.wait_read(&id);
    let fields = [
        ("number", "12/UBND-XNTTHN"),
        ("issued_on", "2026-11-05"),
        ("agency", "UBND phường Mẫu"),
        ("full_name", NAME),
        ("marital_status", "Chưa đăng ký kết hôn với ai"),
    ];
    let fields = fields.map(|(key, value)| json!({ "key": key, "value": value, "reason": "Đã đối chiếu" }));
    let subject = json!({ "kind": "citizen", "number": NUMBER, "name": NAME, "birth_date": "1999-03-02" });
    let confirmation = json!({
        "document_type": "HN", "title": "Giấy xác nhận tình trạng hôn nhân", "subject": subject, "fields": fields,
    });
    server.post(&format!("/api/v1/documents/{id}/confirm"), &confirmation).json(200);
    id
}

/// Everything by keys: the reader types the card and Enter, the officer the code of the procedure, drops a scan, and saves.
async fn take_in(officer: &Officer, server: &Server, held: &str) -> Value {
    officer.go(&format!("{}/dossiers/new", server.address)).await;
    officer
        .see_that(
            "the cursor in the number",
            "return document.activeElement.id === 'subject-number';",
            vec![],
        )
        .await;
    let number = officer.see("#subject-number").await;
    number.send_keys(&format!("{CARD}{ENTER}")).await.expect("the input takes keys");
    let filled = "
        const value = (id) => document.getElementById(id).value;
        return value('subject-number') === arguments[0] && value('subject-name') === arguments[1]
          && value('subject-birth-date') === '02/03/1999' && document.activeElement.id === 'procedure';";
    officer.see_that("what the card says", filled, vec![json!(NUMBER), json!(NAME)]).await;
    officer.see("#procedure").await.send_keys(PROCEDURE).await.expect("the list takes keys");
    let offered = "
        const box = document.querySelector(`[name='reuse-${arguments[0]}']`);
        const input = document.querySelector(`[name='file-${arguments[1]}']`);
        return box && box.checked && box.value === arguments[2] && Boolean(input)
          && !document.querySelector(`[name='file-${arguments[0]}']`);";
    officer
        .see_that(
            "the held paper ticked, the missing one asked for",
            offered,
            vec![json!(HELD), json!(MISSING), json!(held)],
        )
        .await;
    fits(officer, PHONE).await;
    drop_on(officer, MISSING, "tờ khai.png", &paper::small(2)).await;
    officer.see("#received-on").await.send_keys(SAVE).await.expect("the input takes keys");
    officer.see("#opened-notice").await;
    let address = officer.browser.current_url().await.expect("an address");
    assert!(!address.as_str().contains(NUMBER), "{address}");
    let id = address.path().trim_start_matches("/dossiers/").to_owned();
    server.get(&format!("/api/v1/dossiers/{id}")).json(200)
}

/// Drops a file on a component, with the events that a browser sends for a real one.
async fn drop_on(officer: &Officer, component: &str, name: &str, bytes: &[u8]) {
    let script = "
        const [component, name, hex] = arguments;
        const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], name, { type: 'image/png' }));
        const place = document.querySelector(`[data-component='${component}'] .what`);
        for (const kind of ['dragenter', 'dragover', 'drop']) {
          place.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
        }
        return document.querySelector(`[data-component='${component}'] .chosen`).textContent.includes(name);";
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    officer
        .see_that("the file beside its component", script, vec![json!(component), json!(name), json!(hex)])
        .await;
}

/// Nothing is cut off at this width; then the window is wide again.
async fn fits(officer: &Officer, (width, height): (u32, u32)) {
    officer.browser.set_window_size(width, height).await.expect("the window takes the size");
    let script = "return innerWidth <= 500 && document.documentElement.scrollWidth <= innerWidth;";
    officer.see_that("the whole width of the page", script, vec![]).await;
    officer.browser.set_window_size(1366, 768).await.expect("the window takes the size");
}

/// The queue by keys: down to the first row, Enter opens it.
async fn look_at_the_queue(officer: &Officer, server: &Server, id: &str) {
    officer.go(&format!("{}/dossiers", server.address)).await;
    officer.see(".queue .paper").await;
    fits(officer, PHONE).await;
    officer.see("body").await.send_keys(ARROW_DOWN).await.expect("the page takes keys");
    let focused = "return document.activeElement.closest('.queue .what') && document.activeElement.getAttribute('href');";
    let href = officer.see_that("a row that has the focus", focused, vec![]).await;
    assert_eq!(text(&href), format!("/dossiers/{id}"));
    let link = officer.browser.active_element().await.expect("an element has the focus");
    link.send_keys(ENTER).await.expect("the link takes keys");
    officer.see("#time").await;
    fits(officer, PHONE).await;
}

#[test]
fn a_card_is_read_and_only_what_is_missing_is_asked_for() {
    let folder = fresh_folder();
    let server = Server::start(&data_with_procedures(folder.path()));
    let held = hold_a_paper(&server);
    with_officer(async |officer| {
        let dossier = take_in(officer, &server, &held).await;
        let component = |key: &str| {
            let components = dossier["components"].as_array().expect("a list");
            components.iter().find(|one| one["key"] == key).expect("it is asked for").clone()
        };
        assert_eq!(component(HELD)["document"], json!(held));
        assert_eq!(component(HELD)["digitization_status"], 2, "used again: {dossier}");
        let scanned = text(&component(MISSING)["document"]);
        server.wait_read(&scanned);
        assert_eq!(dossier["subject"]["name"], NAME);
        look_at_the_queue(officer, &server, &text(&dossier["id"])).await;
    });
    server.stop();
}

/// Types a claim and a procedure that the store has nothing of.
async fn fill_in(officer: &Officer, server: &Server) {
    officer.go(&format!("{}/dossiers/new", server.address)).await;
    officer.write("#subject-number", NUMBER).await;
    officer.write("#subject-name", NAME).await;
    officer.see("#procedure").await.send_keys(PROCEDURE).await.expect("the list takes keys");
    officer.see("#procedure").await.send_keys("\u{e004}").await.expect("the list takes keys");
    officer.see("[data-lacking]").await;
}

#[test]
fn a_form_is_sent_once_and_not_before_somebody_says_why_papers_are_owed() {
    let folder = fresh_folder();
    let server = Server::start(&data_with_procedures(folder.path()));
    with_officer(async |officer| {
        fill_in(officer, &server).await;
        drop_on(officer, MISSING, "một.png", &paper::small(3)).await;
        drop_on(officer, MISSING, "hai.png", &paper::small(4)).await;
        let one_file = "return document.querySelector(`[name='file-${arguments[0]}']`).files.length === 1;";
        officer.see_that("one file", one_file, vec![json!(MISSING)]).await;
        officer.see("#open-dossier").await.click().await.expect("a button");
        let asked = "return document.activeElement.id === 'owed-reason';";
        officer.see_that("that the reason is asked for", asked, vec![]).await;
        let tick = "
            const box = document.querySelector(`[name='in-hand'][value='${arguments[0]}']`);
            box.click();
            return document.querySelector('#owed').hidden === box.checked;";
        officer.see_that("no reason asked for what is in hand", tick, vec![json!(HELD)]).await;
        officer.see_that("and asked for again", tick, vec![json!(HELD)]).await;
        officer.write("#owed-reason", "Bổ sung trong ngày").await;
        let twice = "
            const form = document.querySelector('#intake-form');
            if (form && !sessionStorage.sent) {
              const sent = [];
              addEventListener('submit', (event) => sent.push(!event.defaultPrevented));
              form.requestSubmit();
              form.requestSubmit();
              sessionStorage.sent = sent.join();
            }
            return sessionStorage.sent ?? false;";
        let sent = officer.see_that("the form is sent", twice, vec![]).await;
        assert_eq!(sent, "true,false");
        officer.see("#opened-notice").await;
    });
    let queue = server.get("/api/v1/dossiers/queue").json(200);
    assert_eq!(queue["dossiers"].as_array().expect("a list").len(), 1, "{queue}");
    let id = text(&queue["dossiers"][0]["id"]);
    let dossier = server.get(&format!("/api/v1/dossiers/{id}")).json(200);
    let components = dossier["components"].as_array().expect("a list").iter();
    let filled = components.filter(|one| !one["document"].is_null()).count();
    assert_eq!(filled, 1, "nothing of what was chosen is lost: {dossier}");
    let moves = server.get(&format!("/api/v1/dossiers/{id}/moves")).json(200);
    assert_eq!(moves[0]["reason"], "Bổ sung trong ngày");
    server.stop();
}

#[test]
fn a_picture_of_a_card_fills_the_same_form() {
    let folder = fresh_folder();
    let server = Server::start(&data_with_procedures(folder.path()));
    let send =
        |picture: &[u8]| server.try_send("/dossiers/new/card", &[], "thẻ.png", picture).expect("it answers");
    let part = send(&picture_of(CARD));
    assert_eq!(part.status, 200, "{}", part.text());
    for expected in [NUMBER, NAME, "02/03/1999", "Hãy đối chiếu với người và thẻ"] {
        assert!(part.text().contains(expected), "{expected}: {}", part.text());
    }
    let none = send(&paper::small(3));
    assert!(none.text().contains("Không thấy mã QR của thẻ căn cước"), "{}", none.text());
    let broken = send(b"no picture");
    assert!(broken.text().contains("Không thấy mã QR của thẻ căn cước"), "{}", broken.text());
    let of_another_year = CARD.replace("1999|", "1998|");
    let doubtful = send(&picture_of(&of_another_year));
    assert!(
        doubtful.text().contains("không khớp") && !doubtful.text().contains(NUMBER),
        "{}",
        doubtful.text()
    );
    assert_eq!(
        rows(&folder.path().join("data"), "select count(*) from document where file_name like 'thẻ%'"),
        ["0"]
    );
}

/// The code of a card as a camera sees it.
fn picture_of(text: &str) -> Vec<u8> {
    qr::draw_png(text, MODULE_PIXELS).expect("it fits into a code")
}
