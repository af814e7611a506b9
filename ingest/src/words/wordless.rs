//! What is drawn on a page on which no word was read: such a page is empty only where, but for specks and its margins, there is no ink.

use crate::marks::Mark;
use ocr::PixelBox;

/// Ink narrower or lower than this is a rule, a fold or a shadow; half of a letter of 10 points.
const SIDE_MM_MIN: f32 = 1.2;
/// Ink that comes this near to an edge of the sheet is left alone: shadows, staples and the holes of a folder, whose middle is 12 mm from
/// the edge and which are 6 mm wide (ISO 838).
const MARGIN_MM: f32 = 16.0;
/// Boxes of ink of less than this in sum are specks: five letters of 10 points have as much.
const AREA_MM2_MIN: f32 = 20.0;
const MM_PER_INCH: f32 = 25.4;

/// The box around all that is drawn, were it letters, a signature or a picture, if it is more than specks. Codes, in `not_text`, were read.
pub(super) fn drawn(
    marks: &[Mark],
    not_text: &[PixelBox],
    (width, height): (u32, u32),
    dpi: u32,
) -> Option<PixelBox> {
    let pixels = |mm: f32| mm * dpi as f32 / MM_PER_INCH;
    let (side, margin) = (pixels(SIDE_MM_MIN), pixels(MARGIN_MM) as u32);
    let is_drawn = |mark: &PixelBox| {
        mark.width.min(mark.height) as f32 >= side
            && mark.left >= margin
            && mark.top >= margin
            && mark.right() + margin <= width
            && mark.bottom() + margin <= height
            && !not_text.iter().any(|code| code.contains_center_of(mark))
    };
    let drawn: Vec<PixelBox> = marks.iter().map(|mark| mark.bounds).filter(is_drawn).collect();
    let area: u64 = drawn.iter().map(PixelBox::area).sum();
    let all = drawn.into_iter().reduce(|a, b| a.union(&b));
    all.filter(|_| area as f32 >= pixels(1.0).powi(2) * AREA_MM2_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::at;

    /// On an A4 page at 254 dpi: ten pixels are a millimetre.
    fn check(boxes: &[PixelBox], expected: Option<PixelBox>) {
        let marks: Vec<Mark> = boxes.iter().map(|bounds| Mark { bounds: *bounds, pixels: 9 }).collect();
        let code = at(1_000, 1_000, 300, 300);
        assert_eq!(drawn(&marks, &[code], (2_100, 2_970), 254), expected, "{boxes:?}");
    }

    #[test]
    fn an_empty_page_has_specks_and_holes_and_a_drawn_one_more() {
        check(&[], None);
        let letters: Vec<PixelBox> = (0..5).map(|letter| at(400 + letter * 30, 600, 20, 20)).collect();
        check(&letters, Some(at(400, 600, 140, 20)));
        check(&letters[..4], None);
        check(&[at(500, 700, 300, 150)], Some(at(500, 700, 300, 150)));
        check(&[at(90, 800, 60, 60), at(90, 1_600, 60, 60)], None);
        check(&[at(0, 0, 2_100, 40), at(500, 500, 1_200, 5)], None);
        check(&[at(1_020, 1_020, 250, 250)], None);
    }
}
