//! Officers at the review, in a real Chromium: a paper of twenty fields by keyboard alone, a browser that dies, and a land certificate that two
//! people key and a third decides about.

use super::browser::{CONTROL, Driver, ENTER, Officer, RELEASE, with_officer};
use super::signing_in::{Office, PASSWORD, Visitor, make};
use super::support::*;
use serde_json::{Map, Value, json};

/// Alt, held until [`RELEASE`].
const ALT: &str = "\u{e00a}";
/// A form of 26 fields, printed badly, and one that comes after it.
const LONG_PAPER: &str = "birth-certificate-200dpi.jpg";
const NEXT_PAPER: &str = "residence-low-light.jpg";
/// Keyed by two people.
const LAND: &str = "land-certificate.pdf";
/// Fields that the long paper has at least.
const FIELDS_MIN: usize = 20;
/// Fields to look at, at most: every field of the dictionary, with its reason.
const STOPS_MAX: usize = 180;

/// What the paper says, as whoever holds it reads it.
fn printed(sample_name: &str) -> Map<String, Value> {
    let file =
        sample(&sample_name.replace(sample_name.rsplit('.').next().unwrap_or_default(), "expected.json"));
    let expected: Value = serde_json::from_slice(&std::fs::read(file).expect("a sample")).expect("JSON");
    expected["fields"].as_object().expect("fields").clone()
}

/// A value as it is typed.
fn typed(value: &str) -> String {
    match value.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] if year.len() == 4 && day.len() == 2 => format!("{day}/{month}/{year}"),
        _ => value.to_owned(),
    }
}

async fn press(officer: &Officer, keys: &str) {
    let focused = officer.browser.active_element().await.expect("something has the focus");
    focused.send_keys(keys).await.expect("it takes keys");
}

/// What has the focus: its id, what stands in it, and which places of the scan are lit up.
async fn focused(officer: &Officer) -> Value {
    let script = "
        const now = document.activeElement;
        const lit = [...document.querySelectorAll('.field-box.now')].map((box) => box.dataset.key);
        const holder = now.closest('[data-field]');
        return { id: now.id, value: now.value ?? '', lit, on_page: holder?.dataset.fieldPage ?? '' };";
    officer.browser.execute(script, vec![]).await.expect("the script runs")
}

async fn counted(officer: &Officer, selector: &str) -> usize {
    officer.browser.find_all(fantoccini::Locator::Css(selector)).await.expect("the browser answers").len()
}

/// From one field to look at to the next with Enter, each typed as the paper says it, until the button has the focus.
async fn go_through(officer: &Officer, paper: &Map<String, Value>) -> usize {
    for stops in 0..STOPS_MAX {
        let now = focused(officer).await;
        let id = text(&now["id"]);
        if id == "confirm" {
            return stops;
        }
        let key = id.strip_prefix("field-").unwrap_or_default();
        if !text(&now["on_page"]).is_empty() && !key.is_empty() {
            assert_eq!(now["lit"], json!([key]), "its place is lit up, and no other");
        }
        let wanted = match id.as_str() {
            "subject-number" => paper["citizen_id"].as_str().map(str::to_owned),
            id if id.starts_with("reason-") => Some("Giấy ghi như vậy".to_owned()),
            _ => paper.get(key).and_then(Value::as_str).map(typed),
        };
        match wanted.filter(|wanted| *wanted != text(&now["value"])) {
            Some(wanted) => press(officer, &format!("{CONTROL}a{RELEASE}{wanted}{ENTER}")).await,
            None => press(officer, ENTER).await,
        }
    }
    panic!("Enter never comes to the end: {}", focused(officer).await);
}

