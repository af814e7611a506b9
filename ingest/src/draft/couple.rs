//! The table of a marriage certificate: labels in the first column, the husband's and the wife's values in the next two. A cell may run
//! over several rows, its label stands at half its height.
//!
//! Whose column is whose is told by the heading, by the numbers of the two (DOMAIN §5.5), or, with a doubt, by the order in which the
//! form prints them.

use super::checks;
use super::labelled::{find_labels, proposed};
use super::labels::{self, LabelOf};
use super::paper::{Paper, Row, Word};
use super::values;
use repository::Doubt;
use repository::document_type::FieldKind;
use repository::identifier::{CitizenId, Sex};
use repository::record::ProposedField;
use repository::spelling::distance_within;

/// The heading of the table has no more words.
const HEADING_WORDS_MAX: usize = 6;
/// Gap between the two columns of values, in text heights.
const COLUMN_GAP: u32 = 2;
/// One letter in so many of a label in the first column may be wrong: there stand no other words than these few.
const LETTERS_A_WRONG_ONE: usize = 4;
/// A label may be torn into this many words more than it has.
const TORN_WORDS_MAX: usize = 2;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spouse {
    Husband,
    Wife,
}

/// Where the columns of the table begin, in pixels of the page.
struct Columns {
    /// The first column of values.
    left: u32,
    /// The second one.
    right: u32,
    /// Whose values stand on the left, where the heading says it.
    on_left: Option<Spouse>,
    /// First row of the table's body.
    start: usize,
    /// First row that is no part of the table.
    end: usize,
}

/// A label of the first column and where its middle stands.
struct Entry {
    key: &'static str,
    middle: u32,
}

/// One of the two columns of values.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Fields of both spouses; none where the paper has no such table.
pub(super) fn fields(paper: &Paper) -> Vec<ProposedField> {
    let labels = labels::all();
    let Some(columns) = columns(paper, &labels) else { return Vec::new() };
    let rows = &paper.rows[columns.start..columns.end];
    let Some(page) = rows.first().map(|row| row.page) else { return Vec::new() };
    let entries = entries(rows, &columns, &labels);
    let sides = [Side::Left, Side::Right].map(|side| values_of(rows, &columns, &entries, side, page));
    let told = columns.on_left.or_else(|| whose(&sides));
    let on_left = told.unwrap_or(Spouse::Husband);
    let spouses = [on_left, on_left.other()];
    let mut fields: Vec<ProposedField> =
        spouses.into_iter().zip(sides).flat_map(|(spouse, side)| spouse.own(side)).collect();
    if told.is_none() {
        fields.iter_mut().for_each(|field| checks::doubt(field, Doubt::SpouseColumn));
    }
    fields
}

impl Spouse {
    fn other(self) -> Spouse {
        match self {
            Spouse::Husband => Spouse::Wife,
            Spouse::Wife => Spouse::Husband,
        }
    }

    /// The fields of a column under the keys of this spouse.
    fn own(self, column: Vec<ProposedField>) -> impl Iterator<Item = ProposedField> {
        column.into_iter().filter_map(move |mut field| {
            let [husband, wife] = labels::couple(&field.key)?;
            field.key = if self == Spouse::Husband { husband } else { wife }.to_owned();
            Some(field)
        })
    }
}

/// Whose values stand on the left, told by the sex in the numbers of the two, where they do not contradict each other.
fn whose([left, right]: &[Vec<ProposedField>; 2]) -> Option<Spouse> {
    let of = |column: &[ProposedField]| {
        let number = column.iter().find(|field| field.key == "citizen_id")?;
        let sex = number.value.parse::<CitizenId>().ok()?.sex();
        Some(if sex == Sex::Male { Spouse::Husband } else { Spouse::Wife })
    };
    match (of(left), of(right).map(Spouse::other)) {
        (Some(one), Some(other)) if one != other => None,
        (one, other) => one.or(other),
    }
}

