//! A token read from paper: what it should be, and whether it is. For those who read: a token that fails its check is worth a second look.

use super::{
    CitizenId, DocumentNumber, LandCertificateSerial, TaxCode, WrittenDate, date_in_figures, is_digits,
};
use super::{citizen_id, without_separators};
use crate::doubt::Doubt;

/// What a token on paper is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Số định danh cá nhân, 12 digits (DOMAIN §5.5).
    CitizenId,
    /// Mã số thuế, 10 or 13 digits (DOMAIN §5.7).
    TaxCode,
    /// Số, ký hiệu of a document or a register (DOMAIN §5.8).
    DocumentNumber,
    /// Số phát hành of a land certificate (DOMAIN §5.8).
    LandCertificateSerial,
    /// Mã số BHXH (10 digits) or mã thẻ BHYT (15 characters; DOMAIN §5.7).
    InsuranceNumber,
    /// Số điện thoại.
    Phone,
    /// A day in figures.
    Date,
}

/// What the check of a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenCheck {
    /// It does not look like this kind at all.
    Other,
    /// It looks like this kind and fails its check.
    Doubtful(Doubt),
    /// It passes every check that one token allows.
    Sound,
}

/// Digits that a number may lack or have too many, to be still taken for a misread one.
const DIGITS_OFF_MAX: usize = 2;

impl TokenKind {
    /// The kind that a lone token looks like, also when some of its digits were read as letters (`O79l98030218`); none for words.
    /// Dates and document numbers with strokes come first, then long numbers by their length.
    pub fn of(token: &str) -> Option<TokenKind> {
        let compact = without_separators(token.trim_matches(|c: char| ".,:;()".contains(c)));
        let digits = compact.chars().filter(char::is_ascii_digit).count();
        let length = compact.chars().count();
        match () {
            () if check_token(TokenKind::Date, token) != TokenCheck::Other => Some(TokenKind::Date),
            () if token.contains('/') && compact.starts_with(|c: char| c.is_ascii_digit()) => {
                Some(TokenKind::DocumentNumber)
            }
            () if digits * 4 < length * 3 || is_grouped(token) => None,
            () if is_common_phone(&compact) && check_tax_code(&compact) != TokenCheck::Sound => {
                Some(TokenKind::Phone)
            }
            () if (11..=12).contains(&length) => Some(TokenKind::CitizenId),
            () if length == 13 && compact.starts_with('0') => Some(TokenKind::TaxCode),
            () if length == 10 => Some(TokenKind::TaxCode),
            () => None,
        }
    }
}

/// `3.600.000.000`: an amount, not a number that names someone.
fn is_grouped(token: &str) -> bool {
    token.trim_end_matches('.').contains('.')
}

/// Checks a token (or the few tokens of one number, with the spaces between) against the kind that it is meant to be.
pub fn check_token(kind: TokenKind, text: &str) -> TokenCheck {
    let text = text.trim_matches(|c: char| c.is_whitespace() || ".,:;()".contains(c));
    match kind {
        TokenKind::CitizenId => check_citizen_id(&without_separators(text)),
        TokenKind::TaxCode => check_tax_code(&without_separators(text)),
        TokenKind::DocumentNumber => {
            let looks = text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('/');
            sound_or(text.parse::<DocumentNumber>().is_ok(), looks, Doubt::NumberForm)
        }
        TokenKind::LandCertificateSerial => {
            let digits = text.chars().filter(char::is_ascii_digit).count();
            sound_or(
                text.parse::<LandCertificateSerial>().is_ok(),
                (4..=9).contains(&digits),
                Doubt::SerialForm,
            )
        }
        TokenKind::InsuranceNumber => {
            let compact = without_separators(text);
            let looks = (8..=17).contains(&compact.chars().count()) && has_digits(&compact, 8);
            sound_or(is_insurance_number(&compact), looks, Doubt::InsuranceForm)
        }
        TokenKind::Phone => {
            let compact = without_separators(text);
            sound_or(is_phone(&compact), has_digits(&compact, 7), Doubt::PhoneForm)
        }
        TokenKind::Date => match date_in_figures(text) {
            Some(WrittenDate::Day(_)) => TokenCheck::Sound,
            Some(WrittenDate::Impossible) => TokenCheck::Doubtful(Doubt::ImpossibleDate),
            None => TokenCheck::Other,
        },
    }
}

fn sound_or(sound: bool, looks: bool, doubt: Doubt) -> TokenCheck {
    match (sound, looks) {
        (true, _) => TokenCheck::Sound,
        (false, true) => TokenCheck::Doubtful(doubt),
        (false, false) => TokenCheck::Other,
    }
}

/// Whether a number's length is near enough to `length` and nearly all of it are digits.
fn looks_like_digits(text: &str, length: usize) -> bool {
    let count = text.chars().count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    count.abs_diff(length) <= DIGITS_OFF_MAX && digits * 4 >= count * 3
}

fn has_digits(text: &str, min: usize) -> bool {
    text.chars().filter(char::is_ascii_digit).count() >= min
}

fn check_citizen_id(compact: &str) -> TokenCheck {
    match () {
        () if !looks_like_digits(compact, 12) => TokenCheck::Other,
        () if !is_digits(compact, 12, 12) => TokenCheck::Doubtful(Doubt::NumberLength),
        () if compact.parse::<CitizenId>().is_err() => TokenCheck::Doubtful(Doubt::FutureNumber),
        () if !citizen_id::is_place_code(&compact[..3]) => TokenCheck::Doubtful(Doubt::PlaceCode),
        () => TokenCheck::Sound,
    }
}

