//! What a JPEG says of itself, as far as a PDF must repeat it (ITU-T T.81, B.2).

/// The header of a JPEG that a PDF can hold as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 (grey) or 3.
    pub(super) components: u8,
}

/// Reads the frame header; none for what viewers of PDF do not all read alike: 12 bits, arithmetic or lossless coding, four
/// components (PDF/A would want a profile of the press), RGB without the transform.
pub(super) fn header(file: &[u8]) -> Option<Header> {
    const BASELINE: u8 = 0xc0;
    const PROGRESSIVE: u8 = 0xc2;
    const ADOBE: u8 = 0xee;
    let mut rest = file.strip_prefix(b"\xff\xd8")?;
    let mut is_plain_rgb = false;
    loop {
        let [0xff, marker, after @ ..] = rest else { return None };
        // A marker may be preceded by any number of fill bytes.
        if *marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        let body = after.get(2..length)?;
        match *marker {
            // APP14: the eleventh byte after the name is the transform; 0 with three components is RGB.
            ADOBE if body.starts_with(b"Adobe") => is_plain_rgb = body.get(11) == Some(&0),
            BASELINE..=PROGRESSIVE => {
                return frame(body).filter(|header| header.components == 1 || !is_plain_rgb);
            }
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf | 0xda | 0xd9 => return None,
            _ => {}
        }
        rest = after.get(length..)?;
    }
}

/// `precision(1) height(2) width(2) components(1) (id, sampling, table)…`
fn frame(body: &[u8]) -> Option<Header> {
    let [8, h1, h2, w1, w2, components, parts @ ..] = body else { return None };
    let (height, width) = (u16::from_be_bytes([*h1, *h2]), u16::from_be_bytes([*w1, *w2]));
    let names: Vec<u8> = parts.chunks_exact(3).map(|part| part[0]).collect();
    let is_held = matches!(components, 1 | 3) && names != *b"RGB" && width > 0 && height > 0;
    is_held.then(|| Header { width: width.into(), height: height.into(), components: *components })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(segments: &[&[u8]]) -> Vec<u8> {
        let mut file = b"\xff\xd8".to_vec();
        for segment in segments {
            file.extend([0xff, segment[0]]);
            file.extend((segment.len() as u16 + 1).to_be_bytes());
            file.extend(&segment[1..]);
        }
        file
    }

    #[test]
    fn only_what_every_viewer_reads_alike_is_held() {
        let check = |segments: &[&[u8]], expected: Option<u8>| {
            assert_eq!(header(&file(segments)).map(|header| header.components), expected, "{segments:?}");
        };
        let colour = b"\xc0\x08\x00\x10\x00\x20\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01";
        check(&[colour], Some(3));
        check(&[b"\xe0JFIF\0", colour], Some(3));
        check(&[b"\xc2\x08\x00\x10\x00\x20\x01\x01\x11\x00"], Some(1));
        check(&[b"\xc0\x0c\x00\x10\x00\x20\x01\x01\x11\x00"], None);
        check(&[b"\xc9\x08\x00\x10\x00\x20\x01\x01\x11\x00"], None);
        check(&[b"\xc0\x08\x00\x10\x00\x20\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00"], None);
        check(&[b"\xc0\x08\x00\x10\x00\x20\x03R\x11\x00G\x11\x00B\x11\x00"], None);
        check(&[b"\xeeAdobe\0\x64\0\0\0\0\0", colour], None);
        check(&[b"\xeeAdobe\0\x64\0\0\0\0\x01", colour], Some(3));
        check(&[b"\xc0\x08\x00\x00\x00\x20\x01\x01\x11\x00"], None);
        check(&[], None);
        assert_eq!(header(&file(&[colour])), Some(Header { width: 32, height: 16, components: 3 }));
        assert_eq!(header(b"\xff\xd8\xff"), None);
        assert_eq!(header(b"\x89PNG"), None);
    }
}
