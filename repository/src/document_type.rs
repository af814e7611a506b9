//! Loại giấy tờ: the types of paper of DOMAIN §6.2 and the fields each of them carries.

mod minimum;

use serde::{Deserialize, Serialize};

macro_rules! document_types {
    ($($(#[$doc:meta])* $name:ident $code:literal $label:literal;)*) => {
        /// Loại giấy tờ (DOMAIN §6.2).
        #[doc(alias = "loại giấy tờ")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum DocumentType { $($(#[$doc])* #[serde(rename = $code)] $name,)* }

        impl DocumentType {
            /// Every type, in the order of the dictionary.
            pub const ALL: &'static [DocumentType] = &[$(DocumentType::$name),*];

            /// Short code that stands in columns, JSON and document codes, e.g. `KS`.
            pub fn code(self) -> &'static str { match self { $(DocumentType::$name => $code),* } }

            /// Vietnamese name for people.
            pub fn label(self) -> &'static str { match self { $(DocumentType::$name => $label),* } }
        }
    };
}

document_types! {
    /// Căn cước, CCCD, CMND.
    IdentityCard "CCCD" "Căn cước, căn cước công dân";
    /// Giấy khai sinh, trích lục khai sinh.
    BirthCertificate "KS" "Giấy khai sinh";
    /// Giấy chứng nhận kết hôn.
    MarriageCertificate "KH" "Giấy chứng nhận kết hôn";
    /// Giấy xác nhận tình trạng hôn nhân.
    MaritalStatus "HN" "Giấy xác nhận tình trạng hôn nhân";
    /// Trích lục khai tử.
    DeathExtract "KT" "Trích lục khai tử";
    /// Giấy chứng nhận quyền sử dụng đất.
    LandCertificate "GCN" "Giấy chứng nhận quyền sử dụng đất";
    /// Giấy chứng nhận đăng ký doanh nghiệp, hộ kinh doanh.
    BusinessRegistration "DKKD" "Giấy chứng nhận đăng ký kinh doanh";
    /// Giấy phép.
    Permit "GP" "Giấy phép";
    /// Phiếu lý lịch tư pháp.
    CriminalRecord "LLTP" "Phiếu lý lịch tư pháp";
    /// Quyết định.
    Decision "QD" "Quyết định";
    /// Chứng chỉ, chứng nhận, bằng cấp.
    Certificate "CT" "Chứng chỉ, bằng cấp";
    /// Thẻ bảo hiểm y tế, sổ bảo hiểm xã hội.
    InsuranceCard "BHYT" "Bảo hiểm y tế, bảo hiểm xã hội";
    /// Đơn, tờ khai.
    Application "DON" "Đơn, tờ khai";
    /// Khác.
    Other "KHAC" "Giấy tờ khác";
}

impl std::str::FromStr for DocumentType {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|document_type| document_type.code() == code);
        found.copied().ok_or_else(|| format!("unknown document type {code:?}"))
    }
}

/// A field of the data dictionary (DOMAIN §6): its key in columns and JSON, and its name for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldKey {
    /// Key in columns and JSON, e.g. `full_name`.
    pub key: &'static str,
    /// Vietnamese name, e.g. `Họ và tên`.
    pub label: &'static str,
    /// What the value is.
    pub kind: FieldKind,
    /// Nhạy cảm (NĐ 356/2025 Điều 4, PDP-01).
    pub sensitive: bool,
}

/// What a field's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Free text.
    Text,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A personal number or tax code: masked until asked for.
    PersonalNumber,
}

macro_rules! field_keys {
    ($($key:literal $label:literal $kind:ident $sensitive:literal;)*) => {
        /// The data dictionary: every field that a paper may carry.
        pub const FIELD_KEYS: &[FieldKey] = &[
            $(FieldKey { key: $key, label: $label, kind: FieldKind::$kind, sensitive: $sensitive }),*
        ];
    };
}

