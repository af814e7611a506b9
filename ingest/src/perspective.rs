//! The sheet on a photograph: a bright quadrilateral on a darker desk, and the bend that makes it a rectangle.

use image::{GrayImage, Luma, imageops};
use imageproc::contrast::ThresholdType;
use imageproc::geometric_transformations::Projection;
use imageproc::region_labelling::{Connectivity, connected_components};
use ocr::PixelBox;

/// Longer side of the copy on which the sheet is looked for: lines of text are gone there, its edges are not.
const LOOK_SIDE: u32 = 400;
/// Radius by which bright ground swallows print, in looked-at pixels.
const PRINT_RADIUS: u32 = 3;
/// How much brighter the sheet must be than what lies around it.
const CONTRAST_MIN: i32 = 40;
/// Part of the picture that the sheet covers.
const COVER: std::ops::RangeInclusive<f32> = 0.25..=0.97;
/// Part of the four-sided figure that must be sheet, and of the sheet that must lie in it.
const FIT_MIN: f32 = 0.96;
/// Corners nearer to a rectangle's than this part of the longer side need no bend: scanners cut their edges as well.
const STRAY_MIN: f32 = 0.02;
/// A corner of paper photographed for reading is no sharper than this, in degrees, and no wider than its rest to 180.
const CORNER_MIN: f32 = 65.0;

/// A sheet that was found.
pub(crate) struct Sheet {
    /// From the photograph to the flat page.
    pub(crate) flatten: Projection,
    /// Size of the flat page in pixels.
    pub(crate) size: (u32, u32),
    /// How well the figure fits, 0 to 100.
    pub(crate) confidence: f32,
    corners: [(f32, f32); 4],
}

impl Sheet {
    /// Whether the middle of a box of the photograph lies outside the sheet by more than `margin` pixels.
    pub(crate) fn is_beside(&self, bounds: &PixelBox, margin: f32) -> bool {
        let middle =
            (bounds.left as f32 + bounds.width as f32 / 2.0, bounds.top as f32 + bounds.height as f32 / 2.0);
        (0..4).any(|at| {
            let (a, b) = (self.corners[at], self.corners[(at + 1) % 4]);
            let inwards = (b.0 - a.0) * (middle.1 - a.1) - (b.1 - a.1) * (middle.0 - a.0);
            inwards < -margin * distance(a, b)
        })
    }

    /// The corners on the photograph in pixels, from the top left clockwise.
    pub(crate) fn corners(&self) -> [(u32, u32); 4] {
        self.corners.map(|(x, y)| (x.round() as u32, y.round() as u32))
    }
}

/// The sheet on a photograph, when it is surely one and lies askew; none on scans.
pub(crate) fn find(gray: &GrayImage) -> Option<Sheet> {
    let longer = gray.width().max(gray.height());
    if gray.width().min(gray.height()) < LOOK_SIDE / 2 {
        return None;
    }
    let scale = LOOK_SIDE as f32 / longer as f32;
    let side = |pixels: u32| (pixels as f32 * scale).round().max(1.0) as u32;
    let small = imageops::thumbnail(gray, side(gray.width()), side(gray.height()));
    let look = brightened(&small, PRINT_RADIUS);
    let sheet = Region::brightest(&look)?;
    let corners = sheet.corners()?;
    let fit = sheet.fit(&corners);
    if fit < FIT_MIN || !is_like_paper(&corners) {
        return None;
    }
    let (wide, high) =
        (gray.width() as f32 / small.width() as f32, gray.height() as f32 / small.height() as f32);
    let corners = corners.map(|(x, y)| (x * wide, y * high));
    flatten(corners, fit, longer as f32)
}

fn flatten(corners: [(f32, f32); 4], fit: f32, longer: f32) -> Option<Sheet> {
    let [top_left, top_right, bottom_right, bottom_left] = corners;
    let width = distance(top_left, top_right).max(distance(bottom_left, bottom_right));
    let height = distance(top_left, bottom_left).max(distance(top_right, bottom_right));
    let (left, top) = (top_left.0.min(bottom_left.0), top_left.1.min(top_right.1));
    let upright = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)];
    let stray =
        corners.iter().zip(upright).map(|(corner, upright)| distance(*corner, upright)).fold(0.0, f32::max);
    if stray < STRAY_MIN * longer {
        return None;
    }
    let page = upright.map(|(x, y)| (x - left, y - top));
    let flatten = Projection::from_control_points(corners, page)?;
    let size = (width.round() as u32, height.round() as u32);
    Some(Sheet { flatten, size, confidence: 100.0 * fit, corners })
}

