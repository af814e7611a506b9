//! Mã TTHC (DOMAIN §5.3): `2.000635`, with groups of an agency in local forms.

use super::{IdentifierError, is_digits};

/// Groups of a local form: three of the older agency code, its letter group, and one of the service.
const LOCAL_GROUPS_MAX: usize = 6;

pub(super) fn canonical(text: &str) -> Result<String, IdentifierError> {
    let code = text.trim().to_ascii_uppercase();
    match is_procedure_code(&code) {
        true => Ok(code),
        false => Err(IdentifierError::expected(
            "Mã thủ tục gồm một chữ số, dấu chấm và sáu chữ số, ví dụ 2.000635.",
        )),
    }
}

fn is_procedure_code(code: &str) -> bool {
    let groups = code.split('.').collect::<Vec<_>>();
    let [level, number, local @ ..] = &groups[..] else { return false };
    is_digits(level, 1, 1)
        && is_digits(number, 6, 6)
        && local.len() <= LOCAL_GROUPS_MAX
        && local.iter().all(|group| is_local_group(group))
}

fn is_local_group(group: &str) -> bool {
    (1..=3).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use crate::identifier::ProcedureCode;

    #[test]
    fn procedure_codes() {
        let check = |text: &str, ok: bool| assert_eq!(text.parse::<ProcedureCode>().is_ok(), ok, "{text}");
        check("2.000635", true);
        check("1.004194", true);
        check(" 1.004194 ", true);
        check("2.000815.000.00.00.H55", true);
        check("2.000815.000.00.00.H55.02", true);
        check("2.00635", false);
        check("2.000635.", false);
        check("12.000635", false);
        check("2000635", false);
        check("2.000635.1.2.3.4.5.6.7", false);
        check("", false);
    }
}
