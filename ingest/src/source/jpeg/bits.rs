//! Bits of entropy-coded data, and the Huffman codes they spell.

/// Bits that the quick table looks at: most codes of most pictures are no longer.
const QUICK_BITS: u32 = 9;

/// Reads bits up to the next marker; a zero byte behind 0xff is stuffing (F.1.2.3).
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    window: u64,
    /// Valid bits of the window, at its low end.
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Bits { data, at: 0, window: 0, count: 0 }
    }

    fn fill(&mut self) {
        while self.count <= 56 {
            match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xff), Some(0)) => {
                    self.push(0xff);
                    self.at += 2;
                }
                (Some(0xff), _) | (None, _) => return,
                (Some(byte), _) => {
                    let byte = *byte;
                    self.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    fn push(&mut self, byte: u8) {
        self.window = self.window << 8 | u64::from(byte);
        self.count += 8;
    }

    /// The next `count` bits (at most 16) as a number; `None` when the data ends before.
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        if count == 0 {
            return Some(0);
        }
        if self.count < count {
            self.fill();
        }
        self.count = self.count.checked_sub(count)?;
        Some((self.window >> self.count) as u32 & ((1 << count) - 1))
    }

    /// The next code's value.
    pub(super) fn code(&mut self, table: &Huffman) -> Option<u8> {
        if self.count < 16 {
            self.fill();
        }
        // Behind the end stand zeros; a code made of them is longer than what is left.
        let shown = if self.count >= 16 {
            self.window >> (self.count - 16)
        } else {
            self.window << (16 - self.count)
        };
        let (length, value) = table.look_up(shown as u16)?;
        self.count = self.count.checked_sub(length)?;
        Some(value)
    }

    /// What follows the data: a marker. `None` when a byte or more of data is left over.
    pub(super) fn end(mut self) -> Option<&'a [u8]> {
        self.fill();
        if self.count >= 8 {
            return None;
        }
        let rest = &self.data[self.at..];
        (rest.first() == Some(&0xff)).then_some(rest)
    }

    /// Steps over the restart marker with this number; `None` when something else stands there.
    pub(super) fn restart(self, number: u32) -> Option<Bits<'a>> {
        let rest = self.end()?;
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        let is_expected = rest.get(fill).is_some_and(|marker| u32::from(*marker) == 0xd0 + number % 8);
        is_expected.then(|| Bits::new(&rest[fill + 1..]))
    }
}

/// One table of codes (C.2).
pub(super) struct Huffman {
    /// By the first [`QUICK_BITS`] bits: length and value; length 0: longer than that.
    quick: Vec<(u8, u8)>,
    /// By length: one past the last code, left-aligned in 16 bits.
    limits: [u32; 17],
    /// By length: index of the first value minus the first code.
    offsets: [i32; 17],
    values: Vec<u8>,
}

impl Huffman {
    /// `None` when the counts promise more codes than there are bits for.
    pub(super) fn new(counts: &[u8; 16], values: &[u8]) -> Option<Huffman> {
        let mut table = Huffman {
            quick: vec![(0, 0); 1 << QUICK_BITS],
            limits: [0; 17],
            offsets: [0; 17],
            values: values.to_vec(),
        };
        let (mut code, mut index) = (0_u32, 0_usize);
        for length in 1..=16_u32 {
            let count = usize::from(counts[length as usize - 1]);
            table.offsets[length as usize] = index as i32 - code as i32;
            for value in &values[index..index + count] {
                if length <= QUICK_BITS {
                    let first = (code << (QUICK_BITS - length)) as usize;
                    let same = 1_usize << (QUICK_BITS - length);
                    table.quick.get_mut(first..first + same)?.fill((length as u8, *value));
                }
                code += 1;
            }
            index += count;
            if code > 1 << length {
                return None;
            }
            table.limits[length as usize] = code << (16 - length);
            code <<= 1;
        }
        Some(table)
    }

    /// Length and value of the code that these sixteen bits begin with; `None` when none does.
    fn look_up(&self, bits: u16) -> Option<(u32, u8)> {
        let (length, value) = self.quick[usize::from(bits) >> (16 - QUICK_BITS)];
        if length > 0 {
            return Some((u32::from(length), value));
        }
        let bits = u32::from(bits);
        let length = (QUICK_BITS + 1..=16).find(|length| bits < self.limits[*length as usize])?;
        let code = (bits >> (16 - length)) as i32;
        let value = self.values.get(usize::try_from(code + self.offsets[length as usize]).ok()?)?;
        Some((length, *value))
    }
}
