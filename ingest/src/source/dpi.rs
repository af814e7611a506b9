//! How many dots an inch a picture was scanned at: what its header says or, failing that, what its size suggests.

/// Scanners and cameras state nothing below or above these.
const BELIEVABLE: std::ops::RangeInclusive<u32> = 100..=1_200;
/// Longer side of an A4 sheet in inches.
const A4_LONG_SIDE_INCHES: f64 = 11.693;

/// The stated resolution if believable, else that of an A4 sheet that fills the picture.
pub(super) fn settle(stated: Option<f64>, width: u32, height: u32) -> u32 {
    let guess = (f64::from(width.max(height)) / A4_LONG_SIDE_INCHES).round() as u32;
    match stated.map(|dpi| dpi.round() as u32) {
        // 72 and 96 are what programs write that do not know.
        Some(dpi) if BELIEVABLE.contains(&dpi) => dpi,
        _ => guess.clamp(70, *BELIEVABLE.end()),
    }
}

/// What a JPEG's JFIF header or a PNG's pHYs chunk says.
pub(super) fn stated(file: &[u8]) -> Option<f64> {
    if file.starts_with(b"\xff\xd8") { jfif(file) } else { phys(file) }
}

/// JFIF (ITU-T T.871, 10.1): `FF E0 length "JFIF\0" version(2) units(1) x(2) y(2)`.
fn jfif(file: &[u8]) -> Option<f64> {
    let header = file.get(2..)?;
    if !header.starts_with(b"\xff\xe0") || header.get(4..9)? != b"JFIF\0" {
        return None;
    }
    let density = f64::from(u16::from_be_bytes(header.get(12..14)?.try_into().ok()?));
    match header.get(11)? {
        1 => Some(density),
        2 => Some(density * 2.54),
        _ => None,
    }
}

/// PNG (ISO/IEC 15948, 11.3.5.3): `pHYs x(4) y(4) unit(1)`, pixels a metre when the unit is 1; stands before the first IDAT.
fn phys(file: &[u8]) -> Option<f64> {
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(file.get(at..at + 4)?.try_into().ok()?) as usize;
        match file.get(at + 4..at + 8)? {
            b"pHYs" => {
                let data = file.get(at + 8..at + 17)?;
                let pixels_a_metre = u32::from_be_bytes(data[..4].try_into().ok()?);
                return (data[8] == 1).then_some(f64::from(pixels_a_metre) * 0.0254);
            }
            b"IDAT" | b"IEND" => return None,
            _ => at = at.checked_add(length)?.checked_add(12)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jfif_density_is_read_in_inches_and_centimetres() {
        let header = |unit: u8, density: u16| {
            let mut file = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01".to_vec();
            file.push(unit);
            file.extend(density.to_be_bytes());
            file.extend(density.to_be_bytes());
            file
        };
        assert_eq!(stated(&header(1, 300)), Some(300.0));
        assert_eq!(stated(&header(2, 118)).map(f64::round), Some(300.0));
        assert_eq!(stated(&header(0, 1)), None);
        assert_eq!(stated(b"\xff\xd8\xff\xe1"), None);
    }

    #[test]
    fn unbelievable_resolution_gives_way_to_a4() {
        assert_eq!(settle(Some(300.0), 2480, 3508), 300);
        assert_eq!(settle(Some(72.0), 2480, 3508), 300);
        assert_eq!(settle(None, 1654, 2339), 200);
        assert_eq!(settle(None, 10, 10), 70);
    }
}
