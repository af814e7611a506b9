//! One scan: every block that the frame promises, code by code.

use super::bits::{Bits, Huffman};

/// A component of the picture.
pub(super) struct Component {
    pub(super) id: u8,
    across: u32,
    down: u32,
    /// Blocks a row and rows of blocks, when the component is alone in its scan (A.2.2).
    columns: u32,
    rows: u32,
    /// Blocks a row with those that fill up the last unit of an interleaved scan.
    stride: u32,
    /// Which coefficients of each block are known not to be zero: later scans of progressive pictures spell bits for these.
    nonzero: Vec<u64>,
    pub(super) is_seen: bool,
    /// Number of its quantization table.
    pub(super) table: usize,
    /// What the means of its blocks are counted in.
    pub(super) mean_step: Option<u16>,
    /// The mean of the block before, from which the next one is told.
    mean: i64,
}

impl Component {
    pub(super) fn new(id: u8, across: u32, down: u32, table: usize) -> Component {
        Component {
            id,
            across,
            down,
            columns: 0,
            rows: 0,
            stride: 0,
            nonzero: Vec::new(),
            is_seen: false,
            table,
            mean_step: None,
            mean: 0,
        }
    }
}

/// The frame: what every scan must fill.
pub(super) struct Frame {
    pub(super) components: Vec<Component>,
    is_progressive: bool,
    /// Eight times the distance of white from the middle grey.
    mean_max: i64,
    /// Interleaved units a row, and rows of them.
    units_across: u32,
    units_down: u32,
}

impl Frame {
    pub(super) fn new(
        width: u32,
        height: u32,
        precision: u8,
        mut components: Vec<Component>,
        is_progressive: bool,
    ) -> Frame {
        let across_max = components.iter().map(|component| component.across).max().unwrap_or(1);
        let down_max = components.iter().map(|component| component.down).max().unwrap_or(1);
        let (units_across, units_down) = (width.div_ceil(8 * across_max), height.div_ceil(8 * down_max));
        for component in &mut components {
            component.columns = (width * component.across).div_ceil(across_max).div_ceil(8);
            component.rows = (height * component.down).div_ceil(down_max).div_ceil(8);
            component.stride = units_across * component.across;
            if is_progressive {
                component.nonzero = vec![0; (component.stride * units_down * component.down) as usize];
            }
        }
        Frame { components, is_progressive, mean_max: 8 << (precision - 1), units_across, units_down }
    }
}

/// Which coefficients a scan spells, and whether it adds bits to known ones (G.1.1.1).
#[derive(Clone, Copy)]
pub(super) struct Progress {
    pub(super) first: u8,
    pub(super) last: u8,
    /// Bits known before; 0: this is the first scan of these coefficients.
    pub(super) high: u8,
    /// Bits that later scans add.
    pub(super) low: u8,
}

/// A scan about to be walked: component index, number of its DC table, number of its AC table.
pub(super) struct Scan<'a> {
    pub(super) frame: &'a mut Frame,
    pub(super) dc: &'a [Option<Huffman>; 4],
    pub(super) ac: &'a [Option<Huffman>; 4],
    pub(super) components: &'a [(usize, usize, usize)],
    pub(super) progress: Progress,
}

