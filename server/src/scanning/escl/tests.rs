//! A small device that speaks eSCL, with a feeder of pages, and with everything that real ones get wrong.

use super::*;
use crate::scanning::{Colour, Sides};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const FEEDER: &str = r#"<?xml version="1.0"?><scan:ScannerCapabilities xmlns:scan="a" xmlns:pwg="b"><pwg:Version>2.63</pwg:Version>
<scan:Platen><scan:PlatenInputCaps><scan:MaxWidth>2550</scan:MaxWidth></scan:PlatenInputCaps></scan:Platen>
<scan:Adf><scan:AdfSimplexInputCaps><scan:MaxWidth>2550</scan:MaxWidth><scan:MaxHeight>3300</scan:MaxHeight>
<scan:XResolution>200</scan:XResolution><scan:XResolution>600</scan:XResolution></scan:AdfSimplexInputCaps>
<scan:AdfDuplexInputCaps><scan:MaxWidth>2100</scan:MaxWidth></scan:AdfDuplexInputCaps></scan:Adf></scan:ScannerCapabilities>"#;
const GLASS: &str = "<ScannerCapabilities><Version>&version;</Version><Platen><PlatenInputCaps><MaxWidth>2550</MaxWidth></PlatenInputCaps></Platen></ScannerCapabilities>";
const QUICK: Patience = Patience {
    request: Duration::from_millis(1_500),
    still: Duration::from_millis(600),
    notice: Duration::from_millis(100),
    rest: Duration::from_millis(20),
};

/// How a device answers.
#[derive(Debug, Clone, Copy)]
struct Manners {
    capabilities: &'static str,
    /// What it says of its feeder before the job, and when the pages are out.
    adf: [&'static str; 2],
    /// Sheets in the feeder.
    pages: usize,
    /// Times that it refuses a job first, with this status.
    refusals: (usize, u16),
    /// Times that it does not say how its feeder is once the pages are out, with this status.
    unsaid: (usize, u16),
    /// Times that each page is not ready first.
    not_yet: usize,
    /// The page (from 1) that goes wrong, and how.
    fault: Option<(usize, Fault)>,
    /// What stands before the path of the job.
    host: &'static str,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    /// Less than was promised.
    Cut,
    /// Less than there is, and nothing was promised.
    Short,
    Endless,
    /// A byte now and then.
    Dripping,
    Silent,
    Pdf,
    Forbidden,
}

const GOOD: Manners = Manners {
    capabilities: FEEDER,
    adf: ["ScannerAdfLoaded", "ScannerAdfEmpty"],
    pages: 3,
    refusals: (0, 503),
    unsaid: (0, 503),
    not_yet: 0,
    fault: None,
    host: "",
};

#[derive(Debug, Default)]
struct Told {
    settings: String,
    refused: usize,
    unsaid: usize,
    fed: usize,
    not_yet: usize,
    jobs_open: usize,
}

struct Device {
    address: String,
    told: Arc<Mutex<Told>>,
}

impl Device {
    fn start(manners: Manners) -> Device {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/eSCL", listener.local_addr().expect("an address"));
        let told = Arc::new(Mutex::new(Told::default()));
        let device = Device { address, told: told.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let told = told.clone();
                // A scanner that went away is no fault of the device.
                std::thread::spawn(move || answer(stream, manners, &told).unwrap_or_default());
            }
        });
        device
    }
}

fn page(number: usize) -> Vec<u8> {
    [b"\xff\xd8\xff\xe0".as_slice(), format!("page {number}").as_bytes(), b"\xff\xd9"].concat()
}

