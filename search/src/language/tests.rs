//! What people type, what it is read as, and what they are told when it cannot be read.

use super::*;
use crate::comparison::Dice;
use jiff::civil::date;

const TODAY: Date = date(2026, 3, 1);

/// Parts one by one, each as we write it in its place, with its kind where the text does not say it.
fn shown(parts: &Parts) -> String {
    let shown = parts.0.iter().map(|part| match part {
        Part::Words(text) => format!("<{text}>"),
        other => other.to_string(),
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn check(text: &str, expected: &str) {
    let parts = text.parse::<Parts>().unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(shown(&parts), expected, "{text}");
    check_written(&parts);
}

/// What is written reads as the same question.
fn check_written(parts: &Parts) {
    let written = parts.to_string();
    let again = written.parse::<Parts>().unwrap_or_else(|error| panic!("{parts:?} → {written}: {error}"));
    assert_eq!(again.question(TODAY), parts.question(TODAY), "{parts:?} → {written}");
    assert_eq!(again.to_string(), written);
}

fn check_error(text: &str, place: &str, message: &str) {
    let error = text.parse::<Parts>().expect_err(text);
    let marked = text.chars().skip(error.at).take(error.length).collect::<String>();
    assert_eq!(marked, place, "{text}: {error}");
    assert!(error.message.contains(message), "{text}: {error}");
}

#[test]
fn plain_words_stay_as_they_are() {
    check("", "");
    check("  Nguyễn   Văn An ", "<Nguyễn Văn An>");
    check("số 12/QĐ-UBND, Hà Nội", "<số 12/QĐ-UBND, Hà Nội>");
    check("nhân-dân", "<nhân-dân>");
    check("Bà Rịa - Vũng Tàu", "<Bà Rịa - Vũng Tàu>");
    check("kính gửi: ông An", "<kính gửi: ông An>");
    check("http://example.org", "<http://example.org>");
    check("14:30", "<14:30>");
    check("Sở: Tư pháp", "<Sở: Tư pháp>");
    check("tờ: 5", "<tờ: 5>");
    check("Quảng Ngãi: số liệu", "<Quảng Ngãi: số liệu>");
    check("--", "<-->");
}

#[test]
fn phrases_and_what_is_left_out() {
    check("\"khai sinh\" bản sao", "\"khai sinh\" <bản sao>");
    check("“khai sinh” «bản sao»", "\"khai sinh\" \"bản sao\"");
    check("\"khai sinh", "\"khai sinh\"");
    check("đất -thuê", "<đất> -thuê");
    check("đất -\"cho thuê\" ở", "<đất> -\"cho thuê\" <ở>");
    check("-12/QĐ-UBND đất", "-12/QĐ-UBND <đất>");
    check("\"đất\"-ở", "\"đất\" <ở>");
}

#[test]
fn filters_are_read_however_they_are_written() {
    check("loại:khai-sinh", "loại:khai-sinh");
    check("LOAI:Khai-Sinh", "loại:khai-sinh");
    check("type:KS", "loại:khai-sinh");
    check("loại:khai-sinh,kết-hôn Mơ", "loại:khai-sinh,kết-hôn <Mơ>");
    check("loại: khai sinh Nguyễn An", "loại:khai-sinh <Nguyễn An>");
    check("loại:\"giấy phép\" xây dựng", "loại:giấy-phép <xây dựng>");
    check("loại:đơn xin cấp lại", "loại:đơn <xin cấp lại>");
    check("loại:\"đơn\" tờ khai", "loại:đơn <tờ khai>");
    check("trạng-thái:đã lưu kho đất", "trạng-thái:đã-lưu <đất>");
    check("loại:khai-sinh, Hà Nội", "loại:khai-sinh <, Hà Nội>");
    check("(loại:quyết-định)", "<(> loại:quyết-định <)>");
    check("số:123/QĐ-UBND", "số:123/QĐ-UBND");
    check("Số: 123/QĐ-UBND", "số:123/QĐ-UBND");
    check("number:\"12 qd\"", "số:\"12 qd\"");
    check("ngày:2023..2024", "ngày:2023..2024");
    check("date:2023-04-05", "ngày:05/04/2023");
    check("ngày:01/01/2023..31/12/2023", "ngày:2023");
    check("cơ-quan:\"UBND phường Bến Mơ\"", "cơ-quan:\"UBND phường Bến Mơ\"");
    check("cơ quan:Bến-Mơ đất", "cơ-quan:Bến-Mơ <đất>");
    check("agency:“Bến Mơ", "cơ-quan:\"Bến Mơ\"");
    check("hiệu-lực:còn", "hiệu-lực:còn");
    check("hieu luc:het hieu luc", "hiệu-lực:hết");
    check("validity:in-force", "hiệu-lực:còn");
    check("trạng-thái:đã-lưu", "trạng-thái:đã-lưu");
    check("trang_thai:chờ", "trạng-thái:chờ-đọc,chờ-xác-nhận");
    check("state:taken_back", "trạng-thái:đã-rút");
    check("đất loại:QD loại:GP ở", "<đất> loại:quyết-định loại:giấy-phép <ở>");
}

#[test]
fn questions_have_what_the_parts_say() {
    let question =
        parse("bản sao \"khai sinh\" -lại loại:KS số:12/Qđ ngày:04/2023 hiệu-lực:hết", TODAY).unwrap();
    assert_eq!((question.units.len(), question.least, question.excluded.len()), (3, 3, 1));
    assert_eq!(question.key, "");
    assert_eq!(question.filter.types, [DocumentType::BirthCertificate]);
    assert_eq!(question.filter.number.as_deref(), Some("12qd"));
    assert_eq!(question.filter.issued, Period { from: Some(date(2023, 4, 1)), to: Some(date(2023, 4, 30)) });
    assert_eq!(question.filter.force, Some((Force::Expired, TODAY)));
    let words = "UBND phường Bến Mơ, Hà Nội";
    assert_eq!(parse(words, TODAY), Ok(Question::words(words)));
    assert!(parse("-đất", TODAY).unwrap().is_empty());
}

#[test]
fn numbers_of_people_ask_for_nothing() {
    for text in [
        "079099000001 loại:KS",
        "An 079 099 000 001 ngày:2023",
        "số:079099000001",
        "cơ-quan:\"An 079099000001\"",
        "-079099000001 đất",
    ] {
        assert_eq!(parse(text, TODAY), Ok(Question::default()), "{text}");
    }
}

#[test]
fn errors_point_at_the_place_and_say_what_to_write() {
    check_error("đất loại:xyz", "xyz", "khai-sinh");
    check_error("loại:khai", "khai", "khai-sinh hoặc khai-tử");
    check_error("loại:kai-sinh,KS", "kai-sinh", "Hãy viết khai-sinh.");
    check_error("loại:", "loại:", "loại:khai-sinh");
    check_error("đất Số: , x", "Số:", "số:123/QĐ-UBND");
    check_error("đất ngày:32/01/2023 ở", "32/01/2023", "05/04/2023");
    check_error("ngày:2024..2023", "2024..2023", "2023..2024");
    check_error("cơ-quan:\"\"", "cơ-quan:", "UBND");
    check_error("số:1 số:2", "số:2", "một lần");
    check_error("hiệu-lực:đang", "đang", "còn hoặc hết");
    check_error("trạng-thái:đã", "đã", "đã-lưu hoặc đã-rút");
    check_error("đất loaj:KS", "loaj:", "“loại:”");
    check_error("đất loai giay: KS", "loai giay:", "loại: số: ngày: cơ-quan: hiệu-lực: trạng-thái:");
    check_error("loại giấy tờ:KS", "loại giấy tờ:", "“loại:”");
    check_error("đất -loại:KS", "-loại:", "xóa dấu");
}

#[test]
fn filters_are_put_in_and_taken_away() {
    let parts = "đất loại:KS ở ngày:2023".parse::<Parts>().unwrap();
    let types = Part::Types(vec![DocumentType::Decision]);
    assert_eq!(parts.clone().with(types).to_string(), "đất ở ngày:2023 loại:quyết-định");
    assert_eq!(parts.clone().without(1).to_string(), "đất ở ngày:2023");
    assert_eq!(parts.clone().without(9), parts);
    let agency = Part::Agency("Công ty \"Mơ\"".to_owned());
    assert_eq!(Parts::default().with(agency).to_string(), "cơ-quan:\"Công ty Mơ\"");
}

/// Pieces that mean something beside each other.
const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    "\t",
    "-",
    "-",
    "\"",
    "\"",
    "“",
    ":",
    ":",
    ",",
    ";",
    "(",
    "..",
    "…",
    "/",
    "_",
    "loại",
    "loại:",
    "loai giay",
    "số:",
    "ngày:",
    "cơ",
    "quan",
    "cơ-quan:",
    "hiệu-lực:",
    "trạng-thái:",
    "khai",
    "sinh",
    "khai-sinh",
    "đơn",
    "tờ khai",
    "đã",
    "lưu",
    "kho",
    "chờ",
    "còn",
    "hết",
    "2023",
    "04/2023",
    "05/04/2023",
    "12/QĐ-UBND",
    "đất",
    "ở",
    "079099000001",
    "e\u{302}\u{301}",
    "\u{37e}",
    "\u{301}",
    "漢",
    "\u{200b}",
    "-loại:",
];

#[test]
fn whatever_is_typed_is_read_or_refused_and_reads_the_same_when_written() {
    let mut dice = Dice(6);
    let mut read = 0;
    for _ in 0..30_000 {
        let pieces = 1 + dice.below(9);
        let text = (0..pieces).map(|_| PIECES[dice.below(PIECES.len())]).collect::<String>();
        let letters = normalise(&text).chars().count();
        match text.parse::<Parts>() {
            Ok(parts) => {
                read += 1;
                check_written(&parts);
            }
            Err(error) => {
                assert!(error.length > 0 && error.at + error.length <= letters, "{text}: {error:?}");
            }
        }
    }
    assert!(read > 7_000, "{read} were read");
}

/// What stands before a name is no wish, wherever the name stands.
#[test]
fn titles_before_names_are_no_wish() {
    let asked = |text: &str| {
        let question = parse(text, TODAY).unwrap();
        let units = question.units.iter().map(|unit| unit.syllables[0].folded.clone());
        units.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(asked("bà \"Bùi Thị Mơ\""), "bui");
    assert_eq!(asked("ông loại:khai-sinh An"), "an");
    assert_eq!(asked("ông loại:khai-sinh"), "ong");
}
