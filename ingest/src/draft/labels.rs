//! The printed labels of forms, folded, with the field that follows each, and which fields a type of paper has.

use repository::DocumentType::{self, *};
use repository::document_type::field_key;
use repository::spelling::distance_within;

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
    /// The words without the spaces between.
    pub(super) joined: String,
    /// Key of the field that follows; empty: the label only ends the field before it.
    pub(super) key: &'static str,
    pub(super) place: Place,
}

/// Fields that anyone named on a paper may have.
const PERSONAL: &[&str] = &[
    "birth_date",
    "birth_year",
    "sex",
    "ethnicity",
    "nationality",
    "birth_place",
    "home_town",
    "citizen_id",
    "residence",
];
/// Key of an address whose meaning depends on the paper.
const ADDRESS: &str = "address";
/// Key of a name whose meaning depends on the paper.
const HOLDER: &str = "holder_name";

const LABELS: &[(&str, &str, Place)] = &[
    ("ho chu dem ten", "full_name", Label),
    ("ho chu dem va ten", "full_name", Label),
    ("ho va ten full name", "full_name", Label),
    ("ho ten full name", "full_name", Label),
    ("ho chu dem va ten khai sinh full name", "full_name", Label),
    ("ho va ten", "full_name", Label),
    ("ho ten", "full_name", Label),
    ("ho va ten khai sinh", "full_name", Label),
    ("ho chu dem va ten khai sinh", "full_name", Label),
    ("ten khai sinh", "full_name", WithColon),
    ("ho va ten chu ho kinh doanh", "full_name", Label),
    ("ho va ten nguoi dai dien", "full_name", Label),
    ("cho", "full_name", WithColon),
    ("ho chu dem ten chong", "husband_name", Label),
    ("ho va ten chong", "husband_name", Label),
    ("ho ten chong", "husband_name", Label),
    ("ho chu dem ten vo", "wife_name", Label),
    ("ho va ten vo", "wife_name", Label),
    ("ho ten vo", "wife_name", Label),
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
    ("ngay thang nam sinh date of birth", "birth_date", Label),
    ("ngay sinh date of birth", "birth_date", Label),
    ("ngay sinh", "birth_date", Label),
    ("sinh ngay", "birth_date", Label),
    ("nam sinh", "birth_year", Label),
    ("ghi bang chu", "", Label),
    ("bang chu", "", Label),
    ("gioi tinh sex", "sex", Label),
    ("gioi tinh", "sex", Label),
    ("nam nu", "sex", WithColon),
    ("dan toc", "ethnicity", Label),
    ("quoc tich nationality", "nationality", Label),
    ("quoc tich", "nationality", Label),
    ("noi sinh place of birth", "birth_place", Label),
    ("noi sinh", "birth_place", Label),
    ("que quan place of origin", "home_town", Label),
    ("que quan", "home_town", Label),
    ("nguyen quan", "home_town", Label),
    ("so dinh danh ca nhan personal identification number", "citizen_id", Label),
    ("so dinh danh ca nhan", "citizen_id", Anywhere),
    ("so giay to tuy than", "citizen_id", Label),
    ("cmnd cccd so", "citizen_id", Anywhere),
    ("cccd", "citizen_id", WithColon),
    ("so cccd", "citizen_id", WithColon),
    ("cmnd so", "citizen_id", Anywhere),
    ("so cmnd", "citizen_id", WithColon),
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
    ("noi thuong tru place of residence", "residence", Label),
    ("noi cu tru place of residence", "residence", Label),
    ("noi o hien nay", "", Label),
    ("noi o hien tai", "", Label),
    ("cho o hien nay", "", Label),
    ("noi thuong tru", "residence", Label),
    ("ho khau thuong tru", "residence", Label),
    ("thuong tru tai", "residence", WithColon),
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
    ("nguyen nhan chet", "death_cause", Label),
    ("dang ky khai tu tai", "registration_place", Label),
    ("dang ky khai sinh tai", "registration_place", Label),
    ("dang ky ket hon tai", "registration_place", Label),
    ("noi dang ky khai sinh place of birth registration", "agency", Label),
    ("noi dang ky khai sinh", "agency", Label),
    ("noi dang ky khai tu", "agency", Label),
    ("noi dang ky ket hon", "agency", Label),
    ("noi dang ky", "agency", Label),
    ("co quan cap", "agency", Label),
    ("quan he voi nguoi duoc khai sinh", "", Label),
    ("ngay thang nam dang ky", "issued_on", Label),
    ("ngay dang ky", "issued_on", Label),
    ("dang ky lan dau", "issued_on", Label),
    ("ngay cap date of issue", "issued_on", Label),
    ("ngay thang nam cap date of issue", "issued_on", Label),
    ("ngay thang nam cap", "issued_on", Label),
    ("dang ky thay doi lan thu", "change_number", Label),
    ("ngay cap", "issued_on", Label),
    ("cap ngay", "issued_on", Label),
    ("noi cap", "issued_at", Label),
    ("quyen so", "book_number", Label),
    ("nguoi su dung dat", HOLDER, WithColon),
    ("ten chu ho", HOLDER, Label),
    ("ten chu dau tu", HOLDER, Label),
    ("chu dau tu", HOLDER, WithColon),
    ("cap cho", HOLDER, WithColon),
    ("va chong la ong", "", Label),
    ("va vo la ba", "", Label),
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
    ("hinh thuc su dung", "land_use_form", Label),
    ("muc dich su dung", "land_use", Label),
    ("muc dich su dung dat", "land_use", WithColon),
    ("loai dat", "land_use", Label),
    ("thoi han su dung", "land_use_term", Label),
    ("thoi han su dung dat", "land_use_term", WithColon),
    ("nguon goc su dung", "land_origin", Label),
    ("nguon goc su dung dat", "land_origin", Label),
    ("nha o", "assets", WithColon),
    ("tai san gan lien voi dat", "assets", WithColon),
    ("thong tin tai san gan lien voi dat", "assets", WithColon),
    ("cong trinh xay dung khac", "", WithColon),
    ("ghi chu", "", WithColon),
    ("so phat hanh", "serial_number", Label),
    ("so vao so cap giay chung nhan", "book_entry_number", Label),
    ("so vao so cap gcn", "book_entry_number", Label),
    ("so vao so goc cap van bang", "book_entry_number", Label),
    ("so vao so", "book_entry_number", Label),
    ("so hieu", "number", WithColon),
    ("ma so doanh nghiep", "enterprise_code", Label),
    ("ma so ho kinh doanh", "enterprise_code", Label),
    ("ma so thue", "enterprise_code", Label),
    ("ma so bhxh", "insurance_number", Label),
    ("ma so bao hiem xa hoi", "insurance_number", Label),
    ("ma the", "number", WithColon),
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
    ("von kinh doanh", "charter_capital", Label),
    ("dien thoai", "phone", Label),
    ("so dien thoai", "phone", Label),
    ("dien thoai lien he", "phone", Label),
    ("email", "", Label),
    ("chuc danh", "representative_title", Label),
    ("kinh gui", "addressee", Label),
    ("cong trinh", "project_name", WithColon),
    ("ten cong trinh", "project_name", WithColon),
    ("hang class", "licence_class", Label),
    ("hang giay phep lai xe", "licence_class", Label),
    ("giay phep lai xe hang", "licence_class", Label),
    ("noi dk kcb ban dau", "clinic", Label),
    ("noi dang ky kcb ban dau", "clinic", Label),
    ("noi dang ky kham chua benh ban dau", "clinic", Label),
    ("gia tri su dung", "valid_from", Label),
    ("gia tri su dung tu", "valid_from", Label),
    ("thoi diem du 05 nam lien tuc", "", Label),
    ("thong tin ve cam dam nhiem chuc vu thanh lap quan ly doanh nghiep hop tac xa", "office_ban", Label),
    ("thong tin ve cam dam nhiem chuc vu thanh lap quan ly doanh nghiep hop tac", "office_ban", Label),
    ("dac diem nhan dang", "", Label),
    ("quan he voi nguoi chet", "", Label),
    ("quan he voi chu ho", "", Label),
    ("giay nay co gia tri", "", Label),
    ("giay xac nhan nay co gia tri", "", Label),
    ("tinh trang an tich", "criminal_record", Label),
    ("nganh dao tao", "major", WithColon),
    ("nganh", "major", WithColon),
    ("nghe", "major", WithColon),
    ("xep loai", "grade", Label),
    ("xep loai tot nghiep", "grade", Label),
    ("hinh thuc dao tao", "", Label),
    ("co gia tri den date of expiry", "valid_until", Label),
    ("co gia tri den", "valid_until", Label),
    ("co thoi han den", "valid_until", Label),
];

