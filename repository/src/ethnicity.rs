//! Dân tộc: the 54 peoples of Việt Nam (QĐ 121-TCTK/PPCĐ of 1979), under the names that papers use.

use crate::spelling::is_same_name;

/// The 54 names and the common other spellings of some.
const NAMES: &[&str] = &[
    "Kinh",
    "Tày",
    "Thái",
    "Hoa",
    "Khmer",
    "Khơ me",
    "Mường",
    "Nùng",
    "Mông",
    "H'Mông",
    "HMông",
    "Dao",
    "Gia Rai",
    "Jrai",
    "Ngái",
    "Ê Đê",
    "Ba Na",
    "Bahnar",
    "Xơ Đăng",
    "Xê Đăng",
    "Sán Chay",
    "Cao Lan",
    "Cơ Ho",
    "K'Ho",
    "Chăm",
    "Sán Dìu",
    "Hrê",
    "Mnông",
    "M'Nông",
    "Ra Glai",
    "Raglay",
    "Xtiêng",
    "S'Tiêng",
    "Bru Vân Kiều",
    "Vân Kiều",
    "Thổ",
    "Giáy",
    "Cơ Tu",
    "Gié Triêng",
    "Giẻ Triêng",
    "Mạ",
    "Khơ Mú",
    "Co",
    "Cor",
    "Tà Ôi",
    "Chơ Ro",
    "Kháng",
    "Xinh Mun",
    "Hà Nhì",
    "Chu Ru",
    "Lào",
    "La Chí",
    "La Ha",
    "Phù Lá",
    "La Hủ",
    "Lự",
    "Lô Lô",
    "Chứt",
    "Mảng",
    "Pà Thẻn",
    "Cơ Lao",
    "Cống",
    "Bố Y",
    "Si La",
    "Pu Péo",
    "Brâu",
    "Ơ Đu",
    "Rơ Măm",
];

/// Whether a text names a people, whatever its case.
pub fn is_known(name: &str) -> bool {
    NAMES.iter().any(|known| is_same_name(known, name))
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn peoples_and_misreadings() {
        assert!(["Kinh", "MƯỜNG", "Ê-đê", "Khmer", "Bru - Vân Kiều"].into_iter().all(is_known));
        assert!(!["Hường", "Kinb", "Tầy", ""].into_iter().any(is_known));
    }
}
