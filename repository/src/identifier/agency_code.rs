//! Mã định danh cơ quan (DOMAIN §5.2, QĐ 20/2020/QĐ-TTg): a letter and two digits, then up to six groups.

use super::{IdentifierError, is_digits};

/// Longest agency code (QĐ 20/2020/QĐ-TTg).
const CHARS_MAX: usize = 35;

/// Groups after the first.
const GROUPS_MAX: usize = 6;

pub(super) fn canonical(text: &str) -> Result<String, IdentifierError> {
    let code = text.trim().to_ascii_uppercase();
    match is_agency_code(&code) {
        true => Ok(code),
        false => Err(IdentifierError::expected(
            "Mã định danh cơ quan gồm một chữ cái, hai chữ số rồi các nhóm số cách nhau bằng dấu chấm, ví dụ H26.18.",
        )),
    }
}

/// Whether a text is an agency code in canonical form.
pub(super) fn is_agency_code(code: &str) -> bool {
    let mut groups = code.split('.');
    let first = groups.next().unwrap_or_default();
    let rest = groups.collect::<Vec<_>>();
    code.len() <= CHARS_MAX
        && is_first_level(first)
        && rest.len() <= GROUPS_MAX
        && rest.iter().all(|group| is_digits(group, 1, 3))
}

/// `H26`.
fn is_first_level(group: &str) -> bool {
    group.starts_with(|letter: char| letter.is_ascii_uppercase()) && is_digits(&group[1..], 2, 2)
}

#[cfg(test)]
mod tests {
    use crate::identifier::AgencyCode;

    #[test]
    fn agency_codes() {
        let check = |text: &str, ok: bool| assert_eq!(text.parse::<AgencyCode>().is_ok(), ok, "{text}");
        check("H26", true);
        check("h26.18", true);
        check("G09.01", true);
        check("H55.242", true);
        check("H26.1.2.3.4.5.6", true);
        check("H26.1.2.3.4.5.6.7", false);
        check("H2", false);
        check("HH26", false);
        check("H26.", false);
        check("H26.1234", false);
        check("Đ26", false);
        check("", false);
    }
}