fn distance(a: (f32, f32), b: (f32, f32)) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Whether the corners are as blunt as those of paper seen from above.
fn is_like_paper(corners: &[(f32, f32); 4]) -> bool {
    (0..4).all(|at| {
        let (before, here, after) = (corners[(at + 3) % 4], corners[at], corners[(at + 1) % 4]);
        let (a, b) = ((before.0 - here.0, before.1 - here.1), (after.0 - here.0, after.1 - here.1));
        let cosine = (a.0 * b.0 + a.1 * b.1) / (a.0.hypot(a.1) * b.0.hypot(b.1)).max(f32::MIN_POSITIVE);
        cosine.abs() <= CORNER_MIN.to_radians().cos()
    })
}

/// Each pixel as bright as the brightest one nearby, and back: print vanishes, edges stay where they were.
fn brightened(gray: &GrayImage, radius: u32) -> GrayImage {
    let most = pooled(gray, radius, u8::max);
    pooled(&most, radius, u8::min)
}

fn pooled(gray: &GrayImage, radius: u32, choose: fn(u8, u8) -> u8) -> GrayImage {
    let (width, height) = gray.dimensions();
    let across = GrayImage::from_fn(width, height, |x, y| {
        let near = x.saturating_sub(radius)..(x + radius + 1).min(width);
        Luma([near.map(|x| gray.get_pixel(x, y).0[0]).reduce(choose).unwrap_or_default()])
    });
    GrayImage::from_fn(width, height, |x, y| {
        let near = y.saturating_sub(radius)..(y + radius + 1).min(height);
        Luma([near.map(|y| across.get_pixel(x, y).0[0]).reduce(choose).unwrap_or_default()])
    })
}

/// The largest bright region of the picture.
struct Region {
    width: u32,
    is_inside: Vec<bool>,
}

impl Region {
    fn brightest(look: &GrayImage) -> Option<Self> {
        let limit = imageproc::contrast::otsu_level(look);
        let bright = imageproc::contrast::threshold(look, limit, ThresholdType::Binary);
        let labels = connected_components(&bright, Connectivity::Four, Luma([0]));
        let mut areas: Vec<u32> = Vec::new();
        for Luma([label]) in labels.pixels().filter(|label| label.0[0] > 0) {
            areas.resize(areas.len().max(*label as usize + 1), 0);
            areas[*label as usize] += 1;
        }
        let largest = (1..areas.len()).max_by_key(|label| areas[*label])? as u32;
        let is_inside: Vec<bool> = labels.pixels().map(|label| label.0[0] == largest).collect();
        let region = Self { width: look.width(), is_inside };
        let cover = areas[largest as usize] as f32 / region.is_inside.len() as f32;
        (COVER.contains(&cover) && region.contrast(look) >= CONTRAST_MIN).then_some(region)
    }

    /// Mean brightness inside less that outside.
    fn contrast(&self, look: &GrayImage) -> i32 {
        let mean = |wanted: bool| {
            let pixels = look.as_raw().iter().zip(&self.is_inside).filter(|(_, inside)| **inside == wanted);
            let (sum, count) =
                pixels.fold((0, 0), |(sum, count), (pixel, _)| (sum + i32::from(*pixel), count + 1));
            sum / count.max(1)
        };
        mean(true) - mean(false)
    }

    /// Where the four edges meet, from the top left clockwise.
    fn corners(&self) -> Option<[(f32, f32); 4]> {
        let height = self.is_inside.len() as u32 / self.width;
        let inside = |x: u32, y: u32| self.is_inside[(y * self.width + x) as usize];
        let rows = || 0..height;
        let columns = || 0..self.width;
        let left = rows().filter_map(|y| Some((y, columns().find(|x| inside(*x, y))?)));
        let right = rows().filter_map(|y| Some((y, columns().rev().find(|x| inside(*x, y))? + 1)));
        let top = columns().filter_map(|x| Some((x, rows().find(|y| inside(x, *y))?)));
        let bottom = columns().filter_map(|x| Some((x, rows().rev().find(|y| inside(x, *y))? + 1)));
        let (left, right) = (Edge::along(left)?, Edge::along(right)?);
        let (top, bottom) = (Edge::along(top)?, Edge::along(bottom)?);
        Some([left.meet(top), right.meet(top), right.meet(bottom), left.meet(bottom)])
    }

    /// What region and figure have in common, as a part of what either covers.
    fn fit(&self, corners: &[(f32, f32); 4]) -> f32 {
        let is_in_figure = |x: f32, y: f32| {
            (0..4).all(|at| {
                let (a, b) = (corners[at], corners[(at + 1) % 4]);
                (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0) >= 0.0
            })
        };
        let (mut both, mut either) = (0_u32, 0_u32);
        for (at, inside) in self.is_inside.iter().enumerate() {
            let (x, y) = (at as u32 % self.width, at as u32 / self.width);
            let in_figure = is_in_figure(x as f32 + 0.5, y as f32 + 0.5);
            both += u32::from(*inside && in_figure);
            either += u32::from(*inside || in_figure);
        }
        both as f32 / either.max(1) as f32
    }
}

