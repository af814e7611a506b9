//! An officer at the counter, in a real Chromium: drop a scan, correct it, confirm it, find it, see where it says so.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client as Browser, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use repository::spelling::fold;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::*;

/// A residence paper of an invented man, scanned with half the light missing.
const PAPER: &str = "residence-low-light.jpg";
const NUMBER: &str = "092085077145";
/// His name as the officer types it.
const NAME: &str = "THẠCH SƠN TÙNG";
const NAME_WITHOUT_ACCENTS: &str = "thach son tung";
/// Words that the paper prints.
const WORDS_WITHOUT_ACCENTS: &str = "tran viet chau";
/// Share of pixels under the box of a word that are much darker than the rest: letters have some 15 %, blank paper next to none.
const INK_MIN: f64 = 0.03;
/// How long a page may take to show something; reading a paper is in it.
const SHOWN_WITHIN: Duration = Duration::from_secs(90);
/// Between two looks at a page.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How soon a form that was sent has reached the server on the same machine.
const SENT_WITHIN: Duration = Duration::from_millis(800);
/// A day that the paper does not have.
const ADDED: &str = "registered_on";
/// The Enter key, as WebDriver sends it.
pub(super) const ENTER: &str = "\u{e007}";
/// The Control key, held until [`RELEASE`].
pub(super) const CONTROL: &str = "\u{e009}";
/// Lets go of held keys.
pub(super) const RELEASE: &str = "\u{e000}";

/// A WebDriver on a free loopback port with a profile of its own; ended by its own id.
pub(super) struct Driver {
    child: Child,
    port: u16,
    profile: TempDir,
}

impl Driver {
    pub(super) fn start() -> Driver {
        let mut child = Command::new("chromedriver")
            .args(["--port=0", "--allowed-ips=127.0.0.1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (./setup.sh test)");
        let output = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut driver = Driver { child, port: 0, profile: fresh_folder() };
        let mut lines = output.lines().map_while(Result::ok);
        // Its first line repeats what was asked for, port 0; a later one says what it got.
        let port_of = |line: String| line.rsplit_once("on port ")?.1.trim_end_matches('.').parse().ok();
        let port = lines.by_ref().filter_map(port_of).find(|port| *port != 0);
        driver.port = port.expect("chromedriver says its port");
        // Goes on reading, so that the driver never waits for room in the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        driver
    }

    pub(super) async fn open(&self) -> Browser {
        self.open_with(&[], None).await
    }

    /// The same with further arguments, and as a phone with a screen of this size: windows are never as narrow as that.
    pub(super) async fn open_with(&self, more: &[&str], screen: Option<(u32, u32)>) -> Browser {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let mut arguments = vec![
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--window-size=1366,768",
            &profile,
        ];
        arguments.extend(more);
        let mut options = json!({ "args": arguments });
        if let Some((width, height)) = screen {
            options["mobileEmulation"] = json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2, "touch": true } });
        }
        let Value::Object(capabilities) = json!({ "goog:chromeOptions": options }) else {
            unreachable!("written as an object");
        };
        let capabilities: Capabilities = capabilities;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        builder.connect(&format!("http://127.0.0.1:{}", self.port)).await.expect("a browser opens")
    }

    /// kill -9 for the browser: it says goodbye to nobody.
    pub(super) fn kill_browser(&self) {
        let browsers = children_of(self.child.id());
        assert!(!browsers.is_empty(), "the driver has a browser");
        for browser in browsers {
            let pid = nix::unistd::Pid::from_raw(i32::try_from(browser).expect("a process id"));
            nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).expect("the browser is there");
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The browser was closed by the story, or ends with its driver's connection.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the officer sees and does.
pub(super) struct Officer {
    pub(super) browser: Browser,
}

impl Officer {
    pub(super) async fn go(&self, address: &str) {
        self.browser.goto(address).await.expect("the page opens");
    }

    /// The first element that a selector names, once it is shown.
    pub(super) async fn see(&self, selector: &str) -> Element {
        let wait = self.browser.wait().at_most(SHOWN_WITHIN).every(LOOK_EVERY);
        match wait.for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => panic!("{selector} is not shown: {error}\n{}", self.page_text().await),
        }
    }

    async fn page_text(&self) -> String {
        let body = self.browser.execute("return location.pathname + '\\n' + document.body.innerText", vec![]);
        body.await.map(|text| text.to_string()).unwrap_or_default()
    }

    /// Looks with a script until it answers something that is not null or false.
    pub(super) async fn see_that(&self, what: &str, script: &str, arguments: Vec<Value>) -> Value {
        let deadline = Instant::now() + SHOWN_WITHIN;
        loop {
            // A page that is just being left cannot answer.
            let answer = self.browser.execute(script, arguments.clone()).await.unwrap_or(Value::Null);
            if !answer.is_null() && answer != false {
                return answer;
            }
            if Instant::now() > deadline {
                panic!("never saw {what}:\n{}", self.page_text().await);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Drops a file on the middle of the window, with the events that a browser sends for a real one.
    async fn drop_file(&self, name: &str, bytes: &[u8]) {
        let script = "
            const [name, hex] = arguments;
            const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], name, { type: 'image/jpeg' }));
            const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
            for (const kind of ['dragenter', 'dragover', 'drop']) {
              target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
            }
            return true;";
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let dropped = self.browser.execute(script, vec![json!(name), json!(hex)]).await;
        assert_eq!(dropped.expect("the script runs"), true);
    }

    /// Replaces what stands in an input, by keyboard.
    pub(super) async fn write(&self, selector: &str, value: &str) {
        let input = self.see(selector).await;
        input.send_keys(&format!("{CONTROL}a{RELEASE}{value}")).await.expect("the input takes keys");
        let written = input.prop("value").await.expect("an input has a value");
        assert_eq!(written.as_deref(), Some(value), "{selector}");
    }

    /// Asks from the search box of the page and opens the one paper found.
    async fn find_and_open(&self, query: &str, id: &str) {
        self.write("#search-box", query).await;
        self.see("#search-box").await.send_keys(ENTER).await.expect("the box takes keys");
        self.see_that(
            "the paper among the hits",
            "const hits = [...document.querySelectorAll('.hit-row')].map((hit) => hit.dataset.documentId);
             return location.pathname === '/search' && hits.length === 1 && hits[0] === arguments[0];",
            vec![json!(id)],
        )
        .await;
        let address = self.browser.current_url().await.expect("an address");
        assert!(!address.as_str().contains(NUMBER), "{address}");
        self.see(".hit-link").await.click().await.expect("the hit is a link");
        self.see("#viewer #page-image").await;
    }
}

