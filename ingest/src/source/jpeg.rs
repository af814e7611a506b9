//! Whether a JPEG is whole: its entropy-coded data is walked to the last bit, without making pixels.
//!
//! Decoders paint what is missing of a JPEG grey, and what is garbled in colours, and call it read. Damage makes Huffman codes run
//! out of step with their blocks, so a scan must end exactly at its marker, with less than a byte of padding, after the last block
//! that the header promises, and no block may be brighter than white or darker than black on the way. What stays in step is not told: a flipped bit inside a value, which is about half of them, and
//! next to none of missing or overwritten bytes. (ITU-T T.81; section numbers below are of that text.)

mod bits;
mod scan;

use super::PAGE_PIXELS_MAX;
use bits::{Bits, Huffman};
use scan::{Component, Frame, Progress, Scan};

const START_OF_IMAGE: u8 = 0xd8;
const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;
const HUFFMAN_TABLES: u8 = 0xc4;
const QUANTIZATION_TABLES: u8 = 0xdb;
const RESTART_INTERVAL: u8 = 0xdd;
const BASELINE: u8 = 0xc0;
const EXTENDED: u8 = 0xc1;
const PROGRESSIVE: u8 = 0xc2;
/// Other ways of coding: lossless, hierarchical, arithmetic. No decoder of ours reads them.
const OTHER_FRAMES: &[u8] = &[0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
/// Components of a picture at most: four are cyan, magenta, yellow and black.
const COMPONENTS_MAX: usize = 4;

/// Tables and the frame as they stand while markers go by.
#[derive(Default)]
struct Walk {
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    /// First step of each quantization table: that of a block's mean.
    mean_steps: [Option<u16>; 4],
    restart_interval: u32,
    frame: Option<Frame>,
    scans: u32,
}

/// Whether a file from its first marker to the end marker holds just what its headers promise. Bytes behind the end do no harm.
pub(super) fn is_whole(file: &[u8]) -> bool {
    walk(file).is_some()
}

fn walk(file: &[u8]) -> Option<()> {
    let mut rest = file.strip_prefix(&[0xff, START_OF_IMAGE])?;
    let mut walk = Walk::default();
    loop {
        let (marker, after) = next_marker(rest)?;
        if marker == END_OF_IMAGE {
            return walk.is_complete().then_some(());
        }
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        let (segment, behind) = (after.get(2..length)?, &after[length..]);
        rest = match marker {
            START_OF_SCAN => walk.scan(segment, behind)?,
            HUFFMAN_TABLES => walk.tables(segment).map(|()| behind)?,
            QUANTIZATION_TABLES => walk.steps(segment).map(|()| behind)?,
            RESTART_INTERVAL => {
                walk.restart_interval = u32::from(u16::from_be_bytes([*segment.first()?, *segment.get(1)?]));
                behind
            }
            BASELINE | EXTENDED | PROGRESSIVE => {
                // A second frame belongs to the hierarchical mode.
                if walk.frame.is_some() {
                    return None;
                }
                walk.frame = Some(frame(segment, marker == PROGRESSIVE)?);
                behind
            }
            other if OTHER_FRAMES.contains(&other) => return None,
            _ => behind,
        };
    }
}

/// A marker may be preceded by any number of fill bytes (B.1.1.2).
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes.strip_prefix(&[0xff])?;
    while let [0xff, after @ ..] = rest {
        rest = after;
    }
    let (marker, after) = rest.split_first()?;
    (*marker != 0).then_some((*marker, after))
}

/// The frame header (B.2.2).
fn frame(segment: &[u8], is_progressive: bool) -> Option<Frame> {
    let [precision, h1, h0, w1, w0, count, components @ ..] = segment else { return None };
    let (height, width) = (u16::from_be_bytes([*h1, *h0]), u16::from_be_bytes([*w1, *w0]));
    let count = usize::from(*count);
    if !matches!(precision, 8 | 12) || height == 0 || width == 0 || !(1..=COMPONENTS_MAX).contains(&count) {
        return None;
    }
    if u64::from(width) * u64::from(height) > PAGE_PIXELS_MAX {
        return None;
    }
    let component = |spec: &[u8]| {
        let (across, down) = (u32::from(spec[1] >> 4), u32::from(spec[1] & 15));
        ((1..=4).contains(&across) && (1..=4).contains(&down))
            .then(|| Component::new(spec[0], across, down, usize::from(spec[2])))
    };
    let components: Vec<Component> =
        components.get(..count * 3)?.chunks_exact(3).map(component).collect::<Option<_>>()?;
    Some(Frame::new(u32::from(width), u32::from(height), *precision, components, is_progressive))
}

