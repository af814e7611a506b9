//! What a SANE device can do, as `scanimage --all-options` prints it, and what of that is chosen. Drivers name things in their own ways;
//! only words that many of them share are looked for.

use crate::scanning::pause::Pause;
use crate::scanning::{Colour, DPI, Feeding, PAGE_MM, Sides, Wish};

/// The options that can be set, by name, with their values as printed.
#[derive(Debug, Default)]
pub(super) struct Options(Vec<(String, String)>);

/// How a device is told what is wished.
#[derive(Debug, PartialEq)]
pub(super) struct Choice {
    /// From where it takes sheets.
    pub(super) feeding: Feeding,
    /// Arguments for the program.
    pub(super) arguments: Vec<String>,
}

impl Options {
    /// Reads lines such as `--source Flatbed|ADF [Flatbed]`; what cannot be set now is passed over.
    pub(super) fn read(printed: &str) -> Options {
        Options(printed.lines().filter_map(option).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What to tell the device.
    ///
    /// # Errors
    /// It cannot scan both sides.
    pub(super) fn choose(&self, wish: Wish) -> Result<Choice, Pause> {
        let (feeding, mut arguments) = self.source(wish.sides)?;
        arguments.extend(self.mode(wish.colour).map(|mode| format!("--mode={mode}")));
        arguments.extend(self.resolution().map(|dpi| format!("--resolution={dpi}")));
        for (name, millimetres) in [("-x", PAGE_MM.0), ("-y", PAGE_MM.1)] {
            if let Some(most) = self.range(name, "mm") {
                arguments.extend([name.to_owned(), f64::from(millimetres).min(most.1).to_string()]);
            }
        }
        Ok(Choice { feeding, arguments })
    }

    fn source(&self, sides: Sides) -> Result<(Feeding, Vec<String>), Pause> {
        let feeders: Vec<&str> = self.values("--source").filter(|source| is_feeder(source)).collect();
        let is_both = |value: &&str| value.to_lowercase().contains("duplex");
        let is_front =
            |value: &&str| !["back", "rear"].iter().any(|side| value.to_lowercase().contains(side));
        let one_sided = feeders.iter().find(|value| !is_both(value) && is_front(value));
        let said = |source: &str| vec![format!("--source={source}")];
        match (sides, one_sided.or(feeders.first())) {
            (Sides::One, Some(feeder)) => {
                let mut arguments = said(feeder);
                arguments.extend(self.values("--adf-mode").find(|mode| *mode == "Simplex").map(adf_mode));
                // Some begin with both sides, and remember what was wished before.
                arguments.extend(self.has("--duplex").then(|| "--duplex=no".to_owned()));
                Ok((Feeding::Feeder, arguments))
            }
            (Sides::One, None) => Ok((Feeding::Glass, Vec::new())),
            (Sides::Both, Some(feeder)) => {
                let arguments = if let Some(both) = feeders.iter().find(|value| is_both(value)) {
                    said(both)
                } else if let Some(mode) = self.values("--adf-mode").find(is_both) {
                    [said(feeder), vec![adf_mode(mode)]].concat()
                } else if self.has("--duplex") {
                    [said(feeder), vec!["--duplex=yes".into()]].concat()
                } else {
                    return Err(Pause::NoDuplex);
                };
                Ok((Feeding::Feeder, arguments))
            }
            (Sides::Both, None) => Err(Pause::NoDuplex),
        }
    }

    fn mode(&self, colour: Colour) -> Option<&str> {
        let word = match colour {
            Colour::Colour => "color",
            Colour::Grey => "gray",
        };
        // The plain word before “24bit Color[Fast]” and the like.
        let plain = self.values("--mode").find(|mode| mode.to_lowercase() == word);
        plain.or_else(|| self.values("--mode").find(|mode| mode.to_lowercase().contains(word)))
    }

    /// The wished resolution, else the next finer one, else the finest.
    fn resolution(&self) -> Option<u32> {
        if let Some((least, most)) = self.range("--resolution", "dpi") {
            return Some(f64::from(DPI).clamp(least, most.max(least)) as u32);
        }
        let values = self.values("--resolution").map(|value| value.trim_end_matches("dpi"));
        let mut values: Vec<u32> = values.filter_map(|value| value.parse().ok()).collect();
        values.sort_unstable();
        values.iter().find(|value| **value >= DPI).or(values.last()).copied()
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The values of an option that is a list.
    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let option = self.0.iter().find(|(known, _)| known == name);
        option.into_iter().flat_map(|(_, values)| values.split('|'))
    }

    /// Least and most of an option that is a range in this unit.
    fn range(&self, name: &str, unit: &str) -> Option<(f64, f64)> {
        let (_, values) = self.0.iter().find(|(known, _)| known == name)?;
        let (least, rest) = values.split_once("..")?;
        let (most, _) = rest.split_once(unit)?;
        Some((least.parse().ok()?, most.parse().ok()?))
    }
}

fn adf_mode(mode: &str) -> String {
    format!("--adf-mode={mode}")
}

fn is_feeder(source: &str) -> bool {
    let source = source.to_lowercase();
    ["adf", "feeder", "duplex"].iter().any(|word| source.contains(word))
}

/// Name and values of an option that can be set, from one line.
fn option(line: &str) -> Option<(String, String)> {
    let (option, now) = line.trim().rsplit_once(" [")?;
    let (name, values) = option.split_once(' ').unwrap_or((option, ""));
    let name = name.split('[').next().unwrap_or_default();
    let can_be_set = name.starts_with('-') && !now.starts_with("inactive") && !now.starts_with("read-only");
    can_be_set.then(|| (name.to_owned(), values.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(printed: &str, sides: Sides, colour: Colour, expected: Result<(Feeding, &str), Pause>) {
        let choice = Options::read(printed).choose(Wish { sides, colour });
        let found = choice.map(|choice| (choice.feeding, choice.arguments.join(" ")));
        assert_eq!(found, expected.map(|(feeding, arguments)| (feeding, arguments.to_owned())), "{printed}");
    }

    const MAKERS: [&str; 5] = [
        "  --source Flatbed|ADF Front|ADF Back|ADF Duplex [Flatbed]\n  --mode Lineart|Gray|Color [Lineart]\n  --resolution 50..600dpi (in steps of 1) [600]\n  -x 0..215.872mm (in steps of 0.02) [215.8]\n  -y 0..863.489mm [279.4]",
        "  --source FlatBed|Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex) [FlatBed]\n  --mode Black & White|True Gray|24bit Color[Fast] [24bit Color[Fast]]\n  --resolution 100|150|200|400|600dpi [200]",
        "  --source Flatbed|Automatic Document Feeder [Flatbed]\n  --adf-mode Simplex|Duplex [Simplex]\n  --resolution 75|150|200dpi [75]",
        "  --source Flatbed|ADF [Flatbed]\n  --duplex[=(yes|no)] [no]\n  -x 0..100pel [100]",
        "  --mode Gray|Color [Gray]\n  --source Normal [inactive]\n  --resolution auto||150|300|600dpi [150]",
    ];

    #[test]
    fn the_feeder_is_found_under_many_names() {
        use Colour::Colour as In;
        use Feeding::{Feeder, Glass};
        let [front, brother, mode, switch, glass] = MAKERS;
        let sheet = "--mode=Color --resolution=300 -x 210 -y 297";
        check(front, Sides::One, In, Ok((Feeder, &format!("--source=ADF Front {sheet}"))));
        check(front, Sides::Both, In, Ok((Feeder, &format!("--source=ADF Duplex {sheet}"))));
        let left = "--source=Automatic Document Feeder(left aligned";
        check(
            brother,
            Sides::One,
            In,
            Ok((Feeder, &format!("{left}) --mode=24bit Color[Fast] --resolution=400"))),
        );
        check(
            brother,
            Sides::Both,
            Colour::Grey,
            Ok((Feeder, &format!("{left},Duplex) --mode=True Gray --resolution=400"))),
        );
        let feeder = "--source=Automatic Document Feeder";
        check(mode, Sides::One, In, Ok((Feeder, &format!("{feeder} --adf-mode=Simplex --resolution=200"))));
        check(mode, Sides::Both, In, Ok((Feeder, &format!("{feeder} --adf-mode=Duplex --resolution=200"))));
        check(switch, Sides::One, In, Ok((Feeder, "--source=ADF --duplex=no")));
        check(switch, Sides::Both, In, Ok((Feeder, "--source=ADF --duplex=yes")));
        check(glass, Sides::One, Colour::Grey, Ok((Glass, "--mode=Gray --resolution=300")));
        check(glass, Sides::Both, In, Err(Pause::NoDuplex));
    }

    #[test]
    fn what_is_no_option_is_passed_over() {
        assert!(Options::read("").is_empty());
        assert!(
            Options::read("Options of device x:\n  Mode:\n    Selects [something].\n --print\n").is_empty()
        );
        check(
            "--source ADF [ADF]\n--resolution 1..\u{1F600}dpi [1]",
            Sides::One,
            Colour::Grey,
            Ok((Feeding::Feeder, "--source=ADF")),
        );
    }
}
