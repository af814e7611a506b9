//! Loại giấy tờ: the types of paper of DOMAIN §6.2 and the fields each of them carries.

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
    "full_name" "Họ và tên" Text false;
    "birth_date" "Ngày sinh" Date false;
    "sex" "Giới tính" Text false;
    "ethnicity" "Dân tộc" Text true;
    "nationality" "Quốc tịch" Text false;
    "birth_place" "Nơi sinh" Text false;
    "home_town" "Quê quán" Text false;
    "citizen_id" "Số định danh cá nhân" PersonalNumber false;
    "residence" "Nơi cư trú" Text false;
    "father_name" "Họ tên cha" Text false;
    "mother_name" "Họ tên mẹ" Text false;
    "registrant_name" "Người đi khai" Text false;
    "husband_name" "Họ tên chồng" Text false;
    "husband_birth_date" "Ngày sinh chồng" Date false;
    "husband_citizen_id" "Số định danh chồng" PersonalNumber false;
    "wife_name" "Họ tên vợ" Text false;
    "wife_birth_date" "Ngày sinh vợ" Date false;
    "wife_citizen_id" "Số định danh vợ" PersonalNumber false;
    "marital_status" "Tình trạng hôn nhân" Text false;
    "purpose" "Mục đích" Text false;
    "death_date" "Ngày mất" Date false;
    "death_place" "Nơi chết" Text false;
    "holder_name" "Người sử dụng đất" Text false;
    "parcel_number" "Thửa đất số" Text false;
    "map_sheet_number" "Tờ bản đồ số" Text false;
    "parcel_address" "Địa chỉ thửa đất" Text false;
    "area" "Diện tích" Text false;
    "land_use" "Mục đích sử dụng" Text false;
    "land_use_term" "Thời hạn sử dụng" Text false;
    "serial_number" "Số phát hành" Text false;
    "book_entry_number" "Số vào sổ" Text false;
    "enterprise_code" "Mã số doanh nghiệp" PersonalNumber false;
    "enterprise_name" "Tên doanh nghiệp" Text false;
    "head_office" "Địa chỉ trụ sở" Text false;
    "charter_capital" "Vốn điều lệ" Text false;
    "representative_name" "Người đại diện" Text false;
    "project_name" "Công trình" Text false;
    "subject_matter" "Trích yếu" Text false;
    "criminal_record" "Tình trạng án tích" Text true;
    "major" "Ngành đào tạo" Text false;
    "grade" "Xếp loại" Text false;
    "issued_on" "Ngày cấp" Date false;
    "issued_at" "Nơi cấp" Text false;
    "agency" "Cơ quan cấp" Text false;
    "signer" "Người ký" Text false;
    "signer_title" "Chức vụ người ký" Text false;
    "valid_until" "Có giá trị đến" Date false;
}

/// The dictionary's entry for a key.
pub fn field_key(key: &str) -> Option<&'static FieldKey> {
    FIELD_KEYS.iter().find(|entry| entry.key == key)
}
