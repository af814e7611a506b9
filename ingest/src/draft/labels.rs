//! The printed labels of forms, folded, with the field that follows each, and which fields a type of paper has.

use repository::DocumentType::{self, *};

/// Where a label may stand in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the beginning of a row, behind a numbering, or before a colon.
    Label,
    /// Only before a colon: the words are too ordinary.
    WithColon,
    /// Also inside a sentence when digits follow: `thửa đất số 55, tờ bản đồ số 31`.
    Anywhere,
}

use Place::{Anywhere, Label, WithColon};

/// A label, cut into words.
pub(super) struct LabelOf {
    pub(super) words: Vec<&'static str>,
    /// Key of the field that follows; empty: the label only ends the field before it.
    pub(super) key: &'static str,
    pub(super) place: Place,
}

/// Key of an address whose meaning depends on the paper.
const ADDRESS: &str = "address";
/// Key of a name whose meaning depends on the paper.
const HOLDER: &str = "holder_name";

const LABELS: &[(&str, &str, Place)] = &[
    ("ho chu dem ten", "full_name", Label),
    ("ho chu dem va ten", "full_name", Label),
    ("ho va ten", "full_name", Label),
    ("ho ten", "full_name", Label),
    ("ho va ten khai sinh", "full_name", Label),
    ("ho chu dem va ten khai sinh", "full_name", Label),
    ("cho", "full_name", WithColon),
    ("ho chu dem ten nguoi me", "mother_name", Label),
    ("ho va ten me", "mother_name", Label),
    ("ho ten me", "mother_name", Label),
    ("ho chu dem ten nguoi cha", "father_name", Label),
    ("ho va ten cha", "father_name", Label),
    ("ho ten cha", "father_name", Label),
    ("ho chu dem ten nguoi di khai sinh", "registrant_name", Label),
    ("ho chu dem ten nguoi di khai tu", "registrant_name", Label),
    ("ho chu dem ten nguoi di khai", "registrant_name", Label),
    ("ho chu dem ten nguoi yeu cau", "registrant_name", Label),
    ("ho ten nguoi di khai", "registrant_name", Label),
    ("ngay thang nam sinh", "birth_date", Label),
    ("ngay sinh", "birth_date", Label),
    ("sinh ngay", "birth_date", Label),
    ("nam sinh", "", Label),
    ("ghi bang chu", "", Label),
    ("bang chu", "", Label),
    ("gioi tinh", "sex", Label),
    ("dan toc", "ethnicity", Label),
    ("quoc tich", "nationality", Label),
    ("noi sinh", "birth_place", Label),
    ("que quan", "home_town", Label),
    ("so dinh danh ca nhan", "citizen_id", Anywhere),
    ("so can cuoc cong dan", "citizen_id", Anywhere),
    ("so can cuoc", "citizen_id", Anywhere),
    ("so dinh danh", "citizen_id", Anywhere),
    ("can cuoc cong dan so", "citizen_id", Anywhere),
    ("the can cuoc so", "citizen_id", Anywhere),
    ("cccd so", "citizen_id", Anywhere),
    ("so giay to phap ly cua ca nhan", "citizen_id", Label),
    ("loai giay to phap ly cua ca nhan", "", Label),
    ("giay to tuy than", "citizen_id", Label),
    ("noi cu tru", "residence", Label),
    ("noi cu tru cuoi cung", "residence", Label),
    ("noi thuong tru", "residence", Label),
    ("noi tam tru", "", Label),
    ("noi dang ky thuong tru", "residence", Label),
    ("dia chi thuong tru", "residence", Label),
    ("dia chi lien he", "residence", Label),
    ("dia chi lien lac", "residence", Label),
    ("dia chi", ADDRESS, WithColon),
    ("tinh trang hon nhan", "marital_status", Label),
    ("giay nay duoc cap de", "purpose", Label),
    ("muc dich su dung giay", "purpose", Label),
    ("da chet vao luc", "death_date", Label),
    ("ngay mat", "death_date", Label),
    ("chet ngay", "death_date", Label),
    ("noi chet", "death_place", Label),
    ("nguyen nhan chet", "", Label),
    ("dang ky khai tu tai", "", Label),
    ("dang ky khai sinh tai", "", Label),
    ("noi dang ky khai sinh", "agency", Label),
    ("noi dang ky ket hon", "agency", Label),
    ("noi dang ky", "agency", Label),
    ("co quan cap", "agency", Label),
    ("quan he voi nguoi duoc khai sinh", "", Label),
    ("ngay thang nam dang ky", "issued_on", Label),
    ("ngay dang ky", "issued_on", Label),
    ("dang ky lan dau", "issued_on", Label),
    ("ngay cap", "issued_on", Label),
    ("cap ngay", "issued_on", Label),
    ("noi cap", "issued_at", Label),
    ("quyen so", "book_number", Label),
    ("nguoi su dung dat", HOLDER, WithColon),
    ("ten chu ho", HOLDER, Label),
    ("ten chu dau tu", HOLDER, Label),
    ("chu dau tu", HOLDER, WithColon),
    ("cap cho", HOLDER, WithColon),
    ("ong", HOLDER, WithColon),
    ("ba", HOLDER, WithColon),
    ("ho ong", HOLDER, WithColon),
    ("ho ba", HOLDER, WithColon),
    ("thua dat so", "parcel_number", Anywhere),
    ("thua so", "parcel_number", Anywhere),
    ("lo dat so", "parcel_number", Anywhere),
    ("to ban do so", "map_sheet_number", Anywhere),
    ("dia chi thua dat", "parcel_address", Label),
    ("dien tich", "area", Label),
    ("dien tich dat", "area", Anywhere),
    ("dien tich thua dat", "area", Anywhere),
    ("dien tich lo dat", "area", Anywhere),
    ("dien tich xay dung tang", "", WithColon),
    ("dien tich xay dung tang 1", "", Label),
    ("dien tich xay dung", "", Label),
    ("hinh thuc su dung", "", Label),
    ("muc dich su dung", "land_use", Label),
    ("muc dich su dung dat", "land_use", WithColon),
    ("loai dat", "land_use", Label),
    ("thoi han su dung", "land_use_term", Label),
    ("thoi han su dung dat", "land_use_term", WithColon),
    ("nguon goc su dung", "", Label),
    ("so phat hanh", "serial_number", Label),
    ("so vao so cap giay chung nhan", "book_entry_number", Label),
    ("so vao so cap gcn", "book_entry_number", Label),
    ("so vao so goc cap van bang", "book_entry_number", Label),
    ("so vao so", "book_entry_number", Label),
    ("so hieu", "number", WithColon),
    ("ma so doanh nghiep", "enterprise_code", Label),
    ("ma so ho kinh doanh", "enterprise_code", Label),
    ("ma so thue", "enterprise_code", Label),
    ("ma so", "number", WithColon),
    ("ten cong ty viet bang tieng viet", "enterprise_name", Label),
    ("ten doanh nghiep viet bang tieng viet", "enterprise_name", Label),
    ("ten doanh nghiep", "enterprise_name", WithColon),
    ("ten cong ty", "enterprise_name", WithColon),
    ("ten ho kinh doanh", "enterprise_name", WithColon),
    ("ten cong ty viet bang tieng nuoc ngoai", "", Label),
    ("ten cong ty viet tat", "", Label),
    ("dia chi tru so chinh", "head_office", Label),
    ("dia chi tru so", "head_office", Label),
    ("tru so chinh", "head_office", Label),
    ("von dieu le", "charter_capital", Label),
    ("dien thoai", "", Label),
    ("so dien thoai", "", Label),
    ("chuc danh", "", Label),
    ("cong trinh", "project_name", WithColon),
    ("ten cong trinh", "project_name", WithColon),
    ("tinh trang an tich", "criminal_record", Label),
    ("nganh dao tao", "major", WithColon),
    ("nganh", "major", WithColon),
    ("nghe", "major", WithColon),
    ("xep loai", "grade", Label),
    ("xep loai tot nghiep", "grade", Label),
    ("hinh thuc dao tao", "", Label),
    ("co gia tri den", "valid_until", Label),
    ("co thoi han den", "valid_until", Label),
];

