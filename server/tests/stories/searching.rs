//! Whoever looks for papers: words without accents, filters by a click and away again, an order, and what is said of a query that
//! cannot be read.

use serde_json::{Value, json};

use super::browser::{ENTER, Officer, with_officer};
use super::paper;
use super::support::*;

/// Owners of an invented paper each.
const NAMES: [&str; 2] = ["ĐOÀN THỊ MỘNG TUYỀN", "LÂM QUỐC THÁI"];
/// The down key, as WebDriver sends it.
const DOWN: &str = "\u{e015}";
/// The Escape key.
const ESCAPE: &str = "\u{e00c}";

/// Two decisions: one of an older day and of the ward, one of a younger day and of the district.
fn filed(server: &Server) -> [String; 2] {
    let papers = [
        ("QD", "12/QĐ-UBND", "2023-04-05", "UBND phường Bến Mơ", "031194015520"),
        ("GP", "45/GP-UBND", "2024-06-07", "UBND quận Đồi Cam", "001319018402"),
    ];
    let mut ids = papers.iter().zip(NAMES).enumerate().map(|(nth, (paper, name))| {
        let (document_type, number, day, agency, holder) = paper;
        let id = server.upload(&format!("quét-{nth}.png"), &paper::small(nth as u8));
        server.wait_read(&id);
        let fields = [
            ("number", *number),
            ("issued_on", day),
            ("agency", agency),
            ("subject_matter", "Về việc sửa chữa nhà ở"),
        ];
        let fields = fields.map(|(key, value)| json!({ "key": key, "value": value, "reason": "Đã đối chiếu" }));
        let subject = json!({ "kind": "citizen", "number": holder, "name": name });
        let confirmation = json!({
            "document_type": document_type, "title": "Sửa chữa nhà ở riêng lẻ", "subject": subject, "fields": fields,
        });
        server.post(&format!("/api/v1/documents/{id}/confirm"), &confirmation).json(200);
        id
    });
    [ids.next(), ids.next()].map(|id| id.expect("two papers"))
}

impl Officer {
    async fn ask(&self, query: &str) {
        self.write("#search-box", query).await;
        self.see("#search-box").await.send_keys(ENTER).await.expect("the box takes keys");
    }

    async fn click(&self, selector: &str) {
        self.see(selector).await.click().await.expect("it can be clicked");
    }

    /// The hits, in order.
    async fn see_hits(&self, ids: &[&String]) {
        let script = "
            const hits = [...document.querySelectorAll('.hit-row')].map((hit) => hit.dataset.documentId);
            return document.querySelector('#search-total') && hits.join() === arguments[0].join();";
        self.see_that("these hits", script, vec![json!(ids)]).await;
    }

    async fn see_text(&self, selector: &str, part: &str) {
        let script = "return document.querySelector(arguments[0])?.innerText.includes(arguments[1]);";
        self.see_that(part, script, vec![json!(selector), json!(part)]).await;
    }

    /// What the box says in the end.
    async fn see_in_box(&self, query: &str) {
        let script = "return document.querySelector('#search-box').value === arguments[0];";
        self.see_that(query, script, vec![json!(query)]).await;
    }
}

async fn looks_for_papers(officer: &Officer, server: &Server) {
    let [older, younger] = filed(server);
    server.wait_indexed();
    officer.go(&server.address).await;

    officer.ask("sua chua nha o -\"tạm trú\"").await;
    officer.see_hits(&[&younger, &older]).await;
    officer.click("[data-order=oldest]").await;
    officer.see_hits(&[&older, &younger]).await;

    // The filter stays with the order, and goes by its own button.
    officer.see_that(
        "the type among the counts",
        "const facet = [...document.querySelectorAll('button.facet')].find((one) => one.innerText.includes('Quyết định'));
         if (!facet) return false;
         facet.click();
         return true;",
        vec![],
    ).await;
    officer.see_hits(&[&older]).await;
    officer.see_in_box("sua chua nha o -\"tạm trú\" loại:quyết-định").await;
    officer.see_text(".chips", "Loại: Quyết định").await;
    officer.click(".chip:last-of-type").await;
    officer.see_hits(&[&older, &younger]).await;
    let address = officer.browser.current_url().await.expect("an address");
    assert!(!address.as_str().contains("nha"), "{address}");
}

async fn is_told_what_to_write(officer: &Officer, server: &Server) {
    officer.go(&server.address).await;
    officer.ask("nhà loại:quyêt-dinhh").await;
    officer.see_text("#query-trouble mark", "quyêt-dinhh").await;
    officer.see_text("#query-trouble", "quyết-định").await;
    officer.click("#search-form summary").await;
    officer.write("#form-words", "nhà").await;
    officer.write("#form-from", "hôm qua").await;
    officer.click("#form-send").await;
    officer.see_text("#query-trouble mark", "hôm qua").await;
    officer.click("#search-form summary").await;
    officer.write("#form-words", "nhà").await;
    officer.write("#form-from", "2024").await;
    officer.click("#form-send").await;
    officer.see_in_box("nhà ngày:2024..").await;
    officer.see(".hit-row").await;
}

/// Suggestions are chosen by keys; they speak of types, agencies and numbers and never of a person.
async fn types_with_suggestions(officer: &Officer, server: &Server) {
    officer.go(&format!("{}/search", server.address)).await;
    officer.write("#search-box", "quyet d").await;
    officer.see_text("#suggestions", "Quyết định").await;
    let keys = |keys: &'static str| async move {
        officer.see("#search-box").await.send_keys(keys).await.expect("the box takes keys");
    };
    keys(DOWN).await;
    officer.see("#suggestions [aria-selected=true]").await;
    keys(ENTER).await;
    officer.see_in_box("loại:quyết-định ").await;
    officer.write("#search-box", "bến m").await;
    officer.see_text("#suggestions", "UBND phường Bến Mơ").await;
    keys(ESCAPE).await;
    officer.see("#suggestions[hidden]").await;
    let labels = |query: &str| -> Vec<Value> {
        let answer = server.post("/api/v1/search/suggestions", &json!({ "query": query })).json(200);
        answer["items"].as_array().expect("a list").iter().map(|item| item["label"].clone()).collect()
    };
    for name in NAMES {
        for word in name.split(' ') {
            let others = name.split(' ').filter(|other| *other != word).map(str::to_lowercase);
            let said = labels(word).iter().map(|label| label.to_string().to_lowercase()).collect::<Vec<_>>();
            for other in others {
                assert!(said.iter().all(|label| !label.contains(&other)), "{word}: {other} in {said:?}");
            }
        }
    }
    assert_eq!(labels("45/"), ["45/GP-UBND"]);
    assert_eq!(labels("031194015520"), Vec::<Value>::new());
}

#[test]
fn an_officer_narrows_a_search_and_widens_it_again() {
    let folder = fresh_folder();
    let server = Server::start(&folder.path().join("data"));
    with_officer(async |officer| {
        looks_for_papers(officer, &server).await;
        is_told_what_to_write(officer, &server).await;
        types_with_suggestions(officer, &server).await;
    });
    server.stop();
}
