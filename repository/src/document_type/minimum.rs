//! Trường dữ liệu đặc tả cơ bản (TT 01/2023 Điều 9, DIG-11): what a record of each type says at least. The list of the circular was not
//! at hand; this is the mandatory part of DOMAIN §6.1 with the facts of §6.2 by which a paper of the type is known.

use super::DocumentType;

/// Fields of which one has to be there; the first is what people are asked for.
pub(crate) type OneOf = &'static [&'static str];

/// Số, ký hiệu. Registers of civil status write it as a number of registration or of the book.
const NUMBER: OneOf = &["number", "registration_number", "book_number"];
/// Ngày cấp, ban hành, đăng ký.
const DAY: OneOf = &["issued_on", "registered_on"];
/// Cơ quan cấp, ban hành, đăng ký.
const AGENCY: OneOf = &["agency", "registration_place", "issued_at"];
/// Who the paper is about.
const NAME: OneOf = &["full_name"];
/// When that person was born; old papers know the year alone.
const BIRTH: OneOf = &["birth_date", "birth_year"];

impl DocumentType {
    /// What a record of this type says at least, first the number by which its papers are known. Applications and papers without a type of
    /// their own say what they say.
    pub fn minimum(self) -> &'static [OneOf] {
        use DocumentType::*;
        match self {
            IdentityCard => &[&["citizen_id"], NAME, BIRTH],
            BirthCertificate => &[NUMBER, DAY, AGENCY, NAME, BIRTH],
            MarriageCertificate => &[NUMBER, DAY, AGENCY, &["husband_name"], &["wife_name"]],
            MaritalStatus => &[NUMBER, DAY, AGENCY, NAME, &["marital_status"]],
            DeathExtract => &[NUMBER, DAY, AGENCY, NAME, &["death_date"]],
            LandCertificate => &[
                &["serial_number", "book_entry_number", "number"],
                DAY,
                AGENCY,
                &["parcel_number", "parcel_address"],
            ],
            BusinessRegistration => {
                &[&["enterprise_code", "number"], &["enterprise_name"], &["issued_on", "changed_on"], AGENCY]
            }
            Permit => &[NUMBER, DAY, AGENCY],
            CriminalRecord => &[NUMBER, DAY, AGENCY, NAME, &["criminal_record"]],
            Decision => &[NUMBER, DAY, AGENCY, &["subject_matter"]],
            Certificate => &[&["number", "book_entry_number"], DAY, AGENCY, NAME],
            InsuranceCard => &[&["insurance_number", "number"], NAME],
            Application | Other => &[],
        }
    }

    /// The number by which a paper of this type is known among those of its owner (DIG-07): the first of these that it carries.
    pub(crate) fn known_by(self) -> OneOf {
        self.minimum().first().copied().unwrap_or(&["number"])
    }

    /// Which fields of the minimum are not among those that are there.
    pub fn lacking(self, has: impl Fn(&str) -> bool) -> Vec<&'static str> {
        let open = self.minimum().iter().filter(|one_of| !one_of.iter().any(|key| has(key)));
        open.map(|one_of| one_of[0]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_carries_what_is_asked_of_it_first() {
        for document_type in DocumentType::ALL {
            for one_of in document_type.minimum() {
                assert!(document_type.carries(one_of[0]), "{} {one_of:?}", document_type.code());
            }
        }
    }

    #[test]
    fn every_type_is_known_by_a_number() {
        for document_type in DocumentType::ALL {
            let first = document_type.known_by()[0];
            assert!(
                first.ends_with("number") || ["citizen_id", "enterprise_code"].contains(&first),
                "{} {first}",
                document_type.code()
            );
        }
    }

    #[test]
    fn one_of_several_is_enough() {
        let check = |keys: &[&str], expected: &[&str]| {
            assert_eq!(
                DocumentType::BirthCertificate.lacking(|key| keys.contains(&key)),
                expected,
                "{keys:?}"
            );
        };
        check(&[], &["number", "issued_on", "agency", "full_name", "birth_date"]);
        check(&["registration_number", "registered_on", "registration_place", "birth_year"], &["full_name"]);
        assert_eq!(DocumentType::Application.lacking(|_| false), Vec::<&str>::new());
    }
}