field_keys! {
    "number" "Số, ký hiệu" Text false;
    "book_number" "Quyển số" Text false;
    "registration_place" "Nơi đăng ký" Text false;
    "registration_number" "Số đăng ký" Text false;
    "registered_on" "Ngày đăng ký" Date false;
    "full_name" "Họ và tên" Text false;
    "birth_date" "Ngày sinh" Date false;
    "birth_year" "Năm sinh" Text false;
    "sex" "Giới tính" Text false;
    "ethnicity" "Dân tộc" Text true;
    "nationality" "Quốc tịch" Text false;
    "birth_place" "Nơi sinh" Text false;
    "home_town" "Quê quán" Text false;
    "birth_registration_place" "Nơi đăng ký khai sinh" Text false;
    "citizen_id" "Số định danh cá nhân" PersonalNumber false;
    "residence" "Nơi cư trú" Text false;
    "phone" "Số điện thoại" Text false;
    "father_name" "Họ tên cha" Text false;
    "father_birth_year" "Năm sinh cha" Text false;
    "father_ethnicity" "Dân tộc cha" Text true;
    "father_nationality" "Quốc tịch cha" Text false;
    "father_residence" "Nơi cư trú cha" Text false;
    "mother_name" "Họ tên mẹ" Text false;
    "mother_birth_year" "Năm sinh mẹ" Text false;
    "mother_ethnicity" "Dân tộc mẹ" Text true;
    "mother_nationality" "Quốc tịch mẹ" Text false;
    "mother_residence" "Nơi cư trú mẹ" Text false;
    "registrant_name" "Người đi khai" Text false;
    "registrant_citizen_id" "Số định danh người đi khai" PersonalNumber false;
    "husband_name" "Họ tên chồng" Text false;
    "husband_birth_date" "Ngày sinh chồng" Date false;
    "husband_ethnicity" "Dân tộc chồng" Text true;
    "husband_nationality" "Quốc tịch chồng" Text false;
    "husband_residence" "Nơi cư trú chồng" Text false;
    "husband_citizen_id" "Số định danh chồng" PersonalNumber false;
    "wife_name" "Họ tên vợ" Text false;
    "wife_birth_date" "Ngày sinh vợ" Date false;
    "wife_ethnicity" "Dân tộc vợ" Text true;
    "wife_nationality" "Quốc tịch vợ" Text false;
    "wife_residence" "Nơi cư trú vợ" Text false;
    "wife_citizen_id" "Số định danh vợ" PersonalNumber false;
    "marital_status" "Tình trạng hôn nhân" Text false;
    "purpose" "Mục đích" Text false;
    "death_date" "Ngày mất" Date false;
    "death_place" "Nơi chết" Text false;
    "death_cause" "Nguyên nhân chết" Text true;
    "holder_name" "Người sử dụng đất" Text false;
    "parcel_number" "Thửa đất số" Text false;
    "map_sheet_number" "Tờ bản đồ số" Text false;
    "parcel_address" "Địa chỉ thửa đất" Text false;
    "area" "Diện tích" Text false;
    "land_use" "Mục đích sử dụng" Text false;
    "land_use_form" "Hình thức sử dụng" Text false;
    "land_use_term" "Thời hạn sử dụng" Text false;
    "land_origin" "Nguồn gốc sử dụng" Text false;
    "assets" "Tài sản gắn liền với đất" Text false;
    "serial_number" "Số phát hành" Text false;
    "book_entry_number" "Số vào sổ" Text false;
    "enterprise_code" "Mã số doanh nghiệp" PersonalNumber false;
    "enterprise_name" "Tên doanh nghiệp" Text false;
    "head_office" "Địa chỉ trụ sở" Text false;
    "charter_capital" "Vốn điều lệ" Text false;
    "representative_name" "Người đại diện" Text false;
    "representative_title" "Chức danh người đại diện" Text false;
    "members" "Thành viên" Text false;
    "change_number" "Đăng ký thay đổi lần thứ" Text false;
    "changed_on" "Ngày đăng ký thay đổi" Date false;
    "project_name" "Công trình" Text false;
    "licence_class" "Hạng" Text false;
    "subject_matter" "Trích yếu" Text false;
    "addressee" "Kính gửi" Text false;
    "legal_grounds" "Căn cứ" Text false;
    "recipients" "Nơi nhận" Text false;
    "criminal_record" "Tình trạng án tích" Text true;
    "office_ban" "Cấm đảm nhiệm chức vụ" Text true;
    "major" "Ngành đào tạo" Text false;
    "grade" "Xếp loại" Text false;
    "insurance_number" "Mã số bảo hiểm xã hội" Text false;
    "clinic" "Nơi đăng ký khám chữa bệnh" Text true;
    "valid_from" "Có giá trị từ" Date false;
    "issued_on" "Ngày cấp" Date false;
    "issued_at" "Nơi cấp" Text false;
    "agency" "Cơ quan cấp" Text false;
    "signer" "Người ký" Text false;
    "signer_title" "Chức vụ người ký" Text false;
    "valid_until" "Có giá trị đến" Date false;
}

