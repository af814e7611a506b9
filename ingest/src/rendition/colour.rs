//! The colour profile that gives the pictures' numbers a meaning: sRGB, as scanners and cameras state (ISO 19005-2, 6.2.3).

use super::objects::{Object, Objects};
use std::io::{self, Write};

/// Steps of the brightness curve: finer than the 256 of a picture.
const CURVE_STEPS: u16 = 1024;
/// White, red, green and blue of sRGB (IEC 61966-2-1), adapted to the light of profiles (D50).
const WHITE: [f64; 3] = [0.964_2, 1.0, 0.824_9];
const RED: [f64; 3] = [0.436_07, 0.222_49, 0.013_92];
const GREEN: [f64; 3] = [0.385_15, 0.716_87, 0.097_08];
const BLUE: [f64; 3] = [0.143_07, 0.060_61, 0.714_1];

/// Writes the output intent; pictures are DeviceGray or DeviceRGB and take their meaning from it.
pub(super) fn output_intent(objects: &mut Objects<impl Write>) -> io::Result<Object> {
    let profile = objects.add_compressed("/N 3", &profile())?;
    objects.add(&format!(
        "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) \
         /DestOutputProfile {profile} >>"
    ))
}

/// A profile of a screen, version 2.1 (ICC.1:1998-09): the oldest is what every viewer knows.
fn profile() -> Vec<u8> {
    let tags: [(&[u8; 4], Vec<u8>); 7] = [
        (b"desc", description()),
        (b"cprt", [b"text\0\0\0\0".as_slice(), b"No copyright\0"].concat()),
        (b"wtpt", point(WHITE)),
        (b"rXYZ", point(RED)),
        (b"gXYZ", point(GREEN)),
        (b"bXYZ", point(BLUE)),
        (b"rTRC", curve()),
    ];
    // Green and blue have the curve of red.
    let shared: [&[u8; 4]; 2] = [b"gTRC", b"bTRC"];
    let count = (tags.len() + shared.len()) as u32;
    let mut directory = count.to_be_bytes().to_vec();
    let (mut body, mut last) = (Vec::new(), Vec::new());
    let body_at = HEADER_BYTES + 4 + 12 * count;
    for (name, value) in &tags {
        last = [body_at + body.len() as u32, value.len() as u32].map(u32::to_be_bytes).concat();
        directory.extend([name.as_slice(), &last].concat());
        body.extend(value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    for name in shared {
        directory.extend([name.as_slice(), &last].concat());
    }
    [header(body_at + body.len() as u32), directory, body].concat()
}

/// Bytes of the header (ICC.1, 6.1).
const HEADER_BYTES: u32 = 128;

fn header(profile_bytes: u32) -> Vec<u8> {
    let mut header = profile_bytes.to_be_bytes().to_vec();
    header.extend(b"\0\0\0\0\x02\x10\0\0mntrRGB XYZ ");
    // The first day of 2026, so that the same profile has the same bytes.
    header.extend([2026_u16, 1, 1, 0, 0, 0].map(u16::to_be_bytes).concat());
    header.extend(b"acsp");
    header.resize(68, 0);
    header.extend(WHITE.map(fixed).concat());
    header.resize(HEADER_BYTES as usize, 0);
    header
}

/// `textDescriptionType`: the name in ASCII, and none in the two other scripts.
fn description() -> Vec<u8> {
    const NAME: &[u8] = b"sRGB IEC61966-2.1\0";
    let length = (NAME.len() as u32).to_be_bytes();
    [b"desc\0\0\0\0".as_slice(), &length, NAME, &[0; 4 + 4 + 2 + 1 + 67]].concat()
}

fn point(xyz: [f64; 3]) -> Vec<u8> {
    [b"XYZ \0\0\0\0".as_slice(), &xyz.map(fixed).concat()].concat()
}

/// From a number of the picture to light (IEC 61966-2-1, 5.2).
fn curve() -> Vec<u8> {
    let light = |step: u16| {
        let number = f64::from(step) / f64::from(CURVE_STEPS - 1);
        let light = if number <= 0.040_45 { number / 12.92 } else { ((number + 0.055) / 1.055).powf(2.4) };
        (light * 65_535.0).round() as u16
    };
    let steps: Vec<u8> = (0..CURVE_STEPS).flat_map(|step| light(step).to_be_bytes()).collect();
    [b"curv\0\0\0\0".as_slice(), &u32::from(CURVE_STEPS).to_be_bytes(), &steps].concat()
}

/// `s15Fixed16Number`.
fn fixed(number: f64) -> [u8; 4] {
    ((number * 65_536.0).round() as i32).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_as_long_as_it_says_and_white_is_the_sum_of_the_colours() {
        let profile = profile();
        assert_eq!(u32::from_be_bytes(profile[..4].try_into().expect("four bytes")) as usize, profile.len());
        assert_eq!(&profile[36..40], b"acsp");
        for entry in profile[132..132 + 9 * 12].chunks(12) {
            let number =
                |at: usize| u32::from_be_bytes(entry[at..at + 4].try_into().expect("four bytes")) as usize;
            assert!(number(4) + number(8) <= profile.len() && number(4) % 4 == 0, "{entry:?}");
        }
        for part in 0..3 {
            let sum = RED[part] + GREEN[part] + BLUE[part];
            assert!((sum - WHITE[part]).abs() < 0.001, "{sum} {}", WHITE[part]);
        }
    }
}
