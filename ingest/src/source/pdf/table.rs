//! Whether the table of a file's objects stands where the file says, and they where it says (ISO 32000-1, 7.5.4, 7.5.5).
//!
//! The renderer rebuilds a wrong table by guessing, and says nothing: bytes were lost, added or changed since the file was written, and
//! pages may have gone with them.

/// The table that a reader begins with; older ones, which a file that was added to has too, are not followed.
pub(super) fn is_right(file: &[u8]) -> bool {
    const START: &[u8] = b"startxref";
    let Some(start) = file.windows(START.len()).rposition(|window| window == START) else { return false };
    let Some((offset, _)) = number(&file[start + START.len()..]) else { return false };
    // Places are counted from the header, before which some programs put other bytes, or from the beginning.
    let header = file.windows(4).position(|window| window == b"%PDF").unwrap_or(0);
    [0, header].into_iter().any(|base| section_is_right(&file[base..], offset))
}

fn section_is_right(file: &[u8], offset: usize) -> bool {
    let section = file.get(offset..).unwrap_or_default().trim_ascii_start();
    match section.strip_prefix(b"xref") {
        Some(entries) => entries_are_right(file, entries).unwrap_or(false),
        // The table is a stream.
        None => object(section).is_some(),
    }
}

/// `None` when they are no entries.
fn entries_are_right(file: &[u8], mut rest: &[u8]) -> Option<bool> {
    while let Some((first, behind)) = number(rest) {
        let (count, behind) = number(behind)?;
        rest = behind;
        for index in first..first.checked_add(count)? {
            let (offset, behind) = number(rest)?;
            let (generation, behind) = number(behind)?;
            let (kind, behind) = word(behind)?;
            rest = behind;
            let is_there = match kind {
                // Some programs write so of objects that are not used.
                b"n" if offset == 0 => true,
                b"n" => object(file.get(offset..)?) == Some((index, generation)),
                b"f" => true,
                _ => return None,
            };
            if !is_there {
                return Some(false);
            }
        }
    }
    Some(true)
}

/// Number and generation of the object that begins here.
fn object(at: &[u8]) -> Option<(usize, usize)> {
    let (index, rest) = number(at)?;
    let (generation, rest) = number(rest)?;
    rest.trim_ascii_start().starts_with(b"obj").then_some((index, generation))
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (digits, rest) = word(bytes)?;
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

/// What stands up to the next blank.
fn word(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let bytes = bytes.trim_ascii_start();
    let end = bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
    (end > 0).then(|| bytes.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The objects, then a table with their places, moved by so many bytes.
    fn file(moved: usize) -> Vec<u8> {
        let mut file = b"%PDF-1.4\n".to_vec();
        let first = file.len();
        file.extend(b"1 0 obj\n<< /Type /Catalog >>\nendobj\n");
        let second = file.len();
        file.extend(b"2 0 obj\nnull\nendobj\n");
        let table = file.len();
        let (first, second) = (first + moved, second + moved);
        let entries = format!("0000000000 65535 f \n{first:010} 00000 n \n{second:010} 00000 n \n");
        file.extend(format!("xref\n0 3\n{entries}trailer\n<< /Root 1 0 R >>\n").bytes());
        file.extend(format!("startxref\n{}\n%%EOF\n", table + moved).bytes());
        file
    }

    #[test]
    fn a_table_is_right_or_not() {
        let whole = file(0);
        assert!(is_right(&whole));
        assert!(is_right(&[b"junk\n".as_slice(), &whole].concat()), "places are counted from the header");
        assert!(is_right(&[b"junk\n".as_slice(), &file(5)].concat()), "or from the beginning");
        assert!(!is_right(&file(1)), "another place");
        assert!(!is_right(&whole[..whole.len() - 20]), "the end is lost");
        let mut lost = whole.clone();
        lost.remove(30);
        assert!(!is_right(&lost), "a byte is lost");
        assert!(
            is_right(b"%PDF-1.5\n7 0 obj\n<< /Type /XRef >>\nstream\nendstream\nstartxref\n9\n%%EOF"),
            "a stream"
        );
    }
}