fn answer(mut stream: TcpStream, manners: Manners, told: &Mutex<Told>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut whole = |status: u16, headers: &str, body: &[u8]| {
        write!(
            stream,
            "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
            body.len()
        )?;
        stream.write_all(body)
    };
    let mut told = told.lock().expect("no thread broke");
    let fault = manners.fault.filter(|(number, _)| *number == told.fed + 1).map(|(_, fault)| fault);
    match first.trim_end_matches(" HTTP/1.1\r\n") {
        "GET /eSCL/ScannerCapabilities" => whole(200, "", manners.capabilities.as_bytes()),
        "GET /eSCL/ScannerStatus" if told.fed == manners.pages && told.unsaid < manners.unsaid.0 => {
            told.unsaid += 1;
            whole(manners.unsaid.1, "", b"")
        }
        "GET /eSCL/ScannerStatus" => {
            let state = manners.adf[usize::from(told.fed == manners.pages)];
            let status =
                format!("<s:ScannerStatus xmlns:s='a'><s:AdfState>{state}</s:AdfState></s:ScannerStatus>");
            whole(200, "", status.as_bytes())
        }
        "POST /eSCL/ScanJobs" if told.refused < manners.refusals.0 => {
            told.refused += 1;
            whole(manners.refusals.1, "", b"")
        }
        "POST /eSCL/ScanJobs" => {
            (told.settings, told.jobs_open) =
                (String::from_utf8_lossy(&body).into_owned(), told.jobs_open + 1);
            whole(201, &format!("location: {}/eSCL/ScanJobs/7\r\n", manners.host), b"")
        }
        "DELETE /eSCL/ScanJobs/7" => {
            told.jobs_open -= 1;
            whole(200, "", b"")
        }
        "GET /eSCL/ScanJobs/7/NextDocument" if told.fed == manners.pages => whole(404, "", b""),
        "GET /eSCL/ScanJobs/7/NextDocument" if told.not_yet < manners.not_yet => {
            told.not_yet += 1;
            whole(503, "", b"")
        }
        "GET /eSCL/ScanJobs/7/NextDocument" => {
            let page = page(told.fed + 1);
            match fault {
                None => {
                    (told.fed, told.not_yet) = (told.fed + 1, 0);
                    whole(200, "content-type: image/jpeg\r\n", &page)
                }
                Some(Fault::Pdf) => whole(200, "content-type: application/pdf\r\n", b"%PDF-1.7\n%%EOF"),
                Some(Fault::Forbidden) => whole(403, "", b""),
                Some(fault) => {
                    drop(told);
                    misbehave(&mut stream, fault, &page)
                }
            }
        }
        other => panic!("no device is asked for {other}"),
    }
}

fn misbehave(stream: &mut TcpStream, fault: Fault, page: &[u8]) -> std::io::Result<()> {
    const HEAD: &[u8] = b"HTTP/1.1 200 x\r\ncontent-type: image/jpeg\r\n";
    let half = &page[..page.len() / 2];
    match fault {
        Fault::Cut => {
            let length = format!("content-length: {}\r\n\r\n", page.len());
            stream.write_all(&[HEAD, length.as_bytes(), half].concat())
        }
        Fault::Short => stream.write_all(&[HEAD, b"connection: close\r\n\r\n", half].concat()),
        Fault::Endless => {
            stream.write_all(&[HEAD, b"connection: close\r\n\r\n", half].concat())?;
            loop {
                stream.write_all(&[0; 1 << 16])?;
            }
        }
        Fault::Dripping => {
            stream.write_all(&[HEAD, b"connection: close\r\n\r\n", half].concat())?;
            loop {
                std::thread::sleep(Duration::from_millis(20));
                stream.write_all(&[0])?;
            }
        }
        Fault::Silent => {
            std::thread::sleep(Duration::from_secs(10));
            Ok(())
        }
        Fault::Pdf | Fault::Forbidden => unreachable!("answered whole"),
    }
}

fn tray() -> (TempDir, Tray) {
    let parent = tempfile::tempdir().expect("a folder");
    let tray = Tray::new(parent.path()).expect("a tray");
    (parent, tray)
}

/// Scans, and looks at the pages that are kept, at how it ended, and whether the device is free again.
#[track_caller]
fn check(manners: Manners, pages: usize, end: Result<(), Pause>) -> Device {
    let (_parent, tray) = tray();
    let device = Device::start(manners);
    let ended = scan(&device.address, Wish::default(), &tray, QUICK);
    assert_eq!((tray.pages() as usize, ended), (pages, end), "{manners:?}");
    let kept = tray.files("x").expect("they can be read").into_iter().map(|(_, bytes)| bytes.to_vec());
    assert_eq!(kept.collect::<Vec<_>>(), (1..=pages).map(page).collect::<Vec<_>>());
    assert_eq!(device.told.lock().expect("no thread broke").jobs_open, 0, "the job is given back");
    device
}

