//! The parts that NĐ 30/2020 gives a place: cơ quan top left, số ký hiệu below it, địa danh and date right, trích yếu, người ký.

use super::paper::{Paper, Row, Word, around, confidence, fold, text};
use super::{labels, values};
use repository::DocumentType;
use repository::record::{FieldSource, ProposedField};
use repository::spelling::distance_within;
use unicode_normalization::UnicodeNormalization;

/// The head of a paper: number, date and agency stand in this upper part of the first page.
const HEAD_SHARE: f32 = 0.45;
/// Trích yếu of a decision runs over at most this many rows.
const SUBJECT_ROWS_MAX: usize = 5;
/// Left of this share of the page's width is the agency's side.
const LEFT_SHARE: f32 = 0.46;
/// Margins of a centred row differ by less than this share of the page's width; an indented first row of the body by more.
const CENTRED_WITHIN: f32 = 0.08;
/// `ngày 05 tháng 4 năm 2023`.
const DAY_WORDS: usize = 6;
/// Names of places before a date have no more words.
const PLACE_WORDS_MAX: usize = 4;
/// Words before `đến hết ngày` among which validity must be spoken of.
const VALIDITY_WORDS: usize = 30;
/// Words that quốc hiệu and tiêu ngữ consist of, folded.
const NATIONAL_TITLE: &[&str] = &["cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc"];
/// Words that an agency's name begins with, as they are printed; longer ones first.
const AGENCIES: &[&str] = &[
    "ỦY BAN NHÂN DÂN",
    "HỘI ĐỒNG NHÂN DÂN",
    "BẢO HIỂM XÃ HỘI",
    "TRƯỜNG CAO ĐẲNG",
    "TRƯỜNG ĐẠI HỌC",
    "TRUNG TÂM",
    "VĂN PHÒNG",
    "CHI NHÁNH",
    "CHI CỤC",
    "TỔNG CỤC",
    "HỌC VIỆN",
    "CÔNG AN",
    "TÒA ÁN",
    "TRƯỜNG",
    "PHÒNG",
    "UBND",
    "VIỆN",
    "CỤC",
    "BAN",
    "SỞ",
    "BỘ",
];

/// Fields that are found by their place.
pub(super) fn fields(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let head: Vec<&Row> =
        paper.first_page().filter(|row| (row.top() as f32) < HEAD_SHARE * row.page_height as f32).collect();
    let mut fields = Vec::new();
    fields.extend(number(&head).filter(|_| document_type != DocumentType::IdentityCard));
    fields.extend(card_number(&head, document_type));
    fields.extend(place_and_date(paper, &head));
    fields.extend(agency(paper, &head, document_type));
    fields.extend(subject_matter(&head, document_type));
    fields.extend(serial_number(paper, document_type));
    fields.extend(valid_until(paper, document_type));
    fields
}

/// The word behind `Số:` and what it says.
fn behind_number_label(row: &Row) -> Option<(String, &[Word], bool)> {
    let at = row.words.iter().position(is_number_label)?;
    let behind =
        row.words[at].text.split_once(':').map(|(_, rest)| rest.trim()).filter(|rest| !rest.is_empty());
    let words = if behind.is_some() { &row.words[at..=at] } else { row.words.get(at + 1..at + 2)? };
    let value = behind.map_or_else(|| text(words), str::to_owned);
    let colon = row.words[at].text.contains(':') || words[0].text.starts_with(':');
    Some((values::plain(&value)?, words, colon))
}

/// `Số: 406/UBND-…`, whose letters may all be capitals: no name of an agency (`SỞ …`).
fn number_in(row: &Row) -> Option<String> {
    let (value, _, _) = behind_number_label(row)?;
    value.starts_with(|c: char| c.is_ascii_digit()).then_some(value)
}

/// `Số`, also with its tone misread and with a number stuck to it; `sơ` and `sở` are other words.
fn is_number_label(word: &Word) -> bool {
    const HORN: char = '\u{31b}';
    let label = word.text.split(':').next().unwrap_or_default();
    fold(label) == "so" && !label.nfd().any(|letter| letter == HORN)
}

