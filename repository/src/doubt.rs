//! Điều nghi ngờ: the checks that a value of a paper can fail. A failed check is shown beside the value, as a sentence for the person
//! who confirms; it never corrects anything. A value that is left as it is although a check fails needs a reason; a hint does not.

use crate::spelling::{Surname, surname};

macro_rules! doubts {
    ($($(#[$doc:meta])* $name:ident $code:literal $sentence:literal;)*) => {
        /// Điều nghi ngờ about one value. Stored as its code.
        #[doc(alias = "điều nghi ngờ")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Doubt { $($(#[$doc])* $name,)* }

        impl Doubt {
            /// Every doubt.
            pub const ALL: &'static [Doubt] = &[$(Doubt::$name),*];

            /// Short code, as in `doubts` of fields.
            pub fn code(self) -> &'static str { match self { $(Doubt::$name => $code),* } }

            /// One Vietnamese sentence for the screen: what is wrong, and what to look at.
            pub fn sentence(self) -> &'static str { match self { $(Doubt::$name => $sentence),* } }
        }
    };
}

doubts! {
    /// A personal number or tax code with another count of digits (DOMAIN §5.5, §5.7).
    NumberLength "number_length" "Số này không đủ hoặc thừa chữ số; hãy đếm lại trên giấy tờ.";
    /// The first three digits are no place that ever issued numbers (DOMAIN §5.5).
    PlaceCode "place_code" "Ba chữ số đầu của số định danh không phải mã tỉnh hay mã nước nào; hãy đối chiếu lại.";
    /// The number's year of birth is to come (DOMAIN §5.5).
    FutureNumber "future_number" "Số định danh cho năm sinh ở tương lai; hãy kiểm tra chữ số thứ 4 đến thứ 6.";
    /// Number and date of birth disagree (DOMAIN §5.5).
    BirthYear "birth_year" "Năm sinh trong số định danh khác với ngày sinh trên giấy tờ; hãy đối chiếu cả hai.";
    /// Number and sex disagree (DOMAIN §5.5).
    Sex "sex" "Giới tính trong số định danh khác với giới tính trên giấy tờ; hãy đối chiếu cả hai.";
    /// A tax code's check digit is wrong (DOMAIN §5.7).
    CheckDigit "check_digit" "Mã số thuế sai chữ số kiểm tra; hãy đối chiếu từng chữ số với giấy tờ.";
    /// No day of the calendar.
    ImpossibleDate "impossible_date" "Ngày này không có trong lịch; hãy đối chiếu lại với giấy tờ.";
    /// A day to come, where only the past makes sense.
    FutureDate "future_date" "Ngày này ở tương lai; hãy đối chiếu lại với giấy tờ.";
    /// The date in figures is not the date in words.
    DateWords "date_words" "Ngày ghi bằng số khác với ngày ghi bằng chữ; hãy đối chiếu cả hai.";
    /// Something happened before the person was born.
    BeforeBirth "before_birth" "Ngày này trước ngày sinh; hãy đối chiếu cả hai.";
    /// Validity ends before the paper was issued.
    EndsBeforeIssue "ends_before_issue" "Giấy tờ hết giá trị trước ngày cấp; hãy đối chiếu cả hai ngày.";
    /// A paper's number without the form that its type has (DOMAIN §5.8).
    NumberForm "number_form" "Số, ký hiệu không đúng dạng thường gặp của loại giấy tờ này; hãy đối chiếu lại.";
    /// The year in a register's number is not the year of registration.
    NumberYear "number_year" "Năm trong số đăng ký khác với năm của ngày đăng ký; hãy đối chiếu cả hai.";
    /// A land certificate's serial without its form (DOMAIN §5.8).
    SerialForm "serial_form" "Số phát hành phải gồm 1–2 chữ cái rồi 6 chữ số, hoặc 2 chữ cái rồi 8 chữ số; hãy đối chiếu lại.";
    /// An insurance number without its form (DOMAIN §5.7).
    InsuranceForm "insurance_form" "Mã số bảo hiểm không đúng dạng; hãy đếm lại chữ cái và chữ số trên giấy tờ.";
    /// A telephone number without its form.
    PhoneForm "phone_form" "Số điện thoại không đúng dạng; hãy đếm lại chữ số trên giấy tờ.";
    /// A province is named that there is not and never was.
    UnknownUnit "unknown_unit" "Không có tỉnh, thành phố nào tên như vậy, kể cả trước ngày 01/7/2025; hãy đối chiếu lại địa danh.";
    /// The paper's spelling was matched with a known unit.
    UnitMatched "unit_matched" "Địa danh đọc được sai lệch chút ít, đã ghép với đơn vị hành chính gần nhất; hãy đối chiếu với ảnh.";
    /// A syllable that Vietnamese cannot spell.
    ImpossibleSyllable "impossible_syllable" "Có tiếng không thể có trong tiếng Việt; hãy đối chiếu từng dấu với ảnh.";
    /// No surname, but one with other accents.
    SurnameAccent "surname_accent" "Họ này có thể thiếu hoặc sai dấu; hãy đối chiếu với ảnh.";
    /// None of the peoples of Việt Nam.
    UnknownPeople "unknown_people" "Không có dân tộc nào tên như vậy; hãy đối chiếu với ảnh.";
    /// One name stands twice on the paper, with other letters or accents.
    NamesDiffer "names_differ" "Tên này xuất hiện hai lần trên giấy tờ với cách viết khác nhau; hãy đối chiếu cả hai chỗ.";
    /// Which column is the husband's was told by their order alone.
    SpouseColumn "spouse_column" "Không đọc được tiêu đề cột; đã coi cột trái là của chồng, cột phải là của vợ; hãy đối chiếu với ảnh.";
    /// A citizen card's code on the paper says otherwise.
    CodeDiffers "code_differs" "Mã QR của thẻ căn cước ghi khác; hãy đối chiếu giấy tờ với thẻ.";
}

impl Doubt {
    /// Whether it only asks for a look: a guess about spelling, which is right for many good names and places. Anything else is a check
    /// that the value fails.
    pub fn is_hint(self) -> bool {
        matches!(
            self,
            Doubt::UnitMatched | Doubt::ImpossibleSyllable | Doubt::SurnameAccent | Doubt::SpouseColumn
        )
    }
}

impl std::str::FromStr for Doubt {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|doubt| doubt.code() == code);
        found.copied().ok_or_else(|| format!("unknown doubt {code:?}"))
    }
}