#[test]
fn a_feeder_is_scanned_until_it_is_empty() {
    check(GOOD, 3, Ok(()));
    check(Manners { pages: 0, ..GOOD }, 0, Err(Pause::NoPaper));
    check(Manners { adf: ["ScannerAdfEmpty"; 2], ..GOOD }, 0, Err(Pause::NoPaper));
    check(Manners { adf: ["ScannerAdfHatchOpen"; 2], ..GOOD }, 0, Err(Pause::CoverOpen));
    // A device that ends a job early: what lies in its feeder belongs to the same stack.
    check(Manners { adf: ["ScannerAdfLoaded"; 2], ..GOOD }, 3, Err(Pause::SheetsLeft));
    check(Manners { adf: ["ScannerAdfLoaded", "ScannerAdfProcessing"], ..GOOD }, 3, Err(Pause::SheetsLeft));
    check(Manners { adf: ["ScannerAdfLoaded"; 2], pages: 0, ..GOOD }, 0, Err(Pause::SheetsLeft));
    // One that has no word for its feeder.
    check(Manners { adf: [""; 2], ..GOOD }, 3, Ok(()));
    let jam = check(Manners { adf: ["ScannerAdfLoaded", "ScannerAdfJam"], ..GOOD }, 3, Err(Pause::Jam));
    let settings = jam.told.lock().expect("no thread broke").settings.clone();
    for part in [
        "<pwg:Version>2.63<",
        "<pwg:InputSource>Feeder<",
        "<pwg:Width>2480<",
        "<pwg:Height>3300<",
        "<scan:XResolution>600<",
        "<scan:ColorMode>RGB24<",
        "<scan:Duplex>false<",
    ] {
        assert!(settings.contains(part), "{part} in {settings}");
    }
}

#[test]
fn a_device_that_is_busy_or_warms_up_is_waited_for_and_not_for_ever() {
    check(Manners { not_yet: 3, ..GOOD }, 3, Ok(()));
    check(Manners { not_yet: 1_000, ..GOOD }, 0, Err(Pause::Hung));
    check(Manners { refusals: (2, 503), ..GOOD }, 3, Ok(()));
    check(Manners { refusals: (2, 409), ..GOOD }, 3, Ok(()));
    check(Manners { refusals: (1_000, 503), ..GOOD }, 0, Err(Pause::Busy));
    check(Manners { refusals: (1, 500), ..GOOD }, 0, Err(Pause::Failed));
}

#[test]
fn a_stack_is_whole_although_the_device_does_not_say_so_at_once() {
    check(Manners { unsaid: (2, 503), ..GOOD }, 3, Ok(()));
    check(Manners { unsaid: (1, 500), ..GOOD }, 3, Ok(()));
    check(Manners { unsaid: (1_000, 503), ..GOOD }, 3, Err(Pause::Busy));
}

#[test]
fn what_came_before_a_fault_is_kept() {
    let second = |fault| Manners { fault: Some((2, fault)), ..GOOD };
    check(second(Fault::Cut), 1, Err(Pause::Unreachable));
    check(second(Fault::Short), 1, Err(Pause::BadPage));
    check(second(Fault::Endless), 1, Err(Pause::TooLarge));
    check(second(Fault::Dripping), 1, Err(Pause::Unreachable));
    check(second(Fault::Silent), 1, Err(Pause::Unreachable));
    check(second(Fault::Pdf), 1, Err(Pause::BadPage));
    check(second(Fault::Forbidden), 1, Err(Pause::Failed));
}

#[test]
fn the_next_run_goes_on_in_the_same_stack() {
    let (_parent, tray) = tray();
    let jammed = Device::start(Manners { pages: 2, adf: ["ScannerAdfLoaded", "ScannerAdfJam"], ..GOOD });
    let mended = Device::start(Manners { pages: 3, ..GOOD });
    assert_eq!(scan(&jammed.address, Wish::default(), &tray, QUICK), Err(Pause::Jam));
    assert_eq!(scan(&mended.address, Wish::default(), &tray, QUICK), Ok(()));
    let kept: Vec<Vec<u8>> =
        tray.files("x").expect("they can be read").into_iter().map(|(_, page)| page.to_vec()).collect();
    assert_eq!(kept, [page(1), page(2), page(1), page(2), page(3)]);
}

