//! Codes drawn, scanned and found again.

use image::imageops::{self, FilterType};
use image::{Luma, Rgb, RgbImage};

use super::plane::Channel;
use super::*;
use crate::draw_png;

/// Long enough for a code of 33 modules, as on a citizen card.
const CARD: &str = "001090123456||Nguyễn Văn A|01011990|Nam|Tổ dân phố 5, Phường Bến Nghé|15042021";

/// Pixels of a module of 0.45 mm at 200 dpi.
const SMALLEST_MODULE: f32 = 3.54;

fn code(text: &str, module_pixels: f32) -> GrayImage {
    let drawn = image::load_from_memory(&draw_png(text, 8).expect("the text fits")).expect("a PNG was drawn");
    let side = (drawn.width() as f32 / 8.0 * module_pixels).round() as u32;
    imageops::resize(&drawn.into_luma8(), side, side, FilterType::Triangle)
}

/// Part of an A4 page at 200 dpi with codes at the places given.
fn page(codes: &[(&GrayImage, i64, i64)]) -> GrayImage {
    let mut page = GrayImage::from_pixel(1200, 900, Luma([235]));
    for (code, left, top) in codes {
        imageops::replace(&mut page, *code, *left, *top);
    }
    page
}

fn texts(page: GrayImage) -> Vec<String> {
    find(&DynamicImage::ImageLuma8(page)).into_iter().map(|found| found.text).collect()
}

/// The same sequence of small numbers every time.
fn noisy(mut page: GrayImage, strength: i32) -> GrayImage {
    let mut state = 1_u32;
    for pixel in page.pixels_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 16) as i32 % (2 * strength + 1) - strength;
        pixel.0[0] = (i32::from(pixel.0[0]) + noise).clamp(0, 255) as u8;
    }
    page
}

/// Turned about the middle, each pixel mixed of the four that it falls between.
fn turned(page: &GrayImage, degrees: f32) -> GrayImage {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (middle_x, middle_y) = (page.width() as f32 / 2.0, page.height() as f32 / 2.0);
    GrayImage::from_fn(page.width(), page.height(), |x, y| {
        let (x, y) = (x as f32 - middle_x, y as f32 - middle_y);
        let (x, y) = (x * cosine + y * sine + middle_x, y * cosine - x * sine + middle_y);
        imageops::interpolate_bilinear(page, x, y).unwrap_or(Luma([235]))
    })
}

#[test]
fn both_readers_read_what_we_draw() {
    let check = |text: &str| {
        // rqrr, unlike rxing, reads only some of these at 3 or 4 pixels a module.
        let plane = Channel::of(&DynamicImage::ImageLuma8(code(text, 5.0))).full();
        for sightings in [look_with_rxing(&plane), look_with_rqrr(&plane)] {
            let read: Vec<(&str, &[u8])> =
                sightings.iter().map(|s| (s.text.as_str(), s.bytes.as_slice())).collect();
            assert_eq!(read, [(text, text.as_bytes())]);
        }
    };
    check("1");
    check("0123456789");
    check("ML1|H26.01-261121-0001");
    check("https://example.vn/tra-cuu?ma=1");
    check("Nguyễn Thị Thùy Dương");
    check("Nguye\u{0302}\u{0303}n");
    check(CARD);
    check(&"đ".repeat(50));
}

#[test]
fn a_code_is_told_with_its_place() {
    let check = |text: &str, reader: Reader| {
        let picture = code(text, 5.0);
        let page = DynamicImage::ImageLuma8(page(&[(&picture, 300, 200)]));
        let plane = Channel::of(&page).full();
        let sightings = match reader {
            Reader::Rxing => look_with_rxing(&plane),
            Reader::Rqrr => look_with_rqrr(&plane),
        };
        let mut found = Vec::new();
        collect(&mut found, sightings, plane.bounds());
        assert_eq!(found.iter().map(|code| code.text.as_str()).collect::<Vec<_>>(), [text], "{reader:?}");
        // The margin of four modules is no part of the code.
        let side = picture.width() as f32 - 40.0;
        check_place(&found[0], (320.0, 220.0), side);
    };
    check(CARD, Reader::Rxing);
    check(CARD, Reader::Rqrr);
    check(&CARD.repeat(3), Reader::Rxing);
}

