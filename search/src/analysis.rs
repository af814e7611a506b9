//! Vietnamese text to syllables, the same way for what is indexed, what is asked and what is shown.
//!
//! A syllable has two forms. The folded one has neither tones nor marks (`dat`); the toned one keeps them (`~đât1`) and exists only
//! where it says more than the folded one. Its tone stands at the end as a digit, so that `hòa` and `hoà` are one word wherever the
//! mark was put; a final i or y of one sound is an i (`lý`, `lí`). A toned form begins with [`TONED_MARK`], which no folded form contains:
//! the two can share one field. Short forms stand as the words that they mean ([`crate::abbreviation`]), numbers without leading zeros.
//!
//! A long number has tails too: certificates are asked for by their last digits.
//!
//! Personal numbers are no syllables: they are answered by the repository under its rules, never by the index (invariant 9).
//! Not here: which words a query asks for ([`crate::question`]).

use crate::abbreviation::in_full;
use crate::personal_number::personal_numbers;
use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// First letter of every toned form.
pub(crate) const TONED_MARK: char = '~';

/// First letter of the tail of a number.
pub(crate) const TAIL_MARK: char = '#';

/// Digits of a number that has tails: land certificates (DOMAIN §5.8) and degrees have 6 to 8, fewer are told whole.
const TAILED_DIGITS: RangeInclusive<usize> = 6..=8;

/// Digits of a tail: with three of them too many numbers end alike.
pub(crate) const TAIL_DIGITS_MIN: usize = 4;

/// Digits of a number that is the same with and without zeros before it, as in `05/4`; longer ones are told digit by digit.
const ZEROED_DIGITS_MAX: usize = 5;

/// Letters of a syllable that count; the rest is cut off. The longest Vietnamese syllable has 7 letters and the longest code 35
/// (DOMAIN §5.2); what is longer is noise of a reading.
const SYLLABLE_CHARS_MAX: usize = 40;

/// Âm tiết, or any other run of letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Syllable {
    /// Lower-case letters without tones and marks.
    pub(crate) folded: String,
    /// The form with tones and marks, where it differs from the folded one.
    pub(crate) toned: Option<String>,
    /// Bytes of the analysed text that it stands on.
    pub(crate) span: Range<usize>,
    /// Its number among the runs of the text; a personal number takes a place too, so that no phrase reaches over it.
    pub(crate) position: usize,
}

/// Text in the one form (NFC) that everything here works on.
pub(crate) fn normalise(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    }
}

/// The syllables of a normalised text, in order, without personal numbers.
pub(crate) fn syllables(text: &str) -> Vec<Syllable> {
    let runs = runs(text);
    let hidden = personal_numbers(text, &runs);
    let is_hidden = |run: &Range<usize>| {
        let number = hidden.get(hidden.partition_point(|number| number.end < run.end));
        number.is_some_and(|number| number.start <= run.start)
    };
    let mut syllables = Vec::with_capacity(runs.len());
    let mut position = 0;
    for span in runs {
        let shown = if is_hidden(&span) { None } else { syllable(text, span.clone(), position) };
        match shown.as_ref().and_then(|one| in_full(&one.folded, &text[span.end..])) {
            Some(full) => {
                let words = full.split(' ').zip(position..);
                syllables.extend(words.map(|(word, position)| full_word(word, span.clone(), position)));
            }
            None => syllables.extend(shown),
        }
        position = syllables.last().map_or(0, |last: &Syllable| last.position + 1).max(position + 1);
    }
    syllables
}

impl Syllable {
    /// Whether it is digits alone.
    pub(crate) fn is_number(&self) -> bool {
        self.folded.bytes().all(|letter| letter.is_ascii_digit())
    }

    /// The last digits of a long number, each with [`TAIL_MARK`] before it.
    pub(crate) fn tails(&self) -> Vec<String> {
        if !TAILED_DIGITS.contains(&self.folded.len()) || !self.is_number() {
            return Vec::new();
        }
        let starts = 1..=self.folded.len() - TAIL_DIGITS_MIN;
        starts.map(|start| format!("{TAIL_MARK}{}", &self.folded[start..])).collect()
    }
}

/// A text as an exact key: one form, lower-case, single spaces.
pub(crate) fn exact_key(text: &str) -> String {
    normalise(text).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs of letters and digits.
pub(crate) fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices() {
        match (start, belongs_to_run(letter)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                runs.push(from..at);
                start = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    runs.extend(start.map(|from| from..text.len()));
    runs
}

fn belongs_to_run(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter) || is_invisible(letter)
}

/// Soft hyphen and zero-width characters, which files from word processors carry inside words.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn syllable(text: &str, span: Range<usize>, position: usize) -> Option<Syllable> {
    let run = &text[span.clone()];
    let (folded, toned) = if run.is_ascii() { (folded(cut(run)), None) } else { forms(cut(run)) };
    (!folded.is_empty()).then_some(Syllable { folded, toned, span, position })
}