/// Everything that the officer does, from the empty counter to the box of a hit.
async fn at_the_counter(officer: &Officer, server: &Server) {
    officer.go(&server.address).await;
    officer.see("#upload-form").await;
    officer.drop_file(PAPER, &sample_bytes(PAPER)).await;
    let id = officer
        .see_that(
            "the paper waiting for confirmation",
            "const row = document.querySelector('.paper[data-state=extracted]');
             return row && row.dataset.documentId;",
            vec![],
        )
        .await;
    let id = text(&id);
    officer.see("#next-paper").await.click().await.expect("the button opens the draft");
    officer.see("#review-form").await;
    officer.see("#page-image").await;

    correct_and_confirm(officer).await;
    let stored = server.document(&id);
    assert_eq!(stored["document"]["state"], "stored", "{stored}");
    assert_eq!(stored["document"]["subject"]["name"], NAME);
    assert_eq!(stored["document"]["subject"]["number"], NUMBER);

    // Waits for the index; the pages themselves say that it is behind.
    assert_eq!(server.find_ids(NAME_WITHOUT_ACCENTS), [id.as_str()]);
    officer.find_and_open(NAME_WITHOUT_ACCENTS, &id).await;
    officer.find_and_open(NUMBER, &id).await;
    officer.find_and_open(WORDS_WITHOUT_ACCENTS, &id).await;
    see_hit_box(officer, WORDS_WITHOUT_ACCENTS).await;
}

async fn correct_and_confirm(officer: &Officer) {
    officer.write("#subject-name", NAME).await;
    officer.write("#subject-number", NUMBER).await;
    officer.write("#title", "Xác nhận thông tin về cư trú").await;
    see_why_it_is_refused(officer).await;
    let full_name = officer.browser.find(Locator::Css("#field-full_name")).await;
    if full_name.is_ok() {
        officer.write("#field-full_name", NAME).await;
    }
    // By keyboard alone: Control and S confirm from any input.
    let title = officer.see("#title").await;
    title.send_keys(&format!("{CONTROL}s{RELEASE}")).await.expect("the input takes keys");
    officer.see("#stored-notice").await;
}

/// A day that there is not, at the end of the form: the page comes back with the input in focus, and why stands where it is seen at once.
async fn see_why_it_is_refused(officer: &Officer) {
    let choose = "
        const choice = document.querySelector('#add-field-key');
        choice.value = arguments[0];
        return choice.value === arguments[0];";
    officer.see_that("a field to add", choose, vec![json!(ADDED)]).await;
    officer.see("#add-field").await.click().await.expect("the button adds a field");
    let input = format!("#field-{ADDED}");
    officer.write(&input, "31/02/2024").await;
    let keys = format!("{CONTROL}s{RELEASE}");
    officer.see(&input).await.send_keys(&keys).await.expect("the input takes keys");
    officer.see("#trouble").await;
    let script = "
        const box = document.querySelector('#trouble').getBoundingClientRect();
        const ends = [[box.left + 8, box.top + 4], [box.right - 8, box.bottom - 4]];
        const shown = ends.every(([x, y]) => document.elementFromPoint(x, y)?.closest('#trouble'));
        return shown && innerHeight <= 768 && document.activeElement.id === arguments[0];";
    officer.see_that("the reason beside the input in focus", script, vec![json!(&input[1..])]).await;
    officer.write(&input, "03/02/2024").await;
}

