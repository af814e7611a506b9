//! The font of the invisible words: no shapes, every letter half an em wide, and a map back to Unicode.
//!
//! Invisible text needs no outlines, only widths and meaning. A real font would be larger, would have to be installed, and would lack
//! letters (a reading may hold any); PDF/A forbids showing a letter that the font lacks, even invisibly (ISO 19005-2, 6.2.11.8).

use super::objects::{Object, Objects};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Units of the em square.
const EM: u16 = 1000;
/// Width of every letter, in the same units.
pub(super) const LETTER_WIDTH: u16 = 500;
/// How far letters reach below the baseline, in the same units; above it they reach the rest of the em.
pub(super) const DESCENT: u16 = 200;
/// Codes are two bytes.
const LETTERS_MAX: usize = u16::MAX as usize;
/// Entries of one block of a ToUnicode map at most (Adobe Technical Note 5014, 1.4.1).
const BLOCK_ENTRIES_MAX: usize = 100;

/// The letters used so far; a letter's code is its place among them, from 1.
#[derive(Debug, Default)]
pub(super) struct Letters {
    codes: HashMap<char, u16>,
    letters: Vec<char>,
}

impl Letters {
    /// The code of a letter; none once 65,535 different ones are used, which no honest paper does.
    pub(super) fn code(&mut self, letter: char) -> Option<u16> {
        if let Some(code) = self.codes.get(&letter) {
            return Some(*code);
        }
        if self.letters.len() == LETTERS_MAX {
            return None;
        }
        self.letters.push(letter);
        let code = self.letters.len() as u16;
        self.codes.insert(letter, code);
        Some(code)
    }

    /// Writes the font as the promised object.
    pub(super) fn write(&self, font: Object, objects: &mut Objects<impl Write>) -> io::Result<()> {
        let program = program();
        let file = objects.add_compressed(&format!("/Length1 {}", program.len()), &program)?;
        let (ascent, descent) = (EM - DESCENT, DESCENT);
        let descriptor = objects.add(&format!(
            "<< /Type /FontDescriptor /FontName /{NAME} /Flags 4 /FontBBox [0 -{descent} {LETTER_WIDTH} {ascent}] /ItalicAngle 0 \
             /Ascent {ascent} /Descent -{descent} /CapHeight {ascent} /StemV 80 /FontFile2 {file} >>"
        ))?;
        // Every code is the one shapeless letter; 0 would be “letter missing”.
        let glyphs: Vec<u8> =
            std::iter::once([0, 0]).chain(self.letters.iter().map(|_| [0, 1])).flatten().collect();
        let glyphs = objects.add_compressed("", &glyphs)?;
        let descendant = objects.add(&format!(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{NAME} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) \
             /Supplement 0 >> /FontDescriptor {descriptor} /DW {LETTER_WIDTH} /CIDToGIDMap {glyphs} >>"
        ))?;
        let meaning = objects.add_compressed("", self.to_unicode().as_bytes())?;
        objects.keep(
            font,
            &format!(
                "<< /Type /Font /Subtype /Type0 /BaseFont /{NAME} /Encoding /Identity-H /DescendantFonts [{descendant}] \
                 /ToUnicode {meaning} >>"
            ),
        )
    }

    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
             /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let coded: Vec<(usize, &char)> = (1..).zip(&self.letters).collect();
        for block in coded.chunks(BLOCK_ENTRIES_MAX) {
            let _ = writeln!(map, "{} beginbfchar", block.len());
            for (code, letter) in block {
                let units = letter
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .map(|unit| format!("{unit:04X}"))
                    .collect::<String>();
                let _ = writeln!(map, "<{code:04X}> <{units}>");
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}

/// Name of the font. It is there whole, so without the six letters that say “a subset”.
const NAME: &str = "Shapeless";

/// A TrueType font with two empty glyphs: “letter missing” and the letter.
fn program() -> Vec<u8> {
    let two = |value: u16| value.to_be_bytes().to_vec();
    let (ascent, descent) = (two(EM - DESCENT), two(DESCENT.wrapping_neg()));
    let head = [
        vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x5f, 0x0f, 0x3c, 0xf5],
        [two(0), two(EM), vec![0; 16]].concat(),
        // The box around all glyphs, style, least size, direction, short offsets, format.
        [two(0), descent.clone(), two(LETTER_WIDTH), ascent.clone(), two(0), two(8), two(2), two(0), two(0)]
            .concat(),
    ];
    let hhea = [
        vec![0, 1, 0, 0],
        [ascent, descent, two(0), two(LETTER_WIDTH), two(0), two(0), two(LETTER_WIDTH)].concat(),
        [two(1), vec![0; 14], two(2)].concat(),
    ];
    let maxp = [vec![0, 1, 0, 0], two(2), vec![0; 8], two(1), vec![0; 16]];
    let widths = [two(LETTER_WIDTH), two(0), two(LETTER_WIDTH), two(0)];
    let tables: [(&[u8; 4], Vec<u8>); 6] = [
        (b"glyf", vec![0; 4]),
        (b"head", head.concat()),
        (b"hhea", hhea.concat()),
        (b"hmtx", widths.concat()),
        (b"loca", vec![0; 6]),
        (b"maxp", maxp.concat()),
    ];
    assemble(&tables)
}