/// Each crop shows a part of the scan.
async fn see_crops(officer: &Officer) {
    let script = "
        const crops = [...document.querySelectorAll('svg.crop image')].map((image) => image.getAttribute('href'));
        const strips = [...new Set(crops)];
        if (crops.length < 10 || window.seen) return window.seen;
        Promise.all(strips.map(async (address) => {
          const picture = new Image();
          picture.src = address;
          await picture.decode();
          return [picture.naturalWidth, picture.naturalHeight];
        })).then((sizes) => { window.seen = { crops: crops.length, sizes }; });
        return null;";
    let seen = officer.see_that("crops of the scan", script, vec![]).await;
    let strips = seen["sizes"].as_array().expect("sizes");
    assert_eq!(strips.len(), 1, "one picture for all fields of the page: {seen}");
    assert!(strips[0][0].as_u64() > Some(200) && strips[0][1].as_u64() > Some(200), "{seen}");
}

async fn by_keyboard(officer: &Officer, server: &Server) {
    let id = server.upload(LONG_PAPER, &sample_bytes(LONG_PAPER));
    server.wait_read(&id);
    let next = server.upload(NEXT_PAPER, &sample_bytes(NEXT_PAPER));
    server.wait_read(&next);
    officer.go(&format!("{}/review", server.address)).await;
    officer.see("#review-next").await;
    press(officer, ENTER).await;
    officer.see("#review-form").await;
    assert!(
        officer.browser.current_url().await.expect("an address").path().ends_with(&id),
        "the oldest first"
    );
    assert!(counted(officer, "#review-form [data-field]").await >= FIELDS_MIN);
    officer.see("#page-image").await;
    see_crops(officer).await;
    let first = "return document.activeElement.closest('#doubtful') !== null;";
    officer.see_that("the cursor in the first uncertain field", first, vec![]).await;
    let in_sight = "
        const scan = document.querySelector('.paper-scroll').getBoundingClientRect();
        return innerWidth >= 1300 && scan.top >= 0 && scan.bottom <= innerHeight && scan.width > 600;";
    officer.see_that("the scan beside the fields", in_sight, vec![]).await;
    let paper = printed(LONG_PAPER);
    let stops = go_through(officer, &paper).await;
    assert!((3..FIELDS_MIN).contains(&stops), "{stops} stops: only what wants a look");
    press(officer, ENTER).await;
    officer.see("#stored-notice").await;
    assert!(
        officer.browser.current_url().await.expect("an address").path().ends_with(&next),
        "the next paper"
    );
    let script = "
        const [way] = performance.getEntriesByType('navigation');
        return [Math.round(way.responseEnd - way.startTime), Math.round(way.domContentLoadedEventEnd - way.startTime)];";
    let took = officer.browser.execute(script, vec![]).await.expect("the script runs");
    println!(
        "{stops} stops; confirm to the next paper: {} ms until it is there, {} ms until it can be used",
        took[0], took[1]
    );
    let stored = server.document(&id);
    assert_eq!(stored["document"]["state"], "stored", "{stored}");
    let value = |key: &str| {
        let fields = stored["fields"].as_array().expect("fields");
        fields.iter().find(|field| field["key"] == key).map(|field| field["value"].clone())
    };
    for key in ["full_name", "mother_name", "registrant_name"] {
        assert_eq!(value(key), Some(paper[key].clone()), "{key}");
    }
}

#[test]
fn twenty_fields_are_reviewed_by_keyboard_alone() {
    let folder = fresh_folder();
    let server = Server::start(&folder.path().join("data"));
    with_officer(async |officer| by_keyboard(officer, &server).await);
    server.stop();
}