fn check_place(found: &Found, (left, top): (f32, f32), side: f32) {
    let near = |value: f32, expected: f32| {
        assert!((value - expected).abs() <= 6.0, "{value}, not {expected}: {found:?}")
    };
    near(found.bounds.left as f32, left);
    near(found.bounds.top as f32, top);
    near(found.bounds.width as f32, side);
    near(found.bounds.height as f32, side);
    for (corner, (x, y)) in found.corners.iter().zip([(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]) {
        near(corner.0, left + x);
        near(corner.1, top + y);
    }
}

#[test]
fn corners_follow_the_code_when_the_page_is_turned() {
    let upright = page(&[(&code(CARD, 5.0), 300, 200)]);
    let found = find(&DynamicImage::ImageLuma8(imageops::rotate180(&upright)));
    let [code] = found.as_slice() else { panic!("one code is on the page, not {}", found.len()) };
    assert_eq!((code.kind, code.corners.len()), (Kind::CitizenCard, 4));
    assert!(
        code.corners[0].0 > code.corners[1].0 && code.corners[0].1 > code.corners[3].1,
        "{:?}",
        code.corners
    );
}

#[test]
fn a_page_full_of_patterns_holds_nobody_up() {
    let pattern = GrayImage::from_fn(9, 9, |x, y| {
        let ring = (x as i32 - 4).abs().max((y as i32 - 4).abs());
        Luma([if ring == 4 || ring == 2 { 255 } else { 0 }])
    });
    let pattern = imageops::resize(&pattern, 36, 36, FilterType::Nearest);
    let page = GrayImage::from_fn(1440, 1440, |x, y| *pattern.get_pixel(x % 36, y % 36));
    let plane = Channel::of(&DynamicImage::ImageLuma8(page.clone())).full();
    assert!(Sketch::of(plane).is_none(), "there are more patterns than are looked at");
    let start = std::time::Instant::now();
    assert_eq!(texts(page), Vec::<String>::new());
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn scanned_codes_are_read() {
    let check = |module_pixels: f32, blur: f32, noise: i32, degrees: f32| {
        let picture = code(CARD, module_pixels);
        let page = turned(&page(&[(&picture, 400, 300)]), degrees);
        let page = noisy(if blur > 0.0 { imageops::blur(&page, blur) } else { page }, noise);
        assert_eq!(texts(page), [CARD], "{module_pixels} px, blur {blur}, noise {noise}, {degrees}°");
    };
    check(SMALLEST_MODULE, 0.0, 0, 0.0);
    check(SMALLEST_MODULE, 0.8, 20, 0.0);
    check(SMALLEST_MODULE, 0.8, 20, 3.0);
    check(SMALLEST_MODULE, 0.5, 20, -3.0);
    check(5.3, 1.0, 30, 3.0);
    check(5.3, 1.0, 30, 90.0);
    check(5.3, 1.0, 30, 183.0);
    check(12.0, 2.0, 40, 3.0);
    check(12.0, 2.0, 40, 45.0);
}

#[test]
fn every_code_of_a_page_is_told_once() {
    let codes: Vec<GrayImage> = (0..5).map(|n| code(&format!("ML1|H26.01-261121-000{n}"), 4.0)).collect();
    let places = [(20, 20), (500, 30), (900, 250), (100, 500), (600, 600)];
    let placed: Vec<_> = codes.iter().zip(places).map(|(code, (left, top))| (code, left, top)).collect();
    let expected: Vec<String> = (0..5).map(|n| format!("ML1|H26.01-261121-000{n}")).collect();
    assert_eq!(texts(page(&placed)), expected);
}

#[test]
fn the_same_text_at_two_places_is_two_codes() {
    let picture = code("ML1|x", 4.0);
    assert_eq!(texts(page(&[(&picture, 50, 50), (&picture, 700, 60)])), ["ML1|x", "ML1|x"]);
}

#[test]
fn a_code_under_a_red_seal_is_read() {
    let picture = code(CARD, 5.3);
    let middle = (400.0 + picture.width() as f32 / 2.0, 300.0 + picture.height() as f32 / 2.0);
    let under = page(&[(&picture, 400, 300)]);
    let sealed = RgbImage::from_fn(under.width(), under.height(), |x, y| {
        let paper = under.get_pixel(x, y).0[0];
        let distance = (x as f32 - middle.0).hypot(y as f32 - middle.1);
        let is_ink = (60.0..75.0).contains(&distance) || distance < 30.0;
        // Ink takes away green and blue, and leaves the black of the code black.
        if is_ink { Rgb([paper, paper / 5, paper / 5]) } else { Rgb([paper; 3]) }
    });
    let grey = imageops::grayscale(&sealed);
    assert_ne!(
        look_with_rxing(&Channel::of(&DynamicImage::ImageLuma8(grey)).full()).len(),
        1,
        "the seal covers the code"
    );
    let found = find(&DynamicImage::ImageRgb8(sealed));
    assert_eq!(found.iter().map(|code| code.text.as_str()).collect::<Vec<_>>(), [CARD]);
}

#[test]
fn pages_without_codes_have_none() {
    let check = |page: DynamicImage| assert_eq!(find(&page), []);
    check(DynamicImage::new_luma8(0, 0));
    check(DynamicImage::new_luma8(1, 1));
    check(DynamicImage::new_rgb8(24, 2_000));
    check(DynamicImage::new_luma8(25, 25));
    check(DynamicImage::new_rgba8(333, 41));
    check(DynamicImage::ImageLuma8(noisy(page(&[]), 110)));
    check(DynamicImage::ImageLuma8(GrayImage::from_fn(900, 900, |x, y| {
        Luma([if (x / 4 + y / 4) % 2 == 0 { 0 } else { 255 }])
    })));
}

#[test]
fn any_pixel_format_is_looked_at() {
    let grey = DynamicImage::ImageLuma8(page(&[(&code("ML1|x", 4.0), 99, 99)]));
    for page in [
        DynamicImage::ImageRgb8(grey.to_rgb8()),
        DynamicImage::ImageRgba8(grey.to_rgba8()),
        DynamicImage::ImageLumaA8(grey.to_luma_alpha8()),
        DynamicImage::ImageLuma16(grey.to_luma16()),
    ] {
        assert_eq!(find(&page), find(&grey), "{:?}", page.color());
    }
}

#[test]
fn halving_keeps_the_mean_of_the_channel() {
    let check = |samples: &[u8], stride: usize, expected: u8| {
        let channel = Channel { samples: samples.into(), stride, width: 3, height: 3 };
        let half = channel.half();
        assert_eq!((half.width, half.height, half.pixels), (1, 1, vec![expected]));
    };
    check(&[0, 4, 9, 8, 5, 7, 1, 1, 1], 1, 4);
    check(&[0, 99, 4, 99, 9, 99, 8, 99, 5, 99, 7, 99, 1, 99, 1, 99, 1, 99], 2, 4);
}

/// Bars and gaps in modules, the first of them a bar, as rows of a picture with white around them.
fn bars(modules: &str, module_pixels: u32, height: u32) -> GrayImage {
    let widths = modules.bytes().map(|digit| u32::from(digit - b'0') * module_pixels);
    let row: Vec<u8> = widths
        .enumerate()
        .flat_map(|(number, width)| {
            std::iter::repeat_n(if number % 2 == 0 { 0 } else { 255 }, width as usize)
        })
        .collect();
    let margin = 12 * module_pixels;
    GrayImage::from_fn(row.len() as u32 + 2 * margin, height, |x, _| {
        Luma([row.get((x as usize).wrapping_sub(margin as usize)).copied().unwrap_or(255)])
    })
}

/// Code 128 of digits two by two: start C, 01, 02, 03, 00, the check 16 and the stop.
const CODE_128: (&str, &str) =
    ("01020300", concat!("211232", "222122", "222221", "121223", "212222", "123122", "2331112"));

/// Code 39 of six characters between its asterisks, wide bars two modules.
fn code_39() -> (&'static str, String) {
    let wide = |letter: char| match letter {
        '2' => "nnwwnnnnw",
        '6' => "nnwwwnnnn",
        '1' => "wnnwnnnnw",
        '-' => "nwnnnnwnw",
        _ => "nwnnwnwnn",
    };
    let letters = "*26-116*".chars().map(|letter| wide(letter).replace('w', "2").replace('n', "1"));
    ("26-116", letters.collect::<Vec<_>>().join("1"))
}

#[test]
fn bar_codes_of_old_labels_are_read() {
    let check = |text: &str, symbology: Symbology, modules: &str, module_pixels: u32, degrees: f32| {
        let label = bars(modules, module_pixels, 120);
        let page = noisy(turned(&page(&[(&label, 300, 350)]), degrees), 15);
        let found = find(&DynamicImage::ImageLuma8(page));
        let told: Vec<_> = found.iter().map(|code| (code.text.as_str(), code.symbology, code.kind)).collect();
        assert_eq!(told, [(text, symbology, Kind::Unknown)], "{module_pixels} px, {degrees}°");
        assert!(found[0].bounds.contains((600.0, 450.0)), "{:?}", found[0].bounds);
    };
    let (text, modules) = CODE_128;
    check(text, Symbology::Code128, modules, 3, 0.0);
    check(text, Symbology::Code128, modules, 4, 2.0);
    check(text, Symbology::Code128, modules, 4, 90.0);
    check(text, Symbology::Code128, modules, 4, 181.0);
    let (text, modules) = code_39();
    check(text, Symbology::Code39, &modules, 3, 0.0);
    check(text, Symbology::Code39, &modules, 4, -2.0);
    check(text, Symbology::Code39, &modules, 4, 270.0);
}

#[test]
fn bars_without_a_meaning_are_no_code() {
    let check = |modules: &str| {
        let label = bars(modules, 4, 120);
        assert_eq!(texts(page(&[(&label, 300, 350)])), Vec::<String>::new(), "{modules}");
    };
    check(&"1".repeat(75));
    check(&"21".repeat(40));
    // A digit, a check and a stop that do not fit together.
    check(&CODE_128.1.replace("123122", "123221"));
    check(&code_39().1[..45]);
}

#[test]
fn an_expected_code_is_searched_with_more_means() {
    let check = |page: DynamicImage| {
        assert_eq!(find(&page), [], "an ordinary look is enough");
        let found = find_expected(&page);
        assert_eq!(found.iter().map(|code| code.text.as_str()).collect::<Vec<_>>(), [CARD]);
        assert!(found[0].bounds.contains((400.0, 300.0)), "{:?}", found[0].bounds);
    };
    let black = page(&[(&code(CARD, 5.0), 300, 200)]);
    let printed = |red: u8, green: u8| {
        DynamicImage::ImageRgb8(RgbImage::from_fn(black.width(), black.height(), |x, y| {
            if black.get_pixel(x, y).0[0] < 128 { Rgb([red, green, green]) } else { Rgb([235; 3]) }
        }))
    };
    check(printed(225, 30));
    let mut inverted = black.clone();
    imageops::invert(&mut inverted);
    check(DynamicImage::ImageLuma8(inverted));
    let whole = DynamicImage::ImageLuma8(black);
    assert_eq!(find_expected(&whole), find(&whole));
}

#[test]
fn two_looks_are_surer_than_one() {
    let page = DynamicImage::ImageLuma8(page(&[(&code(CARD, 8.0), 300, 200)]));
    let found = find(&page);
    assert_eq!(found.iter().map(|code| code.confidence).collect::<Vec<_>>(), [TWO_LOOKS]);
}
