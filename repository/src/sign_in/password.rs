//! Mật khẩu: which ones are taken, and how they are kept. Pure functions of values.
//!
//! Not here: whose password it is and how often it may be tried (`sign_in`).

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::Score;

/// Fewest letters. Eight is what the law asks (SEC-07); twelve hold where hashes were stolen.
pub(crate) const LETTERS_MIN: usize = 12;
/// Most letters: a long sentence. More would only be work for the machine.
pub(crate) const LETTERS_MAX: usize = 128;
/// Passwords before this one that may not come back (SEC-07).
pub(crate) const BEFORE_MAX: i64 = 10;

/// Memory of one hash, in KiB. This and the next two are the second choice of the OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes,
/// 1 lane; a fraction of a tenth of a second here, and years for whoever has stolen the hashes and guesses.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes at once.
const LANES: u32 = 1;

/// What whoever guesses in this office tries first, beside the name of the person and the lists of leaked passwords that `zxcvbn` carries, which
/// know no Vietnamese: words of the office, its titles, and what stands at the head of every paper.
const KNOWN_HERE: &[&str] = &[
    "mot lan",
    "mot cua",
    "bo phan mot cua",
    "mat khau",
    "quan tri",
    "quan tri vien",
    "can bo",
    "cong chuc",
    "vien chuc",
    "chu tich",
    "pho chu tich",
    "bi thu",
    "giam doc",
    "truong phong",
    "lanh dao",
    "thu truong",
    "van phong",
    "tu phap",
    "ho tich",
    "cong an",
    "hanh chinh cong",
    "trung tam hanh chinh",
    "ubnd",
    "uy ban nhan dan",
    "ho so",
    "cong dan",
    "dich vu cong",
    "viet nam",
    "ha noi",
    "sai gon",
    "ho chi minh",
    "doc lap tu do hanh phuc",
    "cong hoa xa hoi chu nghia viet nam",
    "anh yeu em",
    "em yeu anh",
    "yeu em",
    "xin chao",
];
/// What people put between the syllables of such words.
const BETWEEN_SYLLABLES: [&str; 5] = ["", " ", "-", ".", "_"];

/// What is wrong with a new password, as a sentence; none: it is taken. `about` are words that belong to the person: login, name, agency.
pub(crate) fn weakness(password: &str, about: &[&str]) -> Option<String> {
    let password = normal(password);
    let letters = password.chars().count();
    if !(LETTERS_MIN..=LETTERS_MAX).contains(&letters) {
        return Some(format!(
            "Mật khẩu phải có từ {LETTERS_MIN} đến {LETTERS_MAX} ký tự; đang có {letters}."
        ));
    }
    let has = |of: fn(char) -> bool| password.chars().any(of);
    let classes = has(char::is_lowercase) && has(char::is_uppercase) && has(|letter| letter.is_numeric());
    if !classes || !has(|letter| !letter.is_alphanumeric()) {
        return Some(
            "Mật khẩu phải có chữ thường, chữ hoa, chữ số và một ký tự khác (dấu cách, dấu chấm, …).".into(),
        );
    }
    let words = about.iter().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
    let words = words.chain(about.iter().copied()).map(crate::spelling::fold).collect::<Vec<_>>();
    let words = words.iter().map(String::as_str).filter(|word| word.chars().count() > 2);
    let known =
        KNOWN_HERE.iter().flat_map(|word| BETWEEN_SYLLABLES.map(|between| word.replace(' ', between)));
    let known = known.collect::<Vec<_>>();
    let words = words.chain(known.iter().map(String::as_str)).collect::<Vec<_>>();
    let guessed = zxcvbn::zxcvbn(&crate::spelling::fold(&password), &words).score() < Score::Three
        || zxcvbn::zxcvbn(&password, &words).score() < Score::Three;
    guessed.then(|| {
        "Mật khẩu này dễ đoán: nó gần với mật khẩu hay gặp, dãy phím hoặc tên của bạn. Hãy ghép vài từ không liên quan.".into()
    })
}

/// Whether a password has more letters than any that was ever taken, however its accents are typed.
pub(crate) fn is_too_long(password: &str) -> bool {
    password.nfkc().nth(LETTERS_MAX).is_some()
}

/// A password as it is kept: salted, in the form of PHC strings.
pub(crate) fn hash(password: &str) -> String {
    let salt = SaltString::encode_b64(&crate::seal::random::<16>()).expect("16 bytes are a salt");
    let hash = argon2id().hash_password(normal(password).as_bytes(), &salt);
    hash.expect("the parameters are in range").to_string()
}

/// Whether a password is the one that was kept. Without one it takes as long and is never right.
pub(crate) fn is_right(password: &str, kept: Option<&str>) -> bool {
    let kept = kept.and_then(|kept| PasswordHash::new(kept).ok());
    match kept {
        Some(kept) => argon2id().verify_password(normal(password).as_bytes(), &kept).is_ok(),
        None => {
            hash(password);
            false
        }
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The same letters typed on another keyboard are the same password.
fn normal(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_plain_and_known_passwords_are_refused() {
        let check = |password: &str, part: &str| {
            let weakness =
                weakness(password, &["lan.tran", "Trần Thị Lan", "UBND xã Bến Mơ"]).unwrap_or_default();
            assert!(
                weakness.contains(part) && weakness.is_empty() == part.is_empty(),
                "{password}: {weakness}"
            );
        };
        check("", "ký tự");
        check("Ngan-gon-1a", "đang có 11");
        check(&"Aa1 ".repeat(33), "ký tự");
        check("khong co chu hoa 1", "chữ hoa");
        check("Khong co chu so.", "chữ số");
        check("KhongCoKyTuKhac1", "ký tự khác");
        check("Password123!", "dễ đoán");
        check("P@ssword1234", "dễ đoán");
        check("Qwertyuiop1!", "dễ đoán");
        check("Matkhau@12345", "dễ đoán");
        check("Vietnam@2026!", "dễ đoán");
        check("TranThiLan@1990", "dễ đoán");
        check("Aaaaaaaaaa1!", "dễ đoán");
        check("Chủ tịch 2026", "dễ đoán");
        check("PhoChuTich@123", "dễ đoán");
        check("Uy.ban.nhan.dan1", "dễ đoán");
        check("ĐộcLậpTựDoHạnhPhúc@1945", "dễ đoán");
        check("Cộng hòa xã hội chủ nghĩa Việt Nam 1", "dễ đoán");
        check("Cầu vồng 7 con trâu uống trà", "");
        check("xQ7-mR2.tV9k", "");
    }

    #[test]
    fn accents_typed_as_letters_of_their_own_make_no_password_too_long() {
        let longest = format!("Aa1.{}", "ệ".repeat(LETTERS_MAX - 4));
        for typed in [longest.clone(), longest.nfd().collect()] {
            assert!(!is_too_long(&typed), "{} letters", typed.chars().count());
            assert!(is_too_long(&format!("{typed}x")));
        }
    }

    #[test]
    fn a_password_is_known_again_and_never_kept() {
        let kept = hash("Cầu vồng 7 con trâu");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash("Cầu vồng 7 con trâu"), "every hash has its own salt");
        assert!(is_right("Cầu vồng 7 con trâu", Some(&kept)));
        let parted: String = "Cầu vồng 7 con trâu".nfd().collect();
        assert!(is_right(&parted, Some(&kept)), "accents typed as letters of their own");
        for (password, kept) in [
            ("cầu vồng 7 con trâu", Some(kept.as_str())),
            ("", Some("")),
            ("", Some("$argon2id$")),
            ("x", None),
        ] {
            assert!(!is_right(password, kept));
        }
    }
}
