//! Signed codes: what comes back, and that nothing else does.

use jiff::civil::date;
use motlan_qr::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

/// `docs/qr-format.md` holds the test vectors: what it says is what is tested.
const FORMAT_PAGE: &str = include_str!("../../docs/qr-format.md");

fn address() -> Address {
    Address::new("https://motlan.xa-mau.example").unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn key_on_p256() -> SigningKey {
    let document =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    SigningKey::from_pkcs8(document.as_ref()).unwrap()
}

fn list(keys: &[SigningKey]) -> KeyList {
    KeyList::new("Một lần – Xã Mẫu", &[address()], keys, "2026-11-22T00:00:00Z".parse().unwrap()).unwrap()
}

fn published(paper: &str) -> Published {
    Published {
        dossier: "H26.18-261122-0042".into(),
        procedure: "1.001193".into(),
        person: PseudonymKey::from_bytes(&[9; 32]).pseudonym("079199000013"),
        paper: paper.into(),
        system: "Một lần – Xã Mẫu".into(),
        at: "2026-11-22T08:30:00Z".parse().unwrap(),
    }
}

fn receipt() -> Payload {
    let published = published("Giấy tiếp nhận hồ sơ và hẹn trả kết quả");
    Payload::Receipt(Receipt { published, appointment: "2026-11-25T09:00:00Z".parse().unwrap() })
}

fn result_label() -> Payload {
    Payload::ResultLabel(ResultLabel {
        published: published("Giấy khai sinh"),
        code: "KS-261122-000042".into(),
        valid_until: Some(date(2031, 11, 21)),
        scope: "Toàn quốc".into(),
        file_hash: [0xa5; 16],
    })
}

fn cover_sheet() -> Payload {
    Payload::CoverSheet(CoverSheet {
        dossier: "H26.18-261122-0042".into(),
        component: Some("giay-chung-sinh".into()),
        sheets: 12,
        serial: *b"\x01\x02\x03\x04\x05\x06\x07\x08",
        at: "2026-11-22T08:30:00Z".parse().unwrap(),
    })
}

fn payloads() -> [Payload; 3] {
    [receipt(), result_label(), cover_sheet()]
}

#[test]
fn what_is_signed_is_read_again_with_either_algorithm() {
    for key in [key(), key_on_p256()] {
        let keys = [key];
        let list = list(&keys);
        for payload in payloads() {
            let text = keys[0].sign(&payload, &address()).unwrap();
            let verified = list.verify(&text).unwrap();
            assert_eq!((verified.payload, verified.key), (payload, hex::encode(keys[0].public().id())));
        }
    }
}

#[test]
fn a_form_that_promises_nothing_says_six_facts_and_no_more() {
    let notice = Payload::Notice(published("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"));
    let text = key().sign(&notice, &address()).unwrap();
    assert_eq!(list(&[key()]).verify(&text).unwrap().payload, notice);
    let mut nameless = published(" ");
    assert!(key().sign(&Payload::Notice(nameless.clone()), &address()).is_err());
    nameless.paper = "Phiếu".into();
    assert!(key().sign(&Payload::Notice(nameless), &address()).is_ok());
}

#[test]
fn optional_parts_may_be_missing() {
    let Payload::ResultLabel(mut label) = result_label() else { unreachable!("it is a label") };
    (label.valid_until, label.published.person) = (None, Person::Number("079199000013".into()));
    let Payload::CoverSheet(mut sheet) = cover_sheet() else { unreachable!("it is a sheet") };
    sheet.component = None;
    for payload in [Payload::ResultLabel(label), Payload::CoverSheet(sheet)] {
        let text = key().sign(&payload, &address()).unwrap();
        assert_eq!(list(&[key()]).verify(&text).unwrap().payload, payload);
    }
}

#[test]
fn the_page_of_the_format_tells_the_truth() {
    let vectors: Vec<&str> = FORMAT_PAGE
        .lines()
        .filter(|line| line.starts_with("HTTPS://MOTLAN") || line.starts_with(SHEET_PREFIX))
        .collect();
    let signed: Vec<String> =
        payloads().iter().map(|payload| key().sign(payload, &address()).unwrap()).collect();
    assert_eq!(vectors, signed);
    assert!(FORMAT_PAGE.contains(&hex::encode(key().public().bytes())), "the public key");
}

#[test]
fn one_changed_bit_anywhere_fails() {
    let keys = [key(), key_on_p256()];
    let list = list(&keys);
    for key in &keys {
        for payload in payloads() {
            let text = key.sign(&payload, &address()).unwrap();
            for (place, bit) in (0..text.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
                let mut bytes = text.clone().into_bytes();
                bytes[place] ^= 1 << bit;
                let changed = String::from_utf8_lossy(&bytes).into_owned();
                assert!(list.verify(&changed).is_err(), "bit {bit} of byte {place}: {changed}");
            }
        }
    }
}

#[test]
fn one_changed_bit_of_what_is_signed_fails_too() {
    let list = list(&[key()]);
    for payload in payloads() {
        let text = key().sign(&payload, &address()).unwrap();
        let letters = text.rsplit(['/', ':']).next().unwrap();
        let bytes = data_encoding::BASE32_NOPAD.decode(letters.as_bytes()).unwrap();
        for (place, bit) in (0..bytes.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
            let mut bytes = bytes.clone();
            bytes[place] ^= 1 << bit;
            let changed = data_encoding::BASE32_NOPAD.encode(&bytes);
            assert!(list.verify_letters(&changed).is_err(), "bit {bit} of byte {place}");
        }
    }
}

#[test]
fn a_code_that_is_cut_off_says_so() {
    let list = list(&[key()]);
    for payload in payloads() {
        let text = key().sign(&payload, &address()).unwrap();
        let head = text.len() - text.rsplit(['/', ':']).next().unwrap().len();
        for end in head..text.len() {
            let error = list.verify(&text[..end]).unwrap_err();
            assert_eq!(error, CodeError::CutOff, "{end} of {}", text.len());
        }
        assert!(list.verify(&format!("{text}A")).is_err(), "too much");
        assert!(list.verify(&format!("{text}AAAAAAAA")).is_err(), "too much");
    }
}

#[test]
fn a_code_of_another_key_fails() {
    let stranger = SigningKey::from_seed(&[8; 32]);
    for payload in payloads() {
        let text = stranger.sign(&payload, &address()).unwrap();
        let error = list(&[key()]).verify(&text).unwrap_err();
        assert_eq!(error, CodeError::UnknownKey { key: hex::encode(stranger.public().id()) });
    }
}

#[test]
fn what_is_not_ours_is_told() {
    let list = list(&[key()]);
    let check =
        |text: &str, expected: CodeError| assert_eq!(list.verify(text).unwrap_err(), expected, "{text}");
    let label = key().sign(&result_label(), &address()).unwrap();
    let sheet = key().sign(&cover_sheet(), &address()).unwrap();
    check("", CodeError::NotOurs);
    check("https://dichvucong.gov.vn/?a=1", CodeError::NotOurs);
    check(&label.replace("XA-MAU", "XA-GIA"), CodeError::NotOurs);
    check(&label.replace("/V/", "/v/"), CodeError::NotOurs);
    check(&sheet.replace("ML1:", "HTTPS://MOTLAN.XA-MAU.EXAMPLE/V/"), CodeError::Malformed);
    check(&label.replace("HTTPS://MOTLAN.XA-MAU.EXAMPLE/V/", "ML1:"), CodeError::Malformed);
    let under_address = list.verify_letters(sheet.trim_start_matches(SHEET_PREFIX));
    assert_eq!(under_address, Err(CodeError::Malformed), "a page is not opened by a sheet");
    check("ML1:", CodeError::CutOff);
    check("ML1:AE======", CodeError::Malformed);
    check("ML1:AIAAAAAAAAAAAAAAAAAA", CodeError::Version { version: 2 });
    check(&format!("ML1:{}", "A".repeat(5_000)), CodeError::Malformed);
    let mut bytes = data_encoding::BASE32_NOPAD.decode(sheet.trim_start_matches("ML1:").as_bytes()).unwrap();
    // The map begins behind version, id and kind; CBOR never uses this byte.
    bytes[6] = 0x1c;
    check(&format!("ML1:{}", data_encoding::BASE32_NOPAD.encode(&bytes)), CodeError::Malformed);
}

#[test]
fn a_code_without_what_the_law_asks_for_is_not_made() {
    let check = |change: &dyn Fn(&mut Published), expected: &str| {
        let Payload::ResultLabel(mut label) = result_label() else { unreachable!("it is a label") };
        change(&mut label.published);
        let error = key().sign(&Payload::ResultLabel(label), &address()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    };
    check(&|facts| facts.dossier.clear(), "mã hồ sơ");
    check(&|facts| facts.procedure.clear(), "mã thủ tục hành chính");
    check(&|facts| facts.person = Person::Number(" ".into()), "mã định danh");
    check(&|facts| facts.paper.clear(), "tên giấy tờ");
    check(&|facts| facts.system = "\n".into(), "tên hệ thống thông tin");
    let Payload::CoverSheet(sheet) = cover_sheet() else { unreachable!("it is a sheet") };
    let empty = Payload::CoverSheet(CoverSheet { sheets: 0, ..sheet });
    assert!(key().sign(&empty, &address()).is_err());
}

#[test]
fn a_pseudonym_needs_its_key() {
    let (one, other) = (PseudonymKey::from_bytes(&[1; 32]), PseudonymKey::from_bytes(&[2; 32]));
    assert_eq!(one.pseudonym("079199000013"), one.pseudonym("079199000013"));
    assert_ne!(one.pseudonym("079199000013"), one.pseudonym("079199000014"));
    assert_ne!(one.pseudonym("079199000013"), other.pseudonym("079199000013"));
}

#[test]
fn addresses_are_hosts() {
    let check = |given: &str, expected: Option<&str>| {
        let address = Address::new(given).ok();
        assert_eq!(address.as_ref().map(Address::as_str), expected, "{given}");
    };
    check("https://motlan.xa-mau.example/", Some("HTTPS://MOTLAN.XA-MAU.EXAMPLE"));
    check("http://127.0.0.1:8080", Some("HTTP://127.0.0.1:8080"));
    check("http://localhost", Some("HTTP://LOCALHOST"));
    check("http://[::1]:8080", Some("HTTP://[::1]:8080"));
    check("http://[::1]", Some("HTTP://[::1]"));
    for elsewhere in [
        "http://motlan.xa-mau.example",
        "http://192.0.2.7",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://",
    ] {
        check(elsewhere, None);
    }
    check("motlan.example", None);
    check("https://", None);
    check("https://a/b", None);
    check("https://người.example", None);
    check("ftp://a", None);
}

#[test]
fn written_keys_are_read_again_and_never_shown() {
    for key in [key(), key_on_p256(), SigningKey::random()] {
        let again: SigningKey = key.reveal().parse().unwrap();
        assert_eq!(again.public(), key.public());
        assert!(!format!("{key:?}").contains(&key.reveal()[30..]));
    }
    let pseudonyms = PseudonymKey::random();
    let again: PseudonymKey = pseudonyms.reveal().parse().unwrap();
    assert_eq!(again.pseudonym("1"), pseudonyms.pseudonym("1"));
    for wrong in ["", "motlan-code-key-1-", "motlan-code-key-1-ed25519-00", "motlan-code-key-1-p256-00"] {
        assert!(wrong.parse::<SigningKey>().is_err(), "{wrong}");
    }
    let error = "motlan-code-key-1-ed25519-secret".parse::<SigningKey>().unwrap_err();
    assert!(!error.to_string().contains("secret"));
}

#[test]
fn a_list_of_keys_that_was_changed_is_refused() {
    let keys = [key(), key_on_p256()];
    let json = list(&keys).to_json();
    assert_eq!(KeyList::from_json(&json).unwrap(), list_with_signatures_of(&json));
    let check = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        assert!(KeyList::from_json(&json.replacen(from, to, 1)).is_err(), "{from}");
    };
    check("Xã Mẫu", "Xã Khác");
    check("MOTLAN.XA-MAU", "MOTLAN.XA-GIA");
    check("2026-11-22T", "2027-11-22T");
    check("motlan keys 1", "motlan keys 2");
    check("\"ed25519\"", "\"p256\"");
    check(&hex::encode(keys[0].public().id()), "00000000");
    assert!(KeyList::from_json("{}").is_err());
    assert!(KeyList::from_json("").is_err());
    let stranger = list(&[SigningKey::from_seed(&[8; 32])]).to_json();
    assert!(KeyList::from_json(&stranger).is_ok(), "whose list it is, only an older list can say");
}

/// ECDSA signs with random numbers, so a list is only equal to itself.
fn list_with_signatures_of(json: &str) -> KeyList {
    let list = KeyList::from_json(json).unwrap();
    assert_eq!(list.to_json(), json);
    list
}

#[test]
fn a_newer_list_is_known_by_a_key_of_the_older() {
    let (old, new) = (key(), SigningKey::from_seed(&[8; 32]));
    let old_list = list(&[key()]);
    let both =
        KeyList::new("Một lần", &[address()], &[new, old], "2026-12-01T00:00:00Z".parse().unwrap()).unwrap();
    let new_list = list(&[SigningKey::from_seed(&[8; 32])]);
    assert_eq!(both.check_successor_of(&old_list), Ok(()));
    assert_eq!(old_list.check_successor_of(&both), Err(KeyListError::NoSuccessor), "it is older");
    assert_eq!(new_list.check_successor_of(&old_list), Err(KeyListError::NoSuccessor));
    let label = key().sign(&result_label(), &address()).unwrap();
    assert!(both.verify(&label).is_ok(), "codes of an old key stay good while its public part is listed");
}
