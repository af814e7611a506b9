//! Public holidays that have the same date every year (Bộ luật Lao động 2019 Điều 112). Tết, Giỗ Tổ Hùng Vương and the second day of Quốc khánh
//! follow the moon or a decision, and stand in the list of their year.

use jiff::civil::{Date, date};

/// Month, day and name.
const FIXED: [(i8, i8, &str); 4] = [
    (1, 1, "Tết Dương lịch"),
    (4, 30, "Ngày Chiến thắng"),
    (5, 1, "Ngày Quốc tế lao động"),
    (9, 2, "Quốc khánh"),
];

/// The public holiday with a fixed date that a day is.
pub(super) fn name(day: Date) -> Option<&'static str> {
    let is_this = |(month, of_month, _): &&(i8, i8, _)| (*month, *of_month) == (day.month(), day.day());
    FIXED.iter().find(is_this).map(|(_, _, name)| *name)
}

/// Those of a year, in order.
pub(super) fn of_year(year: i16) -> impl Iterator<Item = Date> {
    FIXED.iter().map(move |(month, day, _)| date(year, *month, *day))
}
