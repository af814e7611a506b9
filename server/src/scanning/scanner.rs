//! Máy quét: a device, by the name that people know and by the one that machines know.

use serde::{Deserialize, Serialize};

/// Letters of a name at most: it stands on a button.
const NAME_LETTERS_MAX: usize = 60;

/// A scanner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scanner {
    /// What it is called at the counter; no two have one name.
    pub(crate) name: String,
    /// How it is reached.
    pub(crate) device: Device,
}

impl Scanner {
    /// A device that told its name by itself: what of it can be shown.
    pub(crate) fn found(name: &str, device: Device) -> Scanner {
        let is_shown = |letter: &char| !letter.is_control() && !matches!(letter, '/' | '\\');
        let name: String = name.trim().chars().filter(is_shown).take(NAME_LETTERS_MAX).collect();
        Scanner { name, device }
    }

    /// Whether its name can be shown, and be a part of the names of files.
    pub(crate) fn has_good_name(&self) -> bool {
        !self.name.is_empty() && Scanner::found(&self.name, self.device.clone()).name == self.name
    }
}

/// How a scanner is reached: by SANE on this machine, or by eSCL (AirScan, Mopria) over the network.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) enum Device {
    /// Name of the device as `scanimage -L` has it.
    Sane(String),
    /// Address of its eSCL service, `http://HOST[:PORT]/eSCL`. It comes from the operator alone.
    Escl(String),
}

impl From<String> for Device {
    fn from(text: String) -> Device {
        match text.starts_with("http://") {
            true => Device::Escl(text.trim_end_matches('/').to_owned()),
            false => Device::Sane(text),
        }
    }
}

impl From<Device> for String {
    fn from(device: Device) -> String {
        match device {
            Device::Sane(name) => name,
            Device::Escl(address) => address,
        }
    }
}

/// Gives scanners of one name numbers, in the order of their devices: each search finds them in another one, and «Máy 2» shall be the same machine
/// tomorrow.
pub(super) fn told_apart(mut found: Vec<Scanner>) -> Vec<Scanner> {
    found.sort_by_key(|scanner| (scanner.name.clone(), String::from(scanner.device.clone())));
    let mut known: Vec<Scanner> = Vec::new();
    for scanner in found {
        let has = |name: &str| known.iter().any(|other| other.name == name);
        let mut names = (2..).map(|number| format!("{} {number}", scanner.name));
        let name = match has(&scanner.name) {
            true => names.find(|name| !has(name)).expect("numbers do not end"),
            false => scanner.name.clone(),
        };
        known.push(Scanner { name, ..scanner });
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanners_of_one_name_have_the_same_number_in_whatever_order_they_are_found() {
        let scanner = |name: &str, device: &str| Scanner::found(name, Device::Sane(device.to_owned()));
        let found = [
            scanner("Máy", "usb:2"),
            scanner("Máy", "usb:1"),
            scanner("Bàn", "net:1"),
            scanner("Máy 2", "usb:0"),
        ];
        let expected = [("Bàn", "net:1"), ("Máy", "usb:1"), ("Máy 2", "usb:2"), ("Máy 2 2", "usb:0")];
        for turn in 0..found.len() {
            let mut turned = found.to_vec();
            turned.rotate_left(turn);
            let known = told_apart(turned).into_iter().map(|known| (known.name, String::from(known.device)));
            let known: Vec<_> = known.collect();
            assert_eq!(known, expected.map(|(name, device)| (name.to_owned(), device.to_owned())));
        }
    }

    #[test]
    fn an_address_is_told_from_a_name() {
        let check = |text: &str, expected: Device| assert_eq!(Device::from(text.to_owned()), expected);
        check("http://192.168.1.20/eSCL/", Device::Escl("http://192.168.1.20/eSCL".into()));
        check("epjitsu:libusb:001:002", Device::Sane("epjitsu:libusb:001:002".into()));
        check("airscan:e0:Quầy", Device::Sane("airscan:e0:Quầy".into()));
    }

    #[test]
    fn a_name_that_a_device_tells_is_brought_within_limits() {
        let named = |name: &str| Scanner::found(name, Device::Sane("test:0".into()));
        assert_eq!(named(" HP/Laser\nJet ").name, "HPLaserJet");
        assert_eq!(named(&"ấ".repeat(99)).name.chars().count(), NAME_LETTERS_MAX);
        let configured = |name: &str| Scanner { name: name.into(), device: Device::Sane("test:0".into()) };
        assert!(configured("Quầy 3").has_good_name());
        assert!(["", "a/b", " a"].iter().all(|name| !configured(name).has_good_name()));
    }
}