/// Where the columns of values begin: told by the heading, by the row of the names, or by a row with two values of one kind.
fn columns(paper: &Paper, labels: &[LabelOf]) -> Option<Columns> {
    let with_index = || paper.rows.iter().enumerate();
    let heading = || {
        with_index().find_map(|(index, row)| {
            let (places, on_left) = heading(row)?;
            Some((index + 1, places, Some(on_left)))
        })
    };
    let names = || with_index().find_map(|(index, row)| Some((index, names(row, labels)?, None)));
    let twins = || {
        let places = paper.rows.iter().find_map(twins)?;
        Some((first_labelled(paper, places.0, labels)?, places, None))
    };
    let (start, (left, right), on_left) = heading().or_else(names).or_else(twins)?;
    let below = &paper.rows[start..];
    let page = below.first()?.page;
    let end =
        below.iter().position(|row| row.page != page || is_behind_table(row, labels)).unwrap_or(below.len());
    Some(Columns { left, right, on_left, start, end: start + end })
}

/// The heading names the columns: `Chồng` and `Vợ` in the middle of columns of one width. One of the two may be misread; it is then
/// what stands beside the other in a row of nothing but a heading.
fn heading(row: &Row) -> Option<((u32, u32), Spouse)> {
    let words: Vec<&Word> = row.words.iter().filter(|word| !word.folded.is_empty()).collect();
    if words.len() > HEADING_WORDS_MAX || row.is_capitals() {
        return None;
    }
    let cells: Vec<&[&Word]> = words.chunk_by(|a, b| gap(a, b) <= COLUMN_GAP * row.text_height()).collect();
    let of = |cell: &[&Word]| match cell {
        [word] if labels::alike(&word.folded, "chong") => Some(Spouse::Husband),
        [word] if word.folded == "vo" => Some(Spouse::Wife),
        _ => None,
    };
    let [.., left, right] = cells.as_slice() else { return None };
    let on_left = match (of(left), of(right)) {
        (Some(one), Some(other)) => (one != other).then_some(one)?,
        // Two cells alone might be anything; with the heading of the labels before them they are the table's.
        (Some(one), None) if cells.len() == 3 => one,
        (None, Some(other)) if cells.len() == 3 => other.other(),
        _ => return None,
    };
    let middle = |cell: &[&Word]| {
        let last = cell[cell.len() - 1].region;
        (cell[0].region.left + last.left + last.width) / 2
    };
    let half = middle(right).checked_sub(middle(left))? / 2;
    Some(((middle(left).saturating_sub(half), middle(left) + half), on_left))
}

/// The row of the names: behind a label without colon, two runs of words with a wide gap between.
fn names(row: &Row, labels: &[LabelOf]) -> Option<(u32, u32)> {
    let label = find_labels(row, labels).into_iter().find(|label| label.key == "full_name")?;
    let words: Vec<&Word> = row.words[label.start..].iter().filter(|word| !word.folded.is_empty()).collect();
    let widest = words.windows(2).max_by_key(|pair| gap(pair[0], pair[1]))?;
    let slack = row.text_height();
    (gap(widest[0], widest[1]) > COLUMN_GAP * slack)
        .then(|| (words[0].region.left.saturating_sub(slack), widest[1].region.left.saturating_sub(slack)))
}

/// The row of the days of birth or of the numbers: two of them and nothing behind.
fn twins(row: &Row) -> Option<(u32, u32)> {
    let [.., left, right] = row.words.as_slice() else { return None };
    let is_day = |word: &Word| values::date(&word.text).is_some();
    let is_number = |word: &Word| word.text.parse::<CitizenId>().is_ok();
    let are_twins = is_day(left) && is_day(right) || is_number(left) && is_number(right);
    let slack = row.text_height();
    (are_twins && gap(left, right) > COLUMN_GAP * slack)
        .then(|| (left.region.left.saturating_sub(slack), right.region.left.saturating_sub(slack)))
}

/// The first row with a label left of the values.
fn first_labelled(paper: &Paper, values_left: u32, labels: &[LabelOf]) -> Option<usize> {
    let is_couples = |row: &Row| {
        let before = row.keep(|word| word.region.left < values_left && !word.folded.is_empty()).words;
        label_at(&before, labels).is_some_and(|(label, _)| labels::couple(label.key).is_some())
    };
    paper.rows.iter().position(is_couples)
}

fn gap(left: &Word, right: &Word) -> u32 {
    right.region.left.saturating_sub(left.region.left + left.region.width)
}

/// What follows the table: `Nơi đăng ký …`, the date.
fn is_behind_table(row: &Row, labels: &[LabelOf]) -> bool {
    find_labels(row, labels)
        .iter()
        .any(|label| matches!(label.key, "agency" | "issued_on" | "registration_place"))
}

