//! Whatever stands in a code, taking it apart neither panics nor says what is not so: thousands of texts made from good ones by
//! small changes. `make fuzz-qr SECONDS=600` hunts for so long with each target; an ordinary test run makes some thousand texts.
//!
//! A further target is a test of one line: texts to start from, how they are changed, and what must hold.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use data_encoding::BASE32_NOPAD;
use motlan_qr::*;
use ring::signature::Ed25519KeyPair;

/// Texts that an ordinary test run makes for each target: about a second.
const CASES: usize = 5_000;

/// Says how many seconds to hunt instead.
const SECONDS: &str = "FUZZ_SECONDS";

/// Texts that later ones are made from; a new one takes the place of an old one.
const POOL_MAX: usize = 500;

/// Longest text made: a QR code holds at most 2,953 bytes.
const TEXT_BYTES_MAX: usize = 2_953;

/// Seed of the signing key, and what is signed before the bytes of a code (docs/qr-format.md).
const KEY_SEED: [u8; 32] = [7; 32];
const CONTEXT: &[u8] = b"motlan code 1\n";

const HOST: &str = "https://motlan.xa-mau.example";

const CARDS: &[&str] = &[
    "001090123456|012345678|NGUYEN VAN A|01011990|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021",
    "001090123456||Nguyễn Văn A|01/01/1990|Nữ|Tổ dân phố 5, Phường Bến Nghé|15-4-2021||Trần Thị B|x",
    "CCCD: 001090123456|Họ và tên: Nguyễn Văn A|Ngày sinh: 01011990|Giới tính: Nam|Địa chỉ: Bến Nghé|15042021",
];

const KINDS: &[&str] = &[
    CARDS[0],
    "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F",
    "HC4010012345678|4c6920546fc3a06e|01/02/1990|1|4869|01 - 001|-|01/01/2020|-",
    "HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$",
    "https://dichvucong.gov.vn/?a=1",
    "HTTPS://MOTLAN.XA-MAU.EXAMPLE/V/A2A2A2",
    "ML1:A2A2A2",
];

/// What is put into texts: separators, labels, digits of other scripts, marks that combine, controls, signs of four bytes.
const PIECES: &[&str] = &[
    "|",
    "||",
    ":",
    "/",
    "-",
    ".",
    " ",
    "\u{0}",
    "\r\n",
    "\u{301}",
    "\u{1b0}\u{31b}",
    "\u{202e}",
    "\u{feff}",
    "😀",
    "٣",
    "０",
    "ß",
    "İ",
    "ﬃ",
    "CCCD:",
    "Ngày sinh:",
    "29022023",
    "29/2/2024",
    "00000000",
    "99999999",
    "31129999",
    "Nam",
    "NỮ",
    "nữ",
    "001090123456",
    "000201",
    "6304",
    "99",
    "0000",
    "A000000727",
    "HC1:",
    "ML1:",
    "/V/",
    "https://",
    "HTTP://[",
    "é",
    "%",
];

/// A sequence of numbers that is the same every time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

#[test]
fn citizen_cards() {
    hunt(CARDS.iter().map(|card| (*card).to_owned()).collect(), change_text, card_holds);
}

#[test]
fn kinds() {
    hunt(KINDS.iter().map(|text| (*text).to_owned()).collect(), change_text, kind_holds);
}

#[test]
fn signed_codes() {
    hunt(signed_codes_to_start_from(), change_code, code_holds);
}

#[test]
#[should_panic(expected = "planted")]
fn a_planted_fault_is_found() {
    let is_long = |text: &str| CitizenCard::parse(text).is_ok_and(|card| card.extra.len() == 3);
    hunt(vec![CARDS[0].to_owned()], change_text, |text| assert!(!is_long(text), "planted"));
}

/// Makes texts until enough held or one does not, which is printed.
fn hunt(start: Vec<String>, change: fn(&mut Random, &[String]) -> String, holds: impl Fn(&str)) {
    let seconds =
        std::env::var(SECONDS).ok().and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    let began = Instant::now();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut pool = start.clone();
    let mut cases = 0;
    while seconds.map_or(cases < CASES, |seconds| began.elapsed() < seconds) {
        let mut text = change(&mut random, &pool);
        truncate(&mut text);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| holds(&text))) {
            eprintln!("case {cases}: {text:?}");
            resume_unwind(panic);
        }
        keep(&mut pool, &start, text, &mut random);
        cases += 1;
    }
    println!("{cases} texts in {:.0} s", began.elapsed().as_secs_f32());
}