#[test]
fn nothing_that_was_typed_is_lost_when_the_browser_dies() {
    let folder = fresh_folder();
    let server = Server::start(&folder.path().join("data"));
    let id = server.upload(NEXT_PAPER, &sample_bytes(NEXT_PAPER));
    server.wait_read(&id);
    let paper = format!("{}/documents/{id}", server.address);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let dying = Driver::start();
    runtime.block_on(async {
        let officer = Officer { browser: dying.open().await };
        officer.go(&paper).await;
        officer.write("#title", "Giấy tôi đang gõ dở").await;
        let kept = "return document.querySelector('#unfinished-state').innerText.startsWith('Đã giữ');";
        officer.see_that("that it is kept", kept, vec![]).await;
        dying.kill_browser();
    });
    with_officer(async |officer| {
        officer.go(&paper).await;
        officer.see("#unfinished-offer").await;
        let title = officer.see("#title").await.prop("value").await.expect("an input");
        assert_ne!(title.as_deref(), Some("Giấy tôi đang gõ dở"), "only when she says so");
        let ready = "return document.activeElement.id === 'unfinished-resume';";
        officer.see_that("the way on has the focus", ready, vec![]).await;
        press(officer, ENTER).await;
        officer
            .see_that(
                "what was typed",
                "return document.querySelector('#title').value === arguments[0];",
                vec![json!("Giấy tôi đang gõ dở")],
            )
            .await;
        // Nothing is asked about leaving: it is kept.
        officer.see("#unfinished-state").await;
    });
    server.stop();
}

#[test]
fn keys_act_once_and_for_their_own_form_only() {
    let folder = fresh_folder();
    let server = Server::start(&folder.path().join("data"));
    let id = server.upload(NEXT_PAPER, &sample_bytes(NEXT_PAPER));
    server.wait_read(&id);
    with_officer(async |officer| {
        officer.go(&format!("{}/documents/{id}", server.address)).await;
        officer.see("#review-form").await;
        let script = "
            const [at, more] = arguments;
            const form = document.querySelector('#review-form');
            let sent = 0;
            const count = (event) => { sent += 1; event.preventDefault(); event.stopImmediatePropagation(); };
            form.noValidate = true;
            window.addEventListener('submit', count, true);
            const wish = { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true, ...more };
            const event = new KeyboardEvent('keydown', wish);
            document.querySelector(at).dispatchEvent(event);
            window.removeEventListener('submit', count, true);
            return [sent, event.defaultPrevented];";
        let pressed = async |at: &str, more: Value| {
            officer.browser.execute(script, vec![json!(at), more]).await.expect("the script runs")
        };
        assert_eq!(pressed("#title", json!({})).await, json!([1, true]));
        assert_eq!(pressed("#viewer", json!({ "key": "s" })).await, json!([1, true]));
        for (at, more) in [
            ("#title", json!({ "repeat": true })),
            ("#title", json!({ "isComposing": true })),
            ("#search-box", json!({})),
            ("#rescan-reason", json!({})),
            ("#keys button", json!({})),
        ] {
            assert_eq!(pressed(at, more.clone()).await[0], 0, "{at} {more}");
        }
        // Between words the arrows are the input's; F6 with Shift is the browser's.
        assert_eq!(pressed("#title", json!({ "key": "ArrowRight" })).await[1], false);
        assert_eq!(
            pressed("#title", json!({ "key": "F6", "ctrlKey": false, "shiftKey": true })).await[1],
            false
        );
        assert_eq!(pressed("#title", json!({ "key": "F6", "ctrlKey": false })).await[1], true);
    });
    server.stop();
}

/// Somebody comes to the screen of a paper.
async fn sign_in(officer: &Officer, server: &Server, login: &str, path: &str) {
    officer.go(&format!("{}{path}", server.address)).await;
    officer.write("#login", login).await;
    officer.write("#password", PASSWORD).await;
    press(officer, ENTER).await;
    let there = "return location.pathname === arguments[0];";
    officer.see_that("the page that was asked for", there, vec![json!(path)]).await;
}

async fn sign_out(officer: &Officer) {
    officer.see("#sign-out").await.click().await.expect("a button");
    officer.see("#sign-in-form").await;
}

/// Every input of the form, by name.
async fn inputs(officer: &Officer) -> Map<String, Value> {
    let script = "
        const inputs = [...document.querySelectorAll('#review-form input:not([type=hidden], [type=checkbox])')];
        return Object.fromEntries(inputs.map((input) => [input.id, input.value]));";
    let found = officer.browser.execute(script, vec![]).await.expect("the script runs");
    found.as_object().expect("inputs").clone()
}

