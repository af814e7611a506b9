//! Deadlines from the list of days off to the paper that the owner takes home.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::browser::{Officer, with_officer};
use super::printing::{A4, A5, Print, says};
use super::support::*;

/// Invented: 12 digits that carry the year of birth 1999.
const NUMBER: &str = "001199000048";
const NAME: &str = "LÊ THỊ HẸN";
/// Đăng ký thường trú: seven working days.
const PROCEDURE: &str = "1.004222";
/// Days off and hours, as an operator writes them: three weekdays that nobody would guess.
const CALENDAR: &str = r#"
[[year]]
year = YEAR
source = "Quyết định thử"
holiday = [{ day = "YEAR-07-06", name = "Nghỉ thử" }]
working = [{ day = "YEAR-07-11", name = "Làm bù thử" }]

[[session]]
from = "08:00"
to = "16:30"
"#;

fn open_today(server: &Server) -> Value {
    open_one(server, PROCEDURE)
}

fn open_one(server: &Server, procedure: &str) -> Value {
    let subject = json!({ "kind": "citizen", "number": NUMBER, "name": NAME, "birth_date": "1999-03-02" });
    let dossier =
        json!({ "procedure": procedure, "reason": "Nợ giấy", "received_on": today(), "subject": subject });
    server.post("/api/v1/dossiers", &dossier).json(201)
}

/// Today in Việt Nam.
fn today() -> String {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7))).date().to_string()
}

/// Lets a dossier become late behind the program's back: its appointment was three hours after the year began.
fn let_it_be_late(data: &Path, id: &str) {
    let long_ago = 1_767_225_600_000_000_i64;
    rows(data, &format!("update dossier set due_at = {long_ago}, next_by = {long_ago} where id = '{id}'"));
}

fn urgencies(server: &Server) -> Vec<String> {
    let queue = server.get("/api/v1/dossiers/queue").json(200);
    queue["dossiers"].as_array().expect("a list").iter().map(|queued| text(&queued["urgency"])).collect()
}

#[test]
fn a_list_of_days_off_is_loaded_and_said_to_be_missing() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let missing = succeed(motlan(&data).args(["calendar", "list"]));
    assert!(missing.contains("Not loaded: "), "{missing}");
    let file = folder.path().join("calendar.toml");
    let today = today();
    let year = &today[..4];
    fs::write(&file, CALENDAR.replace("YEAR", year)).expect("the folder can be written");
    let listed = succeed(motlan(&data).args(["calendar", "import"]).arg(&file));
    assert!(listed.contains(&format!("{year}    1 days off   1 made up  Quyết định thử")), "{listed}");
    let lists = succeed(motlan(&data).args(["--json", "calendar", "list"]));
    let lists: Value = serde_json::from_str(&lists).expect("JSON");
    assert_eq!(lists[0]["holiday"][0]["day"], format!("{year}-07-06"));

    fs::write(&file, CALENDAR.replace("YEAR-07-11", "1999-07-11").replace("YEAR", year)).expect("written");
    let refused = run(motlan(&data).args(["calendar", "import"]).arg(&file));
    assert!(!refused.status.success());
    fs::write(&file, "[[year]]\nyear = \"x\"").expect("written");
    assert!(!run(motlan(&data).args(["calendar", "import"]).arg(&file)).status.success());
    assert_eq!(succeed(motlan(&data).args(["calendar", "list"])), listed, "nothing was loaded");

    let server = Server::start(&data);
    let dossier = open_today(&server);
    let due = text(&dossier["deadlines"]["due_at"]);
    assert!(due.ends_with("T09:30:00Z"), "the counter closes at 16:30: {due}");
    let direct = text(&open_one(&server, "1.001193")["id"]);
    let receipt = format!("/api/v1/dossiers/{direct}/receipt.pdf?appointment={}", a_day_to_come());
    let receipt = Print::keep(folder.path(), "typed.pdf", &server.get(&receipt));
    let coded = says(&server, folder.path(), &receipt.codes(1)[0].text);
    assert!(text(&coded["appointment"]).ends_with("T09:30:00Z"), "until the counter closes: {coded}");
    let far = server.get(&format!("/api/v1/dossiers/{direct}/receipt.pdf?appointment=2206-01-05"));
    assert_eq!(far.status, 422, "{}", far.text());
    let procedures = server.get("/api/v1/procedures").json(200);
    let of_code = |code: &str| {
        procedures
            .as_array()
            .expect("a list")
            .iter()
            .find(|one| one["code"] == code)
            .expect("it is known")
            .clone()
    };
    assert_eq!(of_code(PROCEDURE)["term"], json!({ "unit": "working_days", "amount": 7 }));
    assert_eq!(of_code("1.001193")["cut_off"], "15:00:00");
}

