//! Mã số thuế (DOMAIN §5.7): ten digits, the last of them a check digit, and for a branch three more.

use super::{IdentifierError, is_digits, without_separators};

/// Weights of the first nine digits.
const WEIGHTS: [u32; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];

pub(super) fn canonical(text: &str) -> Result<String, IdentifierError> {
    let digits = without_separators(text);
    if !is_digits(&digits, 10, 10) && !is_digits(&digits, 13, 13) {
        return Err(IdentifierError::expected(
            "Mã số thuế gồm 10 chữ số, của đơn vị phụ thuộc là 13 chữ số.",
        ));
    }
    let (number, branch) = digits.split_at(10);
    if !checks(number) {
        return Err(IdentifierError::expected(
            "Mã số thuế sai chữ số kiểm tra. Hãy đối chiếu từng chữ số với giấy tờ.",
        ));
    }
    match branch {
        "" => Ok(digits),
        "000" => Err(IdentifierError::expected(
            "Mã đơn vị phụ thuộc phải từ 001 đến 999. Hãy kiểm tra ba chữ số cuối.",
        )),
        _ => Ok(format!("{number}-{branch}")),
    }
}

/// The last digit is 10 − (Σ mod 11); a number whose sum is a multiple of 11 is never issued.
fn checks(number: &str) -> bool {
    let digits = number.bytes().map(|byte| u32::from(byte - b'0'));
    let (sum, last) = digits
        .zip(WEIGHTS.into_iter().chain([0]))
        .fold((0, 0), |(sum, _), (digit, weight)| (sum + digit * weight, digit));
    last == 10 - sum % 11
}

#[cfg(test)]
mod tests {
    use crate::identifier::TaxCode;

    #[test]
    fn the_check_digit_is_checked() {
        let check = |text: &str, expected: Option<&str>| {
            let parsed = text.parse::<TaxCode>().ok();
            assert_eq!(parsed.as_ref().map(TaxCode::as_str), expected, "{text}");
        };
        for valid in ["0100233488", "0100112437", "0100109106", "0101243150", "0300588569", "0102100740"] {
            check(valid, Some(valid));
        }
        check("0314409058-002", Some("0314409058-002"));
        check("0312687878-001", Some("0312687878-001"));
        check("0314409058002", Some("0314409058-002"));
        check(" 0100 233 488 ", Some("0100233488"));
        check("0100233480", None);
        check("8012345678", None);
        check("8012345677", Some("8012345677"));
        check("0314409058-000", None);
        check("0314409058-02", None);
        check("010023348", None);
        check("010023348A", None);
        check("079099000001", None);
    }

    #[test]
    fn a_sum_that_is_a_multiple_of_eleven_was_never_issued() {
        // 29·1 + 5·3 = 44
        assert!((0..10).all(|last| format!("010000030{last}").parse::<TaxCode>().is_err()));
    }
}