async fn confirm(officer: &Officer) {
    press(officer, &format!("{CONTROL}{ENTER}{RELEASE}")).await;
}

/// The office, with three officers at the review, and a land certificate that is read.
fn with_three_officers() -> (Office, String) {
    let office = Office::open();
    let mut admin = office.admin();
    for (login, name) in [("hoa.pham", "Phạm Thị Hoa"), ("tuan.vo", "Võ Tuấn")] {
        let link = make(&mut admin, login, name, "counter_officer");
        let mut officer = Visitor::new(&office.server);
        officer.form(&link, &[("password", PASSWORD), ("again", PASSWORD)]);
    }
    let mut lan = office.lan();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let body = form(&[], LAND, &sample_bytes(LAND));
    let id = text(&lan.ask("POST", "/api/v1/documents", &[("content-type", &kind)], &body).json(201)["id"]);
    wait_until("the paper is read", || {
        let view = lan.get(&format!("/api/v1/documents/{id}")).json(200);
        (view["document"]["state"] != "received").then_some(())
    });
    office.forget();
    (office, id)
}

async fn keyed_twice(officer: &Officer, office: &Office, id: &str) {
    let (server, path) = (&office.server, format!("/documents/{id}"));
    sign_in(officer, server, "lan.tran", &path).await;
    assert!(officer.see("#keying").await.text().await.expect("a text").contains("lần 1"));
    officer.write("#subject-number", "038072020846").await;
    officer.write("#subject-name", "LƯU VĂN HẬU").await;
    for (key, value) in [("serial_number", "CM 417263"), ("area", "142,6 m²")] {
        officer.write(&format!("#field-{key}"), value).await;
    }
    let reasons = inputs(officer).await.into_iter().filter(|(id, _)| id.starts_with("reason-"));
    for (reason, _) in reasons.collect::<Vec<_>>() {
        officer.write(&format!("#{reason}"), "Giấy ghi như vậy").await;
    }
    let keyed = inputs(officer).await;
    confirm(officer).await;
    officer.see("#stored-notice").await;
    assert!(officer.see("#keying").await.text().await.expect("a text").contains("chờ người khác"));
    assert_eq!(counted(officer, "#confirm").await, 0, "nothing more for her to do");
    sign_out(officer).await;

    sign_in(officer, server, "hoa.pham", &path).await;
    assert!(officer.see("#keying").await.text().await.expect("a text").contains("lần 2"));
    let blind = inputs(officer).await;
    let told: Vec<_> = blind.iter().filter(|(id, value)| *id != "title" && **value != "").collect();
    assert!(told.is_empty(), "nothing of what is known stands there: {told:?}");
    for (input, value) in &keyed {
        if blind.contains_key(input) && input != "title" {
            let value = text(value);
            officer
                .write(&format!("#{input}"), if input == "field-area" { "142,8 m²" } else { &value })
                .await;
        }
    }
    confirm(officer).await;
    officer.see("#stored-notice").await;
    assert!(officer.see("#keying").await.text().await.expect("a text").contains("chờ người khác"));
    sign_out(officer).await;

    sign_in(officer, server, "tuan.vo", "/review").await;
    assert!(officer.see(".keying-turn").await.text().await.expect("a text").contains("khác nhau"));
    press(officer, ENTER).await;
    officer.see("#review-form").await;
    assert!(officer.see("#keying").await.text().await.expect("a text").contains("khác nhau"));
    let choices =
        "return [...document.querySelectorAll('[data-take]')].map((button) => button.dataset.take);";
    let choices = officer.browser.execute(choices, vec![]).await.expect("the script runs");
    assert_eq!(choices, json!(["142,6 m²", "142,8 m²"]), "only what differs is to be decided");
    let area = "return document.activeElement.id === 'field-area' && document.activeElement.value === '';";
    officer.see_that("the cursor in the field that differs", area, vec![]).await;
    press(officer, &format!("{ALT}1{RELEASE}")).await;
    confirm(officer).await;
    officer.see("#document-code").await;
}

