//! The table of a marriage certificate: labels in the first column, the husband's and the wife's values in the next two. A cell may run
//! over several rows, its label stands at half its height.

use super::labelled::{find_labels, proposed};
use super::labels::{self, LabelOf};
use super::paper::{Paper, Row, Word};
use repository::record::ProposedField;

/// The heading of the table has no more words.
const HEADING_WORDS_MAX: usize = 6;
/// Gap between the two columns of values, in text heights.
const COLUMN_GAP: u32 = 2;

/// Where the columns of the table begin, in pixels of the page.
struct Columns {
    husband: u32,
    wife: u32,
    /// First row of the table's body.
    start: usize,
    /// First row that is no part of the table.
    end: usize,
}

/// A label of the first column and where its middle stands.
struct Entry {
    keys: [&'static str; 2],
    middle: u32,
}

/// Which of the two value columns.
#[derive(Clone, Copy)]
enum Spouse {
    Husband,
    Wife,
}

/// Fields of both spouses; none where the paper has no such table.
pub(super) fn fields(paper: &Paper) -> Vec<ProposedField> {
    let labels = labels::all();
    let Some(columns) = columns(paper, &labels) else { return Vec::new() };
    let rows = &paper.rows[columns.start..columns.end];
    let entries = entries(rows, &columns, &labels);
    let Some(page) = rows.first().map(|row| row.page) else { return Vec::new() };
    let cells = entries.iter().enumerate().flat_map(|(at, entry)| {
        [Spouse::Husband, Spouse::Wife]
            .map(|spouse| (entry.keys[spouse as usize], cell(rows, &columns, &entries, at, spouse)))
    });
    let mut fields: Vec<ProposedField> = Vec::new();
    for field in cells.filter_map(|(key, words)| proposed(key, page, &words)) {
        if fields.iter().all(|known| known.key != field.key) {
            fields.push(field);
        }
    }
    fields
}

/// Where the columns of values begin: told by the heading, else by the row of the names.
fn columns(paper: &Paper, labels: &[LabelOf]) -> Option<Columns> {
    let with_index = || paper.rows.iter().enumerate();
    let heading = || with_index().find_map(|(index, row)| Some((index + 1, heading(row)?)));
    let names = || with_index().find_map(|(index, row)| Some((index, names(row, labels)?)));
    let (start, (husband, wife)) = heading().or_else(names)?;
    let below = &paper.rows[start..];
    let page = below.first()?.page;
    let end =
        below.iter().position(|row| row.page != page || is_behind_table(row, labels)).unwrap_or(below.len());
    Some(Columns { husband, wife, start, end: start + end })
}

/// The heading names the columns: `Chồng` and `Vợ` in the middle of columns of one width.
fn heading(row: &Row) -> Option<(u32, u32)> {
    let middle = |wanted: &str| {
        let word = row.words.iter().find(|word| word.folded == wanted)?;
        Some(word.region.left + word.region.width / 2)
    };
    let (husband, wife) = (middle("chong")?, middle("vo")?);
    let half = wife.checked_sub(husband)? / 2;
    (row.words.len() <= HEADING_WORDS_MAX).then(|| (husband.saturating_sub(half), husband + half))
}

/// The row of the names: behind a label without colon, two runs of words with a wide gap between.
fn names(row: &Row, labels: &[LabelOf]) -> Option<(u32, u32)> {
    let label = find_labels(row, labels).into_iter().find(|label| label.key == "full_name")?;
    let words: Vec<&Word> = row.words[label.start..].iter().filter(|word| !word.folded.is_empty()).collect();
    let gap = |pair: &[&Word]| pair[1].region.left.saturating_sub(pair[0].region.left + pair[0].region.width);
    let widest = words.windows(2).max_by_key(|pair| gap(pair))?;
    let slack = row.text_height();
    (gap(widest) > COLUMN_GAP * slack)
        .then(|| (words[0].region.left.saturating_sub(slack), widest[1].region.left.saturating_sub(slack)))
}

/// What follows the table: `Nơi đăng ký …`, the date.
fn is_behind_table(row: &Row, labels: &[LabelOf]) -> bool {
    find_labels(row, labels)
        .iter()
        .any(|label| matches!(label.key, "agency" | "issued_on" | "registration_place"))
}

fn column_words(row: &Row, columns: &Columns, spouse: Option<Spouse>) -> Vec<Word> {
    // Text of a cell begins right of its column's edge, give or take a stroke of the rule.
    let slack = row.text_height() / 2;
    let inside = |word: &&Word| match spouse {
        None => word.region.left + slack < columns.husband,
        Some(Spouse::Husband) => (columns.husband..columns.wife).contains(&(word.region.left + slack)),
        Some(Spouse::Wife) => word.region.left + slack >= columns.wife,
    };
    row.words.iter().filter(inside).cloned().collect()
}

/// Labels of the first column, also those that run over two rows.
fn entries(rows: &[Row], columns: &Columns, labels: &[LabelOf]) -> Vec<Entry> {
    let words: Vec<Word> = rows
        .iter()
        .flat_map(|row| column_words(row, columns, None))
        .filter(|word| !word.folded.is_empty())
        .collect();
    let mut entries = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let found = labels.iter().find_map(|label| {
            let run = words.get(at..at + label.words.len())?;
            let alike =
                run.iter().zip(&label.words).all(|(word, wanted)| labels::alike(&word.folded, wanted));
            alike.then_some((label, run))
        });
        let Some((label, run)) = found else {
            at += 1;
            continue;
        };
        let middle = (run[0].region.top + run[run.len() - 1].region.top + run[0].region.height) / 2;
        // A label that no spouse has still keeps its row's words from the others.
        let keys = labels::couple(label.key).unwrap_or(["", ""]);
        entries.push(Entry { keys, middle });
        at += run.len();
    }
    entries
}

/// Words of a column that stand nearer to this entry than to any other.
fn cell(rows: &[Row], columns: &Columns, entries: &[Entry], at: usize, spouse: Spouse) -> Vec<Word> {
    let words = rows.iter().flat_map(|row| column_words(row, columns, Some(spouse)));
    let nearest = |word: &Word| {
        let middle = word.region.top + word.region.height / 2;
        (0..entries.len()).min_by_key(|index| entries[*index].middle.abs_diff(middle))
    };
    words.filter(|word| nearest(word) == Some(at)).collect()
}
