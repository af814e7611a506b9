//! The order in which a page is read: what stands side by side as blocks (agency and state, recipients and signers, signer and
//! signer) is read block by block, the left one first; everything else row by row.
//!
//! A label and its value are one row however far apart they stand, and so are the cells of one row of a table whose cells have
//! one line each.

use super::grid::{Area, Table};
use super::strip::{gap, text_height};
use crate::spread;
use ocr::{Line, PixelBox, Reading, Word};

/// Lines with fewer words say nothing about how the page leans.
const LEANING_WORDS_MIN: usize = 4;
/// Head and foot of a page: blocks side by side begin in the upper, and in the lower, part of this size.
const HEAD_SHARE: f32 = 0.4;
const FOOT_SHARE: f32 = 0.5;
/// Words of a piece among which a colon makes it an entry of a form.
const LABEL_WORDS_MAX: usize = 5;
/// Two blocks have so many pieces together; a single piece beside another is a row.
const BLOCKS_PIECES_MIN: usize = 3;

// Lengths in heights of the page's words.
/// Words further apart than this are pieces that may belong to two blocks; justified lines have gaps of 0.8.
const PIECE_GAP: f32 = 1.1;
/// Paper between two blocks.
const GUTTER_MIN: f32 = 0.7;
/// Recipients begin below the head of their list, so far to its left or right at most.
const RECIPIENTS_INDENT_MAX: f32 = 2.0;
/// Pieces whose middles differ by less stand on one row.
const LEVEL_TOLERANCE: f32 = 0.5;

/// Words that stand together on one row.
#[derive(Clone)]
struct Piece {
    /// Number of the line that the engine read it in.
    line: usize,
    words: Vec<Word>,
    bounds: PixelBox,
    /// Height of its middle on the page, as if the page did not lean.
    level: f32,
}

/// Which end of a page blocks are looked for at.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Head,
    Foot,
}

/// Puts the lines of an upright page in reading order. `tables` are its ruled tables.
pub(crate) fn put_in_order(
    reading: &mut Reading,
    tables: &[Table],
    lean: f32,
    (width, height): (u32, u32),
    dpi: u32,
) {
    let text_height = text_height(reading, dpi);
    let lines = std::mem::take(&mut reading.lines);
    let pieces: Vec<Piece> =
        (0..).zip(lines).flat_map(|(number, line)| pieces(number, line, lean, text_height)).collect();
    let ends = pieces.iter().map(|piece| (piece.bounds.left, piece.bounds.right()));
    let is_one_table =
        tables.iter().any(|table| spread::crosses_middle(width, table.area.left, table.area.right));
    let middle = spread::middle((width, height), dpi, ends).filter(|_| !is_one_table).unwrap_or(width);
    let (left, right): (Vec<Piece>, Vec<Piece>) =
        pieces.into_iter().partition(|piece| stands_left(piece, middle));
    let mut blocks = Vec::new();
    for half in [left, right] {
        read_sheet(half, tables, text_height, &mut blocks);
    }
    for (number, rows) in blocks.into_iter().enumerate() {
        let line = |words| Line { words, block: number as u32 };
        reading.lines.extend(rows.into_iter().map(line));
    }
}

type Rows = Vec<Vec<Word>>;

/// Head blocks, the rows between with their tables, foot blocks.
fn read_sheet(mut pieces: Vec<Piece>, tables: &[Table], text_height: f32, blocks: &mut Vec<Rows>) {
    pieces.sort_by(|a, b| a.level.total_cmp(&b.level));
    let is_in_table = |piece: &Piece| tables.iter().any(|table| table.stands_in(&table.area, &piece.bounds));
    let first_table = pieces.iter().position(is_in_table).unwrap_or(pieces.len());
    let after_tables = pieces.iter().rposition(is_in_table).map_or(0, |last| last + 1);
    let (head, head_end) = blocks_at(End::Head, &pieces[..first_table], text_height, extent(&pieces));
    let start = after_tables.max(head_end);
    let (foot, foot_size) = blocks_at(End::Foot, &pieces[start..], text_height, extent(&pieces));
    let foot_start = pieces.len() - foot_size;
    blocks.extend(head.into_iter().map(|block| rows(block, text_height)));
    let mut body = pieces[head_end..foot_start].to_vec();
    for table in tables {
        let (inside, outside): (Vec<Piece>, Vec<Piece>) =
            body.into_iter().partition(|piece| table.stands_in(&table.area, &piece.bounds));
        let is_above = |piece: &Piece| piece.level < table.area.top;
        let (above, below): (Vec<Piece>, Vec<Piece>) = outside.into_iter().partition(is_above);
        blocks.push(rows(above, text_height));
        blocks.push(table_rows(table, inside, text_height));
        body = below;
    }
    blocks.push(rows(body, text_height));
    blocks.extend(foot.into_iter().map(|block| rows(block, text_height)));
}