fn check_tax_code(compact: &str) -> TokenCheck {
    let has_length = is_digits(compact, 10, 10) || is_digits(compact, 13, 13);
    match () {
        () if !looks_like_digits(compact, 10) && !looks_like_digits(compact, 13) => TokenCheck::Other,
        () if !has_length => TokenCheck::Doubtful(Doubt::NumberLength),
        () if compact.parse::<TaxCode>().is_err() => TokenCheck::Doubtful(Doubt::CheckDigit),
        () => TokenCheck::Sound,
    }
}

/// Ten digits, or the fifteen characters of a card: two letters and thirteen digits.
fn is_insurance_number(compact: &str) -> bool {
    let letters = compact.chars().take_while(char::is_ascii_uppercase).count();
    match letters {
        0 => is_digits(compact, 10, 10),
        2 => is_digits(&compact[2..], 13, 13),
        _ => false,
    }
}

/// Ten digits for mobile and most fixed lines, eleven for some; `+84` stands for the first 0.
fn is_phone(compact: &str) -> bool {
    let national = compact.strip_prefix("+84").map(|rest| format!("0{rest}"));
    let number = national.as_deref().unwrap_or(compact);
    number.starts_with('0') && is_digits(number, 10, 11)
}

/// Mobile numbers of ten digits begin with 03, 05, 07, 08 or 09, fixed lines of eleven with 02. Some tax codes look like that, too.
fn is_common_phone(compact: &str) -> bool {
    let is_mobile =
        is_digits(compact, 10, 10) && compact.starts_with('0') && "35789".contains(&compact[1..2]);
    is_mobile || (is_digits(compact, 11, 11) && compact.starts_with("02"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Doubt::*;
    use TokenCheck::{Doubtful, Other, Sound};

    fn check(kind: TokenKind, text: &str, expected: TokenCheck) {
        assert_eq!(check_token(kind, text), expected, "{text}");
    }

    #[test]
    fn citizen_numbers() {
        check(TokenKind::CitizenId, "079198030218", Sound);
        check(TokenKind::CitizenId, "079 198 030 218.", Sound);
        check(TokenKind::CitizenId, "O79198030218", Doubtful(NumberLength));
        check(TokenKind::CitizenId, "07919803021", Doubtful(NumberLength));
        check(TokenKind::CitizenId, "099198030218", Doubtful(PlaceCode));
        check(TokenKind::CitizenId, "003198030218", Doubtful(PlaceCode));
        check(TokenKind::CitizenId, "079999000001", Doubtful(FutureNumber));
        check(TokenKind::CitizenId, "Nguyễn", Other);
        check(TokenKind::CitizenId, "12345", Other);
    }

    #[test]
    fn tax_codes() {
        check(TokenKind::TaxCode, "0100109106", Sound);
        check(TokenKind::TaxCode, "0314409058-002", Sound);
        check(TokenKind::TaxCode, "0100109107", Doubtful(CheckDigit));
        check(TokenKind::TaxCode, "010010910", Doubtful(NumberLength));
        check(TokenKind::TaxCode, "01", Other);
    }

    #[test]
    fn numbers_of_papers() {
        check(TokenKind::DocumentNumber, "15/QĐ-UBND", Sound);
        check(TokenKind::DocumentNumber, "15/QD_UBND", Doubtful(NumberForm));
        check(TokenKind::DocumentNumber, "UBND", Other);
        check(TokenKind::LandCertificateSerial, "CM 417263", Sound);
        check(TokenKind::LandCertificateSerial, "CM 41726", Doubtful(SerialForm));
        check(TokenKind::InsuranceNumber, "HT 2 27 2703918462", Sound);
        check(TokenKind::InsuranceNumber, "2703918462", Sound);
        check(TokenKind::InsuranceNumber, "HT 2 27 270391846", Doubtful(InsuranceForm));
        check(TokenKind::Phone, "0900 000 218", Sound);
        check(TokenKind::Phone, "+84 900 000 218", Sound);
        check(TokenKind::Phone, "900 000 218", Doubtful(PhoneForm));
    }

    #[test]
    fn days() {
        check(TokenKind::Date, "05/4/2023", Sound);
        check(TokenKind::Date, "31/02/2023", Doubtful(ImpossibleDate));
        check(TokenKind::Date, "12/2024", Other);
    }

    #[test]
    fn kinds_of_lone_tokens() {
        let check =
            |token: &str, expected: Option<TokenKind>| assert_eq!(TokenKind::of(token), expected, "{token}");
        check("079198030218", Some(TokenKind::CitizenId));
        check("O79l98030218,", Some(TokenKind::CitizenId));
        check("0100109107", Some(TokenKind::TaxCode));
        check("0314409058", Some(TokenKind::TaxCode));
        check("0912345678", Some(TokenKind::Phone));
        check("02437654321", Some(TokenKind::Phone));
        check("2703918462", Some(TokenKind::TaxCode));
        check("05/4/2023", Some(TokenKind::Date));
        check("31/02/2023.", Some(TokenKind::Date));
        check("412/QĐ-UBND", Some(TokenKind::DocumentNumber));
        check("Nguyễn", None);
        check("98,4", None);
        check("3.600.000.000", None);
    }
}