/// A word that a short form stands for.
fn full_word(word: &str, span: Range<usize>, position: usize) -> Syllable {
    let (folded, toned) = forms(word);
    Syllable { folded, toned, span, position }
}

/// The folded form of a run of ASCII letters.
fn folded(run: &str) -> String {
    let is_number = run.len() <= ZEROED_DIGITS_MAX && run.bytes().all(|letter| letter.is_ascii_digit());
    if is_number {
        let digits = run.trim_start_matches('0');
        return if digits.is_empty() { "0" } else { digits }.to_owned();
    }
    let mut folded = run.to_ascii_lowercase();
    if ends_in_y(&folded) {
        write_i(&mut folded);
    }
    folded
}

/// Whether a whole syllable ends in a y that is written as i too, with the same sound: `kỹ` and `kĩ`, `quý` and `quí`, not `thúy`.
fn ends_in_y(folded: &str) -> bool {
    matches!(folded, "hy" | "ky" | "ly" | "my" | "sy" | "ty" | "quy")
}

fn write_i(form: &mut String) {
    form.pop();
    form.push('i');
}

fn cut(run: &str) -> &str {
    run.char_indices().nth(SYLLABLE_CHARS_MAX).map_or(run, |(end, _)| &run[..end])
}

/// Folded and toned form of a run.
fn forms(run: &str) -> (String, Option<String>) {
    let mut folded = String::new();
    let mut marked = String::new();
    let mut tones = String::new();
    for letter in run.chars().flat_map(char::to_lowercase).nfd().filter(|letter| !is_invisible(*letter)) {
        match (tone(letter), letter) {
            (Some(digit), _) => tones.push(digit),
            (None, 'đ' | 'ð' | 'ɖ') => {
                // Three letters that look alike as capitals (Đ Ð Ɖ); keyboards and readings mix them up.
                folded.push('d');
                marked.push('đ');
            }
            (None, mark) if is_combining_mark(mark) => marked.push(mark),
            (None, letter) => {
                folded.push(letter);
                marked.push(letter);
            }
        }
    }
    if ends_in_y(&folded) {
        write_i(&mut folded);
        write_i(&mut marked);
    }
    let differs = marked != folded || !tones.is_empty();
    let toned =
        differs.then(|| std::iter::once(TONED_MARK).chain(marked.nfc()).chain(tones.chars()).collect());
    (folded, toned)
}

