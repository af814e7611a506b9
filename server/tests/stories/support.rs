//! The program under test and how a story talks to it.
//!
//! Not here: the papers that the stories send ([`super::paper`]).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

/// How long anything may take before a story says what it waited for. Generous: two stories share two slow processors.
const PATIENCE: Duration = Duration::from_secs(180);
/// Between two looks at a condition.
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// Longest that one request may take.
const REQUEST_TIME: Duration = Duration::from_secs(60);
/// Largest answer that a story reads.
const ANSWER_BYTES_MAX: u64 = 64 << 20;
/// Separates the parts of the forms that stories send.
pub(crate) const BOUNDARY: &str = "stories-boundary-7f3a";

/// A folder for the data of one story; gone with the story.
pub(crate) fn fresh_folder() -> TempDir {
    tempfile::tempdir().expect("the temporary folder can be written")
}

/// Says that a story cannot be told on this machine, past the capture of the test program, which counts it as passed: `scripts/test.sh` says
/// it again before its sum.
pub(crate) fn leave_out(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "LEFT OUT: {what}, for {why}");
}

/// A file of the checkout's `samples/`.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples").join(name)
}

/// The bytes of a file of `samples/`.
pub(crate) fn sample_bytes(name: &str) -> Vec<u8> {
    std::fs::read(sample(name)).expect("the sample is in the checkout")
}

/// A data folder that knows the procedures of `samples/`. They come beside scans: one paper is in it, of nobody.
#[track_caller]
pub(crate) fn data_with_procedures(folder: &Path) -> PathBuf {
    let (data, scans) = (folder.join("data"), folder.join("scans"));
    std::fs::create_dir(&scans).expect("the folder can be written");
    std::fs::copy(sample("procedures.toml"), scans.join("procedures.toml")).expect("the catalogue is copied");
    std::fs::write(scans.join("cũ.png"), super::paper::small(u8::MAX)).expect("the folder can be written");
    succeed(motlan(&data).arg("import").arg(&scans));
    data
}

/// The built program, without any setting of the person who runs the tests.
pub(crate) fn motlan(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motlan"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MOTLAN_") {
            command.env_remove(name);
        }
    }
    // A motlan.toml of the checkout must not be found either.
    command.current_dir(data.parent().unwrap_or(data)).stdin(Stdio::null()).arg("--data").arg(data);
    command
}

/// Runs the program to its end and answers what it printed. It never panics, whatever the story asks of it.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.output().expect("the built program starts");
    assert_no_panic(&String::from_utf8_lossy(&output.stderr));
    output
}

/// What the program printed, when it ended well.
#[track_caller]
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = run(command);
    let (printed, errors) = (String::from_utf8(output.stdout), String::from_utf8_lossy(&output.stderr));
    let printed = printed.expect("standard output is UTF-8");
    assert!(output.status.success(), "{}: {errors}{printed}", output.status);
    printed
}

#[track_caller]
fn assert_no_panic(text: &str) {
    assert!(!text.contains("panicked at"), "the program panicked:\n{text}");
}

/// Looks until there is an answer, and says what it waited for when there is none in time.
#[track_caller]
pub(crate) fn wait_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} in vain: {what}");
        thread::sleep(LOOK_EVERY);
    }
}

/// Holds a flag up until it is dropped, also when the story fails: threads that watch meanwhile then end.
pub(crate) struct While<'a>(pub(crate) &'a AtomicBool);

