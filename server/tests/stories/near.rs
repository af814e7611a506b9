//! A paper that is held, handed in again as another scan: offered before anyone types, and used with one act.

use std::path::{Path, PathBuf};

use image::codecs::jpeg::{JpegEncoder, PixelDensity};
use image::imageops::{self, FilterType};
use image::{Luma, RgbImage};
use serde_json::{Value, json};

use super::support::*;

const SCAN: &str = "birth-certificate.jpg";
/// The same form for another child.
const OF_ANOTHER: &str = "birth-certificate-200dpi.jpg";
/// Turn of the sheet on the other scanner, in radians: 0.7°.
const TURN: f32 = 0.0122;
/// Noise of the other scanner, in steps of brightness to each side.
const NOISE: i16 = 12;

/// A birth certificate as an officer confirms it.
fn confirmation(name: &str, citizen_id: &str, birth_date: &str) -> Value {
    let fields = [
        ("number", "87/2019"),
        ("issued_on", "2019-03-25"),
        ("agency", "UBND phường Trung Tự"),
        ("full_name", name),
        ("birth_date", birth_date),
        ("citizen_id", citizen_id),
    ];
    let fields = fields.map(|(key, value)| json!({ "key": key, "value": value, "reason": "Đã đối chiếu" }));
    let subject = json!({ "kind": "citizen", "number": citizen_id, "name": name, "birth_date": birth_date });
    json!({ "document_type": "KS", "title": "Giấy khai sinh", "subject": subject, "fields": fields })
}

fn picture(name: &str) -> RgbImage {
    image::load_from_memory(&sample_bytes(name)).expect("the sample is a picture").into_rgb8()
}

/// The sheet on another scanner: 200 dpi, a little turned, grey, noisy, and pressed hard.
fn scanned_again(sheet: &RgbImage) -> Vec<u8> {
    let (width, height) = (sheet.width() * 2 / 3, sheet.height() * 2 / 3);
    let small = imageops::grayscale(&imageops::resize(sheet, width, height, FilterType::Triangle));
    let mut turned = small.clone();
    let mut random = 1_u32;
    for (x, y, pixel) in turned.enumerate_pixels_mut() {
        let (right, down) = (x as f32 - width as f32 / 2.0, y as f32 - height as f32 / 2.0);
        let from_x = (right + down * TURN + width as f32 / 2.0).round() as u32;
        let from_y = (down - right * TURN + height as f32 / 2.0).round() as u32;
        let paper = small.get_pixel_checked(from_x, from_y).map_or(250, |Luma([grey])| *grey);
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (random >> 16) as i16 % (2 * NOISE + 1) - NOISE;
        *pixel = Luma([(i16::from(paper) + noise).clamp(0, 255) as u8]);
    }
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut file, 60);
    encoder.set_pixel_density(PixelDensity::dpi(200));
    encoder.encode_image(&turned).expect("memory can be written");
    file
}

/// Another paper of the same form and child: its number is what stood in the register's column, its day another one.
fn another_paper(sheet: &RgbImage, view: &Value) -> RgbImage {
    let region = |key: &str| {
        let fields = view["fields"].as_array().expect("fields");
        let field = fields.iter().find(|field| field["key"] == key).expect("the field is read");
        let edge = |name: &str| field["region"][name].as_u64().expect("a number") as u32;
        (edge("left"), edge("top"), edge("width"), edge("height"))
    };
    let mut other = sheet.clone();
    for (from, to) in [("book_number", "number"), ("birth_date", "issued_on")] {
        let ((left, top, width, height), (to_left, to_top, ..)) = (region(from), region(to));
        let words = imageops::crop_imm(sheet, left, top, width, height).to_image();
        imageops::replace(&mut other, &words, to_left.into(), to_top.into());
    }
    other
}

fn offered(server: &Server, id: &str) -> Vec<Value> {
    let answer = server.get(&format!("/api/v1/documents/{id}/near-duplicates")).json(200);
    answer.as_array().expect("a list").clone()
}

fn read(server: &Server, name: &str, bytes: &[u8]) -> String {
    let id = server.upload(name, bytes);
    let view = server.wait_read(&id);
    assert_eq!(view["document"]["state"], "extracted", "{view}");
    id
}

