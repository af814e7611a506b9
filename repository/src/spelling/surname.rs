//! Họ: surnames of Vietnamese citizens.

use super::{fold, is_same_name};

/// Surnames, Kinh and of other peoples. Not all: a surname that is not here is no error by itself.
const SURNAMES: &str = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Vương Trịnh Trương Đinh Lâm \
    Phùng Mai Tô Hà Tạ Chu Châu Thái Tăng Cao Quách La Lã Lại Lưu Lương Thạch Kim Sơn Danh Lục Nông Vi Hứa Bế Ma Mã Triệu Đàm Giáp \
    Nghiêm Kiều Khuất Văn Tống Đồng Doãn Thân Quang Quản Cù Bạch Từ Khổng Mạc Mạch Tôn Âu Ninh Cầm Lò Quàng Lường Tòng Cà Hồng Giang \
    Chử Bành Diệp Đậu Thiều Viên Phó Phí Trang Khương Mẫn Ngụy Nhữ Phương Thi Thẩm Tiêu Trà Ưng Uông Sầm Sùng Giàng Vàng Thào Lầu Mùa \
    Hạng Cứ Vừ Tẩn Chảo Lù Đèo Điêu Bàn Phàn Liêu Lôi Lạc Nhâm Ông Âu Ấu Biện Bồ Cái Cát Chế Công Đan Đới Hàn Hầu Hình Kha Khúc La \
    Lều Lỗ Lộ Luyện Lư Mạnh Mông Nhan Ngũ Nghị Phú Sử Tào Tất Tiết Tiền Tưởng Trác Trì Triệu Trưng Tuấn Vạn Xa";

/// What the first syllable of a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surname {
    /// A surname of the list.
    Known,
    /// None of the list, and other accents would make it one: `Nguyên`, `Pham`.
    OtherAccents(&'static str),
    /// Nothing is known of it.
    Unknown,
}

/// Looks at the first syllable of a name.
pub fn surname(first: &str) -> Surname {
    let names = || SURNAMES.split_whitespace();
    if names().any(|known| is_same_name(known, first)) {
        return Surname::Known;
    }
    let folded = fold(first);
    names().find(|known| fold(known) == folded).map_or(Surname::Unknown, Surname::OtherAccents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_and_their_misreadings() {
        let check = |first: &str, expected: Surname| assert_eq!(surname(first), expected, "{first}");
        check("NGUYỄN", Surname::Known);
        check("Võ", Surname::Known);
        check("Nguyên", Surname::OtherAccents("Nguyễn"));
        check("PHAM", Surname::OtherAccents("Phạm"));
        check("Niê", Surname::Unknown);
    }
}
