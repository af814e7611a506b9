//! Quét từ máy quét: stacks of paper from a device at the counter. A scan collects pages, over as many runs of the feeder as it takes, and
//! becomes a batch exactly as an uploaded stack does.
//!
//! Devices are spoken with by plain functions that wait ([`run`]); who scans what, and how far it is, stands in [`Scanners`].

mod escl;
mod pause;
mod sane;
mod scan;
mod scanner;
mod scanners;
mod tray;

pub(crate) use pause::Pause;
pub(crate) use scan::{NotNow, Scan, ScanId, ScanState, ScanView, Step};
use scanner::told_apart;
pub(crate) use scanner::{Device, Scanner};
pub(crate) use scanners::{Found, NoScan, NoStep, Scanners, folder};
pub(crate) use tray::Tray;

use crate::api::name_of;
use ingest::batch::Feed;
use serde::{Deserialize, Serialize};

/// Dots per inch that are asked for: reading is measured at them, and the least that the law takes are 200 (DIG-14).
const DPI: u32 = 300;
/// Width and height of A4, in millimetres.
const PAGE_MM: (u32, u32) = (210, 297);

/// How a stack shall be scanned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wish {
    pub(crate) sides: Sides,
    pub(crate) colour: Colour,
}

/// Mặt giấy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sides {
    /// Front of each sheet
    #[default]
    One,
    /// Both sides of each sheet, in one go
    Both,
}

/// Màu.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Colour {
    /// As it is: seals are red
    #[default]
    Colour,
    /// Greys only
    Grey,
}

/// From where a device takes sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feeding {
    /// Khay nạp tự động.
    Feeder,
    /// Mặt kính: one side at a time.
    Glass,
}

impl Sides {
    /// The feed of the batch.
    pub(crate) fn feed(self) -> Feed {
        match self {
            Sides::One => Feed::OneSided,
            Sides::Both => Feed::Duplex,
        }
    }

    /// Its name in forms.
    pub(crate) fn name(self) -> String {
        name_of(self)
    }
}

impl Colour {
    /// Its name in forms.
    pub(crate) fn name(self) -> String {
        name_of(self)
    }
}

/// Scans what lies in the feeder of a device until it is empty; it may take minutes.
///
/// # Errors
/// Why it rests before that; the pages so far are kept.
pub(crate) fn run(device: &Device, wish: Wish, tray: &Tray) -> Result<(), Pause> {
    tray.clear_rest();
    let end = match device {
        Device::Sane(name) => sane::scan(name, wish, tray),
        Device::Escl(address) => escl::scan(address, wish, tray, escl::Patience::default()),
    };
    if end.is_err() && wish.sides == Sides::Both {
        tray.take_back_half_a_sheet();
    }
    end
}

/// The devices that SANE finds on this machine; it may take a minute.
///
/// # Errors
/// It cannot be found out.
pub(crate) fn find() -> Result<Vec<Scanner>, Pause> {
    sane::devices().map(told_apart)
}