/// Highest and lowest level of text.
fn extent(pieces: &[Piece]) -> (f32, f32) {
    match (pieces.first(), pieces.last()) {
        (Some(first), Some(last)) => (first.level, last.level),
        _ => (0.0, 0.0),
    }
}

/// How many pixels text climbs down for each pixel to the right: the middle over all longer lines.
pub(crate) fn lean(reading: &Reading) -> f32 {
    let mut leans: Vec<f32> = reading
        .lines
        .iter()
        .filter(|line| line.words.len() >= LEANING_WORDS_MIN)
        .filter_map(|line| {
            let (first, last) = (middle(&line.words.first()?.bounds), middle(&line.words.last()?.bounds));
            (last.0 > first.0).then(|| (last.1 - first.1) / (last.0 - first.0))
        })
        .collect();
    leans.sort_by(f32::total_cmp);
    leans.get(leans.len() / 2).copied().unwrap_or(0.0)
}

fn middle(bounds: &PixelBox) -> (f32, f32) {
    (bounds.left as f32 + bounds.width as f32 / 2.0, bounds.top as f32 + bounds.height as f32 / 2.0)
}

/// Cuts a line where two blocks may meet.
fn pieces(number: usize, line: Line, lean: f32, text_height: f32) -> Vec<Piece> {
    let mut words = line.words;
    words.sort_by_key(|word| word.bounds.left);
    let is_together = |a: &Word, b: &Word| gap(&a.bounds, &b.bounds) <= PIECE_GAP * text_height;
    words.chunk_by(is_together).map(|words| piece(number, words.to_vec(), lean)).collect()
}

fn piece(line: usize, words: Vec<Word>, lean: f32) -> Piece {
    let levels: f32 = words.iter().map(|word| middle(&word.bounds)).map(|(x, y)| y - lean * x).sum();
    let level = levels / words.len().max(1) as f32;
    let bounds = words.iter().map(|word| word.bounds).reduce(|a, b| a.union(&b)).unwrap_or_default();
    Piece { line, words, bounds, level }
}

/// Rows of pieces from top to bottom, their words from left to right.
fn rows(mut pieces: Vec<Piece>, text_height: f32) -> Rows {
    pieces.sort_by_key(|piece| piece.bounds.left);
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let offset = |row: &[Piece]| (row[row.len() - 1].level - piece.level).abs();
        let fits = |row: &&mut Vec<Piece>| {
            let last = &row[row.len() - 1];
            let overlap = last.bounds.right().saturating_sub(piece.bounds.left);
            let height = piece.bounds.height.min(last.bounds.height) as f32;
            let is_level = offset(row) <= LEVEL_TOLERANCE * height.max(text_height * 0.6);
            // Writing stands higher than the label before it; the engine saw them on one line.
            (is_level || last.line == piece.line) && overlap * 2 <= piece.bounds.width
        };
        let nearest = rows.iter_mut().filter(fits).min_by(|a, b| offset(a).total_cmp(&offset(b)));
        match nearest {
            Some(row) => row.push(piece),
            None => rows.push(vec![piece]),
        }
    }
    let level = |row: &[Piece]| row.iter().map(|piece| piece.level).sum::<f32>() / row.len() as f32;
    rows.sort_by(|a, b| level(a).total_cmp(&level(b)));
    rows.into_iter().map(|row| row.into_iter().flat_map(|piece| piece.words).collect()).collect()
}

/// A table row by row: one line where each cell has one, otherwise cell after cell.
fn table_rows(table: &Table, mut pieces: Vec<Piece>, text_height: f32) -> Rows {
    let mut read = Rows::new();
    for row in &table.rows {
        let mut cells = Vec::new();
        for cell in row {
            let (inside, outside): (Vec<Piece>, Vec<Piece>) = pieces
                .into_iter()
                .flat_map(|piece| cut_at(piece, table, cell))
                .partition(|piece| table.stands_in(cell, &piece.bounds));
            pieces = outside;
            cells.push(rows(inside, text_height));
        }
        if cells.iter().all(|cell| cell.len() <= 1) {
            let line: Vec<Word> = cells.into_iter().flatten().flatten().collect();
            read.extend((!line.is_empty()).then_some(line));
        } else {
            read.extend(cells.into_iter().flatten());
        }
    }
    read.extend(rows(pieces, text_height));
    read
}

