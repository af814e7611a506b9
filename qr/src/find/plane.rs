//! The grey planes of a page that readers are shown.

use std::borrow::Cow;

use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage};

use super::Bounds;

/// The channel of a page that codes are looked for in.
pub(super) struct Channel<'a> {
    pub(super) samples: Cow<'a, [u8]>,
    /// Bytes from one pixel to the next.
    pub(super) stride: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// A grey image, one byte a pixel, row by row.
#[derive(Clone)]
pub(super) struct Plane {
    pub(super) pixels: Vec<u8>,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl<'a> Channel<'a> {
    /// The red channel of a colour page, the grey of any other.
    pub(super) fn of(page: &'a DynamicImage) -> Self {
        let (samples, stride) = match page {
            DynamicImage::ImageLuma8(grey) => (Cow::Borrowed(grey.as_raw().as_slice()), 1),
            DynamicImage::ImageRgb8(colour) => (Cow::Borrowed(colour.as_raw().as_slice()), 3),
            DynamicImage::ImageRgba8(colour) => (Cow::Borrowed(colour.as_raw().as_slice()), 4),
            other => (Cow::Owned(other.to_rgb8().into_raw()), 3),
        };
        Self { samples, stride, width: page.width() as usize, height: page.height() as usize }
    }

    pub(super) fn full(&self) -> Plane {
        let pixels = self.samples.chunks_exact(self.stride).map(|pixel| pixel[0]).collect();
        Plane { pixels, width: self.width, height: self.height }
    }

    /// Half the size, each pixel the mean of four.
    pub(super) fn half(&self) -> Plane {
        let (width, height) = (self.width / 2, self.height / 2);
        let row_bytes = self.width * self.stride;
        let mut pixels = Vec::with_capacity(width * height);
        for rows in self.samples.chunks_exact(row_bytes * 2) {
            let (upper, lower) = rows.split_at(row_bytes);
            let pairs = upper.chunks_exact(2 * self.stride).zip(lower.chunks_exact(2 * self.stride));
            pixels.extend(pairs.map(|(a, b)| {
                let sum = [a[0], a[self.stride], b[0], b[self.stride]].map(u16::from).iter().sum::<u16>();
                (sum / 4) as u8
            }));
        }
        Plane { pixels, width, height }
    }

    pub(super) fn bounds(&self) -> Bounds {
        Bounds { left: 0, top: 0, width: self.width as u32, height: self.height as u32 }
    }

    /// A part of the channel, which must lie inside the page.
    pub(super) fn crop(&self, part: Bounds) -> Plane {
        let (width, height) = (part.width as usize, part.height as usize);
        let rows = (part.top as usize..).take(height).map(|row| row * self.width + part.left as usize);
        let pixels =
            rows.flat_map(|start| (start..start + width).map(|place| self.samples[place * self.stride]));
        Plane { pixels: pixels.collect(), width, height }
    }
}

impl Plane {
    /// How bright a colour page is, for codes in red, which its red channel does not show.
    pub(super) fn brightness(page: &DynamicImage) -> Self {
        Self::of(page.to_luma8())
    }

    fn of(picture: GrayImage) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        Self { pixels: picture.into_raw(), width, height }
    }

    pub(super) fn area(&self) -> usize {
        self.width * self.height
    }

    pub(super) fn bounds(&self) -> Bounds {
        Bounds { left: 0, top: 0, width: self.width as u32, height: self.height as u32 }
    }

    pub(super) fn channel(&self) -> Channel<'_> {
        Channel { samples: Cow::Borrowed(&self.pixels), stride: 1, width: self.width, height: self.height }
    }

    pub(super) fn inverted(&self) -> Self {
        Self { pixels: self.pixels.iter().map(|pixel| 255 - pixel).collect(), ..*self }
    }

    /// White where a pixel is brighter than `level`, black elsewhere.
    pub(super) fn cut_at(&self, level: u8) -> Self {
        Self {
            pixels: self.pixels.iter().map(|pixel| if *pixel > level { 255 } else { 0 }).collect(),
            ..*self
        }
    }

    /// So many times as wide and high, smooth between the pixels.
    pub(super) fn enlarged(&self, times: u32) -> Self {
        let (width, height) = (self.width as u32, self.height as u32);
        if times == 1 {
            return self.clone();
        }
        match GrayImage::from_raw(width, height, self.pixels.clone()) {
            Some(picture) => {
                Self::of(imageops::resize(&picture, width * times, height * times, FilterType::CatmullRom))
            }
            None => self.clone(),
        }
    }

    /// A quarter turn clockwise: what ran down the page runs along its rows, from right to left.
    pub(super) fn turned(&self) -> Self {
        let columns = (0..self.width).flat_map(|column| (0..self.height).rev().map(move |row| (column, row)));
        let pixels = columns.map(|(column, row)| self.pixels[row * self.width + column]).collect();
        Self { pixels, width: self.height, height: self.width }
    }

    /// The brightness below which a share of the pixels lies.
    pub(super) fn quantile(&self, share: f32) -> u8 {
        let mut counts = [0_usize; 256];
        self.pixels.iter().for_each(|pixel| counts[usize::from(*pixel)] += 1);
        let wanted = (self.pixels.len() as f32 * share) as usize;
        let mut below = 0;
        let level = counts.iter().position(|count| {
            below += count;
            below > wanted
        });
        level.unwrap_or(255) as u8
    }
}