impl Drop for While<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// What came back over HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Status code.
    pub(crate) status: u16,
    /// Headers by lower-case name; the last of equals.
    pub(crate) headers: BTreeMap<String, String>,
    /// Cookies that the browser shall keep.
    pub(crate) cookies: Vec<String>,
    /// Body.
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON, when the status is the expected one.
    #[track_caller]
    pub(crate) fn json(&self, expected_status: u16) -> Value {
        assert_eq!(self.status, expected_status, "{}", self.text());
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// A running `motlan serve` (or another long-running command), ended by its own id when dropped.
pub(crate) struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts a command and waits for the line that `ready` recognises.
    #[track_caller]
    fn start(command: Command, log: PathBuf, ready: &str) -> (Program, String) {
        let (program, mut lines) = Program::start_listing(command, log, ready);
        (program, lines.pop().expect("the line that says so"))
    }

    /// The same with all lines until then.
    #[track_caller]
    fn start_listing(mut command: Command, log: PathBuf, ready: &str) -> (Program, Vec<String>) {
        let file = File::options().create(true).append(true).open(&log).expect("the log can be written");
        let mut child =
            command.stdout(Stdio::piped()).stderr(file).spawn().expect("the built program starts");
        let output = child.stdout.take().expect("standard output is a pipe");
        let program = Program { child, log };
        let (sender, receiver) = mpsc::channel();
        // Goes on reading after the line, so that the program never waits for room in the pipe.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    continue;
                }
            }
        });
        let deadline = Instant::now() + PATIENCE;
        let mut lines = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match receiver.recv_timeout(left) {
                Ok(line) => {
                    lines.push(line);
                    if lines.last().is_some_and(|line| line.contains(ready)) {
                        return (program, lines);
                    }
                }
                Err(error) => panic!("the program never said {ready:?} ({error}): {}", program.log()),
            }
        }
    }

    /// Starts `motlan work` on a data folder.
    #[track_caller]
    pub(crate) fn work(data: &Path, settings: &[(&str, &str)]) -> Program {
        let mut command = motlan(data);
        command.arg("work").envs(settings.iter().copied());
        Program::start(command, log_of(data), "working with").0
    }

    /// Process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything written to standard error on this folder so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// kill -9, and then none of its reading children may go on: their pipes are broken.
    #[track_caller]
    pub(crate) fn kill(mut self) {
        let children = children_of(self.pid());
        self.child.kill().expect("our own child can be killed");
        self.child.wait().expect("our own child can be waited for");
        wait_until("reading children end with their parent", || {
            children.iter().all(|child| !is_child_of_anyone(*child)).then_some(())
        });
    }

    /// Sends a signal, by its short name.
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.pid())).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal was sent");
    }

    /// Asks it to end (SIGTERM) and waits until it did.
    #[track_caller]
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        let status =
            wait_until("the program ends when asked to", || self.child.try_wait().expect("our child"));
        assert_no_panic(&self.log());
        status
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, when the story did it.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("log of the program:\n{}", self.log());
        }
    }
}

fn log_of(data: &Path) -> PathBuf {
    data.with_extension("log")
}

/// Ids of the direct children of a process.
pub(crate) fn children_of(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").expect("Linux has /proc");
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| stat(*pid).is_some_and(|(_, parent_of)| parent_of == parent)).collect()
}

/// A reading child of whatever parent that still runs; one that only waits to be collected does not.
fn is_child_of_anyone(pid: u32) -> bool {
    let reads = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    stat(pid).is_some_and(|(state, _)| state != 'Z') && reads.contains("jailed-reader")
}

/// State letter and parent of a process, from `/proc/PID/stat`; the name before them may hold blanks and brackets.
fn stat(pid: u32) -> Option<(char, u32)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut words = text.rsplit_once(')')?.1.split_whitespace();
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

/// A running `motlan serve`, and a client for it.
pub(crate) struct Server {
    program: Program,
    client: Client,
}

impl Server {
    /// Serves a data folder on a free loopback port, for everybody at this machine.
    #[track_caller]
    pub(crate) fn start(data: &Path) -> Server {
        Server::start_with(data, &[], &[])
    }