/// Tesseract may read the words of two cells as one line.
fn cut_at(piece: Piece, table: &Table, cell: &Area) -> Vec<Piece> {
    let is_inside = |word: &Word| table.stands_in(cell, &word.bounds);
    if piece.words.iter().all(is_inside) || !piece.words.iter().any(is_inside) {
        return vec![piece];
    }
    let parts = piece.words.chunk_by(|a, b| is_inside(a) == is_inside(b));
    parts.map(|words| self::piece(piece.line, words.to_vec(), table.lean)).collect()
}

/// Blocks side by side at one end of `pieces`, which are sorted by level; and how many pieces they take from that end.
fn blocks_at(end: End, pieces: &[Piece], text_height: f32, extent: (f32, f32)) -> (Vec<Vec<Piece>>, usize) {
    let best = gutters(end, pieces, text_height, extent)
        .into_iter()
        .filter_map(|gutter| band(end, pieces, gutter, text_height))
        .max_by_key(|band| band.size);
    let Some(Band { left, right, size }) = best else { return (Vec::new(), 0) };
    let mut blocks = Vec::new();
    for side in [left, right] {
        let (inner, taken) = blocks_at(end, &side, text_height, extent);
        let rest = side.len() - taken;
        let (before, after) = match end {
            End::Head => (Vec::new(), side[taken..].to_vec()),
            End::Foot => (side[..rest].to_vec(), Vec::new()),
        };
        blocks.push(before);
        blocks.extend(inner);
        blocks.push(after);
    }
    blocks.retain(|block| !block.is_empty());
    (blocks, size)
}

/// Middles of the gaps between neighbours on one row, at the end of the page that is looked at.
fn gutters(end: End, pieces: &[Piece], text_height: f32, (top, bottom): (f32, f32)) -> Vec<u32> {
    let is_near = |piece: &&Piece| match end {
        End::Head => piece.level <= top + (bottom - top) * HEAD_SHARE,
        End::Foot => piece.level >= bottom - (bottom - top) * FOOT_SHARE,
    };
    let near: Vec<&Piece> = pieces.iter().filter(is_near).collect();
    let mut gutters = Vec::new();
    for left in &near {
        let neighbours = near.iter().filter(|right| {
            right.bounds.left > left.bounds.right() && (right.level - left.level).abs() < 2.0 * text_height
        });
        if let Some(right) = neighbours.min_by_key(|right| right.bounds.left) {
            gutters.push((left.bounds.right() + right.bounds.left) / 2);
        }
    }
    gutters.sort_unstable();
    gutters.dedup();
    gutters
}

/// Two blocks beside a gutter.
struct Band {
    left: Vec<Piece>,
    right: Vec<Piece>,
    /// Pieces in both.
    size: usize,
}

/// The pieces from one end on that stand left or right of the gutter, until one crosses it or is an entry of a form.
fn band(end: End, pieces: &[Piece], gutter: u32, text_height: f32) -> Option<Band> {
    let (mut left_end, mut right_start) = (0, u32::MAX);
    let mut taken = 0;
    let mut last_pair = 0;
    let at = |index: usize| match end {
        End::Head => index,
        End::Foot => pieces.len() - 1 - index,
    };
    let (mut lefts, mut rights) = (0, 0);
    while taken < pieces.len() {
        let piece = &pieces[at(taken)];
        let is_left = stands_left(piece, gutter);
        let ends = (
            if is_left { left_end.max(piece.bounds.right()) } else { left_end },
            if is_left { right_start } else { right_start.min(piece.bounds.left) },
        );
        if (ends.0 as f32) + GUTTER_MIN * text_height > ends.1 as f32
            || is_entry(piece, is_left, gutter, pieces, text_height)
        {
            break;
        }
        (left_end, right_start) = ends;
        taken += 1;
        *(if is_left { &mut lefts } else { &mut rights }) += 1;
        // What stands on the left only goes before the rest in any case.
        if lefts > 0 && rights > 0 && (end == End::Head || !is_left) {
            last_pair = taken;
        }
    }
    let ending = (taken < pieces.len()).then(|| &pieces[at(taken)]);
    let is_label_of = |last: &Piece, ending: &Piece| {
        last.bounds.left < ending.bounds.left
            && is_level(last, ending, text_height)
            && is_label(last, pieces, text_height)
    };
    // The label of what ended the band is an entry with it.
    while taken > 0 && ending.is_some_and(|ending| is_label_of(&pieces[at(taken - 1)], ending)) {
        taken -= 1;
    }
    let end_of_band = if end == End::Head { taken } else { last_pair.min(taken) };
    let members: Vec<Piece> = (0..end_of_band).map(|index| pieces[at(index)].clone()).collect();
    let (mut left, mut right): (Vec<Piece>, Vec<Piece>) =
        members.into_iter().partition(|piece| stands_left(piece, gutter));
    left.sort_by(|a, b| a.level.total_cmp(&b.level));
    right.sort_by(|a, b| a.level.total_cmp(&b.level));
    let are_blocks = left.len() + right.len() >= BLOCKS_PIECES_MIN && are_beside(&left, &right);
    are_blocks.then_some(Band { size: end_of_band, left, right })
}