/// Whether a value with these codes fails a check; a code of another version of the program counts as one.
pub fn fails_a_check(codes: &[String]) -> bool {
    codes.iter().any(|code| !code.parse::<Doubt>().is_ok_and(Doubt::is_hint))
}

/// The sentence for a stored code; a code of another version of the program still asks for a look.
pub fn sentence(code: &str) -> &'static str {
    code.parse::<Doubt>().map_or("Giá trị này chưa chắc chắn; hãy đối chiếu với ảnh.", Doubt::sentence)
}

/// The sentence for a stored code beside the value that it is about; of a surname it says which one may be meant.
pub fn sentence_about(code: &str, value: &str) -> String {
    let first = value.split_whitespace().next().unwrap_or_default();
    match (code.parse(), surname(first)) {
        (Ok(Doubt::SurnameAccent), Surname::OtherAccents(known)) => {
            format!("Họ này có thể thiếu hoặc sai dấu, có thể là “{known}”; hãy đối chiếu với ảnh.")
        }
        _ => sentence(code).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_found_again() {
        let codes: std::collections::HashSet<&str> = Doubt::ALL.iter().map(|doubt| doubt.code()).collect();
        assert_eq!(codes.len(), Doubt::ALL.len());
        assert!(Doubt::ALL.iter().all(|doubt| doubt.code().parse() == Ok(*doubt)));
    }

    #[test]
    fn hints_are_no_failed_checks() {
        let check = |codes: &[&str], expected| {
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            assert_eq!(fails_a_check(&codes), expected, "{codes:?}");
        };
        check(&[], false);
        check(&["unit_matched", "surname_accent"], false);
        check(&["unit_matched", "check_digit"], true);
        check(&["of_tomorrow"], true);
    }

    #[test]
    fn a_doubted_surname_is_told_with_the_likely_one() {
        let check = |code: &str, value: &str, offered: &str| {
            assert!(sentence_about(code, value).contains(offered), "{code} {value}");
        };
        check("surname_accent", "NGUYÊN THỊ HOA", "“Nguyễn”");
        check("surname_accent", "Đỉnh Công Dậu", "“Đinh”");
        check("surname_accent", "", Doubt::SurnameAccent.sentence());
        check("impossible_syllable", "NGUYÊN THỊ HOA", Doubt::ImpossibleSyllable.sentence());
    }

    #[test]
    fn an_unknown_code_still_asks_for_a_look() {
        assert!(sentence("of_tomorrow").contains("đối chiếu"));
        assert_eq!(sentence("sex"), Doubt::Sex.sentence());
    }
}