    /// The same with further arguments and `MOTLAN_*` settings.
    #[track_caller]
    pub(crate) fn start_with(data: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Server {
        Server::start_on(data, "127.0.0.1:0", arguments, settings)
    }

    /// The same where another one was (`http://127.0.0.1:PORT`), for browsers that wait for it to come back.
    #[track_caller]
    pub(crate) fn start_again(data: &Path, address: &str) -> Server {
        Server::start_on(data, address.trim_start_matches("http://"), &[], &[])
    }

    #[track_caller]
    fn start_on(data: &Path, listen: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Server {
        let mut command = motlan(data);
        command
            .args(["serve", "--demonstration", "--listen", listen])
            .args(arguments)
            .envs(settings.iter().copied());
        let (program, line) = Program::start(command, log_of(data), "listening on http://");
        let address = line.split_whitespace().find(|word| word.starts_with("http://"));
        let client = Client::at(address.expect("the line ends with the address"));
        Server { program, client }
    }

    /// Serves a data folder to people who sign in, and answers the path of the link for the first administrator, when there is one.
    #[track_caller]
    pub(crate) fn start_signing_in(data: &Path) -> (Server, Option<String>) {
        let mut command = motlan(data);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        Server::start_listing(command, data)
    }

    /// The same with `MOTLAN_*` settings, the address too.
    #[track_caller]
    pub(crate) fn start_signing_in_with(data: &Path, settings: &[(&str, &str)]) -> Server {
        let mut command = motlan(data);
        command.arg("serve").envs(settings.iter().copied());
        Server::start_listing(command, data).0
    }

    /// The same behind a proxy that speaks TLS under this name; the path is as of [`Server::start_signing_in`].
    #[track_caller]
    pub(crate) fn start_behind_proxy(data: &Path, host: &str) -> (Server, Option<String>) {
        let mut command = motlan(data);
        command.args(["serve", "--listen", "127.0.0.1:0", "--behind-tls-proxy"]);
        command.env("MOTLAN_ADDRESS", format!("https://{host}"));
        Server::start_listing(command, data)
    }

    #[track_caller]
    fn start_listing(command: Command, data: &Path) -> (Server, Option<String>) {
        let (program, lines) = Program::start_listing(command, log_of(data), "listening on http://");
        let path = lines.iter().find_map(|line| line.find("/sign-in/links/").map(|at| line[at..].to_owned()));
        let address =
            lines.last().and_then(|line| line.split_whitespace().find(|word| word.starts_with("http://")));
        let client = Client::at(address.expect("the line ends with the address"));
        (Server { program, client }, path)
    }

    /// The process.
    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    /// A client that may go to another thread, and outlives the server.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// kill -9.
    #[track_caller]
    pub(crate) fn kill(self) {
        self.program.kill();
    }

    /// Asks it to end, which it must do well.
    #[track_caller]
    pub(crate) fn stop(self) {
        let status = self.program.stop();
        assert!(status.success(), "{status}");
    }
}

impl std::ops::Deref for Server {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Speaks HTTP with a server; every status is an answer.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    agent: Agent,
}

impl Client {
    /// Speaks with a server there.
    pub(crate) fn at(address: &str) -> Client {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(REQUEST_TIME))
            .build();
        Client { address: address.to_owned(), agent: config.into() }
    }

    /// Sends a request; an error means that the server is not there.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.agent.run(request.body(body)?)?;
        let cookies = response.headers().get_all("set-cookie").iter();
        let cookies = cookies.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
        let headers = response.headers().iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let bytes = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok(Answer { status, headers, cookies, bytes })
    }

