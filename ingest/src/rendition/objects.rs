//! PDF objects written one after the other: only where each begins stays in memory (ISO 32000-1, 7.5).

use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::{self, Write};

/// Number of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Object(u32);

impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} 0 R", self.0)
    }
}

/// A PDF file that is being written.
pub(super) struct Objects<W> {
    to: W,
    at: u64,
    /// Where each object begins; 0: promised and not written yet.
    offsets: Vec<u64>,
}

impl<W: Write> Objects<W> {
    /// Begins a file: the second line tells programs that it is no text (PDF/A-2, 6.1.2).
    pub(super) fn begin(to: W) -> io::Result<Objects<W>> {
        let mut objects = Objects { to, at: 0, offsets: Vec::new() };
        objects.put(b"%PDF-1.7\n%\xc2\xb5\xc2\xb6\n")?;
        Ok(objects)
    }

    /// Promises an object, so that others can name it before it is written.
    pub(super) fn promise(&mut self) -> Object {
        self.offsets.push(0);
        Object(self.offsets.len() as u32)
    }

    /// Writes a promised object.
    pub(super) fn keep(&mut self, object: Object, value: &str) -> io::Result<()> {
        self.start(object)?;
        self.put(value.as_bytes())?;
        self.put(b"\nendobj\n")
    }

    /// Writes a new object.
    pub(super) fn add(&mut self, value: &str) -> io::Result<Object> {
        let object = self.promise();
        self.keep(object, value)?;
        Ok(object)
    }

    /// Writes a stream as it is; `entries` stand in its dictionary beside the length.
    pub(super) fn add_stream(&mut self, entries: &str, bytes: &[u8]) -> io::Result<Object> {
        let object = self.promise();
        self.start(object)?;
        self.put(format!("<< {entries} /Length {} >>\nstream\n", bytes.len()).as_bytes())?;
        self.put(bytes)?;
        self.put(b"\nendstream\nendobj\n")?;
        Ok(object)
    }

    /// Writes a stream of our own making, compressed.
    pub(super) fn add_compressed(&mut self, entries: &str, bytes: &[u8]) -> io::Result<Object> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes)?;
        self.add_stream(&format!("{entries} /Filter /FlateDecode"), &encoder.finish()?)
    }

    /// Ends the file. `id`: hexadecimal, the same for the same content.
    pub(super) fn end(mut self, catalog: Object, id: &str) -> io::Result<()> {
        let table_at = self.at;
        let entries: String = self.offsets.iter().map(|offset| format!("{offset:010} 00000 n \n")).collect();
        let size = self.offsets.len() + 1;
        self.put(format!("xref\n0 {size}\n0000000000 65535 f \n{entries}").as_bytes())?;
        let trailer = format!("trailer\n<< /Size {size} /Root {catalog} /ID [<{id}> <{id}>] >>\n");
        self.put(format!("{trailer}startxref\n{table_at}\n%%EOF\n").as_bytes())?;
        self.to.flush()
    }

    fn start(&mut self, object: Object) -> io::Result<()> {
        self.offsets[object.0 as usize - 1] = self.at;
        self.put(format!("{} 0 obj\n", object.0).as_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.to.write_all(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_where_the_table_says() {
        let mut file = Vec::new();
        let mut objects = Objects::begin(&mut file).expect("a file");
        let catalog = objects.promise();
        objects.add("<< /One 1 >>").expect("written");
        objects.add_stream("/Two 2", b"xref\nendstream").expect("written");
        objects.keep(catalog, "<< /Type /Catalog >>").expect("written");
        objects.end(catalog, "00ff").expect("written");
        let text = String::from_utf8_lossy(&file).into_owned();
        let at = |offset: usize| String::from_utf8_lossy(&file[offset..]).into_owned();
        let table_at: usize =
            text.trim_end().lines().rev().nth(1).expect("a line").parse().expect("a number");
        let table = at(table_at);
        let mut entries = table.lines();
        assert_eq!((entries.next(), entries.next()), (Some("xref"), Some("0 4")));
        for (number, entry) in entries.take(4).enumerate().skip(1) {
            let offset: usize = entry[..10].parse().expect("an offset");
            assert!(at(offset).starts_with(&format!("{number} 0 obj\n")), "{entry}");
        }
        assert!(text.contains("/Length 14 >>\nstream\nxref\nendstream\nendstream\nendobj"), "{text}");
    }
}