fn are_beside(left: &[Piece], right: &[Piece]) -> bool {
    if left.is_empty() || right.is_empty() {
        return false;
    }
    let reach = |side: &[Piece]| side.iter().map(|piece| piece.bounds.height).max().unwrap_or(0) as f32 / 2.0;
    let (far, near) = (reach(left), reach(right));
    let (left, right) = (extent(left), extent(right));
    left.0 - far < right.1 + near && right.0 - near < left.1 + far
}

/// Whether the piece belongs to a row of a form: it begins with a label, or it is a label with its value behind the gutter, or
/// that value.
fn is_entry(piece: &Piece, is_left: bool, gutter: u32, pieces: &[Piece], text_height: f32) -> bool {
    let others = pieces.iter().filter(|other| stands_left(other, gutter) != is_left);
    let mut beside = others.filter(|other| is_level(other, piece, text_height));
    if is_left {
        is_label(piece, pieces, text_height) && beside.next().is_some()
    } else {
        let begins_with_label = piece.words.iter().take(LABEL_WORDS_MAX).any(|word| word.text.ends_with(':'));
        begins_with_label || beside.any(|left| is_label(left, pieces, text_height))
    }
}

fn stands_left(piece: &Piece, gutter: u32) -> bool {
    piece.bounds.left + piece.bounds.width / 2 < gutter
}

fn is_level(a: &Piece, b: &Piece, text_height: f32) -> bool {
    (a.level - b.level).abs() <= LEVEL_TOLERANCE * text_height
}

/// What ends with a colon, but for "Nơi nhận:" and the lines below it: a semicolon there is easily read as a colon.
fn is_label(piece: &Piece, pieces: &[Piece], text_height: f32) -> bool {
    let is_recipient = |head: &Piece| {
        piece.level >= head.level
            && piece.bounds.left.abs_diff(head.bounds.left) as f32 <= RECIPIENTS_INDENT_MAX * text_height
    };
    piece.words.last().is_some_and(|word| word.text.ends_with(':'))
        && !pieces.iter().any(|head| is_recipients_head(head) && is_recipient(head))
}