    /// Reads a path.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"").expect("the server answers")
    }

    /// Posts JSON.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body).expect("the server answers")
    }

    /// Posts JSON; an error means that nobody acknowledged it.
    pub(crate) fn try_post(&self, path: &str, body: &Value) -> Result<Answer, ureq::Error> {
        self.ask("POST", path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// Sends one file as the counter does; an error means that nobody acknowledged it.
    pub(crate) fn try_upload(&self, file_name: &str, bytes: &[u8]) -> Result<Answer, ureq::Error> {
        self.try_upload_into(&[], file_name, bytes)
    }

    /// The same, with other parts of the form before the file.
    pub(crate) fn try_upload_into(
        &self,
        parts: &[(&str, &str)],
        file_name: &str,
        bytes: &[u8],
    ) -> Result<Answer, ureq::Error> {
        self.try_send("/api/v1/documents", parts, file_name, bytes)
    }

    /// Sends a form with these parts and one file to a path.
    pub(crate) fn try_send(
        &self,
        path: &str,
        parts: &[(&str, &str)],
        file_name: &str,
        bytes: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        self.ask("POST", path, &[("content-type", &content_type)], &form(parts, file_name, bytes))
    }

    /// Sends one file that is new to the server and answers the paper's id.
    #[track_caller]
    pub(crate) fn upload(&self, file_name: &str, bytes: &[u8]) -> String {
        let body = self.try_upload(file_name, bytes).expect("the server answers").json(201);
        assert_eq!(body["already_held"], false, "{body}");
        text(&body["id"])
    }

    /// A paper with its fields and pages.
    #[track_caller]
    pub(crate) fn document(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/documents/{id}")).json(200)
    }

    /// A paper once the machine is done with it, however that went.
    #[track_caller]
    pub(crate) fn wait_read(&self, id: &str) -> Value {
        wait_until("the paper is read", || {
            Some(self.document(id)).filter(|view| view["document"]["state"] != "received")
        })
    }

    /// Waits until the index has every change.
    #[track_caller]
    pub(crate) fn wait_indexed(&self) {
        let ask = || self.post("/api/v1/search", &json!({ "query": "giấy", "limit": 1 })).json(200);
        wait_until("the index catches up", || (ask()["changes_behind"] == 0).then_some(()));
    }

    /// Papers found by words, code or number, once the index has every change.
    #[track_caller]
    pub(crate) fn find(&self, query: &str) -> Vec<Value> {
        self.wait_indexed();
        let answer = self.post("/api/v1/search", &json!({ "query": query, "limit": 100 })).json(200);
        answer["items"].as_array().expect("a list of hits").clone()
    }

    /// The same as ids of papers.
    #[track_caller]
    pub(crate) fn find_ids(&self, query: &str) -> Vec<String> {
        self.find(query).iter().map(|item| text(&item["document"]["id"])).collect()
    }
}

/// A form with these parts and one file.
pub(crate) fn form(parts: &[(&str, &str)], file_name: &str, bytes: &[u8]) -> Vec<u8> {
    let part = |(name, value): &(&str, &str)| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let parts: String = parts.iter().map(part).collect();
    let head = format!(
        "{parts}--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    [head.as_bytes(), bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat()
}

/// A JSON text.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// Lower-case hexadecimal SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Brings in what a list names, and answers what that came to.
#[track_caller]
pub(crate) fn import_list(data: &Path, list: &Path, more: &[&str]) -> Value {
    let output = run(motlan(data).args(["--json", "import", "--manifest"]).arg(list).args(more));
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// What `motlan check` reports on a folder that no server holds, when nothing is wrong.
#[track_caller]
pub(crate) fn check_is_clean(data: &Path) -> Value {
    let printed = succeed(motlan(data).args(["check", "--json"]));
    let report: Value = serde_json::from_str(&printed).expect("one JSON object");
    assert_eq!(report["findings"], json!([]), "{report}");
    let clean =
        json!({ "changes_behind": 0, "missing": [], "left_over": [], "different": [], "problem": null });
    assert_eq!(report["index"], clean, "{report}");
    report
}

/// Runs a statement on the database of a folder behind the program's back and answers each row as Python shows it.
#[track_caller]
pub(crate) fn rows(data: &Path, sql: &str) -> Vec<String> {
    let script = "import sqlite3, sys\n\
        base = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)\n\
        for row in base.execute(sys.argv[2]): print(*row)";
    let mut command = Command::new("python3");
    let printed = succeed(command.args(["-c", script]).arg(data.join("motlan.sqlite")).arg(sql));
    printed.lines().map(str::to_owned).collect()
}
