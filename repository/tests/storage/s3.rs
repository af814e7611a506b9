//! A real S3 service for tests: SeaweedFS, on loopback ports of its own, in a folder of its own, gone with the test program.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Key of the service.
pub(crate) const KEY_ID: &str = "motlan";
/// Its secret.
pub(crate) const SECRET: &str = "for-tests-only";
/// It starts in four seconds on an idle machine.
const START_TIME_MAX: Duration = Duration::from_secs(120);
/// Ports that it listens on.
const PORTS: usize = 8;
/// Ends the service when whoever started it is gone, however that came: the pipe to the shell is closed then.
const KEEPER: &str = "\"$@\" & service=$!; cat; kill -KILL $service";

/// A running service.
pub(crate) struct S3 {
    keeper: Child,
    port: u16,
    folder: TempDir,
}

impl S3 {
    /// Starts a service of its own, for a test that disturbs it.
    pub(crate) fn start() -> S3 {
        let folder = TempDir::new().expect("a folder for the service");
        let identity = format!(
            r#"{{"identities":[{{"name":"motlan","credentials":[{{"accessKey":"{KEY_ID}","secretKey":"{SECRET}"}}],
               "actions":["Admin","Read","Write","List"]}}]}}"#
        );
        fs::write(folder.path().join("s3.json"), identity).expect("the folder can be written");
        let ports = free_ports();
        let names = [
            "s3.port",
            "s3.port.grpc",
            "master.port",
            "master.port.grpc",
            "volume.port",
            "volume.port.grpc",
            "filer.port",
            "filer.port.grpc",
        ];
        let ports_said = names.iter().zip(&ports).map(|(name, port)| format!("-{name}={port}"));
        let log = fs::File::create(folder.path().join("log")).expect("the folder can be written");
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(program())
            .args([
                "server",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                "-s3",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
            ])
            .args(["-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=50"])
            .arg(format!("-dir={}", folder.path().display()))
            .arg(format!("-s3.config={}", folder.path().join("s3.json").display()))
            .args(ports_said)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .expect("a shell starts");
        let service = S3 { keeper, port: ports[0], folder };
        service.wait();
        service
    }

    /// Where it listens.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Holds it still, or lets it go on.
    pub(crate) fn signal(&self, name: &str) {
        let children = format!("/proc/{0}/task/{0}/children", self.keeper.id());
        let children = fs::read_to_string(children).expect("the keeper runs");
        for child in children.split_whitespace() {
            let comm = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
            if comm.trim() == "weed" {
                let sent = Command::new("kill").args([&format!("-{name}"), child]).status();
                assert!(sent.is_ok_and(|status| status.success()), "the signal was sent");
            }
        }
    }

    /// Until it listens; what it cannot do yet then is asked for again.
    fn wait(&self) {
        let deadline = Instant::now() + START_TIME_MAX;
        while Instant::now() < deadline {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("the S3 service did not start: {log}");
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Free ports; each is let go just before the service takes it.
fn free_ports() -> Vec<u16> {
    let listeners =
        (0..PORTS).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect::<Vec<_>>();
    listeners.iter().map(|listener| listener.local_addr().expect("it listens").port()).collect()
}

/// Where setup.sh puts it.
fn program() -> PathBuf {
    let home = std::env::var_os("HOME").expect("a home");
    let program = PathBuf::from(home).join(".cache/motlan/tools/bin/weed");
    assert!(program.exists(), "{} is missing: run ./setup.sh test", program.display());
    program
}