#[test]
fn another_scan_of_a_held_paper_is_offered_and_used() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let held = read(&server, SCAN, &sample_bytes(SCAN));
    let view = server.document(&held);
    let of_child = confirmation("NGUYỄN KHÁNH AN", "001319018402", "2019-03-14");
    server.post(&format!("/api/v1/documents/{held}/confirm"), &of_child).json(200);
    let of_another = read(&server, OF_ANOTHER, &sample_bytes(OF_ANOTHER));
    let stated = confirmation("HOÀNG GIA BẢO", "040222007731", "2022-11-06");
    server.post(&format!("/api/v1/documents/{of_another}/confirm"), &stated).json(200);
    let looks =
        |id: &str| rows(&data, &format!("select number from access_entry where document_id = '{id}'"));
    let before = looks(&of_another);

    let sheet = picture(SCAN);
    let again = read(&server, "quét lại.jpg", &scanned_again(&sheet));
    let found = offered(&server, &again);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["document"]["id"], json!(held), "{found:?}");
    assert!(text(&found[0]["reason"]).contains("cùng số, ký hiệu"), "{found:?}");
    let page = server.get(&format!("/documents/{again}")).text();
    assert!(page.contains("Giấy tờ này có vẻ đã có trong kho") && page.contains("Dùng bản đã có"), "{page}");
    let other = read(&server, "giấy khác.jpg", &scanned_again(&another_paper(&sheet, &view)));
    assert_eq!(offered(&server, &other), [json!(null); 0], "{}", server.document(&other)["fields"]);
    assert!(!server.get(&format!("/documents/{other}")).text().contains("có vẻ đã có trong kho"));
    assert_eq!(looks(&of_another), before, "nothing of another person is looked at");

    let use_held = format!("/api/v1/documents/{again}/use-held");
    let wait_again = format!("/api/v1/documents/{again}/wait-again");
    let (held_instead, reason) = (json!({ "held": held }), json!({ "reason": "Là giấy khác" }));
    server.post(&use_held, &held_instead).json(200);
    let waits = server.post(&wait_again, &reason).json(200);
    assert_eq!(waits["document"]["state"], "extracted", "{waits}");
    server.post(&wait_again, &reason).json(409);
    let used = server.post(&use_held, &held_instead).json(200);
    assert_eq!(used["document"]["state"], "duplicate", "{used}");
    assert_eq!(used["document"]["superseded_by"], json!(held));
    let papers = server.find_ids("Khánh An");
    assert!(papers.contains(&held) && !papers.contains(&again), "{papers:?}");
    server.stop();
    check_is_clean(&data);
}

/// Writes a scan of the child's birth certificate, and the list of an office that has it.
fn listed(folder: &Path, name: &str, scan: &[u8]) -> PathBuf {
    std::fs::write(folder.join(format!("{name}.jpg")), scan).expect("written");
    let columns = "file,type,number,issued_on,agency,cccd,họ tên,ngày sinh";
    let said = "KS,87/2019,25/03/2019,UBND phường Trung Tự,001319018402,NGUYỄN KHÁNH AN,14/03/2019";
    let list = folder.join(format!("{name}.csv"));
    std::fs::write(&list, format!("{columns}\n{name}.jpg,{said}\n")).expect("written");
    list
}

#[test]
fn a_listed_scan_that_was_set_aside_is_filed_with_the_held_paper() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let first = listed(folder.path(), "first", &sample_bytes(SCAN));
    let second = listed(folder.path(), "second", &scanned_again(&picture(SCAN)));
    assert_eq!(import_list(&data, &first, &["--confirm"])["filed"], 1);
    assert_eq!(import_list(&data, &second, &[])["received"], 1);
    let server = Server::start(&data);
    let waiting = server.get("/api/v1/documents?state=extracted").json(200);
    let again = text(&waiting["documents"][0]["id"]);
    let held = &offered(&server, &again)[0]["document"]["id"];
    server.post(&format!("/api/v1/documents/{again}/use-held"), &json!({ "held": held })).json(200);
    server.stop();
    let sums = import_list(&data, &second, &["--confirm", "--no-read"]);
    assert_eq!((&sums["filed"], &sums["refused"]), (&json!(0), &json!(0)), "{sums}");
    let told = std::fs::read_to_string(folder.path().join("second.csv.report.csv")).expect("the report");
    assert!(told.lines().last().expect("a row").contains(",filed,"), "{told}");
}
