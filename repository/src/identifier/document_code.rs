//! Mã kết quả số hóa (DOMAIN §5.4). Its structure is unverified, so any code of letters, digits and single separators is accepted; how
//! ours are made is one function of [`crate::code`].

use super::IdentifierError;

/// Longest code: what `MaGiayTo` of the national portal takes.
const CHARS_MAX: usize = 100;

pub(super) fn canonical(text: &str) -> Result<String, IdentifierError> {
    let code = text.trim().to_ascii_uppercase();
    match is_document_code(&code) {
        true => Ok(code),
        false => Err(IdentifierError::expected(format!(
            "Mã kết quả số hóa gồm chữ cái không dấu, chữ số và dấu - . _ ở giữa, nhiều nhất {CHARS_MAX} ký tự, \
             ví dụ KS-261121-000042."
        ))),
    }
}

fn is_document_code(code: &str) -> bool {
    let is_group = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_alphanumeric());
    code.len() <= CHARS_MAX && code.split(['-', '.', '_']).all(is_group)
}

#[cfg(test)]
mod tests {
    use crate::identifier::DocumentCode;

    #[test]
    fn document_codes() {
        let check = |text: &str, ok: bool| assert_eq!(text.parse::<DocumentCode>().is_ok(), ok, "{text}");
        check("KS-261121-000042", true);
        check(" ks-261121-000042 ", true);
        check("G09.01_CV_000021_V1", true);
        check("KQ.G09.000024", true);
        check(&"A".repeat(100), true);
        check(&"A".repeat(101), false);
        check("KS--000042", false);
        check("-KS", false);
        check("KS/1", false);
        check("", false);
    }
}