#[test]
fn a_dossier_is_late_is_put_off_once_and_every_paper_says_so() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let server = Server::start(&data);
    let dossier = open_today(&server);
    let (id, code) = (text(&dossier["id"]), text(&dossier["code"]));
    let api = format!("/api/v1/dossiers/{id}");
    let page = || server.get(&format!("/dossiers/{id}")).text();
    assert!(page().contains("id=\"unlisted\""), "a list is missing: {}", page());
    let form = |name: &str| server.get(&format!("{api}/forms/{name}"));
    for none in ["BM02", "BM03", "BM04", "BM05"] {
        assert_eq!(form(none).status, 409, "{none}: {}", form(none).text());
    }
    assert_eq!(form("BM07").status, 409);
    assert_eq!(form("BM08").status, 404);

    let receipt = Print::keep(folder.path(), "bm01.pdf", &form("BM01"));
    receipt.check(1, A5);
    let promised = text(&dossier["deadlines"]["due_at"]);
    let promised: jiff::Timestamp = promised.parse().expect("a moment");
    let promised = promised.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7)));
    let shown = promised.strftime("%d/%m/%Y %H:%M").to_string();
    assert!(receipt.words().contains(&shown), "{shown}: {}", receipt.words());
    let other_day = server.get(&format!("{api}/receipt.pdf?appointment=2099-01-05"));
    assert_eq!(other_day.status, 422, "one day was promised: {}", other_day.text());

    let go = |state: &str, reason: Option<&str>| {
        server.post(&format!("{api}/moves"), &json!({ "state": state, "reason": reason })).json(200)
    };
    go("processing", None);
    go("supplement_asked", Some("Tờ khai thiếu chữ ký"));
    assert_eq!(urgencies(&server), ["waiting"]);
    let request = Print::keep(folder.path(), "bm02.pdf", &form("BM02"));
    request.check(1, A4);
    for expected in
        ["PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", NAME, &code, "Tờ khai thiếu chữ ký", "Giấy tờ còn thiếu"]
    {
        assert!(request.words().contains(expected), "{expected}: {}", request.words());
    }
    assert!(!request.words().contains(NUMBER));
    let coded = says(&server, folder.path(), &request.codes(1)[0].text);
    assert_eq!((&coded["kind"], &coded["dossier"]), (&json!("notice"), &dossier["code"]), "{coded}");
    assert_eq!(coded["paper"], "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "{coded}");
    go("processing", None);
    go("supplement_asked", Some("Thiếu thêm giấy tờ"));
    assert!(page().contains("Yêu cầu bổ sung lần thứ hai trở đi"), "{}", page());
    let back = go("processing", None);
    assert_eq!(back["supplements_asked"], 2);

    let_it_be_late(&data, &id);
    assert_eq!(urgencies(&server), ["overdue"]);
    let queue = server.get("/dossiers?urgency=overdue").text();
    assert!(queue.contains(&code) && queue.contains("Quá hạn") && queue.contains("ngày làm việc"), "{queue}");
    assert!(!server.get("/dossiers?urgency=today").text().contains(&code));
    for wrong in ["urgency=x", "state=x", "from=x", "procedure=x"] {
        assert_eq!(server.get(&format!("/dossiers?{wrong}")).status, 422, "{wrong}");
    }
    let apology = json!({ "due_on": a_day_to_come(), "reason": "Chờ cơ quan phối hợp" });
    let extended = server.post(&format!("{api}/extension"), &apology).json(200);
    assert_eq!(extended["extension"]["is_late"], true, "{extended}");
    let again = server.post(&format!("{api}/extension"), &apology).json(422);
    assert!(text(&again["detail"]).contains("một lần"), "{again}");
    let letter = Print::keep(folder.path(), "bm04.pdf", &form("BM04"));
    letter.check(1, A4);
    assert!(letter.words().contains("Chúng tôi xin lỗi vì sự chậm trễ này"), "{}", letter.words());
    assert_eq!(letter.codes(1).len(), 1, "it promises a day, and its code says so");
    go("supplement_asked", Some("Thiếu hợp đồng"));
    let counted_anew = go("processing", None);
    assert_ne!(counted_anew["deadlines"]["due_at"], extended["deadlines"]["due_at"], "{counted_anew}");
    assert_eq!(form("BM04").status, 409, "the day that it promises is not the appointment any more");

    let sheet = Print::keep(folder.path(), "bm06.pdf", &form("BM06"));
    sheet.check(1, A4);
    for expected in
        ["VI PHẠM: Yêu cầu bổ sung lần thứ hai", "Đang xử lý", "can-bo-dung-thu", "Đã xin lỗi và hẹn lại"]
    {
        assert!(sheet.words().contains(expected), "{expected}: {}", sheet.words());
    }
    let day = today();
    let register = server.get(&format!("/api/v1/register.pdf?from={day}&to={day}"));
    let register = Print::keep(folder.path(), "bm07.pdf", &register);
    register.check(1, (A4.1, A4.0));
    assert!(
        register.words().contains(&code) && register.words().contains("SỔ THEO DÕI HỒ SƠ"),
        "{}",
        register.words()
    );

    let page = page();
    for printed in ["Đã in 4 lần", "Phiếu kiểm soát", "Phiếu xin lỗi và hẹn lại"] {
        assert!(page.contains(printed), "{printed}: {page}");
    }
    let kept = rows(&data, "select form from form_print order by id");
    assert_eq!(kept, ["BM01", "BM02", "BM04", "BM06", "BM07"]);
    server.stop();
    check_is_clean(&data);
}