/// One edge of a sheet: `across = offset + slope × along`.
#[derive(Clone, Copy)]
struct Edge {
    offset: f32,
    slope: f32,
}

impl Edge {
    /// The line through the points between the corners: the outer tenths, where the other edges begin, are left out, and
    /// so is whatever lies off the line (a thumb, a dog-ear).
    fn along(points: impl Iterator<Item = (u32, u32)>) -> Option<Self> {
        /// Looked-at pixels by which a point may lie off the line.
        const OFF: f32 = 2.0;
        let points: Vec<(f32, f32)> =
            points.map(|(along, across)| (along as f32 + 0.5, across as f32)).collect();
        let tenth = points.len() / 10;
        let mut inner = points.get(tenth..points.len() - tenth)?.to_vec();
        let mut edge = Self::through(&inner)?;
        for reach in [8.0 * OFF, 3.0 * OFF, OFF] {
            inner.retain(|(along, across)| (edge.offset + edge.slope * along - across).abs() <= reach);
            edge = Self::through(&inner)?;
        }
        (inner.len() * 2 >= points.len()).then_some(edge)
    }

    /// The line of least squares.
    fn through(points: &[(f32, f32)]) -> Option<Self> {
        let count = points.len() as f32;
        let mean = |of: fn(&(f32, f32)) -> f32| points.iter().map(of).sum::<f32>() / count;
        let (along, across) = (mean(|point| point.0), mean(|point| point.1));
        let spread: f32 = points.iter().map(|point| (point.0 - along).powi(2)).sum();
        let common: f32 = points.iter().map(|point| (point.0 - along) * (point.1 - across)).sum();
        let slope = common / spread;
        (points.len() > 1 && spread > 0.0).then_some(Self { offset: across - slope * along, slope })
    }

    /// Where this upright edge (`x` by `y`) meets a level one (`y` by `x`).
    fn meet(self, level: Self) -> (f32, f32) {
        let x = (self.offset + self.slope * level.offset) / (1.0 - self.slope * level.slope);
        (x, level.offset + level.slope * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imageproc::geometric_transformations::{Border, Interpolation, warp_into};

    /// A desk of brightness 70 with a sheet of 230 on it, and lines of print.
    fn photograph(corners: [(f32, f32); 4]) -> GrayImage {
        let mut flat = GrayImage::from_pixel(600, 800, Luma([230]));
        for line in 0..30 {
            for x in 60..540 {
                for y in 0..6 {
                    flat.put_pixel(x, 60 + line * 22 + y, Luma([if x % 9 < 5 { 20 } else { 230 }]));
                }
            }
        }
        let edges = [(0.0, 0.0), (600.0, 0.0), (600.0, 800.0), (0.0, 800.0)];
        let bend = Projection::from_control_points(edges, corners).expect("four corners");
        let mut photograph = GrayImage::new(900, 1100);
        warp_into(&flat, bend, Interpolation::Bilinear, Border::Constant(Luma([70])), &mut photograph);
        photograph
    }

    #[test]
    fn the_sheet_is_found_and_made_flat() {
        let corners = [(150.0, 120.0), (720.0, 160.0), (780.0, 990.0), (90.0, 940.0)];
        let sheet = find(&photograph(corners)).expect("there is a sheet");
        for (found, corner) in sheet.corners.iter().zip(corners) {
            assert!(distance(*found, corner) < 6.0, "{found:?} instead of {corner:?}");
        }
        let (x, y) = sheet.flatten * corners[2];
        assert!((x - sheet.size.0 as f32).abs() < 8.0 && (y - sheet.size.1 as f32).abs() < 8.0);
    }

    #[test]
    fn pages_that_fill_the_picture_or_lie_straight_stay() {
        assert!(
            find(&photograph([(150.0, 120.0), (750.0, 120.0), (750.0, 920.0), (150.0, 920.0)])).is_none()
        );
        assert!(find(&photograph([(0.0, 0.0), (900.0, 0.0), (900.0, 1100.0), (0.0, 1100.0)])).is_none());
        assert!(find(&GrayImage::from_pixel(900, 1100, Luma([235]))).is_none());
        assert!(find(&GrayImage::new(3, 900)).is_none());
    }

    #[test]
    fn a_triangle_is_no_sheet() {
        assert!(find(&photograph([(440.0, 120.0), (460.0, 120.0), (800.0, 990.0), (90.0, 940.0)])).is_none());
    }
}
