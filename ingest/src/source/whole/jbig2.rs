//! Whether the segments of a JBIG2 stream inside a PDF (ITU-T T.88, 7.2) follow each other to its end. What stands in them has no check
//! sum.

/// Types of segments (7.3): symbols, patterns, regions, pages, stripes, tables, extensions.
const TYPES: &[u8] = &[0, 4, 6, 7, 16, 20, 22, 23, 36, 38, 39, 40, 42, 43, 48, 49, 50, 51, 52, 53, 62];
/// A region that is written while it is scanned may leave its length open (7.2.7).
const GENERIC_REGION: u8 = 38;
const LENGTH_OPEN: u32 = u32::MAX;

/// Whether every segment has a known type and is as long as it says, up to the end of the data.
pub(in crate::source) fn jbig2(data: &[u8]) -> bool {
    let mut rest = data.trim_ascii_end();
    let end = data.len() - rest.len();
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let Some((kind, length, content)) = segment(rest) else { return false };
        if kind == GENERIC_REGION && length == LENGTH_OPEN {
            return true;
        }
        // The last bytes of a segment may look like the end of a line.
        rest = match content.get(length as usize..) {
            Some(rest) => rest,
            None => return TYPES.contains(&kind) && length as usize - content.len() <= end,
        };
        if !TYPES.contains(&kind) {
            return false;
        }
    }
    true
}

/// Type and length of the first segment, and what follows its header.
fn segment(data: &[u8]) -> Option<(u8, u32, &[u8])> {
    let (number, rest) = long(data)?;
    let (flags, rest) = rest.split_first()?;
    let (count, rest) = referred_to(rest)?;
    let number_bytes = match number {
        0..=256 => 1,
        257..=65_536 => 2,
        _ => 4,
    };
    let page_bytes = if flags & 0x40 == 0 { 1 } else { 4 };
    let rest = rest.get(count.checked_mul(number_bytes)?.checked_add(page_bytes)?..)?;
    let (length, rest) = long(rest)?;
    Some((flags & 0x3f, length, rest))
}

/// How many segments this one refers to; the flags behind the number are skipped.
fn referred_to(data: &[u8]) -> Option<(usize, &[u8])> {
    match data.first()? >> 5 {
        count @ 0..=4 => Some((usize::from(count), &data[1..])),
        7 => {
            let (count, rest) = long(data)?;
            let count = (count & 0x1fff_ffff) as usize;
            Some((count, rest.get((count + 1).div_ceil(8)..)?))
        }
        _ => None,
    }
}

fn long(data: &[u8]) -> Option<(u32, &[u8])> {
    let (bytes, rest) = data.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*bytes), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment_of(number: u8, kind: u8, refers_to: &[u8], content: &[u8]) -> Vec<u8> {
        let mut segment = vec![0, 0, 0, number, kind, (refers_to.len() as u8) << 5];
        segment.extend(refers_to);
        segment.push(1);
        segment.extend((content.len() as u32).to_be_bytes());
        segment.extend(content);
        segment
    }

    #[test]
    fn segments_reach_the_end() {
        let page = segment_of(0, 48, &[], &[0; 19]);
        let symbols = segment_of(1, 0, &[], b"symbols");
        let text = segment_of(2, 6, &[1], b"text of symbols\n");
        let file = [page.clone(), symbols, text].concat();
        assert!(jbig2(&file) && jbig2(&[file.as_slice(), b"\r\n"].concat()));
        assert!(!jbig2(b"") && !jbig2(&file[1..]) && !jbig2(&[file.as_slice(), b"more"].concat()));
        let ends = [0, page.len(), page.len() + 18];
        for length in (0..file.len() - 1).filter(|length| !ends.contains(length)) {
            assert!(!jbig2(&file[..length]), "cut off at {length}");
        }
        let mut lost = file.clone();
        lost.drain(40..44);
        assert!(!jbig2(&lost), "bytes lost");
        let mut open = segment_of(3, GENERIC_REGION, &[], b"rows");
        open.splice(7..11, LENGTH_OPEN.to_be_bytes());
        assert!(jbig2(&[page, open].concat()));
    }
}