fn is_recipients_head(piece: &Piece) -> bool {
    let is = |word: &Word, text: &str| word.text.to_lowercase() == text;
    matches!(&piece.words[..], [.., place, received] if is(place, "nơi") && is(received, "nhận:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::page;

    type Pieces<'a> = &'a [(u32, u32, &'a str)];

    /// The text of an A4 page at 200 dpi after its lines were put in order. Each line holds what the engine read as one;
    /// which lines are a block is left out.
    fn ordered(lines: &[Pieces], tables: &[Table]) -> String {
        let mut page = page(lines);
        put_in_order(&mut page, tables, 0.0, (1654, 2339), 200);
        page.text().replace("\n\n", "\n")
    }

    const SENTENCE: &str =
        "Căn cứ Luật Tổ chức chính quyền địa phương, theo đề nghị của Văn phòng, nay cấp giấy phép này cho";

    /// A line across the whole page.
    fn body(top: u32) -> [(u32, u32, &'static str); 1] {
        [(100, top, SENTENCE)]
    }

    #[test]
    fn agency_and_state_are_two_blocks() {
        let head: [Pieces; 3] = [
            &[(150, 100, "ỦY BAN NHÂN DÂN"), (800, 100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")],
            &[(180, 130, "XÃ AN MỸ"), (900, 130, "Độc lập - Tự do - Hạnh phúc")],
            &[(170, 170, "Số: 5/GPXD"), (850, 172, "An Mỹ, ngày 10 tháng 12 năm 2016")],
        ];
        let expected = "ỦY BAN NHÂN DÂN\nXÃ AN MỸ\nSố: 5/GPXD\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\
                        Độc lập - Tự do - Hạnh phúc\nAn Mỹ, ngày 10 tháng 12 năm 2016\n";
        let lines = [head[0], head[1], head[2], &body(900)];
        assert_eq!(ordered(&lines, &[]), format!("{expected}{SENTENCE}"));
    }

    #[test]
    fn an_entry_below_a_title_on_the_right_stays_whole() {
        let lines: [Pieces; 4] = [
            &[(150, 100, "ỦY BAN NHÂN DÂN"), (900, 100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")],
            &[(180, 130, "XÃ AN MỸ"), (1000, 130, "Độc lập - Tự do - Hạnh phúc")],
            &[(640, 300, "TRÍCH LỤC KHAI TỬ (BẢN SAO)")],
            &[(200, 400, "Họ, chữ đệm, tên:"), (530, 404, "TRỊNH QUỲNH MẬN THỊ")],
        ];
        let expected = "ỦY BAN NHÂN DÂN\nXÃ AN MỸ\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\
                        TRÍCH LỤC KHAI TỬ (BẢN SAO)\nHọ, chữ đệm, tên: TRỊNH QUỲNH MẬN THỊ\n";
        assert_eq!(
            ordered(&[lines[0], lines[1], lines[2], lines[3], &body(900)], &[]),
            format!("{expected}{SENTENCE}")
        );
    }

    #[test]
    fn recipients_and_signers_are_blocks_beside_each_other() {
        let recipients: [Pieces; 4] = [
            &[(100, 1000, "Nơi nhận:"), (1000, 996, "TM. ỦY BAN NHÂN DÂN")],
            &[(100, 1030, "- Như trên;"), (1050, 1030, "CHỦ TỊCH")],
            &[(100, 1060, "- Lưu: VT.")],
            &[(1040, 1200, "Lê Ngọc Vy")],
        ];
        let lines = [&body(100), recipients[0], recipients[1], recipients[2], recipients[3]];
        assert_eq!(
            ordered(&lines, &[]),
            format!(
                "{SENTENCE}\nNơi nhận:\n- Như trên;\n- Lưu: VT.\nTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nLê Ngọc Vy"
            )
        );
        let signers: [Pieces; 2] = [
            &[(150, 1000, "CHỒNG"), (700, 1000, "VỢ"), (1200, 1000, "CHỦ TỊCH")],
            &[(120, 1200, "Đinh Công Dậu"), (640, 1200, "Lý Thị Oanh"), (1180, 1200, "Trịnh Quốc Vượng")],
        ];
        assert_eq!(
            ordered(&[&body(100), signers[0], signers[1]], &[]),
            format!("{SENTENCE}\nCHỒNG\nĐinh Công Dậu\nVỢ\nLý Thị Oanh\nCHỦ TỊCH\nTrịnh Quốc Vượng")
        );
    }

    #[test]
    fn entries_of_a_form_stay_rows_however_far_apart() {
        let check = |lines: &[Pieces], expected: &str| assert_eq!(ordered(lines, &[]), expected);
        check(
            &[
                &[(100, 100, "Ngày sinh: 1/2/1990"), (900, 100, "Giới tính: Nam")],
                &[(100, 140, "Dân tộc: Kinh"), (900, 140, "Quốc tịch: Việt Nam")],
                &[(100, 180, "Điện thoại: 0900"), (900, 180, "Email: a@b.example")],
            ],
            "Ngày sinh: 1/2/1990 Giới tính: Nam\nDân tộc: Kinh Quốc tịch: Việt Nam\nĐiện thoại: 0900 Email: a@b.example",
        );
        check(
            &[
                &[(100, 100, "Họ và tên:")],
                &[(400, 92, "LÊ NGỌC VY")],
                &[(100, 140, "Quê:")],
                &[(400, 134, "Huế")],
            ],
            "Họ và tên: LÊ NGỌC VY\nQuê: Huế",
        );
    }

    #[test]
    fn entries_above_a_signature_are_no_block() {
        let lines: [Pieces; 4] = [
            &[(100, 900, "Số định danh:"), (500, 902, "049062864774")],
            &[(100, 960, "Thường trú:"), (420, 962, "Xóm Mới, xã An Mỹ")],
            &[(1000, 1040, "TRƯỞNG PHÒNG")],
            &[(1000, 1240, "Trần Ngọc Phước")],
        ];
        assert_eq!(
            ordered(&[&body(100), lines[0], lines[1], lines[2], lines[3]], &[]),
            format!(
                "{SENTENCE}\nSố định danh: 049062864774\nThường trú: Xóm Mới, xã An Mỹ\nTRƯỞNG PHÒNG\nTrần Ngọc Phước"
            )
        );
    }

    #[test]
    fn recipients_are_no_labels_though_a_semicolon_was_read_as_a_colon() {
        let lines: [Pieces; 3] = [
            &[(100, 1000, "Nơi nhận:"), (1000, 1000, "KT. GIÁM ĐỐC")],
            &[(100, 1040, "- Như Điều 3:"), (1000, 1042, "PHÓ GIÁM ĐỐC")],
            &[(100, 1080, "- Lưu: VT.")],
        ];
        assert_eq!(
            ordered(&[&body(100), lines[0], lines[1], lines[2]], &[]),
            format!("{SENTENCE}\nNơi nhận:\n- Như Điều 3:\n- Lưu: VT.\nKT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC")
        );
    }

    #[test]
    fn labels_below_a_certificate_are_labels() {
        let lines: [Pieces; 3] = [
            &[(100, 1000, "Giấy chứng nhận:"), (800, 1002, "CH 01234")],
            &[(100, 1040, "Thửa đất số:"), (800, 1042, "45")],
            &[(100, 1080, "Tờ bản đồ số:"), (800, 1082, "12")],
        ];
        assert_eq!(
            ordered(&[&body(100), lines[0], lines[1], lines[2]], &[]),
            format!("{SENTENCE}\nGiấy chứng nhận: CH 01234\nThửa đất số: 45\nTờ bản đồ số: 12")
        );
    }

    #[test]
    fn tables_are_read_row_by_row_and_their_tall_cells_one_after_the_other() {
        let cell = |left: f32, top: f32| Area { left, top, right: left + 300.0, bottom: top + 80.0 };
        let row = |top: f32| vec![cell(100.0, top), cell(400.0, top)];
        let area = Area { left: 100.0, top: 300.0, right: 700.0, bottom: 460.0 };
        let table = Table { lean: 0.0, area, rows: vec![row(300.0), row(380.0)] };
        let check = |lines: &[Pieces], expected: &str| {
            let body = "Danh sách thành viên góp vốn của công ty được ghi trong bảng dưới đây, gồm";
            let mut all: Vec<Pieces> = vec![&[(
                100,
                200,
                "Danh sách thành viên góp vốn của công ty được ghi trong bảng dưới đây, gồm",
            )]];
            all.extend(lines);
            assert_eq!(ordered(&all, std::slice::from_ref(&table)), format!("{body}\n{expected}"));
        };
        check(
            &[
                &[(110, 330, "Dân tộc"), (410, 330, "Kinh")],
                &[(110, 410, "Quốc tịch"), (410, 410, "Việt Nam")],
            ],
            "Dân tộc Kinh\nQuốc tịch Việt Nam",
        );
        check(
            &[
                &[(110, 310, "Nơi cư"), (410, 310, "Thôn Đoài,")],
                &[(410, 340, "tỉnh Hà Giang")],
                &[(110, 340, "trú")],
                &[(110, 410, "Quốc tịch"), (410, 410, "Việt Nam")],
            ],
            "Nơi cư\ntrú\nThôn Đoài,\ntỉnh Hà Giang\nQuốc tịch Việt Nam",
        );
        check(
            &[&[(110, 330, "Họ và tên"), (410, 332, "Vy")], &[(330, 410, "Kinh"), (380, 410, "Hoa")]],
            "Họ và tên Vy\nKinh Hoa",
        );
    }

    #[test]
    fn a_landscape_page_is_not_torn_in_the_middle() {
        let check = |across: &str, expected: &str| {
            let rows = [(100, 400, "Tên:"), (2500, 400, "An"), (100, 500, "Quê:"), (2500, 500, "Huế")];
            let lines = [(100, 100, across), (100, 150, across), (100, 200, across)];
            let mut page = page(&[&lines[..1], &lines[1..2], &lines[2..], &rows[..2], &rows[2..]]);
            put_in_order(&mut page, &[], 0.0, (3000, 2000), 200);
            assert_eq!(page.text().replace(across, "–"), expected);
        };
        check("dài ".repeat(70).trim_end(), "–\n–\n–\nTên: An\nQuê: Huế");
        check("dài ".repeat(30).trim_end(), "–\n–\n–\nTên:\nQuê:\n\nAn\nHuế");
    }
}
