//! System calls that fail under a running server, once or for good: who asks is told so in a sentence, nothing is half taken, and when the
//! calls work again so does the server, without anybody's help.
//!
//! The faults are strace's, put between the program and the kernel while it runs: they reach the database, the stored files and the index
//! alike.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::support::*;

/// System calls and how they fail: a disk that keeps nothing, takes nothing, is full or read-only, and a process without file handles. Not
/// `write`: by it the threads of the program wake each other; a full disk fails it in a story of its own.
const FAULTS: [(&str, &str); 6] = [
    ("fsync,fdatasync", "EIO"),
    ("rename,renameat,renameat2,link,linkat", "EIO"),
    ("pwrite64", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("mkdir,mkdirat,unlink,unlinkat,ftruncate", "EROFS"),
    ("openat", "EMFILE"),
];
/// Which calls of each thread fail: the first, every third, all.
const WHICH: [&str; 3] = ["1", "1+3", "1+"];
/// Papers sent while calls fail.
const PAPERS: usize = 5;

/// strace at work on a program.
struct Faults(Child);

impl Faults {
    /// Lets calls of a program fail from now on; none: nobody may do that here.
    fn begin(program: &Program, calls: &str, error: &str, which: &str) -> Option<Faults> {
        let mut strace = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}")])
            .args([
                "-e",
                &format!("inject={calls}:error={error}:when={which}"),
                "-p",
                &program.pid().to_string(),
            ])
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        // “strace: Process 7 attached with 9 threads”, or why not.
        let mut said = String::new();
        let output = strace.stderr.as_mut().expect("standard error is a pipe");
        BufReader::new(output).read_line(&mut said).expect("strace says something");
        let faults = Faults(strace);
        said.contains("attached").then_some(faults)
    }
}

impl Drop for Faults {
    /// Lets go of the program, which runs on.
    fn drop(&mut self) {
        let _ = Command::new("sh").arg("-c").arg(format!("kill -INT {}", self.0.id())).status();
        let _ = self.0.wait();
    }
}

fn paper(number: usize) -> Vec<u8> {
    format!("giấy tờ số {number}").into_bytes()
}

/// Sends a paper and answers its id; none: the server said that it could not take it.
#[track_caller]
fn try_send(server: &Server, number: usize) -> Option<String> {
    let answer = server.try_upload("quet.png", &paper(number)).expect("the server answers");
    if answer.status < 300 {
        return Some(text(&answer.json(answer.status)["id"]));
    }
    assert!([500, 503, 507].contains(&answer.status), "{} {}", answer.status, answer.text());
    assert!(answer.text().contains("thử lại"), "{}", answer.text());
    None
}

#[test]
fn calls_that_fail_are_told_and_pass() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, &["--no-worker"], &[]);
    let mut taken: BTreeSet<String> = try_send(&server, 0).into_iter().collect();
    let mut refused_at = BTreeSet::new();
    for (number, ((calls, error), which)) in
        (1..).zip(FAULTS.iter().flat_map(|fault| WHICH.map(|which| (fault, which))))
    {
        let numbers = number * PAPERS..(number + 1) * PAPERS;
        let Some(faults) = Faults::begin(server.program(), calls, error, which) else {
            assert_eq!(number, 1, "strace was let in before: {calls} {error} {which}");
            return leave_out("calls that fail", "strace may not be used here");
        };
        let mut refused = Vec::new();
        for number in numbers {
            match try_send(&server, number) {
                Some(id) => drop(taken.insert(id)),
                None => refused.push(number),
            }
            let look = server.get(&format!("/api/v1/documents/{}", taken.first().expect("a paper")));
            assert!([200, 500, 503, 507].contains(&look.status), "{}", look.text());
        }
        drop(faults);
        println!("{calls} {error} {which}: {} of {PAPERS} papers refused", refused.len());
        if !refused.is_empty() {
            refused_at.insert((calls, error));
        }
        let list = server.get("/api/v1/documents?limit=200").json(200);
        let listed = list["documents"].as_array().expect("papers").iter().map(|paper| text(&paper["id"]));
        assert_eq!(listed.collect::<BTreeSet<_>>(), taken, "nothing is half taken: {calls} {error} {which}");
        for number in refused {
            taken.insert(server.upload("quet.png", &paper(number)));
        }
    }
    assert!(refused_at.len() >= 5, "the faults were felt: {refused_at:?}");
    server.wait_indexed();
    server.stop();
    assert_eq!(check_is_clean(&data)["papers"], json!(taken.len()));
}