/// Enter in the box of a reason decides nothing; a button does.
async fn on_a_dossier(officer: &Officer, server: &Server) {
    let subject = json!({ "kind": "citizen", "number": NUMBER, "name": NAME });
    let dossier = json!({ "procedure": "1.001193", "reason": "Nợ giấy", "received_on": "2026-01-02", "subject": subject });
    let id = text(&server.post("/api/v1/dossiers", &dossier).json(201)["id"]);
    officer.go(&format!("{}/dossiers/{id}", server.address)).await;
    officer.write("#move-reason", "Thiếu tờ khai").await;
    officer.see("#move-reason").await.send_keys(ENTER).await.expect("the box takes keys");
    tokio::time::sleep(SENT_WITHIN).await;
    let state = || server.get(&format!("/api/v1/dossiers/{id}")).json(200)["state"]["name"].clone();
    assert_eq!(state(), "accepted");
    let typed = officer.see("#move-reason").await.prop("value").await.expect("an input has a value");
    assert_eq!(typed.as_deref(), Some("Thiếu tờ khai"), "the page stays as it is");
    officer.see("button[value=supplement_asked]").await.click().await.expect("a button");
    let script = "return document.querySelector('#dossier-state').innerText === 'Yêu cầu bổ sung giấy tờ';";
    officer.see_that("the new state", script, vec![]).await;
    assert_eq!(state(), "supplement_asked");
}

/// The boxes of the words asked for lie on the page image, on the words that were read there, and there is ink in each.
async fn see_hit_box(officer: &Officer, query: &str) {
    let script = "
        const image = document.querySelector('#page-image');
        if (!image || !image.complete || image.naturalWidth === 0) return null;
        const around = image.getBoundingClientRect();
        const places = (kind) => [...document.querySelectorAll('.sheet rect.' + kind)];
        const place = (rect) => ['x', 'y', 'width', 'height'].map((side) => rect.getAttribute(side)).join(' ');
        const words = new Map(places('w').map((rect) => [place(rect), rect.dataset.t]));
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const pixels = canvas.getContext('2d');
        pixels.drawImage(image, 0, 0);
        const scale = image.naturalWidth / around.width;
        const ink = (box) => {
          const [left, top] = [(box.left - around.left) * scale, (box.top - around.top) * scale];
          const { data } = pixels.getImageData(left, top, box.width * scale, box.height * scale);
          const lights = [];
          for (let at = 0; at < data.length; at += 4) lights.push(data[at] + data[at + 1] + data[at + 2]);
          const mean = lights.reduce((sum, light) => sum + light, 0) / lights.length;
          return lights.filter((light) => light < 0.7 * mean).length / lights.length;
        };
        return places('hit').map((rect) => {
          const box = rect.getBoundingClientRect();
          const inside = box.left >= around.left - 1 && box.top >= around.top - 1
            && box.right <= around.right + 1 && box.bottom <= around.bottom + 1;
          return [words.get(place(rect)) ?? '', inside && box.width > 4 && box.height > 4 ? ink(box) : 0];
        });";
    let hits = officer.see_that("boxes of the hit on the page image", script, vec![]).await;
    let hits = hits.as_array().expect("a list").iter().map(|hit| (fold(&text(&hit[0])), hit[1].as_f64()));
    let hits = hits.collect::<Vec<_>>();
    for word in query.split(' ') {
        assert!(hits.iter().any(|(marked, _)| marked == word), "{word} is marked: {hits:?}");
    }
    for (marked, ink) in &hits {
        assert!(query.split(' ').any(|word| word == marked), "{marked} is not asked for: {hits:?}");
        assert!(ink.is_some_and(|ink| ink > INK_MIN), "letters stand under the box of {marked}: {hits:?}");
    }
    let hit = officer.see(".sheet rect.hit").await;
    assert!(hit.is_displayed().await.expect("the browser answers"), "the box can be seen");
}

/// Lets an officer do something in a browser; it is closed however the story went.
pub(super) fn with_officer(story: impl AsyncFnOnce(&Officer)) {
    let driver = Driver::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let officer = Officer { browser: runtime.block_on(driver.open()) };
    let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(story(&officer))));
    let closed = runtime.block_on(officer.browser.close());
    if let Err(failure) = told {
        std::panic::resume_unwind(failure);
    }
    closed.expect("the browser closes");
}

#[test]
fn an_officer_files_and_finds_a_paper_in_a_browser() {
    let folder = fresh_folder();
    let server = Server::start(&folder.path().join("data"));
    with_officer(async |officer| at_the_counter(officer, &server).await);
    server.stop();
}

#[test]
fn a_dossier_moves_by_its_buttons_alone() {
    let folder = fresh_folder();
    let server = Server::start(&data_with_procedures(folder.path()));
    with_officer(async |officer| on_a_dossier(officer, &server).await);
    server.stop();
}