impl Scan<'_> {
    /// Answers what follows the scan; `None` when the data does not fit what was promised.
    pub(super) fn walk<'d>(&mut self, mut bits: Bits<'d>, restart_interval: u32) -> Option<&'d [u8]> {
        let Progress { first, last, .. } = self.progress;
        if first > last || last > 63 || (self.frame.is_progressive && first > 0 && self.components.len() > 1)
        {
            return None;
        }
        for (index, ..) in self.components {
            self.frame.components[*index].is_seen = true;
            self.frame.components[*index].mean = 0;
        }
        let units = match self.components {
            [] => return None,
            [(index, ..)] => {
                let component = &self.frame.components[*index];
                component.columns * component.rows
            }
            _ => self.frame.units_across * self.frame.units_down,
        };
        // Blocks that the end of a band covers still (G.1.2.2).
        let mut ended = 0;
        for unit in 0..units {
            if restart_interval > 0 && unit > 0 && unit % restart_interval == 0 {
                bits = bits.restart(unit / restart_interval - 1)?;
                ended = 0;
                self.frame.components.iter_mut().for_each(|component| component.mean = 0);
            }
            self.unit(&mut bits, unit, &mut ended)?;
        }
        bits.end()
    }

    /// One block of a single component, or the blocks of all components in one place (A.2.3).
    fn unit(&mut self, bits: &mut Bits, unit: u32, ended: &mut u32) -> Option<()> {
        if let [(index, dc, ac)] = *self.components {
            let component = &self.frame.components[index];
            let block = unit / component.columns * component.stride + unit % component.columns;
            return self.block(bits, index, block, (dc, ac), ended);
        }
        let (row, column) = (unit / self.frame.units_across, unit % self.frame.units_across);
        for (index, dc, ac) in self.components {
            let Component { across, down, stride, .. } = self.frame.components[*index];
            for y in 0..down {
                for x in 0..across {
                    let block = (row * down + y) * stride + column * across + x;
                    self.block(bits, *index, block, (*dc, *ac), ended)?;
                }
            }
        }
        Some(())
    }

    fn block(
        &mut self,
        bits: &mut Bits,
        component: usize,
        block: u32,
        (dc, ac): (usize, usize),
        ended: &mut u32,
    ) -> Option<()> {
        let Progress { first, last, high, .. } = self.progress;
        if !self.frame.is_progressive {
            self.mean(bits, component, dc)?;
            return values(bits, self.ac.get(ac)?.as_ref()?);
        }
        if first == 0 {
            return match high {
                0 => self.mean(bits, component, dc),
                _ => bits.take(1).map(|_| ()),
            };
        }
        let known = self.frame.components[component].nonzero.get_mut(block as usize)?;
        let table = self.ac.get(ac)?.as_ref()?;
        match high {
            0 => band(bits, table, (first, last), known, ended),
            _ => refined_band(bits, table, (first, last), known, ended),
        }
    }

    /// The mean of a block, as its difference from that of the block before (F.2.2.1). Lost blocks shift all that follow, and soon one
    /// of them is brighter than white.
    fn mean(&mut self, bits: &mut Bits, component: usize, table: usize) -> Option<()> {
        let length = u32::from(bits.code(self.dc.get(table)?.as_ref()?)?);
        if length > 16 {
            return None;
        }
        let spelled = i64::from(bits.take(length)?);
        let is_negative = length > 0 && spelled >> (length - 1) == 0;
        let component = &mut self.frame.components[component];
        component.mean += if is_negative { spelled - (1 << length) + 1 } else { spelled };
        let step = i64::from(component.mean_step?);
        // One step more for rounding.
        (((component.mean << self.progress.low) * step).abs()
            <= self.frame.mean_max + (step << self.progress.low))
            .then_some(())
    }
}

/// The values of a block of baseline coding (F.2.2.2): runs of zeros between them, up to the end of the block.
fn values(bits: &mut Bits, ac: &Huffman) -> Option<()> {
    let mut at = 1;
    while at < 64 {
        let code = bits.code(ac)?;
        let (run, length) = (u32::from(code >> 4), u32::from(code & 15));
        match (run, length) {
            (0, 0) => return Some(()),
            (15, 0) => at += 16,
            (_, 0) => return None,
            _ => {
                at += run + 1;
                bits.take(length)?;
            }
        }
    }
    // A run that leads beyond the last coefficient.
    (at == 64).then_some(())
}

/// A band's first scan (G.1.2.2).
fn band(
    bits: &mut Bits,
    table: &Huffman,
    (first, last): (u8, u8),
    known: &mut u64,
    ended: &mut u32,
) -> Option<()> {
    if *ended > 0 {
        *ended -= 1;
        return Some(());
    }
    let mut at = u32::from(first);
    while at <= u32::from(last) {
        let code = bits.code(table)?;
        let (run, length) = (u32::from(code >> 4), u32::from(code & 15));
        match (run, length) {
            (15, 0) => at += 16,
            (run, 0) => {
                *ended = (1 << run) - 1 + bits.take(run)?;
                return Some(());
            }
            _ => {
                at += run;
                if at > u32::from(last) {
                    return None;
                }
                *known |= 1 << at;
                bits.take(length)?;
                at += 1;
            }
        }
    }
    (at <= u32::from(last) + 1).then_some(())
}

/// A band's later scan (G.1.2.3): a bit for each coefficient that is known, new ones between.
fn refined_band(
    bits: &mut Bits,
    table: &Huffman,
    (first, last): (u8, u8),
    known: &mut u64,
    ended: &mut u32,
) -> Option<()> {
    let mut at = u32::from(first);
    let last = u32::from(last);
    while *ended == 0 && at <= last {
        let code = bits.code(table)?;
        let (run, length) = (u32::from(code >> 4), code & 15);
        match (run, length) {
            (15, 0) => at = skip(bits, at, last, 15, *known)? + 1,
            (run, 0) => *ended = (1 << run) + bits.take(run)?,
            (_, 1) => {
                bits.take(1)?;
                at = skip(bits, at, last, run, *known)?;
                *known |= 1 << at;
                at += 1;
            }
            // A coefficient becomes known with one bit.
            _ => return None,
        }
    }
    if *ended > 0 {
        *ended -= 1;
        let rest = (at..=last).filter(|at| *known >> at & 1 == 1).count();
        for _ in 0..rest {
            bits.take(1)?;
        }
        return Some(());
    }
    (at == last + 1).then_some(())
}

/// Goes over `zeros` coefficients that stay zero and stops at the next one, taking a bit for each known one between.
fn skip(bits: &mut Bits, mut at: u32, last: u32, mut zeros: u32, known: u64) -> Option<u32> {
    while at <= last {
        if known >> at & 1 == 1 {
            bits.take(1)?;
        } else if zeros == 0 {
            return Some(at);
        } else {
            zeros -= 1;
        }
        at += 1;
    }
    None
}
