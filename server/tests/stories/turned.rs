//! A page reads the same however it lay on the glass: the very same pixels, turned by right angles.

use image::DynamicImage;
use serde_json::Value;

use super::support::*;

/// A form with a seal, a signature and dotted lines, whose clean-up looks at squares and rows of pixels.
const SCAN: &str = "marital-status.jpg";

#[test]
fn a_page_says_the_same_however_it_lies() {
    let folder = fresh_folder();
    let upright = image::load_from_memory(&sample_bytes(SCAN)).expect("a sample can be decoded");
    let mut command = motlan(folder.path());
    command.args(["read", "--json"]);
    for degrees in [0, 90, 180, 270] {
        let path = folder.path().join(format!("{degrees:03}.png"));
        turned(&upright, degrees).save(&path).expect("the folder can be written");
        command.arg(path);
    }
    let printed = succeed(&mut command);
    let read: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let pages: Vec<&Value> = read.iter().map(|file| &file["pages"][0]).collect();
    let turns: Vec<&Value> = pages.iter().map(|page| &page["rotation_degrees"]).collect();
    assert_eq!(turns, [0, 270, 180, 90]);
    for page in &pages[1..] {
        assert_eq!(page["text"], pages[0]["text"]);
        assert_eq!(page["lines"], pages[0]["lines"], "with the same boxes");
    }
}

fn turned(image: &DynamicImage, clockwise_degrees: u32) -> DynamicImage {
    match clockwise_degrees {
        90 => image.rotate90(),
        180 => image.rotate180(),
        270 => image.rotate270(),
        _ => image.clone(),
    }
}