/// What to start from stays; the rest of the pool drifts away from it.
fn keep(pool: &mut Vec<String>, start: &[String], text: String, random: &mut Random) {
    if pool.len() < POOL_MAX {
        pool.push(text);
    } else {
        let place = random.below(POOL_MAX);
        pool[place] = if random.below(8) == 0 { start[random.below(start.len())].clone() } else { text };
    }
}

fn truncate(text: &mut String) {
    let end = (0..=TEXT_BYTES_MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or_default());
}

/// One to four changes of letters or fields; a payment code gets its right checksum back every other time, or nothing inside it
/// would ever be looked at.
fn change_text(random: &mut Random, pool: &[String]) -> String {
    let mut text = pool[random.below(pool.len())].clone();
    for _ in 0..=random.below(4) {
        text = match random.below(3) {
            0 => change_letters(random, &text),
            1 => change_fields(random, &text),
            _ => change_digit(random, &text),
        };
    }
    if text.starts_with("000201") && random.below(2) == 0 { with_checksum(&text) } else { text }
}

fn change_letters(random: &mut Random, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let place = random.below(letters.len() + 1);
    let end = (place + random.below(4)).min(letters.len());
    let put: Vec<char> = if random.below(3) == 0 { Vec::new() } else { random.of(PIECES).chars().collect() };
    letters.splice(place..end, put);
    letters.into_iter().collect()
}

fn change_fields(random: &mut Random, text: &str) -> String {
    let mut fields: Vec<&str> = text.split('|').collect();
    let (one, other) = (random.below(fields.len()), random.below(fields.len()));
    match random.below(5) {
        0 => fields.swap(one, other),
        1 => fields.insert(one, fields[other]),
        2 => drop(fields.remove(one)),
        3 => fields.insert(one, ""),
        _ => fields[one] = random.of(PIECES),
    }
    fields.join("|")
}

fn change_digit(random: &mut Random, text: &str) -> String {
    let digits: Vec<usize> =
        text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(place, _)| place).collect();
    let mut text = text.to_owned();
    if !digits.is_empty() {
        let place = digits[random.below(digits.len())];
        text.replace_range(place..=place, &random.below(10).to_string());
    }
    text
}

/// The same with the checksum of EMVCo behind it: CRC-16, polynomial 0x1021, start 0xFFFF.
fn with_checksum(text: &str) -> String {
    let body = text.rsplit_once("6304").map_or(text, |(body, _)| body).to_owned() + "6304";
    let crc = body.bytes().fold(0xFFFF_u16, |crc, byte| {
        (0..8).fold(
            crc ^ (u16::from(byte) << 8),
            |crc, _| if crc >> 15 == 1 { (crc << 1) ^ 0x1021 } else { crc << 1 },
        )
    });
    format!("{body}{crc:04X}")
}

/// A card that was taken apart has what it promises, and reads the same when it is written again.
fn card_holds(text: &str) {
    let Ok(card) = CitizenCard::parse(text) else { return };
    assert!(card.citizen_id.len() == 12 && card.citizen_id.bytes().all(|byte| byte.is_ascii_digit()));
    assert!(!card.full_name.trim().is_empty() && !card.full_name.contains('|'), "{:?}", card.full_name);
    if card.warnings.contains(&CardWarning::Labelled) {
        return;
    }
    let date = |date: jiff::civil::Date| format!("{:02}{:02}{:04}", date.day(), date.month(), date.year());
    let sex = match card.sex {
        Sex::Male => "Nam",
        Sex::Female => "Nữ",
    };
    let old = card.old_id_number.clone().unwrap_or_default();
    let issued_on = card.issued_on.map(date).unwrap_or_default();
    let known =
        [&card.citizen_id, &old, &card.full_name, &date(card.birth_date), sex, &card.address, &issued_on];
    let extra = card.extra.iter().map(String::as_str);
    let written = known.map(|field| field as &str).into_iter().chain(extra).collect::<Vec<_>>().join("|");
    let again = CitizenCard::parse(&written);
    let again = again.unwrap_or_else(|error| panic!("{written:?} is no card: {error}"));
    assert_eq!(CitizenCard { warnings: Vec::new(), ..again }, CitizenCard { warnings: Vec::new(), ..card });
}

/// The kind does not hang on white space around it, and a payment code does not survive a changed digit.
fn kind_holds(text: &str) {
    let kind = kind_of(text);
    assert_eq!(kind_of(&format!(" {text}\n")), kind);
    assert!(kind != Kind::CitizenCard || CitizenCard::parse(text).is_ok());
    assert!(!is_payment_well_formed(text) || kind == Kind::Payment);
    if kind == Kind::Payment {
        let place = text.rfind("6304").expect("a payment code ends with its checksum") - 1;
        let changed =
            text.char_indices().map(|(at, c)| if at == place { '#' } else { c }).collect::<String>();
        assert!(changed == text || kind_of(&changed) != Kind::Payment, "{changed:?}");
    }
}

