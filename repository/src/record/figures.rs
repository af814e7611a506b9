//! Chỉ số: how much is digitized, and how often a paper was used again instead of being asked for (DOMAIN §3.7).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Kỳ: these days, both included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day; none: from the beginning.
    pub from: Option<Date>,
    /// Last day; none: without an end.
    pub to: Option<Date>,
}

impl Period {
    /// Whether a day is one of them.
    pub fn contains(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Those that count.
    pub counted: u64,
    /// All of them.
    pub of: u64,
}

impl Share {
    /// Percent with two decimals, rounded half up; none when there is nothing to count: that is neither 0 % nor 100 %.
    pub fn percent(self) -> Option<f64> {
        let hundredths = (self.counted * 20_000 + self.of).checked_div(self.of * 2)?;
        Some(hundredths as f64 / 100.0)
    }
}

/// The figures of a period. The first three are of Bộ chỉ số 766/QĐ-TTg, the last three are ours.
///
/// KPI-4.4 and KPI-4.5 are not here: nothing is taken from the national store of shared data, and no account is verified by VNeID, in this
/// installation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// The period.
    pub period: Period,
    /// KPI-4.1: of the dossiers whose handling ended with a result (finished, delivered), those with a stored result.
    pub electronic_results: Share,
    /// KPI-4.2: of all dossiers, those with a stored or reused component **and** a stored result.
    pub digitized: Share,
    /// KPI-4.3: of all dossiers, those with a component that was reused.
    pub reused: Share,
    /// DIG-13: of the components that the law wants digitized and that were not taken from the store, those whose paper was in hand on
    /// the day of receipt. An empty one counts as missing when it is required.
    pub digitized_at_receipt: Share,
    /// Of the components for which the store had a paper that somebody decided about, those that took it over.
    pub reused_instead_of_asked: Share,
    /// How often an officer asked for a held paper all the same, each time with a written reason.
    pub asked_for_held: u64,
}