/// Thanh điệu of a combining mark, numbered as in VNI typing.
fn tone(mark: char) -> Option<char> {
    match mark {
        '\u{301}' => Some('1'), // sắc
        '\u{300}' => Some('2'), // huyền
        '\u{309}' => Some('3'), // hỏi
        '\u{303}' => Some('4'), // ngã
        '\u{323}' => Some('5'), // nặng
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forms of every syllable: `folded` or `folded/toned`.
    fn check(text: &str, expected: &str) {
        let forms = syllables(&normalise(text)).into_iter().map(|syllable| match syllable.toned {
            Some(toned) => format!("{}/{toned}", syllable.folded),
            None => syllable.folded,
        });
        assert_eq!(forms.collect::<Vec<_>>().join(" "), expected, "{text}");
    }

    #[test]
    fn syllables_are_folded_and_toned() {
        check("", "");
        check("  …,  ", "");
        check("Giấy khai sinh", "giay/~giây1 khai sinh");
        check("QUYỀN SỬ DỤNG ĐẤT", "quyen/~quyên2 su/~sư3 dung/~dung5 dat/~đât1");
        check("đường phố Nguyễn Huệ", "duong/~đương2 pho/~phô1 nguyen/~nguyên4 hue/~huê5");
        check("ma má mà mả mã mạ", "ma ma/~ma1 ma/~ma2 ma/~ma3 ma/~ma4 ma/~ma5");
        check("café", "cafe/~cafe1");
        check("Дом 漢字", "дом 漢字");
    }

    #[test]
    fn old_and_new_tone_placement_are_one_word() {
        check("hòa hoà", "hoa/~hoa2 hoa/~hoa2");
        check("thúy thuý", "thuy/~thuy1 thuy/~thuy1");
        check("khỏe khoẻ", "khoe/~khoe3 khoe/~khoe3");
        check("của cuả", "cua/~cua3 cua/~cua3");
    }

    #[test]
    fn final_i_and_y_of_one_sound_are_one_word() {
        check("lý lí ly", "li/~li1 li/~li1 li");
        check("Mỹ Mĩ MY", "mi/~mi4 mi/~mi4 mi");
        check("quý quí", "qui/~qui1 qui/~qui1");
        check("thuý thúi", "thuy/~thuy1 thui/~thui1");
        check("y tế ý", "y te/~tê1 y/~y1");
    }

    #[test]
    fn short_forms_stand_as_their_words() {
        let council = "uy/~uy3 ban nhan/~nhân dan/~dân";
        check("UBND", council);
        check("ubnd", council);
        check("Uỷ ban nhân dân", council);
        check("P. Mơ, P Mơ", "phuong/~phương2 mo/~mơ p mo/~mơ");
        check("HĐND", "hoi/~hôi5 dong/~đông2 nhan/~nhân dan/~dân");
    }

    #[test]
    fn words_of_a_short_form_take_places() {
        let text = "số UBND phường 079099000001 xã";
        let places = syllables(text).into_iter().map(|one| (one.position, text[one.span].to_owned()));
        let expected =
            [(0, "số"), (1, "UBND"), (2, "UBND"), (3, "UBND"), (4, "UBND"), (5, "phường"), (7, "xã")];
        assert_eq!(places.collect::<Vec<_>>(), expected.map(|(place, word)| (place, word.to_owned())));
    }

    #[test]
    fn numbers_stand_without_leading_zeros() {
        check("05/04/2023", "5 4 2023");
        check("0417/QD", "417 qd");
        check("0 00 000123", "0 0 000123");
    }

    #[test]
    fn long_numbers_have_tails() {
        let tails = |text: &str| syllables(text)[0].tails().join(" ");
        assert_eq!(tails("01695788"), "#1695788 #695788 #95788 #5788");
        assert_eq!(tails("123456"), "#23456 #3456");
        assert_eq!(tails("12345"), "");
        assert_eq!(tails("abcdef"), "");
    }

    #[test]
    fn every_encoding_of_a_letter_is_one_letter() {
        check("quye\u{302}\u{300}n", "quyen/~quyên2");
        check("quy\u{ea}\u{300}n", "quyen/~quyên2");
        check("quy\u{1ec1}n", "quyen/~quyên2");
        check("\u{110}o\u{302}ng", "dong/~đông");
        check("\u{d0}ông \u{189}ông", "dong/~đông dong/~đông");
        check("nhân\u{ad}dân", "nhandan/~nhândân");
        check("\u{200b}", "");
    }

    #[test]
    fn numbers_of_papers_stay_and_numbers_of_people_go() {
        check("12/QĐ-UBNN", "12 qd/~qđ ubnn");
        check("91/2025/QH15", "91 2025 qh15");
        check("AA 01695788", "aa 01695788");
        check("ngày 05/01/2023", "ngay/~ngay2 5 1 2023");
        check("số 079099000001 cấp", "so/~sô1 cap/~câp1");
        check("CMND 012 345 678.", "cmnd");
    }

    #[test]
    fn what_is_hidden_keeps_its_place() {
        let positions =
            |text| syllables(text).into_iter().map(|syllable| syllable.position).collect::<Vec<_>>();
        assert_eq!(positions("a 079099000001 b"), [0, 2]);
        assert_eq!(positions("a 012 345 678 b"), [0, 4]);
    }

    #[test]
    fn a_syllable_knows_where_it_stands() {
        let text = "Số: 12/QĐ";
        let spans = syllables(text).into_iter().map(|syllable| &text[syllable.span]).collect::<Vec<_>>();
        assert_eq!(spans, ["Số", "12", "QĐ"]);
    }

    #[test]
    fn endless_runs_are_cut() {
        check(&"á".repeat(1_000), &format!("{0}/~{0}{1}", "a".repeat(40), "1".repeat(40)));
        check(&"x".repeat(1_000), &"x".repeat(40));
    }

    #[test]
    fn a_toned_form_is_never_a_folded_one() {
        for letter in ('\u{0}'..='\u{2fff}').filter(|letter| letter.is_alphanumeric()) {
            for syllable in syllables(&normalise(&format!("{letter}a"))) {
                assert!(!syllable.folded.contains(TONED_MARK), "{letter}");
                assert!(syllable.toned.is_none_or(|toned| toned.starts_with(TONED_MARK)), "{letter}");
            }
        }
    }

    #[test]
    fn keys_forgive_case_and_spaces() {
        assert_eq!(exact_key("  UBND   phường\tHòa "), "ubnd phường hòa");
        assert_eq!(exact_key("12/Q\u{110}-UBND"), "12/qđ-ubnd");
    }
}