/// All labels, longer ones first, so that `họ tên người mẹ` is never taken for `họ tên`.
pub(super) fn all() -> Vec<LabelOf> {
    let cut = |(words, key, place): &(&'static str, &'static str, Place)| LabelOf {
        words: words.split(' ').collect(),
        key,
        place: *place,
    };
    let mut labels: Vec<LabelOf> = LABELS.iter().map(cut).collect();
    labels.sort_by_key(|label| std::cmp::Reverse(label.words.len()));
    labels
}

/// Whether a read word is a label's word; one wrong letter is forgiven in words of four and more.
pub(super) fn alike(read: &str, wanted: &str) -> bool {
    if read == wanted {
        return true;
    }
    let wrong = read.chars().zip(wanted.chars()).filter(|(one, other)| one != other).count();
    wanted.len() >= 4 && read.chars().count() == wanted.chars().count() && wrong == 1
}

/// The field that a label means on a paper of this type; none when the value belongs to somebody else named there (DOMAIN §6.2).
pub(super) fn key_on(document_type: DocumentType, key: &'static str) -> Option<&'static str> {
    let has = |types: &[DocumentType]| types.contains(&document_type);
    let fits = match key {
        ADDRESS => return address_on(document_type),
        "full_name" if has(&[BusinessRegistration]) => return Some("representative_name"),
        "full_name" | "birth_date" | "sex" | "ethnicity" | "nationality" | "birth_place" | "home_town" => {
            !has(&[Decision, LandCertificate, Permit, MarriageCertificate])
        }
        "citizen_id" => !has(&[Decision, MarriageCertificate]),
        "residence" => !has(&[BirthCertificate, MarriageCertificate, BusinessRegistration, Decision]),
        "mother_name" | "father_name" | "registrant_name" => {
            has(&[BirthCertificate, DeathExtract, Application])
        }
        "marital_status" | "purpose" => has(&[MaritalStatus]),
        "death_date" | "death_place" => has(&[DeathExtract]),
        HOLDER | "parcel_number" | "map_sheet_number" | "area" => {
            has(&[LandCertificate, Permit, Application])
        }
        "parcel_address" | "land_use" | "land_use_term" | "serial_number" => has(&[LandCertificate]),
        "book_entry_number" => has(&[LandCertificate, Certificate]),
        "enterprise_code" | "enterprise_name" | "head_office" | "charter_capital" => {
            has(&[BusinessRegistration])
        }
        "project_name" => has(&[Permit]),
        "major" | "grade" => has(&[Certificate]),
        "criminal_record" => has(&[CriminalRecord]),
        "book_number" => has(&[BirthCertificate, MarriageCertificate, DeathExtract]),
        "agency" => !has(&[Application]),
        "number" => has(&[Certificate, InsuranceCard]),
        "valid_until" => !has(&[Decision]),
        _ => true,
    };
    fits.then_some(key)
}

fn address_on(document_type: DocumentType) -> Option<&'static str> {
    match document_type {
        LandCertificate => Some("parcel_address"),
        BusinessRegistration => Some("head_office"),
        Permit | Application | IdentityCard | CriminalRecord | MaritalStatus | InsuranceCard | Other => {
            Some("residence")
        }
        BirthCertificate | MarriageCertificate | DeathExtract | Decision | Certificate => None,
    }
}

/// The two fields of a row that speaks of husband and wife.
pub(super) fn couple(key: &str) -> Option<[&'static str; 2]> {
    match key {
        "full_name" => Some(["husband_name", "wife_name"]),
        "birth_date" => Some(["husband_birth_date", "wife_birth_date"]),
        "citizen_id" => Some(["husband_citizen_id", "wife_citizen_id"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_names_a_field_of_the_dictionary() {
        let keys = all().into_iter().map(|label| label.key).filter(|key| !key.is_empty() && *key != ADDRESS);
        let unknown: Vec<&str> =
            keys.filter(|key| repository::document_type::field_key(key).is_none()).collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }

    #[test]
    fn one_wrong_letter_is_forgiven_in_longer_words() {
        let check = |read: &str, wanted: &str, expected: bool| {
            assert_eq!(alike(read, wanted), expected, "{read} {wanted}")
        };
        check("sinh", "sinh", true);
        check("sinb", "sinh", true);
        check("simb", "sinh", false);
        check("hc", "ho", false);
        check("dinhh", "dinh", false);
    }
}