/// A Tuesday that is two weeks away at least, later than any term of seven working days that begins today, and no holiday.
fn a_day_to_come() -> String {
    let day: jiff::civil::Date = today().parse().expect("a day");
    let days = day.series(jiff::Span::new().days(1)).skip(14);
    let working = days.filter(|day| day.weekday() == jiff::civil::Weekday::Tuesday);
    working
        .take(2)
        .find(|day| !((day.month(), day.day()) == (1, 1) || (day.month(), day.day()) == (9, 2)))
        .expect("one")
        .to_string()
}

/// What an officer does about a late dossier, by the page alone.
async fn see_to_what_is_late(officer: &Officer, server: &Server, id: &str) {
    officer.go(&format!("{}/dossiers", server.address)).await;
    let first = "
        const row = document.querySelector('.queue .paper');
        return row.classList.contains('overdue') && row.innerText.includes('Quá hạn') && row.innerText.includes('Giải quyết');";
    officer.see_that("what is late at the top, in words too", first, vec![]).await;
    officer.see(".queue .what a").await.click().await.expect("the row is a link");
    let fill = "
        const form = document.querySelector('#apology');
        if (!form) return false;
        form.closest('details').open = true;
        document.querySelector('#due-on').value = arguments[0];
        return document.querySelector('#due-on').value === arguments[0];";
    officer.see_that("the form of the apology", fill, vec![json!(a_day_to_come())]).await;
    officer.write("#apology-reason", "Chờ cơ quan phối hợp").await;
    officer.see("#apology button[name=extend]").await.click().await.expect("a button");
    let late = "return document.querySelector('#extension')?.innerText.includes('muộn');";
    officer.see_that("that it was said late", late, vec![]).await;
    officer.write("#move-reason", "Thiếu hợp đồng thuê nhà").await;
    officer.see("button[value=supplement_asked]").await.click().await.expect("a button");
    officer.see("a[href$='/forms/BM02']").await;
    let receipt = "
        return fetch(`/dossiers/${arguments[0]}/receipt.pdf`).then((answer) => answer.headers.get('content-type'));";
    let kind = officer.see_that("the receipt", receipt, vec![json!(id)]).await;
    assert_eq!(kind, "application/pdf");
    officer.go(&format!("{}/dossiers?urgency=waiting", server.address)).await;
    let waits =
        "return document.querySelector('.queue .paper.paused')?.innerText.includes('Chờ người nộp bổ sung');";
    officer.see_that("the dossier among those that wait", waits, vec![]).await;
}

#[test]
fn an_officer_sees_to_what_is_late() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let server = Server::start(&data);
    let late = text(&open_today(&server)["id"]);
    server.post(&format!("/api/v1/dossiers/{late}/moves"), &json!({ "state": "processing" })).json(200);
    open_today(&server);
    let_it_be_late(&data, &late);
    with_officer(async |officer| see_to_what_is_late(officer, &server, &late).await);
    let dossier = server.get(&format!("/api/v1/dossiers/{late}")).json(200);
    assert_eq!(
        (&dossier["state"]["name"], &dossier["extension"]["is_late"]),
        (&json!("supplement_asked"), &json!(true))
    );
    server.stop();
}
