//! How codes are made: the one place to change when an agency or a circular asks for another form.

use crate::DocumentType;
use crate::identifier::{AgencyCode, DocumentCode, DossierCode};
use jiff::civil::Date;

/// Mã kết quả số hóa (CODE-03): type, day of filing, number within the day, e.g. `KS-261121-000042`.
///
/// DOMAIN §5.4 knows a form that begins with the owner's number. We leave it out on purpose: the code stands in URLs, on labels
/// and in logs, where no personal number may stand (invariant 9). The structure that the law wants is unverified.
pub fn document_code(document_type: DocumentType, filed_on: Date, sequence: i64) -> DocumentCode {
    let code = format!("{}-{}-{sequence:06}", document_type.code(), six_digits(filed_on));
    code.parse().expect("type codes are capital letters, so this form is that of a document code")
}

/// Mã hồ sơ in the wide form (CODE-01, CODE-02): agency, day of receipt, number within the day, e.g. `H26.18-261121-0001`. The
/// 10,000th of a day gets five digits, which the form allows (DOMAIN §5.1); it never wraps.
pub fn dossier_code(agency: &AgencyCode, received_on: Date, sequence: i64) -> DossierCode {
    let code = format!("{agency}-{}-{sequence:04}", six_digits(received_on));
    code.parse().expect("an agency code, a day that is not to come and a number make a dossier code")
}

/// `YYMMDD`.
fn six_digits(date: Date) -> String {
    date.strftime("%y%m%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn document_codes_name_type_day_and_number() {
        let check = |document_type, sequence, expected: &str| {
            let code = document_code(document_type, date(2026, 11, 21), sequence);
            assert_eq!(code.as_str(), expected);
        };
        check(DocumentType::BirthCertificate, 42, "KS-261121-000042");
        check(DocumentType::Other, 1, "KHAC-261121-000001");
        check(DocumentType::Decision, 1_234_567, "QD-261121-1234567");
        for document_type in DocumentType::ALL {
            assert!(document_code(*document_type, date(2026, 1, 5), 1).as_str().contains("-260105-"));
        }
    }

    #[test]
    fn dossier_codes_grow_past_four_digits() {
        let agency: AgencyCode = "H26.18".parse().unwrap();
        let check = |sequence, expected: &str| {
            assert_eq!(dossier_code(&agency, date(2026, 1, 5), sequence).as_str(), expected);
        };
        check(1, "H26.18-260105-0001");
        check(9_999, "H26.18-260105-9999");
        check(10_000, "H26.18-260105-10000");
    }
}