/// Số, ký hiệu: behind `Số:` in the head, with a stroke; else digits alone, whose stroke was lost. `Số 12/5 đường …` is an address.
fn number(head: &[&Row]) -> Option<ProposedField> {
    let candidates = || head.iter().filter_map(|row| Some((row, behind_number_label(row)?)));
    let whole = candidates().find(|(_, (value, _, colon))| {
        let has_symbol =
            value.split_once('/').is_some_and(|(_, symbol)| symbol.contains(char::is_alphabetic));
        value.starts_with(|c: char| c.is_ascii_digit()) && value.contains('/') && (*colon || has_symbol)
    });
    let strokeless = || {
        candidates().find(|(_, (value, _, colon))| {
            *colon && (5..=8).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let (row, (value, words, _)) = whole.or_else(strokeless)?;
    Some(field("number", value, row.page, words))
}

/// A card prints the personal number behind `Số:`.
fn card_number(head: &[&Row], document_type: DocumentType) -> Option<ProposedField> {
    if document_type != DocumentType::IdentityCard {
        return None;
    }
    head.iter().find_map(|row| {
        let (value, words, _) = behind_number_label(row)?;
        super::labelled::proposed("citizen_id", row.page, words).filter(|field| field.value == value)
    })
}

/// `Hòa Tiến, ngày 12 tháng 8 năm 2026`: in the head, or above the signature.
fn place_and_date(paper: &Paper, head: &[&Row]) -> Vec<ProposedField> {
    let in_head = head.iter().copied().find_map(dated);
    let at_foot = || paper.rows.iter().rev().find_map(dated);
    in_head.or_else(at_foot).unwrap_or_default()
}

fn dated(row: &Row) -> Option<Vec<ProposedField>> {
    let is_day = |word: &Word| word.folded == "ngay";
    let at = row
        .words
        .iter()
        .position(is_day)
        .or_else(|| row.words.iter().position(|word| labels::alike(&word.folded, "ngay")))?;
    let date_words = &row.words[at..row.words.len().min(at + DAY_WORDS)];
    let date = values::date(&text(date_words))?;
    let written_out = date_words.iter().any(|word| labels::alike(&word.folded, "thang"));
    let place = place_before(&row.words[..at]);
    let is_name = place.first().is_some_and(|word| word.text.starts_with(char::is_uppercase));
    // A place with a misread letter in front (`la Blang`) is told from the middle of a sentence by standing alone with the day.
    let ends_row = at + DAY_WORDS >= row.words.len();
    let names_some = place.iter().any(|word| word.text.starts_with(char::is_uppercase));
    let is_alone = ends_row && names_some && place.len() <= PLACE_WORDS_MAX;
    if !written_out || !(is_name || is_alone) {
        return None;
    }
    let place_name = values::plain(&text(place))?;
    Some(vec![
        field("issued_on", date.to_string(), row.page, date_words),
        field("issued_at", place_name, row.page, place),
    ])
}

/// The words right before `ngày` that end with a comma, back to a number, a colon or a wide gap.
fn place_before(words: &[Word]) -> &[Word] {
    if !words.last().is_some_and(|word| word.text.ends_with(',')) {
        return &[];
    }
    let ends_before = |pair: &[Word]| {
        let gap = pair[1].region.left.saturating_sub(pair[0].region.left + pair[0].region.width);
        let height = pair[1].region.height.max(1);
        gap > height * 2 || pair[0].text.ends_with(':') || pair[0].text.contains('/')
    };
    let start = words.windows(2).rposition(ends_before).map_or(0, |at| at + 1);
    &words[start..]
}

/// Cơ quan ban hành: on the left above the number, else any agency in the head, else the one that the signer signs for.
fn agency(paper: &Paper, head: &[&Row], document_type: DocumentType) -> Option<ProposedField> {
    if matches!(document_type, DocumentType::Application | DocumentType::IdentityCard) {
        return None;
    }
    letterhead(head).or_else(|| signed_for(paper)).or_else(|| agency_in_head(head))
}

/// The letterhead names the superior agency first; the issuing one is the last that begins with an agency's word.
fn letterhead(head: &[&Row]) -> Option<ProposedField> {
    let end = head.iter().position(|row| {
        number_in(row).is_some() || behind_number_label(row).is_some() && !row.is_capitals() || is_title(row)
    })?;
    let left_of = |row: Row| {
        let middle = |word: &Word| word.region.left + word.region.width / 2;
        let is_left = |word: &Word| row.across(middle(word)) < LEFT_SHARE;
        // Capitals that reach over the middle are a title; the date right of the middle is not of this side.
        let crosses = row.is_capitals() && !row.words.iter().all(is_left);
        if crosses { row.keep(|_| false) } else { row.keep(is_left) }
    };
    let rows = head[..end].iter().map(|row| left_of(without_national_title(row)));
    let rows: Vec<Row> = rows.filter(|row| row.is_capitals() && number_in(row).is_none()).collect();
    let start = rows.iter().rposition(|row| row.words.len() > 1 && agency_word(&row.words).is_some())?;
    let words: Vec<Word> = rows[start..].iter().flat_map(|row| row.words.clone()).collect();
    agency_field(rows[start].page, &words)
}

/// `TM. ỦY BAN NHÂN DÂN HUYỆN …` above the signature, where it names more than the kind of agency.
fn signed_for(paper: &Paper) -> Option<ProposedField> {
    paper.rows.iter().rev().find_map(|row| {
        let start = row.words.iter().position(|word| word.folded == "tm")? + 1;
        let words = &row.words[start..];
        let named = row.folded().contains("uy ban nhan dan") && words.len() > 4;
        named.then(|| agency_field(row.page, words))?
    })
}

fn agency_in_head(head: &[&Row]) -> Option<ProposedField> {
    let row =
        head.iter().find(|row| row.is_capitals() && agency_word(&row.words).is_some() && !is_title(row))?;
    agency_field(row.page, &row.words)
}

/// The printed beginning of an agency's name that the words have, whatever accents were read.
fn agency_word(words: &[Word]) -> Option<&'static str> {
    let solid: Vec<&str> =
        words.iter().map(|word| word.folded.as_str()).filter(|word| !word.is_empty()).collect();
    AGENCIES.iter().copied().find(|agency| {
        let wanted: Vec<String> = agency.split(' ').map(fold).collect();
        solid.len() >= wanted.len() && solid.iter().zip(&wanted).all(|(word, wanted)| word == wanted)
    })
}

/// The agency's name; its printed beginning is spelled as it is printed.
fn agency_field(page: u32, words: &[Word]) -> Option<ProposedField> {
    let solid: Vec<Word> = words.iter().filter(|word| !word.folded.is_empty()).cloned().collect();
    let value = match agency_word(&solid) {
        Some(printed) => {
            let rest = &solid[printed.split(' ').count()..];
            values::plain(&format!("{printed} {}", text(rest)))?
        }
        None => values::plain(&text(words))?,
    };
    Some(field("agency", value, page, words))
}

fn is_title(row: &Row) -> bool {
    let folded = row.folded();
    row.is_capitals()
        && ["giay", "quyet dinh", "thong bao", "phieu", "trich luc", "bang", "chung chi", "the"]
            .iter()
            .any(|title| begins_with(&folded, &[title]))
}

fn begins_with(folded: &str, beginnings: &[&str]) -> bool {
    beginnings
        .iter()
        .any(|words| folded.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// The row without the words of quốc hiệu or tiêu ngữ.
fn without_national_title(row: &Row) -> Row {
    let folded = row.folded();
    let Some(phrase) = NATIONAL_TITLE.iter().find(|phrase| folded.contains(**phrase)) else {
        return row.clone();
    };
    let solid: Vec<&Word> = row.words.iter().filter(|word| !word.folded.is_empty()).collect();
    let length = phrase.split(' ').count();
    let start = solid.windows(length).position(|window| {
        window.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ") == *phrase
    });
    match start.map(|start| solid[start].region.left) {
        Some(left) => row.keep(|word| word.region.left < left),
        None => row.clone(),
    }
}

/// Trích yếu: `V/v …` under a letter's number, or the rows between a title and the body.
fn subject_matter(head: &[&Row], document_type: DocumentType) -> Option<ProposedField> {
    letter_subject(head).or_else(|| titled_subject(head, document_type))
}

fn letter_subject(head: &[&Row]) -> Option<ProposedField> {
    let number = head.iter().position(|row| behind_number_label(row).is_some()).map_or(0, |at| at + 1);
    let below = head[number..].iter().position(|row| row.words.first().is_some_and(is_regarding))?;
    let start = number + below;
    let on_left = |row: &&Row| row.keep(|word| row.across(word.region.left) < 0.5);
    let rows = head[start..].iter().map(on_left);
    let rows: Vec<Row> =
        rows.take(SUBJECT_ROWS_MAX).take_while(|row| !row.folded().starts_with("kinh gui")).collect();
    let words: Vec<Word> = rows.iter().flat_map(|row| row.words.clone()).skip(1).collect();
    Some(field("subject_matter", values::plain(&text(&words))?, rows.first()?.page, &words))
}

/// `V/v` before a letter's subject; the stroke is often read as a letter.
fn is_regarding(word: &Word) -> bool {
    word.text.starts_with(['V', 'v'])
        && (2..=3).contains(&word.folded.len())
        && word.folded.ends_with(['v', 'w'])
}

fn titled_subject(head: &[&Row], document_type: DocumentType) -> Option<ProposedField> {
    if !matches!(document_type, DocumentType::Decision | DocumentType::Other) {
        return None;
    }
    let title = head.iter().position(|row| {
        let titles = ["quyet dinh", "thong bao", "bien ban", "bao cao", "to trinh"];
        row.is_capitals() && titles.iter().any(|title| distance_within(&row.folded(), title, 1).is_some())
    })?;
    let is_body = |row: &Row| {
        row.is_capitals()
            || row.folded().starts_with("can cu")
            || row.folded().starts_with("hom nay")
            || row.words.len() < 2
    };
    let rows: Vec<&Row> = head[title + 1..]
        .iter()
        .copied()
        .take(SUBJECT_ROWS_MAX)
        .take_while(|row| is_centred(row) && !is_body(row))
        .collect();
    let words: Vec<Word> = rows.iter().flat_map(|row| row.words.clone()).collect();
    Some(field("subject_matter", values::plain(&text(&words))?, rows.first()?.page, &words))
}

/// As far from the left edge as from the right one: how titles are set. Body text begins further left.
fn is_centred(row: &Row) -> bool {
    let Some(region) = around(&row.words) else { return false };
    let (left, right) = (row.across(region.left), row.across(region.left + region.width));
    (left - (1.0 - right)).abs() < CENTRED_WITHIN && left > 0.14
}

/// Số phát hành of a land certificate stands alone: one or two letters and six or eight digits (DOMAIN §5.8).
fn serial_number(paper: &Paper, document_type: DocumentType) -> Option<ProposedField> {
    if document_type != DocumentType::LandCertificate {
        return None;
    }
    paper.rows.iter().find_map(|row| {
        let [letters, digits] = row.words.as_slice() else { return None };
        let fits = (1..=2).contains(&letters.text.chars().count())
            && letters.text.chars().all(char::is_uppercase)
            && matches!(digits.text.len(), 6 | 8)
            && digits.text.chars().all(|c| c.is_ascii_digit());
        fits.then(|| field("serial_number", text(&row.words), row.page, &row.words))
    })
}

/// `có giá trị đến hết ngày …`, `từ 01/01/2026 đến 31/12/2026`: the last day, wherever a sentence about validity names it.
fn valid_until(paper: &Paper, document_type: DocumentType) -> Option<ProposedField> {
    if matches!(document_type, DocumentType::Decision | DocumentType::Other if !speaks_of_person(paper)) {
        return None;
    }
    let words: Vec<(u32, &Word)> =
        paper.rows.iter().flat_map(|row| row.words.iter().map(move |word| (row.page, word))).collect();
    (0..words.len()).filter(|at| words[*at].1.folded == "den").find_map(|at| {
        let before =
            words[at.saturating_sub(VALIDITY_WORDS)..at].iter().map(|(_, word)| word.folded.as_str());
        let before = before.collect::<Vec<_>>().join(" ");
        let about_validity =
            before.contains("gia tri") || before.contains("hieu luc") || before.contains("thoi han");
        let after: Vec<Word> = words[at + 1..].iter().take(8).map(|(_, word)| (*word).clone()).collect();
        let near = values::date(&text(&after)).filter(|_| begins_with_date(&after));
        near.filter(|_| about_validity)
            .map(|date| field("valid_until", date.to_string(), words[at].0, &after))
    })
}

/// Papers about a person have a validity of their own; decisions and notices speak of other people's deadlines.
fn speaks_of_person(paper: &Paper) -> bool {
    paper.rows.iter().any(|row| row.folded().contains("ngay thang nam sinh"))
}

/// `hết ngày 12/04/2027`, `ngày 02 tháng …`, `31/12/2026`: a date comes at once.
fn begins_with_date(words: &[Word]) -> bool {
    let mut solid =
        words.iter().filter(|word| !word.folded.is_empty() && word.folded != "het" && word.folded != "ngay");
    solid.next().is_some_and(|word| word.text.starts_with(|c: char| c.is_ascii_digit()))
}

/// A field whose value was worked out already.
pub(super) fn field(key: &str, value: String, page: u32, words: &[Word]) -> ProposedField {
    ProposedField {
        key: key.into(),
        value,
        source: FieldSource::Ocr,
        confidence: confidence(words),
        page: Some(page),
        region: around(words),
        written: super::paper::text(words),
        doubts: Vec::new(),
    }
}
