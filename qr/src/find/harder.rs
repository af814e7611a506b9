//! The search on a page that should carry a code when an ordinary look found none.
//!
//! What is tried was chosen on photographs of codes: codes in red (brightness instead of the red channel), white codes on black
//! (inverted), creased or badly lit ones (cut into black and white at one level for the whole code instead of one for each
//! spot), small ones (enlarged). The first attempt that reads anything ends the search.

use std::cell::OnceCell;

use image::DynamicImage;

use super::parts::{moved, parts};
use super::plane::{Channel, Plane};
use super::square::{Sketch, calmly, look_with_rqrr, look_with_rxing};
use super::{ALWAYS_FULL_PIXELS, Bounds, Sighting};

/// Where black ends and white begins, between the dark and the bright of a plane: in the middle, and nearer to either for
/// ink that shines and for folds in shadow.
const LEVELS: [f32; 3] = [0.5, 0.66, 0.34];

/// Shares of the pixels that are darker than what counts as dark, and as bright: codes are half black, but stand on bright paper.
const DARK_SHARE: f32 = 0.05;
const BRIGHT_SHARE: f32 = 0.95;

/// Sizes in which a part is shown: modules of two pixels are read when each is drawn with six.
const SIZES: [u32; 3] = [1, 2, 3];

/// Pixels that the readers are shown of one page: both together take about 100 ns for each, so a search ends after a second.
const EFFORT_PIXELS_MAX: usize = 10_000_000;

/// What is done to a plane before it is looked at.
#[derive(Clone, Copy)]
enum Treatment {
    AsItIs,
    Inverted,
    /// Cut at a level between dark and bright.
    Cut(f32),
}

/// A part of a page that may hold a code, and how that shows.
struct Candidate<'a> {
    tone: &'a Plane,
    treatment: Treatment,
    part: Bounds,
}

/// More means than an ordinary look, for one page.
pub(super) struct Search<'a> {
    page: &'a DynamicImage,
    /// Made when first needed: most pages never are searched.
    tones: OnceCell<Vec<Plane>>,
    /// Pixels that the readers may still be shown.
    pixels_left: usize,
}

impl<'a> Search<'a> {
    pub(super) fn of(page: &'a DynamicImage) -> Search<'a> {
        Search { page, tones: OnceCell::new(), pixels_left: EFFORT_PIXELS_MAX }
    }

    /// What the page as a whole shows.
    pub(super) fn whole(self) -> Vec<Sighting> {
        let mut pixels_left = self.pixels_left;
        let candidates = self.ways().flat_map(|(tone, treatment)| candidates(tone, treatment)).collect();
        try_all(candidates, &mut pixels_left)
    }

    /// What a part shows in which the corners of a code were seen. It gets its share when so many parts, itself included, may still be
    /// searched: one that is noise shall not take all from one that is a code.
    pub(super) fn part(&mut self, part: Bounds, parts_left: usize) -> Vec<Sighting> {
        let share = self.pixels_left / parts_left.max(1);
        let mut share_left = share;
        let candidates = self.ways().map(|(tone, treatment)| Candidate { tone, treatment, part }).collect();
        let sightings = try_all(candidates, &mut share_left);
        self.pixels_left -= share - share_left;
        sightings
    }

    fn ways(&self) -> impl Iterator<Item = (&Plane, Treatment)> {
        let tones = self.tones.get_or_init(|| tones(self.page));
        treatments().flat_map(move |treatment| tones.iter().map(move |tone| (tone, treatment)))
    }
}

/// The red channel, and the brightness of a colour page.
fn tones(page: &DynamicImage) -> Vec<Plane> {
    let red = Channel::of(page).full();
    if page.color().has_color() { vec![red, Plane::brightness(page)] } else { vec![red] }
}

/// Shows the readers one candidate after the other, then all of them larger, until one is read, and takes off what they were shown.
fn try_all(candidates: Vec<Candidate<'_>>, pixels_left: &mut usize) -> Vec<Sighting> {
    for times in SIZES {
        for candidate in &candidates {
            let pixels = (candidate.part.width * times) as usize * (candidate.part.height * times) as usize;
            if pixels > *pixels_left {
                continue;
            }
            *pixels_left -= pixels;
            let sightings = candidate.sightings(times);
            if !sightings.is_empty() {
                return sightings;
            }
        }
    }
    Vec::new()
}

fn treatments() -> impl Iterator<Item = Treatment> {
    [Treatment::AsItIs, Treatment::Inverted].into_iter().chain(LEVELS.map(Treatment::Cut))
}

/// A small plane as a whole; of a page, the parts with corner patterns that the treatment brings out in half size.
fn candidates(tone: &Plane, treatment: Treatment) -> Vec<Candidate<'_>> {
    let whole = tone.bounds();
    let parts = if tone.area() <= ALWAYS_FULL_PIXELS {
        vec![whole]
    } else {
        let sketch = calmly(|| Sketch::of(treatment.on(&tone.channel().half())));
        sketch.map(|sketch| parts(&sketch.patterns_in(whole, 0.5), whole)).unwrap_or_default()
    };
    parts.into_iter().map(|part| Candidate { tone, treatment, part }).collect()
}

impl Candidate<'_> {
    /// What either reader sees, enlarged so many times.
    fn sightings(&self, times: u32) -> Vec<Sighting> {
        let plane = self.treatment.on(&self.tone.channel().crop(self.part).enlarged(times));
        moved(look(&plane), self.part, times)
    }
}

fn look(plane: &Plane) -> Vec<Sighting> {
    let sightings = look_with_rxing(plane);
    if sightings.is_empty() { look_with_rqrr(plane) } else { sightings }
}

impl Treatment {
    fn on(self, plane: &Plane) -> Plane {
        match self {
            Self::AsItIs => plane.clone(),
            Self::Inverted => plane.inverted(),
            Self::Cut(share) => {
                let (dark, bright) = (plane.quantile(DARK_SHARE), plane.quantile(BRIGHT_SHARE));
                plane.cut_at(dark + (f32::from(bright.saturating_sub(dark)) * share) as u8)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_of_a_page_share_one_effort() {
        let page = DynamicImage::new_luma8(2_000, 2_000);
        let mut search = Search::of(&page);
        for parts_left in (1..=8).rev() {
            let before = search.pixels_left;
            assert!(search.part(Bounds { left: 9, top: 9, width: 500, height: 500 }, parts_left).is_empty());
            let spent = before - search.pixels_left;
            assert!(
                (500 * 500..=before / parts_left).contains(&spent),
                "{spent} of {before}, {parts_left} left"
            );
        }
    }
}
