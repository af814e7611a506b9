//! Papers that stories make themselves: small ones that are read quickly, long ones, and parts of files by hand.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, Luma};

/// A few typed lines of `ocr/fixtures`, read in a fraction of a second. Papers with different numbers have different bytes.
pub(crate) fn small(number: u8) -> Vec<u8> {
    let mut lines = typed_lines(340);
    // The number as eight dots in the margin, too faint for a reader.
    for bit in 0..8_u8 {
        lines.put_pixel(u32::from(bit), 0, Luma([250 - ((number >> bit) & 1)]));
    }
    encoded(lines, ImageFormat::Png)
}

/// The first rows of pixels of a typed page; 340 are three lines.
pub(crate) fn typed_lines(rows: u32) -> GrayImage {
    let page = include_bytes!("../../../ocr/fixtures/residence.png");
    let page = image::load_from_memory(page).expect("the fixture is a picture").into_luma8();
    image::imageops::crop_imm(&page, 0, 0, page.width(), rows).to_image()
}

/// A picture as a file.
pub(crate) fn encoded(picture: GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(picture).write_to(&mut file, format).expect("memory can be written");
    file.into_inner()
}

/// A PDF of these objects, numbered from 1; the first is the catalogue.
pub(crate) fn pdf(objects: &[Vec<u8>], trailer_entries: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut offsets = Vec::with_capacity(objects.len());
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", index + 1).bytes());
        file.extend_from_slice(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    let size = objects.len() + 1;
    file.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let trailer =
        format!("trailer\n<< /Size {size} /Root 1 0 R {trailer_entries} >>\nstartxref\n{table}\n%%EOF\n");
    file.extend(trailer.bytes());
    file
}

/// A PDF whose pages all have these entries; `shared` objects follow from number `3 + pages`.
pub(crate) fn pdf_of_pages(pages: u32, page_entries: &str, shared: &[Vec<u8>]) -> Vec<u8> {
    pdf_of(&vec![page_entries; pages as usize], shared)
}

/// A PDF with one page for each of these entries; `shared` objects follow from number `3 + pages`.
pub(crate) fn pdf_of(pages: &[&str], shared: &[Vec<u8>]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", page + 3)).collect();
    let tree = format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" "));
    let mut objects = vec![b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(), tree.into_bytes()];
    objects.extend(
        pages.iter().map(|entries| format!("<< /Type /Page /Parent 2 0 R {entries} >>").into_bytes()),
    );
    objects.extend_from_slice(shared);
    pdf(&objects, "")
}

/// A PDF stream object.
pub(crate) fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<< {entries} /Length {} >>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

/// Bytes as a zlib stream of stored blocks (RFC 1950, RFC 1951): nothing is compressed, but the check sum is there.
pub(crate) fn zlib(content: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = content.chunks(usize::from(u16::MAX));
    let last = blocks.len();
    for (index, block) in (1..).zip(blocks) {
        let length = u16::try_from(block.len()).expect("a block is that long at most");
        stream.push(u8::from(index == last));
        stream.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
        stream.extend(block);
    }
    let (low, high) = content.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    stream.extend((high << 16 | low).to_be_bytes());
    stream
}
