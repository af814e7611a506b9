//! `motlan figures`: how much is digitized and used again.

use super::Setting;
use clap::Args;
use jiff::civil::Date;
use repository::record::{Figures, Period, Role, Share};
use serde_json::json;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:\n  motlan --data data figures --from 2026-01-01 --to 2026-03-31\n  motlan --data data figures --json\n\n\
    Dossiers that were only registered, or refused, were not received and are left out. KPI-4.4 and KPI-4.5 are not measured:\n\
    nothing is taken from the national store of shared data, and no account is verified by VNeID.";

/// Count what is digitized and what was used again instead of being asked for
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct FiguresOf {
    /// First day of receipt, YYYY-MM-DD [default: from the beginning]
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,

    /// Last day of receipt, YYYY-MM-DD [default: until now]
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
}

impl FiguresOf {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let figures = repository
            .figures(
                &setting.acting(Role::Administrator, "motlan figures"),
                Period { from: self.from, to: self.to },
            )
            .await?;
        match setting.json {
            true => println!("{}", as_json(&figures)),
            false => print!("{}", as_table(&figures)),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Each share with its name in JSON and what it says.
fn shares(figures: &Figures) -> [(&'static str, &'static str, Share); 5] {
    [
        ("electronic_results", "KPI-4.1 ended dossiers with a stored result", figures.electronic_results),
        ("digitized", "KPI-4.2 dossiers with stored component and result", figures.digitized),
        ("reused", "KPI-4.3 dossiers with a reused component", figures.reused),
        ("digitized_at_receipt", "components in hand on the day of receipt", figures.digitized_at_receipt),
        ("reused_instead_of_asked", "held papers taken over, not asked for", figures.reused_instead_of_asked),
    ]
}

fn as_json(figures: &Figures) -> serde_json::Value {
    let mut object = json!({
        "from": figures.period.from,
        "to": figures.period.to,
        "asked_for_held": figures.asked_for_held,
    });
    for (name, _, share) in shares(figures) {
        object[name] = json!({ "counted": share.counted, "of": share.of, "percent": share.percent() });
    }
    object
}

fn as_table(figures: &Figures) -> String {
    let line = |(_, says, share): (&str, &str, Share)| {
        let percent = share.percent().map_or_else(|| "N/A".to_owned(), |percent| format!("{percent:.2} %"));
        format!("{says:<52}{percent:>9}  {} of {}\n", share.counted, share.of)
    };
    let asked = format!("{:<52}{:>9}\n", "held papers asked for all the same", figures.asked_for_held);
    shares(figures).map(line).concat() + &asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_for_people_and_json_for_programs() {
        let figures =
            Figures { digitized: Share { counted: 2, of: 3 }, asked_for_held: 4, ..Figures::default() };
        let table = as_table(&figures);
        assert!(table.contains("66.67 %  2 of 3\n") && table.contains("N/A  0 of 0\n"), "{table}");
        let object = as_json(&figures);
        assert_eq!(
            (&object["digitized"]["percent"], &object["reused"]["percent"]),
            (&json!(66.67), &json!(null))
        );
        assert_eq!(object["asked_for_held"], 4);
    }
}