#[test]
fn two_key_a_land_certificate_blind_and_a_third_decides() {
    let (office, id) = with_three_officers();
    with_officer(async |officer| keyed_twice(officer, &office, &id).await);
    let stored = office.lan().get(&format!("/api/v1/documents/{id}")).json(200);
    assert_eq!(stored["document"]["state"], "stored");
    let area = stored["fields"].as_array().expect("fields").iter().find(|field| field["key"] == "area");
    assert_eq!(area.map(|field| &field["value"]), Some(&json!("142,6 m²")));
    let history = office.lan().get(&format!("/api/v1/documents/{id}/history")).json(200);
    let events = history["events"].as_array().expect("steps");
    let by = |step: &str| -> Vec<&str> {
        events
            .iter()
            .filter(|event| event["step"] == step)
            .filter_map(|event| event["account"].as_str())
            .collect()
    };
    assert_eq!((by("key").len(), by("confirm").len()), (2, 1), "{history}");
    assert!(!by("key").contains(&by("confirm")[0]), "{history}");
}

#[test]
fn a_page_that_is_scanned_again_stands_beside_the_old_one() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let bad = super::paper::small(1);
    let id = server.upload("mờ.png", &bad);
    let before = server.wait_read(&id);
    let image = |query: &str| server.get(&format!("/api/v1/documents/{id}/pages/1/image{query}")).bytes;
    let old = image("");
    let path = format!("/api/v1/documents/{id}/pages/1/rescan");
    let send = |parts: &[(&str, &str)]| server.try_send(&path, parts, NEXT_PAPER, &sample_bytes(NEXT_PAPER));
    assert_eq!(send(&[]).expect("an answer").status, 422, "without a reason");
    let pictures: [(&str, &[u8]); 2] =
        [("anh.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), ("cut.pdf", b"%PDF-1.7\n1 0 obj")];
    for (name, bytes) in pictures {
        let refused = server.try_send(&path, &[("reason", "Mờ")], name, bytes).expect("an answer").json(422);
        assert!(text(&refused["detail"]).contains("Hãy"), "{refused}");
    }
    let untouched = server.document(&id);
    assert_eq!((&untouched["rescans"], &untouched["rereading"]), (&json!([]), &Value::Null));
    let taken = send(&[("reason", "Bản quét mờ")]).expect("an answer").json(200);
    assert_eq!(taken["rescans"][0]["reason"], "Bản quét mờ", "{taken}");
    let after = wait_until("the paper is read with it", || {
        Some(server.document(&id)).filter(|view| view["rereading"].is_null() && view["pass"] == 2)
    });
    assert_eq!(after["document"]["state"], "extracted");
    assert_eq!(after["document"]["page_count"], 1);
    assert_ne!(after["fields"], before["fields"], "the new scan says something else");
    assert_ne!(image(""), old);
    assert_eq!(image("?pass=1"), old, "the old scan can still be seen");
    let original = server.get(&format!("/api/v1/documents/{id}/original"));
    assert!(original.bytes == bad, "what was scanned is never rewritten");
    let history = server.get(&format!("/api/v1/documents/{id}/history")).json(200);
    let events = history["events"].as_array().expect("steps");
    let step = events.iter().find(|event| event["step"] == "rescan").expect("it is a step");
    assert_eq!(step["reason"], "Trang 1: Bản quét mờ");
    assert_eq!(server.get(&format!("/api/v1/documents/{id}/rendition.pdf")).status, 409);
    server.wait_indexed();
    server.stop();
    check_is_clean(&data);
    let bag = folder.path().join("bag");
    succeed(motlan(&data).args(["export", "--all", "--bagit"]).arg(&bag));
    let taken = |name: &str| std::fs::read(bag.join(format!("data/originals/{id}{name}"))).expect("a file");
    assert!(taken(".png") == bad && taken("-page-1-rescan-1.jpg") == sample_bytes(NEXT_PAPER), "both scans");
}
