//! How well a page was read, as a number.

use unicode_normalization::UnicodeNormalization;

/// Letters inserted, left out or replaced, divided by the letters expected.
///
/// Both texts are brought to NFC and every run of white space counts as one space, so that line breaks cost nothing. 0 is
/// perfect; more than 1 is possible when far too much was read. If nothing was expected, anything read gives 1.
///
/// ```
/// assert_eq!(motlan_ocr::measure::character_error_rate("Hà Nội", "Hà\nNội"), 0.0);
/// ```
pub fn character_error_rate(expected: &str, read: &str) -> f64 {
    let (expected, read) = (fold(expected), fold(read));
    if expected.is_empty() {
        return if read.is_empty() { 0.0 } else { 1.0 };
    }
    f64::from(edits(&expected, &read)) / expected.len() as f64
}

fn fold(text: &str) -> Vec<char> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").nfc().collect()
}

/// Levenshtein's distance with one row kept: a page of 3,000 letters takes about 10 ms.
fn edits(expected: &[char], read: &[char]) -> u32 {
    let mut row: Vec<u32> = (0..=read.len() as u32).collect();
    for (index, letter) in expected.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index as u32 + 1;
        for (column, other) in read.iter().enumerate() {
            let replaced = diagonal + u32::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[read.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates() {
        let check =
            |expected: &str, read: &str, rate: f64| assert_eq!(character_error_rate(expected, read), rate);
        check("", "", 0.0);
        check("", "x", 1.0);
        check("abcd", "", 1.0);
        check("abcd", "abxd", 0.25);
        check("abcd", "abd", 0.25);
        check("abcd", "aabcd", 0.25);
        check("ab", "xyzabxyz", 3.0);
        check("Nguyễn Văn", "Nguye\u{0302}\u{0303}n  Văn\n", 0.0);
        check("Nguyễn Văn", "Nguyên Văn", 0.1);
        check("kitten", "sitting", 0.5);
    }
}
