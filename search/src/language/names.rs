//! Names of filters, and the words for their values: what can be written, which of it is shown, and what was probably meant.

use crate::question::Force;
use repository::DocumentType;
use repository::record::DocumentState;
use repository::spelling::{distance_within, fold};

/// Mục of a query: what stands before the colon of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterName {
    /// `loại:`, the type.
    Type,
    /// `số:`, số, ký hiệu.
    Number,
    /// `ngày:`, the day of issue.
    Date,
    /// `cơ-quan:`, the agency that issued it.
    Agency,
    /// `hiệu-lực:`, whether it is in force.
    Validity,
    /// `trạng-thái:`, how far it is.
    State,
}

/// Letters of a name from which one that is one letter off counts as meant: of two letters (`số`), another one makes a word as often.
const NEAR_LETTERS_MIN: usize = 4;

/// Values that a message offers in place of one that nobody knows.
const NEAREST_MAX: usize = 3;

/// Letters that the nearest values may be off.
const NEAREST_DISTANCE_MAX: usize = 3;

/// What people write before a colon when they mean a filter of ours: folded.
const MEANT: &[(&str, FilterName)] = &[
    ("loaigiay", FilterName::Type),
    ("loaigiayto", FilterName::Type),
    ("sohieu", FilterName::Number),
    ("sokyhieu", FilterName::Number),
    ("tinhtrang", FilterName::State),
];

const TYPES: &[(DocumentType, &[&str])] = &[
    (DocumentType::IdentityCard, &["căn-cước", "căn-cước-công-dân", "CMND"]),
    (DocumentType::BirthCertificate, &["khai-sinh", "trích-lục-khai-sinh"]),
    (DocumentType::MarriageCertificate, &["kết-hôn", "đăng-ký-kết-hôn"]),
    (DocumentType::MaritalStatus, &["hôn-nhân", "tình-trạng-hôn-nhân", "độc-thân"]),
    (DocumentType::DeathExtract, &["khai-tử"]),
    (DocumentType::LandCertificate, &["đất", "quyền-sử-dụng-đất", "sổ-đỏ", "sổ-hồng"]),
    (DocumentType::BusinessRegistration, &["kinh-doanh", "đăng-ký-kinh-doanh", "doanh-nghiệp"]),
    (DocumentType::Permit, &["giấy-phép"]),
    (DocumentType::CriminalRecord, &["lý-lịch-tư-pháp", "lý-lịch", "tư-pháp"]),
    (DocumentType::Decision, &["quyết-định"]),
    (DocumentType::Certificate, &["chứng-chỉ", "bằng-cấp", "bằng"]),
    (DocumentType::InsuranceCard, &["bảo-hiểm", "bảo-hiểm-y-tế", "bảo-hiểm-xã-hội", "BHXH"]),
    (DocumentType::Application, &["đơn", "tờ-khai"]),
    (DocumentType::Other, &["khác"]),
];

/// `chờ` alone says both.
const STATES: &[(DocumentState, &[&str])] = &[
    (DocumentState::Received, &["chờ-đọc", "chờ", "received"]),
    (DocumentState::Extracted, &["chờ-xác-nhận", "chờ", "extracted"]),
    (DocumentState::Stored, &["đã-lưu", "đã-lưu-kho", "stored"]),
    (DocumentState::Unreadable, &["không-đọc-được", "unreadable"]),
    (DocumentState::Duplicate, &["trùng", "trùng-với-giấy-đã-có", "bản-trùng", "duplicate"]),
    (DocumentState::TakenBack, &["đã-rút", "đã-rút-khỏi-hồ-sơ", "taken-back"]),
];

const FORCES: &[(Force, &[&str])] = &[
    (Force::InForce, &["còn", "còn-hiệu-lực", "còn-hạn", "in-force", "valid"]),
    (Force::Expired, &["hết", "hết-hiệu-lực", "hết-hạn", "expired"]),
];

