//! A paper is photographed with a phone, in two real Chromiums: the counter shows a code, the phone opens it, takes three pages while the
//! network and the browser go and come back, and the paper stands in the dossier.

use super::accessible::serious;
use super::browser::{Driver, Officer, with_officer};
use super::paper;
use super::support::*;
use fantoccini::Locator;
use image::{GrayImage, ImageFormat, Luma};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// A phone as small as those that people bring.
const PHONE: (u32, u32) = (360, 740);
/// Pixels of the table around the sheet.
const TABLE: u32 = 120;
/// Pictures of the film that show the same sheet: a second.
const PICTURES_A_SHEET: usize = 30;
/// Chromium writes cookies down every 30 seconds. Whoever is killed before that has opened a link for nothing, and asks for another one.
const COOKIES_WITHIN: Duration = Duration::from_secs(33);
/// What can be touched well.
const TOUCH_PIXELS_MIN: f64 = 44.0;

/// What the camera sees: sheets with a few lines on a dark table, one after the other.
fn film(path: &Path) {
    let mut film = Vec::new();
    for number in 0..3_u8 {
        let sheet = paper::typed_lines(900);
        let (width, height) = (sheet.width() + 2 * TABLE, sheet.height() + 2 * TABLE);
        let table = Luma([40 + 10 * number]);
        let mut picture = GrayImage::from_pixel(width - width % 16, height - height % 16, table);
        image::imageops::replace(&mut picture, &sheet, i64::from(TABLE), i64::from(TABLE));
        film.extend(paper::encoded(picture, ImageFormat::Jpeg).repeat(PICTURES_A_SHEET));
    }
    std::fs::write(path, film).expect("the film is written");
}

/// A phone with a camera that sees the film.
async fn phone(driver: &Driver, film: &Path) -> Officer {
    let sees = format!("--use-file-for-fake-video-capture={}", film.display());
    let arguments = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", &sees];
    Officer { browser: driver.open_with(&arguments, Some(PHONE)).await }
}

impl Officer {
    async fn press(&self, selector: &str) {
        self.see(selector).await.click().await.expect("it can be pressed");
    }

    /// Waits until as many pages have this state.
    async fn see_pages(&self, state: &str, count: usize) {
        let script = "return document.querySelectorAll(`#pages li[data-state=${arguments[0]}]`).length === arguments[1];";
        self.see_that(&format!("{count} pages {state}"), script, vec![json!(state), json!(count)]).await;
    }

    async fn shoot(&self) {
        let script = "return !document.querySelector('#finder').hidden
            && document.querySelector('#outline polygon').getAttribute('points') !== '';";
        self.see_that("the outline of the sheet", script, vec![]).await;
        self.press("#shoot").await;
    }

