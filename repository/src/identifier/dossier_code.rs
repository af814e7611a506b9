//! Mã hồ sơ (DOMAIN §5.1): agency, day of receipt, number within the day. Both the codes of QCVN 102 (`000.00.00.H10-…`) and those of
//! QĐ 20/2020 (`H26.18-…`) are accepted (CODE-02).

use super::agency_code::is_agency_code;
use super::{IdentifierError, is_digits};
use crate::database;
use jiff::civil::Date;

pub(super) fn canonical(text: &str) -> Result<String, IdentifierError> {
    canonical_on(text, database::today())
}

fn canonical_on(text: &str, today: Date) -> Result<String, IdentifierError> {
    let code = text.trim().to_ascii_uppercase();
    let parts = code.split('-').collect::<Vec<_>>();
    let [agency, day, sequence] = parts[..] else { return Err(wrong_form()) };
    if !is_agency(agency) || !is_digits(day, 6, 6) || !is_digits(sequence, 4, 8) {
        return Err(wrong_form());
    }
    match received_on(day) {
        Some(day) if day <= today => Ok(code),
        Some(_) => {
            Err(IdentifierError::expected("Mã hồ sơ có ngày tiếp nhận ở tương lai. Hãy kiểm tra lại mã."))
        }
        None => Err(IdentifierError::expected(
            "Mã hồ sơ có ngày không có thật. Phần giữa là năm-tháng-ngày: NNTTNN.",
        )),
    }
}

fn wrong_form() -> IdentifierError {
    IdentifierError::expected("Mã hồ sơ có dạng mã cơ quan-NNTTNN-số thứ tự, ví dụ H26.18-261121-0001.")
}

/// An agency code, or one of the older form with three groups before it: `000.00.00.H10`.
fn is_agency(text: &str) -> bool {
    is_agency_code(text) || older_form(text).is_some_and(is_agency_code)
}

/// What follows `\d{2,3}\.\d{2}\.\d{2}\.`.
fn older_form(text: &str) -> Option<&str> {
    let mut parts = text.splitn(4, '.');
    let (level_4, level_3, level_2) = (parts.next()?, parts.next()?, parts.next()?);
    let matches = is_digits(level_4, 2, 3) && is_digits(level_3, 2, 2) && is_digits(level_2, 2, 2);
    parts.next().filter(|_| matches)
}

/// `YYMMDD` as a real day of this century.
fn received_on(day: &str) -> Option<Date> {
    let part = |from: usize| day[from..from + 2].parse::<i8>().ok();
    Date::new(2000 + i16::from(part(0)?), part(2)?, part(4)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dossier_codes_of_both_forms() {
        let check = |text: &str, expected: Option<&str>| {
            let parsed = canonical_on(text, date(2026, 11, 21)).ok();
            assert_eq!(parsed.as_deref(), expected, "{text}");
        };
        check("000.00.00.H10-230530-0001", Some("000.00.00.H10-230530-0001"));
        check("H55.242-251103-0012", Some("H55.242-251103-0012"));
        check("G09.01-251103-0001", Some("G09.01-251103-0001"));
        check(" h26.18-261121-0001 ", Some("H26.18-261121-0001"));
        check("H26.18-261121-10000", Some("H26.18-261121-10000"));
        check("H26.18-261121-12345678", Some("H26.18-261121-12345678"));
        check("H26.18-261121-123456789", None);
        check("H26.18-261121-001", None);
        check("H26.18-261122-0001", None);
        check("H26.18-230229-0001", None);
        check("H26.18-240229-0001", Some("H26.18-240229-0001"));
        check("H26.18-261301-0001", None);
        check("H26.18-0001", None);
        check("000.00.H10-230530-0001", None);
        check("H26.18 261121 0001", None);
        check("", None);
    }
}
