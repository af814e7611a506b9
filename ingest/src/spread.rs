//! Two pages on one sheet: A3 of a folded certificate, whose halves are read one after the other.

/// A sheet wider than this, in inches, may be a spread; it may be a landscape page as well.
const WIDTH_MIN_INCHES: f32 = 14.0;
/// So many lines across the middle are of one page; ornaments and stray marks are fewer.
const CROSSING_MIN: usize = 3;
/// A line crosses the middle when it reaches beyond by more than this part of the width on either side: pages of a spread have margins.
const MARGIN_SHARE: f32 = 0.01;

/// The column that parts a spread; none for a single page. `lines` are the left and right ends of lines of text.
pub(crate) fn middle(
    (width, height): (u32, u32),
    dpi: u32,
    lines: impl IntoIterator<Item = (u32, u32)>,
) -> Option<u32> {
    let is_wide = width > height && width as f32 > WIDTH_MIN_INCHES * dpi.max(1) as f32;
    let crossing =
        lines.into_iter().filter(|(left, right)| crosses_middle(width, *left as f32, *right as f32));
    (is_wide && crossing.count() < CROSSING_MIN).then_some(width / 2)
}

/// Whether something from `left` to `right` stands on both halves.
pub(crate) fn crosses_middle(width: u32, left: f32, right: f32) -> bool {
    let (middle, margin) = (width as f32 / 2.0, width as f32 * MARGIN_SHARE);
    left < middle - margin && right > middle + margin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_sheet_is_a_spread_unless_lines_cross_its_middle() {
        let check = |size: (u32, u32), lines: &[(u32, u32)], expected: Option<u32>| {
            assert_eq!(middle(size, 200, lines.iter().copied()), expected, "{size:?} {lines:?}");
        };
        let halves = [(200, 1500), (1800, 3100)];
        let across = [(300, 3000); 3];
        check((3300, 2340), &halves, Some(1650));
        check((3300, 2340), &[], Some(1650));
        check((3300, 2340), &across, None);
        check((3300, 2340), &across[..2], Some(1650));
        check((3300, 2340), &[(1000, 1660); 5], Some(1650));
        check((2340, 3300), &halves, None);
        check((2340, 1650), &halves, None);
    }
}