/// Values of one kind and the words for each; the first word is the one that we write.
#[derive(Debug)]
pub(crate) struct Words<T> {
    of: Vec<(T, Vec<&'static str>)>,
}

/// Why a word is no value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unclear {
    /// Several begin like this.
    Several(Vec<&'static str>),
    /// None does; these are the nearest, or all.
    Unknown(Vec<&'static str>),
}

impl FilterName {
    /// Every name.
    pub const ALL: [FilterName; 6] = [
        FilterName::Type,
        FilterName::Number,
        FilterName::Date,
        FilterName::Agency,
        FilterName::Validity,
        FilterName::State,
    ];

    /// As it is written before the colon.
    pub fn word(self) -> &'static str {
        match self {
            FilterName::Type => "loại",
            FilterName::Number => "số",
            FilterName::Date => "ngày",
            FilterName::Agency => "cơ-quan",
            FilterName::Validity => "hiệu-lực",
            FilterName::State => "trạng-thái",
        }
    }

    /// A filter as an example.
    pub fn example(self) -> &'static str {
        match self {
            FilterName::Type => "loại:khai-sinh",
            FilterName::Number => "số:123/QĐ-UBND",
            FilterName::Date => "ngày:2023..2024",
            FilterName::Agency => "cơ-quan:\"UBND phường Bến Mơ\"",
            FilterName::Validity => "hiệu-lực:còn",
            FilterName::State => "trạng-thái:đã-lưu",
        }
    }

    fn alias(self) -> &'static str {
        match self {
            FilterName::Type => "type",
            FilterName::Number => "number",
            FilterName::Date => "date",
            FilterName::Agency => "agency",
            FilterName::Validity => "validity",
            FilterName::State => "state",
        }
    }

    /// The filter of this name, with or without accents and hyphen. An accent that is there must be the right one: `sổ:` is not `số:`.
    pub(super) fn named(typed: &str) -> Option<FilterName> {
        FilterName::ALL
            .into_iter()
            .find(|name| is_written(typed, name.word()) || is_written(typed, name.alias()))
    }

    /// The filter that was probably meant by a word that is none, whatever follows it.
    pub(super) fn meant(typed: &str) -> Option<FilterName> {
        let typed = fold(typed);
        MEANT.iter().find(|(word, _)| *word == typed).map(|(_, name)| *name)
    }

    /// The filter whose name is one letter or an accent away.
    pub(super) fn near(typed: &str) -> Option<FilterName> {
        let typed = fold(typed);
        let is_near = |word: &str| {
            let word = fold(word);
            word.chars().count() >= NEAR_LETTERS_MIN && distance_within(&word, &typed, 1).is_some()
        };
        FilterName::ALL.into_iter().find(|name| is_near(name.word()) || is_near(name.alias()))
    }
}

/// Whether every typed letter is that of the word, or the same without its accent.
fn is_written(typed: &str, word: &str) -> bool {
    let letters = |text: &str| {
        let letters = text.chars().filter(|letter| !matches!(letter, '-' | '_') && !letter.is_whitespace());
        letters.flat_map(char::to_lowercase).collect::<Vec<_>>()
    };
    let (typed, word) = (letters(typed), letters(word));
    let is_bare = |typed: char, letter: char| fold(&letter.to_string()).chars().eq([typed]);
    typed.len() == word.len()
        && typed.iter().zip(&word).all(|(typed, letter)| typed == letter || is_bare(*typed, *letter))
}

impl Words<DocumentType> {
    /// Types, by short names, codes and names for people.
    pub(crate) fn types() -> Words<DocumentType> {
        let all = TYPES
            .iter()
            .map(|(kind, words)| (*kind, words.iter().copied().chain([kind.code(), kind.label()]).collect()));
        Words { of: all.collect() }
    }
}

impl Words<DocumentState> {
    /// States.
    pub(crate) fn states() -> Words<DocumentState> {
        Words { of: STATES.iter().map(|(state, words)| (*state, words.to_vec())).collect() }
    }
}

impl Words<Force> {
    /// In force, or not.
    pub(crate) fn forces() -> Words<Force> {
        Words { of: FORCES.iter().map(|(force, words)| (*force, words.to_vec())).collect() }
    }
}