fn column_words(row: &Row, columns: &Columns, side: Option<Side>) -> Vec<Word> {
    // Text of a cell begins right of its column's edge, give or take a stroke of the rule.
    let slack = row.text_height() / 2;
    let inside = |word: &&Word| match side {
        None => word.region.left + slack < columns.left,
        Some(Side::Left) => (columns.left..columns.right).contains(&(word.region.left + slack)),
        Some(Side::Right) => word.region.left + slack >= columns.right,
    };
    row.words.iter().filter(inside).cloned().collect()
}

/// Labels of the first column, also those that run over two rows. A label that no spouse has still keeps its row's words from the others.
fn entries(rows: &[Row], columns: &Columns, labels: &[LabelOf]) -> Vec<Entry> {
    let words = rows.iter().flat_map(|row| column_words(row, columns, None));
    let words: Vec<Word> = words.filter(|word| !word.folded.is_empty()).collect();
    let mut entries = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((label, count)) = label_at(&words[at..], labels) else {
            at += 1;
            continue;
        };
        let (first, last) = (words[at].region, words[at + count - 1].region);
        entries.push(Entry { key: label.key, middle: (first.top + last.top + first.height) / 2 });
        at += count;
    }
    entries
}

/// The label that the words begin with, compared by its letters, and how many words it has there: the one with the fewest wrong letters.
fn label_at<'a>(words: &[Word], labels: &'a [LabelOf]) -> Option<(&'a LabelOf, usize)> {
    let found = labels.iter().flat_map(|label| {
        let counts = 1..=(label.words.len() + TORN_WORDS_MAX).min(words.len());
        counts.filter_map(move |count| {
            let read: String = words[..count].iter().map(|word| word.folded.as_str()).collect();
            let wrong = distance_within(&read, &label.joined, label.joined.len() / LETTERS_A_WRONG_ONE)?;
            Some((wrong, label, count))
        })
    });
    let is_of_table = |label: &LabelOf| labels::couple(label.key).is_some();
    found
        .filter(|(wrong, label, _)| *wrong == 0 || is_of_table(label))
        .min_by_key(|(wrong, label, count)| (*wrong, std::cmp::Reverse((label.joined.len(), *count))))
        .map(|(_, label, count)| (label, count))
}

/// The values of a column, under the keys that its owner's paper would have.
fn values_of(
    rows: &[Row],
    columns: &Columns,
    entries: &[Entry],
    side: Side,
    page: u32,
) -> Vec<ProposedField> {
    let cells = (0..entries.len()).map(|at| (entries[at].key, cell(rows, columns, entries, at, side)));
    let mut fields: Vec<ProposedField> = Vec::new();
    for field in cells.filter_map(|(key, words)| proposed(key, page, &words)) {
        if fields.iter().all(|known| known.key != field.key) {
            fields.push(field);
        }
    }
    for key in ["birth_date", "citizen_id"] {
        if fields.iter().all(|known| known.key != key) {
            fields.extend(told_by_form(rows, columns, side, key, page));
        }
    }
    fields
}

/// Words of a column that stand nearer to this entry than to any other.
fn cell(rows: &[Row], columns: &Columns, entries: &[Entry], at: usize, side: Side) -> Vec<Word> {
    let words = rows.iter().flat_map(|row| column_words(row, columns, Some(side)));
    let nearest = |word: &Word| {
        let middle = word.region.top + word.region.height / 2;
        (0..entries.len()).min_by_key(|index| entries[*index].middle.abs_diff(middle))
    };
    words.filter(|word| nearest(word) == Some(at)).collect()
}

/// The only day, or the only personal number, of a column whose label could not be read.
fn told_by_form(rows: &[Row], columns: &Columns, side: Side, key: &str, page: u32) -> Option<ProposedField> {
    let is_day = repository::document_type::field_key(key).is_some_and(|entry| entry.kind == FieldKind::Date);
    let fits = |word: &Word| match is_day {
        true => values::date(&word.text).is_some(),
        false => word.text.parse::<CitizenId>().is_ok(),
    };
    let words = rows.iter().flat_map(|row| column_words(row, columns, Some(side)));
    let found: Vec<Word> = words.filter(fits).collect();
    if found.len() == 1 { proposed(key, page, &found) } else { None }
}
