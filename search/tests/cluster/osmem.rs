//! A server that speaks as OpenSearch does, in memory: for tests of the index and stories of the whole program.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The server. It ends when it is dropped, and with its standard input, and so with the tests. What it held is gone then.
pub(crate) struct Osmem {
    process: Child,
    address: String,
}

impl Osmem {
    /// On a free port.
    pub(crate) fn start() -> Osmem {
        Osmem::listen("127.0.0.1:0")
    }

    /// Once more where one was before, empty.
    #[allow(dead_code, reason = "only the stories start one again")]
    pub(crate) fn start_again(address: &str) -> Osmem {
        Osmem::listen(address.trim_start_matches("http://"))
    }

    fn listen(place: &str) -> Osmem {
        let mut process = Command::new(program())
            .args(["-no-ja", "-addr", place])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("an output");
        BufReader::new(output).read_line(&mut line).expect("the server says where it listens");
        let said: Value = serde_json::from_str(&line).expect("a line of JSON");
        let address = said["url"].as_str().expect("an address").to_owned();
        Osmem { process, address }
    }

    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Osmem {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where setup.sh puts it.
fn program() -> PathBuf {
    let home = std::env::var_os("HOME").expect("a home");
    let program = PathBuf::from(home).join(".cache/motlan/tools/bin/osmem-server");
    assert!(program.exists(), "{} is missing: run ./setup.sh test", program.display());
    program
}