    /// Nothing stands beside the screen, everything can be touched, and nobody is shut out.
    async fn is_fit_for_a_phone(&self) {
        let script = "
            const small = [...document.querySelectorAll('button, label.button')]
              .filter((one) => one.offsetParent && one.getBoundingClientRect().height < arguments[0])
              .map((one) => one.textContent);
            return [document.documentElement.scrollWidth <= innerWidth, small.join()];";
        let fit = self.browser.execute(script, vec![json!(TOUCH_PIXELS_MIN)]).await.expect("the script runs");
        assert_eq!(fit, json!([true, ""]), "a page of 360 pixels");
        let found = serious(self).await;
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

/// What a camera reads from the code on the officer's screen.
async fn code_on_screen(officer: &Officer) -> String {
    let picture = officer.see(".phone-card .picture").await.screenshot().await.expect("a picture");
    let found = qr::find(&image::load_from_memory(&picture).expect("a picture"));
    let [code] = found.as_slice() else { panic!("{} codes", found.len()) };
    code.text.clone()
}

fn dossier(server: &Client) -> Value {
    let subject = json!({ "kind": "citizen", "number": "092085077145", "name": "THẠCH SƠN TÙNG" });
    let wish = json!({ "procedure": "1.001193", "reason": "Nợ giấy", "received_on": "2026-01-02", "subject": subject });
    server.post("/api/v1/dossiers", &wish).json(201)
}

#[test]
fn a_paper_is_photographed_with_a_phone_that_loses_the_network() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let server = Server::start(&data);
    let sees = folder.path().join("film.mjpeg");
    film(&sees);
    let opened = dossier(&server);
    let id = text(&opened["id"]);
    let component = opened["components"].as_array().expect("components")[0]["key"].clone();
    let button = format!("[data-phone=\"{}\"]", text(&component));
    with_officer(async |officer| {
        let address = server.address.clone();
        officer.go(&format!("{address}/dossiers/{id}")).await;
        officer.press(&button).await;
        let link = code_on_screen(officer).await;
        assert!(link.starts_with(&format!("{address}/phone/")), "{link}");
        let found = serious(officer).await;
        assert!(found.is_empty(), "{}", found.join("\n"));

        let pocket = Driver::start();
        let held = phone(&pocket, &sees).await;
        held.go(&link).await;
        held.see("#begin").await;
        held.is_fit_for_a_phone().await;
        held.press("#begin").await;
        let bound_at = Instant::now();
        held.shoot().await;
        held.see_pages("sent", 1).await;
        let capture = held.browser.current_url().await.expect("an address").to_string();
        assert!(capture.contains("/capture/") && !link.ends_with(&capture[capture.len() - 8..]), "{capture}");
        let live = "return document.querySelector('.phone-count').textContent === '1';";
        officer.see_that("the page that has come", live, vec![]).await;

        // Somebody else who has seen the code.
        let other = Driver::start();
        let stranger = Officer { browser: other.open().await };
        for address in [&link, &capture] {
            stranger.go(address).await;
            stranger.see("#over").await;
        }
        stranger.browser.close().await.expect("the browser closes");

        tokio::time::sleep(COOKIES_WITHIN.saturating_sub(bound_at.elapsed())).await;
        server.kill();
        held.shoot().await;
        held.see_pages("waiting", 1).await;
        held.see("#network:not([hidden])").await;
        held.browser.refresh().await.expect("the page is there without a network");
        held.see_pages("waiting", 1).await;
        held.shoot().await;
        held.see_pages("waiting", 2).await;
        held.press("#finish").await;
        let said = "return document.querySelector('#finish').textContent.startsWith('Đang gửi');";
        held.see_that("that «Xong» is written down", said, vec![]).await;
        pocket.kill_browser();

        let held = phone(&pocket, &sees).await;
        held.go(&capture).await;
        held.see_pages("waiting", 2).await;
        held.is_fit_for_a_phone().await;
        let server = Server::start_again(&data, &address);
        // «Xong» was said without a network: it is done once there is one.
        held.see("#over").await;
        held.is_fit_for_a_phone().await;
        for address in [&link, &capture] {
            held.go(address).await;
            held.see("#over").await;
        }
        let left = "const done = arguments[0]; indexedDB.open('motlan-phone').onsuccess = ({ target }) => {
            target.result.transaction('pages').objectStore('pages').count().onsuccess = (all) => done(all.target.result); };";
        assert_eq!(
            held.browser.execute_async(left, vec![]).await.expect("it counts"),
            0,
            "nothing stays on the phone"
        );
        held.browser.close().await.expect("the browser closes");

        let filed = format!("[data-component=\"{}\"] a[href^=\"/documents/\"]", text(&component));
        let shown = officer.see(&filed).await.attr("href").await.expect("a link").expect("an address");
        let paper = server.wait_read(shown.trim_start_matches("/documents/"));
        assert_eq!(paper["document"]["page_count"], 3, "{paper}");
        let components = server.get(&format!("/api/v1/dossiers/{id}")).json(200)["components"].clone();
        let document = &components[0]["document"];
        assert!(shown.ends_with(document.as_str().unwrap_or("none")), "{components}");
        let none = officer.browser.find_all(Locator::Css("#phones")).await.expect("the page answers");
        assert!(none.is_empty(), "no link is left open");
        server.wait_indexed();
        server.stop();
    });
    check_is_clean(&data);
}