/// All labels, longer ones first, so that `họ tên người mẹ` is never taken for `họ tên`.
pub(super) fn all() -> Vec<LabelOf> {
    let cut = |(words, key, place): &(&'static str, &'static str, Place)| LabelOf {
        words: words.split(' ').collect(),
        joined: words.split(' ').collect(),
        key,
        place: *place,
    };
    let mut labels: Vec<LabelOf> = LABELS.iter().map(cut).collect();
    labels.sort_by_key(|label| std::cmp::Reverse(label.words.len()));
    labels
}

/// Whether a read word is a label's word; one wrong letter is forgiven in words of four and more.
pub(super) fn alike(read: &str, wanted: &str) -> bool {
    read == wanted || wanted.len() >= 4 && distance_within(read, wanted, 1).is_some()
}

/// Whose values follow a label with a name: mother's, father's; none for the person that the paper is about.
pub(super) fn person_of(name_key: &str) -> Option<&'static str> {
    let person = name_key.strip_suffix("_name")?;
    ["mother", "father", "registrant", "husband", "wife"].into_iter().find(|known| *known == person)
}

/// The field that a label means on a paper of this type, behind the name of `person`; none when the value belongs to somebody else
/// named there, of whom the dictionary keeps nothing (DOMAIN §6.2).
pub(super) fn key_on(document_type: DocumentType, person: Option<&str>, key: &str) -> Option<&'static str> {
    let key = match key {
        ADDRESS => address_on(document_type)?,
        "full_name" if document_type == BusinessRegistration => "representative_name",
        "number" if !matches!(document_type, Certificate | InsuranceCard) => return None,
        "residence" if document_type == BusinessRegistration => return None,
        key => key,
    };
    let own = match person {
        // Who fills in a form tells his own place of residence: it is the applicant's.
        Some("registrant") if document_type == Application && key == "residence" => key.to_owned(),
        Some(person) if PERSONAL.contains(&key) => format!("{person}_{key}"),
        _ => key.to_owned(),
    };
    field_key(&own).map(|entry| entry.key).filter(|key| document_type.carries(key))
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
        "ethnicity" => Some(["husband_ethnicity", "wife_ethnicity"]),
        "nationality" => Some(["husband_nationality", "wife_nationality"]),
        "residence" => Some(["husband_residence", "wife_residence"]),
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
        check("dinhh", "dinh", true);
        check("dnh", "dinh", true);
        check("dnhs", "dinh", false);
    }
}