impl<T: Copy + PartialEq> Words<T> {
    /// The word that we write for a value.
    pub(crate) fn word(&self, value: T) -> &'static str {
        let found = self.of.iter().find(|(of, _)| *of == value);
        found.and_then(|(_, words)| words.first()).copied().unwrap_or_default()
    }

    /// Values with the word that we write for each.
    pub(crate) fn all(&self) -> impl Iterator<Item = (T, &'static str)> {
        self.of.iter().map(|(value, words)| (*value, words.first().copied().unwrap_or_default()))
    }

    /// Whether a text is a word for a value as it stands.
    pub(crate) fn has(&self, typed: &str) -> bool {
        !self.exactly(typed).is_empty()
    }

    /// Whether a word for a value begins like this.
    pub(crate) fn has_beginning(&self, typed: &str) -> bool {
        !self.beginning(typed).is_empty()
    }

    /// Values of which a word begins like this.
    pub(crate) fn beginning(&self, typed: &str) -> Vec<T> {
        let typed = fold(typed);
        if typed.is_empty() { Vec::new() } else { self.by(|word| word.starts_with(&typed)) }
    }

    /// The values that a text means.
    pub(crate) fn read(&self, typed: &str) -> Result<Vec<T>, Unclear> {
        let exact = self.exactly(typed);
        if !exact.is_empty() {
            return Ok(exact);
        }
        let beginning = self.beginning(typed);
        match beginning.len() {
            0 => Err(Unclear::Unknown(self.nearest(&fold(typed)))),
            1 => Ok(beginning),
            _ => Err(Unclear::Several(beginning.into_iter().map(|value| self.word(value)).collect())),
        }
    }

    fn exactly(&self, typed: &str) -> Vec<T> {
        let typed = fold(typed);
        self.by(|word| word == typed)
    }

    fn by(&self, fits: impl Fn(&str) -> bool) -> Vec<T> {
        let found = self.of.iter().filter(|(_, words)| words.iter().any(|word| fits(&fold(word))));
        found.map(|(value, _)| *value).collect()
    }

    /// Words of the nearest values; all when none is near.
    fn nearest(&self, typed: &str) -> Vec<&'static str> {
        let near = self.of.iter().filter_map(|(value, words)| {
            let distances = words.iter().filter_map(|word| off_by(typed, &fold(word)));
            Some((distances.min()?, self.word(*value)))
        });
        let mut near = near.collect::<Vec<_>>();
        near.sort_by_key(|(distance, _)| *distance);
        near.truncate(NEAREST_MAX);
        let words = near.into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        if words.is_empty() { self.all().map(|(_, word)| word).collect() } else { words }
    }
}

/// How far a typed word is from a known one, when it is near: a third of its letters may be off, or it holds the other.
fn off_by(typed: &str, word: &str) -> Option<usize> {
    if typed.len() >= NEAR_LETTERS_MIN && word.contains(typed)
        || word.len() >= NEAR_LETTERS_MIN && typed.contains(word)
    {
        return Some(0);
    }
    distance_within(typed, word, NEAREST_DISTANCE_MAX.min(typed.len() / 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_and_without_accents() {
        let check = |typed, expected| assert_eq!(FilterName::named(typed), expected, "{typed}");
        check("loại", Some(FilterName::Type));
        check("LOAI", Some(FilterName::Type));
        check("Type", Some(FilterName::Type));
        check("số", Some(FilterName::Number));
        check("so", Some(FilterName::Number));
        check("cơ-quan", Some(FilterName::Agency));
        check("co quan", Some(FilterName::Agency));
        check("cơquan", Some(FilterName::Agency));
        check("trang_thai", Some(FilterName::State));
        check("sổ", None);
        check("sở", None);
        check("tờ", None);
        check("", None);
    }

    #[test]
    fn near_names_are_seen() {
        let check = |typed, expected| assert_eq!(FilterName::near(typed), expected, "{typed}");
        check("loia", None);
        check("loa", Some(FilterName::Type));
        check("lọai", Some(FilterName::Type));
        check("hieuluk", Some(FilterName::Validity));
        check("to", None);
        check("http", None);
        assert_eq!(FilterName::meant("Loại giấy"), Some(FilterName::Type));
    }

    #[test]
    fn every_value_has_a_word_of_its_own() {
        fn check<T: Copy + PartialEq + std::fmt::Debug>(words: &Words<T>) {
            for (value, word) in words.all() {
                assert_eq!(words.read(word), Ok(vec![value]), "{word}");
            }
        }
        check(&Words::types());
        check(&Words::states());
        check(&Words::forces());
        assert_eq!(Words::types().of.len(), DocumentType::ALL.len());
        for kind in DocumentType::ALL {
            assert_eq!(Words::types().read(kind.code()), Ok(vec![*kind]));
            assert_eq!(Words::types().read(kind.label()), Ok(vec![*kind]));
        }
    }

    #[test]
    fn what_is_not_known_has_neighbours() {
        assert_eq!(Words::types().read("khai"), Err(Unclear::Several(vec!["khai-sinh", "khai-tử"])));
        assert_eq!(Words::types().read("khai-sin"), Ok(vec![DocumentType::BirthCertificate]));
        assert_eq!(Words::types().read("kai-sinh"), Err(Unclear::Unknown(vec!["khai-sinh"])));
        let Err(Unclear::Unknown(all)) = Words::types().read("xyz") else { panic!("xyz is no type") };
        assert_eq!(all.len(), DocumentType::ALL.len());
    }
}
