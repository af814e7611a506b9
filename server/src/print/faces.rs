//! The letters of printed papers: one family, regular and bold, found on this machine.

use anyhow::{Context, bail};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// Where fonts are installed.
const FOLDERS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];
/// Families in the order of preference, regular and bold: both have the measures of Arial and every Vietnamese letter
/// (`docs/decisions/0007-fonts.md`).
const FAMILIES: [[&str; 2]; 2] =
    [["Arimo-Regular.ttf", "Arimo-Bold.ttf"], ["LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"]];
/// Letters that older versions of these families lack.
const STACKED: &str = "ẤấỆệỖỗỰựỴỵ";
/// Stands where a font has no picture of a letter: it is seen that something is missing.
const NO_PICTURE: char = '□';
/// Folders below a font folder that are looked through at most; a link may lead in a circle.
const DEPTH_MAX: usize = 6;

/// Kiểu chữ: both weights of the family.
pub(crate) struct Faces {
    regular: Face,
    bold: Face,
}

/// How a piece of text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Size in points.
    pub(super) size: f32,
    /// Weight.
    pub(super) is_bold: bool,
}

impl Style {
    /// Regular text of a size in points.
    pub(super) const fn regular(size: f32) -> Style {
        Style { size, is_bold: false }
    }

    /// Bold text of a size in points.
    pub(super) const fn bold(size: f32) -> Style {
        Style { size, is_bold: true }
    }
}

/// One weight.
pub(super) struct Face {
    font: Font,
    bytes: Arc<Vec<u8>>,
}

impl Faces {
    /// Looks for the fonts on this machine.
    ///
    /// # Errors
    /// There are none with every Vietnamese letter; the message says what to install.
    pub(crate) fn find() -> anyhow::Result<Faces> {
        for names in FAMILIES {
            let paths = names
                .map(|name| FOLDERS.iter().find_map(|folder| file_below(Path::new(folder), name, DEPTH_MAX)));
            if let [Some(regular), Some(bold)] = paths {
                let faces = Faces { regular: Face::open(&regular)?, bold: Face::open(&bold)? };
                if faces.have_every_letter() {
                    return Ok(faces);
                }
            }
        }
        bail!(
            "no font to print with: install the Debian package fonts-croscore (or Liberation Sans 2) so that Arimo-Regular.ttf and \
             Arimo-Bold.ttf stand below {}",
            FOLDERS.join(" or ")
        )
    }

    /// The weight of a style.
    pub(super) fn of(&self, style: Style) -> &Face {
        if style.is_bold { &self.bold } else { &self.regular }
    }

    fn have_every_letter(&self) -> bool {
        [&self.regular, &self.bold].iter().all(|face| STACKED.chars().all(|letter| face.has(letter)))
    }
}

impl Face {
    fn open(path: &Path) -> anyhow::Result<Face> {
        let bytes = Arc::new(fs::read(path).with_context(|| format!("the font {}", path.display()))?);
        let font = Font::new(bytes.clone().into(), 0);
        let font = font.with_context(|| format!("the font {} is damaged", path.display()))?;
        FontRef::new(&bytes).with_context(|| format!("the font {} is damaged", path.display()))?;
        Ok(Face { font, bytes })
    }

    /// For drawing.
    pub(super) fn font(&self) -> Font {
        self.font.clone()
    }

    /// The text with composed letters (NFC) and without what cannot be drawn.
    pub(super) fn printable(&self, text: &str) -> String {
        let picture = |letter: char| match letter {
            letter if letter.is_control() => ' ',
            letter if self.has(letter) => letter,
            _ => NO_PICTURE,
        };
        text.nfc().map(picture).collect()
    }

    /// One picture a letter: composed Vietnamese needs no more.
    pub(super) fn glyphs(&self, printable: &str) -> Vec<KrillaGlyph> {
        let font = self.read();
        let (letters, widths) = (font.charmap(), font.glyph_metrics(Size::new(1.0), LocationRef::default()));
        let glyph = |(at, letter): (usize, char)| {
            let id = letters.map(letter).unwrap_or_default();
            let width = widths.advance_width(id).unwrap_or_default();
            KrillaGlyph::new(
                GlyphId::new(id.to_u32()),
                width,
                0.0,
                0.0,
                0.0,
                at..at + letter.len_utf8(),
                None,
            )
        };
        printable.char_indices().map(glyph).collect()
    }

    /// Width of a text in ems.
    pub(super) fn width(&self, printable: &str) -> f32 {
        self.glyphs(printable).iter().map(|glyph| glyph.x_advance).sum()
    }

    fn has(&self, letter: char) -> bool {
        self.read().charmap().map(letter).is_some_and(|id| id.to_u32() != 0)
    }

    fn read(&self) -> FontRef<'_> {
        FontRef::new(&self.bytes).expect("it was read when it was opened")
    }
}

/// A file of this name in a folder or below it.
fn file_below(folder: &Path, name: &str, depth: usize) -> Option<PathBuf> {
    let here = folder.join(name);
    if here.is_file() {
        return Some(here);
    }
    let inside = fs::read_dir(folder).ok().filter(|_| depth > 0)?;
    let folders = inside.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir());
    let mut folders: Vec<_> = folders.collect();
    folders.sort();
    folders.iter().find_map(|folder| file_below(folder, name, depth - 1))
}