#[test]
fn both_sides_and_glass_are_asked_for_as_the_device_can() {
    let (_parent, tray) = tray();
    let device = Device::start(GOOD);
    let wish = Wish { sides: Sides::Both, colour: Colour::Grey };
    scan(&device.address, wish, &tray, QUICK).expect("it can");
    let settings = device.told.lock().expect("no thread broke").settings.clone();
    assert!(
        settings.contains("<scan:Duplex>true<") && settings.contains("<scan:ColorMode>Grayscale8<"),
        "{settings}"
    );
    assert!(
        settings.contains("<pwg:Width>2100<") && settings.contains("<scan:XResolution>300<"),
        "{settings}"
    );
    let glass = Manners { capabilities: GLASS, pages: 1, ..GOOD };
    let asked = check(glass, 1, Err(Pause::OneSheet)).told.lock().expect("no thread broke").settings.clone();
    assert!(asked.contains("<pwg:InputSource>Platen<") && asked.contains("<pwg:Version>2.0<"), "{asked}");
    let device = Device::start(glass);
    assert_eq!(scan(&device.address, wish, &tray, QUICK), Err(Pause::NoDuplex));
}

#[test]
fn a_device_names_no_other_host_and_no_other_thing() {
    // A job on a host of its choice is asked for at the device itself.
    check(Manners { host: "http://192.0.2.1:9", ..GOOD }, 3, Ok(()));
    check(Manners { capabilities: "<html>Sign in</html>", ..GOOD }, 0, Err(Pause::Unreachable));
    check(Manners { capabilities: "", ..GOOD }, 0, Err(Pause::Unreachable));
    let (_parent, tray) = tray();
    let nobody = scan("http://127.0.0.1:9/eSCL", Wish::default(), &tray, QUICK);
    assert_eq!(nobody, Err(Pause::Unreachable));
}

#[test]
fn who_stops_keeps_what_came() {
    let (_parent, tray) = tray();
    let device = Device::start(Manners { fault: Some((3, Fault::Dripping)), ..GOOD });
    let ended = std::thread::scope(|scope| {
        let scanning = scope.spawn(|| scan(&device.address, Wish::default(), &tray, QUICK));
        while tray.pages() < 2 {
            std::thread::sleep(QUICK.rest);
        }
        tray.stop();
        scanning.join().expect("no thread broke")
    });
    assert_eq!((tray.pages(), ended), (2, Err(Pause::Stopped)));
    assert_eq!(device.told.lock().expect("no thread broke").jobs_open, 0);
}

#[test]
fn who_stops_is_heard_while_the_device_keeps_its_answer_back() {
    let patient = Patience { request: Duration::from_secs(60), ..QUICK };
    let (_parent, tray) = tray();
    let device = Device::start(Manners { fault: Some((3, Fault::Silent)), ..GOOD });
    let (ended, waited) = std::thread::scope(|scope| {
        let scanning = scope.spawn(|| scan(&device.address, Wish::default(), &tray, patient));
        while tray.pages() < 2 {
            std::thread::sleep(QUICK.rest);
        }
        let stopped = Instant::now();
        tray.stop();
        (scanning.join().expect("no thread broke"), stopped.elapsed())
    });
    assert_eq!((tray.pages(), ended), (2, Err(Pause::Stopped)));
    assert!(waited < Duration::from_secs(5), "{waited:?}");
    assert_eq!(device.told.lock().expect("no thread broke").jobs_open, 0);
}

#[test]
fn xml_is_read_as_far_as_it_is_some() {
    let deep = format!("{}x", "<a>".repeat(100_000));
    for document in [
        "",
        "<",
        "<a>&b;",
        "\0",
        "<a b='>x",
        deep.as_str(),
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    ] {
        let texts = xml::Texts::read(document.as_bytes());
        assert!(!texts.has("ScannerCapabilities"));
        assert!(texts.all("a", "a").all(|text| !text.contains("root:")));
    }
}

#[test]
fn a_long_name_is_not_kept_with_each_text() {
    let name = |length: usize| "a".repeat(length);
    let document = |name: &str| format!("<{name}>{}</{name}>", "<b>x</b>".repeat(3));
    let has = |length: usize| xml::Texts::read(document(&name(length)).as_bytes()).has("b");
    assert!(has(40) && has(100));
    assert!(!has(101) && !has(500_000));
}