/// Who a paper is about, as nearly every paper of a person says it.
const PERSON: &[&str] = &[
    "full_name",
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
/// Mother, father, and who declared.
const FAMILY: &[&str] = &[
    "father_name",
    "father_birth_year",
    "father_ethnicity",
    "father_nationality",
    "father_residence",
    "mother_name",
    "mother_birth_year",
    "mother_ethnicity",
    "mother_nationality",
    "mother_residence",
    "registrant_name",
    "registrant_citizen_id",
];
/// The entry in the register of civil status.
const REGISTER: &[&str] = &["book_number", "registration_place", "registration_number", "registered_on"];
/// Both spouses.
const COUPLE: &[&str] = &[
    "husband_name",
    "husband_birth_date",
    "husband_ethnicity",
    "husband_nationality",
    "husband_residence",
    "husband_citizen_id",
    "wife_name",
    "wife_birth_date",
    "wife_ethnicity",
    "wife_nationality",
    "wife_residence",
    "wife_citizen_id",
];
/// A piece of land and who holds it.
const LAND: &[&str] =
    &["holder_name", "birth_year", "citizen_id", "residence", "parcel_number", "map_sheet_number", "area"];
/// Who issued the paper, and when.
const ISSUE: &[&str] = &["number", "issued_on", "issued_at", "agency", "signer", "signer_title"];

impl DocumentType {
    /// The fields that papers of this type carry (DOMAIN §6.2), in groups.
    fn groups(self) -> &'static [&'static [&'static str]] {
        use DocumentType::*;
        match self {
            IdentityCard => {
                &[PERSON, &["birth_registration_place", "issued_on", "issued_at", "agency", "valid_until"]]
            }
            BirthCertificate => &[PERSON, FAMILY, REGISTER, ISSUE],
            MarriageCertificate => &[COUPLE, REGISTER, ISSUE],
            MaritalStatus => &[PERSON, &["marital_status", "purpose", "valid_until"], ISSUE],
            DeathExtract => &[
                PERSON,
                &["death_date", "death_place", "death_cause", "registrant_name", "registrant_citizen_id"],
                REGISTER,
                ISSUE,
            ],
            LandCertificate => &[
                LAND,
                &[
                    "parcel_address",
                    "land_use",
                    "land_use_form",
                    "land_use_term",
                    "land_origin",
                    "assets",
                    "serial_number",
                ],
                &["book_entry_number"],
                ISSUE,
            ],
            BusinessRegistration => &[
                PERSON,
                &[
                    "enterprise_code",
                    "enterprise_name",
                    "head_office",
                    "charter_capital",
                    "representative_name",
                ],
                &["representative_title", "members", "change_number", "changed_on", "phone"],
                ISSUE,
            ],
            Permit => {
                &[PERSON, LAND, &["project_name", "parcel_address", "licence_class", "valid_until"], ISSUE]
            }
            CriminalRecord => &[PERSON, &["criminal_record", "office_ban"], ISSUE],
            Decision => &[&["subject_matter", "legal_grounds", "recipients"], ISSUE],
            Certificate => &[PERSON, &["major", "grade", "book_entry_number", "valid_until"], ISSUE],
            InsuranceCard => &[PERSON, &["insurance_number", "clinic", "valid_from", "valid_until"], ISSUE],
            Application => &[
                PERSON,
                FAMILY,
                LAND,
                &["phone", "addressee", "issued_on", "issued_at", "signer", "valid_until"],
            ],
            Other => &[
                PERSON,
                &["subject_matter", "addressee", "recipients", "members", "phone", "valid_until"],
                ISSUE,
            ],
        }
    }

    /// Nhập kép: whether two people key papers of this type apart from each other, because a wrong letter is dear: whose land it is, every
    /// agency that asks takes over.
    #[doc(alias = "nhập kép")]
    pub fn is_keyed_twice(self) -> bool {
        matches!(self, DocumentType::LandCertificate)
    }

    /// Whether papers of this type carry a field (DOMAIN §6.2).
    pub fn carries(self, key: &str) -> bool {
        self.groups().iter().any(|group| group.contains(&key))
    }
}

/// The dictionary's entry for a key.
pub fn field_key(key: &str) -> Option<&'static FieldKey> {
    FIELD_KEYS.iter().find(|entry| entry.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_type_is_in_the_dictionary_and_the_other_way_round() {
        let of_types = || DocumentType::ALL.iter().flat_map(|kind| kind.groups()).copied().flatten().copied();
        let unknown: Vec<&str> = of_types().filter(|key| field_key(key).is_none()).collect();
        assert_eq!(unknown, Vec::<&str>::new());
        let unused =
            FIELD_KEYS.iter().map(|entry| entry.key).filter(|key| of_types().all(|used| used != *key));
        assert_eq!(unused.collect::<Vec<_>>(), Vec::<&str>::new());
    }

    #[test]
    fn what_the_law_calls_sensitive_is_marked() {
        let sensitive = |key: &str| field_key(key).is_some_and(|entry| entry.sensitive);
        assert!(
            ["ethnicity", "mother_ethnicity", "wife_ethnicity", "death_cause", "clinic", "criminal_record"]
                .into_iter()
                .all(sensitive)
        );
        assert!(!sensitive("full_name"));
    }
}