fn address() -> Address {
    Address::new(HOST).expect("it is a host")
}

fn signed_codes_to_start_from() -> Vec<String> {
    let published = Published {
        dossier: "H26.18-261122-0042".into(),
        procedure: "1.001193".into(),
        person: PseudonymKey::from_bytes(&[9; 32]).pseudonym("079199000013"),
        paper: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả".into(),
        system: "Một lần – Xã Mẫu".into(),
        at: "2026-11-22T08:30:00Z".parse().expect("it is a time"),
    };
    let label = ResultLabel {
        published: published.clone(),
        code: "KS-261122-000042".into(),
        valid_until: Some(jiff::civil::date(2031, 11, 21)),
        scope: "Toàn quốc".into(),
        file_hash: [0xa5; 16],
    };
    let sheet = CoverSheet {
        dossier: "H26.18-261122-0042".into(),
        component: Some("giay-chung-sinh".into()),
        sheets: 12,
        serial: *b"\x01\x02\x03\x04\x05\x06\x07\x08",
        at: published.at,
    };
    let receipt = Receipt { appointment: published.at, published };
    let payloads = [Payload::Receipt(receipt), Payload::ResultLabel(label), Payload::CoverSheet(sheet)];
    let sign =
        |payload| SigningKey::from_seed(&KEY_SEED).sign(payload, &address()).expect("nothing is missing");
    payloads.iter().map(sign).collect()
}

/// Changes the bytes of a code, or its letters; every other time they are signed anew, as only the owner of the key can: then what
/// is inside is looked at too.
fn change_code(random: &mut Random, pool: &[String]) -> String {
    let text = &pool[random.below(pool.len())];
    let start = text.rfind(['/', ':']).map_or(0, |place| place + 1);
    let (head, letters) = text.split_at(start);
    let Ok(mut bytes) = BASE32_NOPAD.decode(letters.as_bytes()) else { return change_text(random, pool) };
    for _ in 0..=random.below(3) {
        change_bytes(random, &mut bytes);
    }
    if random.below(2) == 0 {
        sign_anew(&mut bytes);
    }
    let text = format!("{head}{}", BASE32_NOPAD.encode(&bytes));
    if random.below(16) == 0 { change_letters(random, &text) } else { text }
}

fn change_bytes(random: &mut Random, bytes: &mut Vec<u8>) {
    let place = random.below(bytes.len());
    let end = (place + random.below(9)).min(bytes.len());
    // Lengths at the edges of what CBOR can write, maps and texts without an end, tags, deep nesting.
    let odd: [&[u8]; 8] = [
        &[0xff],
        &[0xbf],
        &[0x7f],
        &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x9a, 0xff, 0xff, 0xff, 0xff],
        &[0xc0],
        &[0x81; 64],
    ];
    match random.below(5) {
        0 if place < bytes.len() => bytes[place] ^= 1 << random.below(8),
        1 => drop(bytes.drain(place..end)),
        2 => bytes.splice(place..place, bytes[place..end].to_vec()).for_each(drop),
        3 => bytes.splice(place..end, random.of(&odd).to_vec()).for_each(drop),
        _ => bytes.truncate(bytes.len() - random.below(bytes.len() / 8 + 1)),
    }
}

fn sign_anew(bytes: &mut Vec<u8>) {
    let key = Ed25519KeyPair::from_seed_unchecked(&KEY_SEED).expect("32 bytes are a seed");
    bytes.truncate(bytes.len().saturating_sub(64));
    let signature = key.sign(&[CONTEXT, bytes.as_slice()].concat());
    bytes.extend_from_slice(signature.as_ref());
}

/// What is accepted was signed as it stands: signing its payload gives the same code.
fn code_holds(text: &str) {
    thread_local! {
        static LIST: KeyList = KeyList::new("Một lần – Xã Mẫu", &[address()], &[SigningKey::from_seed(&KEY_SEED)],
            "2026-11-22T00:00:00Z".parse().expect("it is a time")).expect("there is a key");
    }
    if let Ok(verified) = LIST.with(|list| list.verify(text)) {
        let again = SigningKey::from_seed(&KEY_SEED).sign(&verified.payload, &address());
        assert_eq!(again.ok().as_deref(), Some(text.trim()));
    }
}
