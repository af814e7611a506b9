//! Whether the compressed streams of a file are whole: page contents, fonts, forms, object streams.
//!
//! The renderer inflates them as far as it can and draws what it got; words that stood behind the damage are then simply not there.
//! Which page such a stream belongs to cannot be told without the tables that the damage may be in, so the whole file is in doubt.
//! Pictures are looked at page by page ([`super::streams`]), not here.

use crate::source::whole;

/// A dictionary of a stream is looked for in so many bytes before it; the longest of real files are pictures' with a palette.
const DICTIONARY_BYTES_MAX: usize = 4_096;
/// Bytes inflated of one file: the contents and fonts of a book of 2,000 pages; what lies behind is not looked at.
const INFLATED_BYTES_MAX: u64 = 128 << 20;
/// What shows on no page: descriptions and files that travel along.
const UNSEEN: [&[u8]; 3] = [b"/Metadata", b"/XML", b"/EmbeddedFile"];

/// A compression, and the data under it.
enum Stream<'a> {
    Flate(&'a [u8]),
    Lzw(&'a [u8]),
}

/// Whether a compressed stream other than a picture is damaged or cut off. An encrypted file is not looked into.
pub(super) fn has_damaged_stream(file: &[u8]) -> bool {
    if position(file, b"/Encrypt").is_some() {
        return false;
    }
    let mut budget = INFLATED_BYTES_MAX;
    streams(file).any(|stream| {
        let followed = match stream {
            Stream::Flate(data) => whole::inflate(data, budget),
            Stream::Lzw([]) => return false,
            Stream::Lzw(data) => whole::follow_lzw(data, None, budget),
        };
        budget = budget.saturating_sub(followed.bytes);
        !followed.is_sound()
    })
}

/// Every stream that was compressed last and is neither a picture nor unseen.
fn streams(file: &[u8]) -> impl Iterator<Item = Stream<'_>> {
    const STREAM: &[u8] = b"stream";
    let (mut at, mut end) = (0, 0);
    std::iter::from_fn(move || {
        while let Some(found) = position(&file[at..], STREAM) {
            let before = &file[..at + found];
            at += found + STREAM.len();
            // Looked for once for all that begin before it.
            if end < at {
                end = position(&file[at..], b"endstream").map_or(file.len(), |found| at + found);
            }
            let data = behind_line_end(&file[at..end]);
            let is_wanted = |dictionary: &&[u8]| !is_picture(dictionary) && !is_unseen(dictionary);
            let Some(dictionary) = dictionary_before(before).filter(is_wanted) else { continue };
            match first_filter(dictionary) {
                Some(b"/FlateDecode" | b"/Fl") => return Some(Stream::Flate(data)),
                Some(b"/LZWDecode" | b"/LZW") => return Some(Stream::Lzw(data)),
                _ => {}
            }
        }
        None
    })
}

/// The dictionary that ends where `before` ends.
fn dictionary_before(before: &[u8]) -> Option<&[u8]> {
    let before = before.trim_ascii_end();
    let from = before.len().saturating_sub(DICTIONARY_BYTES_MAX);
    let (mut at, mut depth) = (before.len(), 0_u32);
    while at >= from + 2 {
        match &before[at - 2..at] {
            b">>" => depth += 1,
            b"<<" if depth == 1 => return Some(&before[at - 2..]),
            b"<<" => depth = depth.checked_sub(1)?,
            _ if depth == 0 => return None,
            _ => {
                at -= 1;
                continue;
            }
        }
        at -= 2;
    }
    None
}

/// What must be undone first, of one filter or several.
fn first_filter(dictionary: &[u8]) -> Option<&[u8]> {
    let filter = value(dictionary, b"/Filter")?;
    let filter = filter.strip_prefix(b"[").unwrap_or(filter).trim_ascii_start();
    let name = filter.strip_prefix(b"/")?;
    let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(name.len());
    Some(&filter[..=end])
}

fn is_picture(dictionary: &[u8]) -> bool {
    value(dictionary, b"/Subtype").is_some_and(|subtype| subtype.starts_with(b"/Image"))
}

fn is_unseen(dictionary: &[u8]) -> bool {
    UNSEEN.iter().any(|name| position(dictionary, name).is_some())
}

/// What stands behind a key.
fn value<'a>(dictionary: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let at = position(dictionary, key)? + key.len();
    Some(dictionary[at..].trim_ascii_start())
}

/// Data begins behind the end of its keyword's line. It is taken up to `endstream`, or to the end of a file that is cut off: the stated
/// length is often wrong.
fn behind_line_end(behind: &[u8]) -> &[u8] {
    let line_end = [b"\r\n".as_slice(), b"\n", b"\r"].into_iter().find(|end| behind.starts_with(end));
    &behind[line_end.map_or(0, <[u8]>::len)..]
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn deflated(content: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(content).and_then(|()| writer.finish()).expect("memory can be written")
    }

    /// As Acrobat writes the appearance of a note: flushed, never ended.
    fn flushed(content: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(content).and_then(|()| writer.flush()).expect("memory can be written");
        writer.get_ref().clone()
    }

    fn file(entries: &str, data: &[u8]) -> Vec<u8> {
        let head = format!("%PDF-1.5\n4 0 obj\n<< {entries} >>\nstream\r\n");
        [head.as_bytes(), data, b"\nendstream\nendobj\n"].concat()
    }

    #[track_caller]
    fn check(entries: &str, data: &[u8], expected: bool) {
        assert_eq!(has_damaged_stream(&file(entries, data)), expected, "{entries}");
    }

    #[test]
    fn a_damaged_stream_is_told() {
        let content = b"BT /F 12 Tf (words) Tj ET ".repeat(40);
        let whole = deflated(&content);
        check("/Filter /FlateDecode", &whole, false);
        check("/Filter[/FlateDecode /DCTDecode]/Length 12", &whole, false);
        check("/Filter /FlateDecode", &[whole.as_slice(), b"\n\n"].concat(), false);
        check("/Filter /FlateDecode", &flushed(&content), false);
        check("/Filter /FlateDecode", b"", false);
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            check("/DecodeParms << /Predictor 12 >> /Filter/Fl", &flipped, true);
        }
        check("/Filter /FlateDecode", &whole[..whole.len() - 5], true);
        check("/Filter /FlateDecode", &flushed(&content)[..20], true);
        check("/Filter /FlateDecode", b"BT (never deflated) Tj ET", true);
        let encoder = || weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
        let lzw = encoder().encode(&content).expect("memory can be written");
        check("/Filter /LZWDecode", &lzw, false);
        check("/Filter /LZWDecode", &lzw[..lzw.len() / 2], true);
    }

    #[test]
    fn what_is_looked_at_elsewhere_or_shows_nowhere_is_left_alone() {
        let damaged = &deflated(b"a page, a page, and another page")[..9];
        check("/Filter /FlateDecode", damaged, true);
        check("/Filter /FlateDecode /Subtype /Image", damaged, false);
        check("/Filter /FlateDecode /Type /Metadata /Subtype /XML", damaged, false);
        check("/Filter [/ASCII85Decode /FlateDecode]", damaged, false);
        check("/Filter /FlateDecodeX", damaged, false);
        check("/Length 9", damaged, false);
        check("/Encrypt 9 0 R /Filter /FlateDecode", damaged, false);
        assert!(!has_damaged_stream(b"no dictionary stream\nabc endstream"));
        assert!(
            has_damaged_stream(b"<< /Filter /FlateDecode >>\nstream\nx\x9c\x03"),
            "cut off within the stream"
        );
    }
}