impl Walk {
    /// Quantization tables (B.2.4.1): precision and number, 64 steps, none of them zero.
    fn steps(&mut self, mut segment: &[u8]) -> Option<()> {
        const STEPS: usize = 64;
        while let [kind, rest @ ..] = segment {
            let width = if kind >> 4 == 0 { 1 } else { 2 };
            let (steps, behind) = rest.split_at_checked(STEPS * width)?;
            let mut steps = steps
                .chunks_exact(width)
                .map(|step| step.iter().fold(0, |sum, byte| sum << 8 | u16::from(*byte)));
            *self.mean_steps.get_mut(usize::from(kind & 15))? = steps.clone().next();
            if steps.any(|step| step == 0) {
                return None;
            }
            segment = behind;
        }
        Some(())
    }

    /// Huffman tables (B.2.4.2): class and number, sixteen counts of codes by length, their values.
    fn tables(&mut self, mut segment: &[u8]) -> Option<()> {
        while let [kind, rest @ ..] = segment {
            let counts: [u8; 16] = rest.get(..16)?.try_into().ok()?;
            let values = counts.iter().map(|count| usize::from(*count)).sum::<usize>();
            let table = Huffman::new(&counts, rest.get(16..16 + values)?)?;
            let tables = if kind >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(kind & 15))? = Some(table);
            segment = &rest[16 + values..];
        }
        Some(())
    }

    /// Walks one scan (B.2.3) and answers what follows it.
    fn scan<'a>(&mut self, header: &[u8], data: &'a [u8]) -> Option<&'a [u8]> {
        let (count, rest) = header.split_first()?;
        let count = usize::from(*count);
        let (specs, [first, last, approximation, ..]) = rest.split_at_checked(count * 2)? else {
            return None;
        };
        let frame = self.frame.as_mut()?;
        let progress =
            Progress { first: *first, last: *last, high: approximation >> 4, low: approximation & 15 };
        let mut components = Vec::new();
        for spec in specs.chunks_exact(2) {
            let index = frame.components.iter().position(|component| component.id == spec[0])?;
            components.push((index, usize::from(spec[1] >> 4), usize::from(spec[1] & 15)));
        }
        self.scans += 1;
        for component in &mut frame.components {
            component.mean_step = self.mean_steps.get(component.table).copied().flatten();
        }
        let mut scan = Scan { frame, dc: &self.dc, ac: &self.ac, components: &components, progress };
        scan.walk(Bits::new(data), self.restart_interval)
    }

    /// Whether every component was in some scan.
    fn is_complete(&self) -> bool {
        self.scans > 0
            && self
                .frame
                .as_ref()
                .is_some_and(|frame| frame.components.iter().all(|component| component.is_seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Progressive, in colour, its colours at half the resolution; noise of 40 × 40 pixels.
    const PROGRESSIVE: &[u8] = include_bytes!("../../fixtures/progressive.jpg");
    /// Single flipped bits that must be told; the rest stand inside values and leave the codes in step.
    const TOLD_SHARE_MIN: f64 = 0.4;
    /// The same for eight bytes that are overwritten.
    const OVERWRITTEN_TOLD_SHARE_MIN: f64 = 0.9;

    fn baseline() -> Vec<u8> {
        let noise = |x: u32, y: u32| image::Luma([(x * 37 + x * y * 11 + y * 53) as u8]);
        let mut file = std::io::Cursor::new(Vec::new());
        let picture = image::GrayImage::from_fn(61, 47, noise);
        picture.write_to(&mut file, image::ImageFormat::Jpeg).expect("memory can be written");
        file.into_inner()
    }

    #[test]
    fn whole_pictures_are_whole_and_shorter_ones_are_not() {
        for file in [PROGRESSIVE, &baseline()] {
            assert!(is_whole(file));
            assert!(is_whole(&[file, b"trailing"].concat()));
            for length in 0..file.len() {
                assert!(!is_whole(&file[..length]), "cut off at {length} of {}", file.len());
            }
        }
    }

    /// Share of the places in the scans at which this damage is told.
    fn told_share(file: &[u8], damage: impl Fn(&mut [u8])) -> f64 {
        let start = file.windows(2).position(|pair| pair == [0xff, START_OF_SCAN]).expect("a scan");
        let told = |at: &usize| {
            let mut damaged = file.to_vec();
            damage(&mut damaged[*at..]);
            !is_whole(&damaged)
        };
        (start..file.len()).filter(told).count() as f64 / (file.len() - start) as f64
    }

    #[test]
    fn damaged_codes_are_told() {
        for file in [PROGRESSIVE, &baseline()] {
            let flipped = told_share(file, |rest| rest[0] ^= 0x10);
            assert!(flipped > TOLD_SHARE_MIN, "{flipped} of the flipped bits were told");
            let overwritten =
                told_share(file, |rest| rest.iter_mut().take(8).for_each(|byte| *byte = !*byte));
            assert!(
                overwritten > OVERWRITTEN_TOLD_SHARE_MIN,
                "{overwritten} of the overwritten bytes were told"
            );
        }
    }

    #[test]
    fn missing_rows_are_told() {
        // Height stands in the frame header behind its length and precision.
        let mut file = baseline();
        let frame = file.windows(2).position(|pair| pair == [0xff, BASELINE]).expect("a frame");
        file[frame + 6] += 8;
        assert!(!is_whole(&file));
    }
}