/// Puts tables into a font file, with their sums (OpenType 1.9, “Organization of an OpenType Font”).
fn assemble(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let sum = |bytes: &[u8]| {
        let words = bytes.chunks(4).map(|word| {
            let mut whole = [0; 4];
            whole[..word.len()].copy_from_slice(word);
            u32::from_be_bytes(whole)
        });
        words.fold(0, u32::wrapping_add)
    };
    let mut at = 12 + 16 * tables.len();
    // Six tables: the largest power of two is 4, so 64, 2 and 32.
    let mut directory =
        [&[0, 1, 0, 0], &(tables.len() as u16).to_be_bytes()[..], &[0, 64, 0, 2, 0, 32]].concat();
    let (mut body, mut head_at) = (Vec::new(), 0);
    for (name, table) in tables {
        directory.extend_from_slice(*name);
        directory.extend([sum(table), at as u32, table.len() as u32].map(u32::to_be_bytes).concat());
        if *name == b"head" {
            head_at = at;
        }
        body.extend_from_slice(table);
        body.resize(body.len().next_multiple_of(4), 0);
        at = directory_bytes(tables.len()) + body.len();
    }
    let mut file = [directory, body].concat();
    let adjustment = 0xb1b0_afba_u32.wrapping_sub(sum(&file));
    file[head_at + 8..head_at + 12].copy_from_slice(&adjustment.to_be_bytes());
    file
}

fn directory_bytes(tables: usize) -> usize {
    12 + 16 * tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_the_lengths_of_the_standard() {
        let font = program();
        let table = |name: &[u8; 4]| {
            let entry = font[12..].chunks(16).find(|entry| &entry[..4] == name).expect("a table");
            let number =
                |at: usize| u32::from_be_bytes(entry[at..at + 4].try_into().expect("four bytes")) as usize;
            font[number(8)..number(8) + number(12)].to_vec()
        };
        let lengths = [b"head", b"hhea", b"maxp", b"hmtx", b"loca"].map(|name| table(name).len());
        assert_eq!(lengths, [54, 36, 32, 8, 6]);
        assert_eq!(font[..4], [0, 1, 0, 0]);
        assert!(font.len() < 400, "{} bytes", font.len());
        let sum = font
            .chunks(4)
            .map(|word| u32::from_be_bytes(word.try_into().expect("padded")))
            .fold(0, u32::wrapping_add);
        assert_eq!(sum, 0xb1b0_afba, "the file's sum is the one that the standard wants");
    }

    #[test]
    fn every_letter_has_a_code_and_a_way_back() {
        let mut letters = Letters::default();
        let codes: Vec<_> = "Ếệ𠀋Ế".chars().map(|letter| letters.code(letter)).collect();
        assert_eq!(codes, [Some(1), Some(2), Some(3), Some(1)]);
        let map = letters.to_unicode();
        assert!(
            map.contains("3 beginbfchar\n<0001> <1EBE>\n<0002> <1EC7>\n<0003> <D840DC0B>\nendbfchar"),
            "{map}"
        );
    }

    #[test]
    fn codes_end_where_two_bytes_end() {
        let mut letters = Letters::default();
        let all = (0..=char::MAX as u32).filter_map(char::from_u32).take(LETTERS_MAX + 1);
        let last = all.map(|letter| letters.code(letter)).last();
        assert_eq!(last, Some(None));
        assert_eq!(letters.letters.len(), LETTERS_MAX);
    }
}
