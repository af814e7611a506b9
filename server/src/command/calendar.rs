//! `motlan calendar`: the days off and the office hours that deadlines are counted by.

use super::Setting;
use anyhow::Context;
use clap::{Args, Subcommand};
use repository::calendar::{OfficeHours, Session, YearList};
use repository::record::Role;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:\n  motlan --data data calendar import calendar-2027.toml\n  motlan --data data calendar list\n\n\
    A list is TOML:\n\n  [[year]]\n  year = 2027\n  source = \"the decision\"\n  holiday = [{ day = \"2027-02-05\", name = \"Tết\" }]\n  \
    working = [{ day = \"2027-02-20\", name = \"Làm bù\" }]\n\n  [[session]]    # office hours, each session of the day; left out: those that are known\n  from = \"07:30\"\n  to = \"11:30\"\n\n  [[session]]\n  from = \"13:00\"\n  to = \"17:00\"";

/// Load days off, made-up days and office hours, or list what is loaded
///
/// Days with a fixed date (1/1, 30/4, 1/5, 2/9) and the day off for one at a weekend are known without a list, and count once when a list names
/// them. Tết, Giỗ Tổ, the second day of Quốc khánh and exchanged days are decided anew each year: deadlines in a year without a list are counted
/// without them, and say so.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Calendar {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Load the lists of a file, each in place of what was known of its year; appointments that were made stay
    Import {
        /// The file
        file: PathBuf,
    },
    /// List the years that are loaded
    List,
}

/// What stands in a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    #[serde(rename = "year", default)]
    years: Vec<YearList>,
    #[serde(rename = "session", default)]
    sessions: Vec<Session>,
}

impl Calendar {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let file = match &self.step {
            Step::Import { file } => Some(read(file)?),
            Step::List => None,
        };
        let repository = setting.open_repository().await?;
        if let Some(CalendarFile { years, sessions }) = file {
            let actor = setting.acting(Role::Administrator, "motlan calendar import");
            let hours = if sessions.is_empty() { None } else { Some(OfficeHours::new(sessions)?) };
            repository.put_calendar(&actor, &years, hours.as_ref()).await?;
        }
        let lists = repository.calendar_lists().await?;
        match setting.json {
            true => println!("{}", serde_json::to_string(&lists)?),
            false => {
                lists.iter().for_each(|list| println!("{}", line(list)));
                println!("{}", missing(&lists));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read(file: &Path) -> anyhow::Result<CalendarFile> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not a list of days off", file.display()))
}

fn line(list: &YearList) -> String {
    let YearList { year, source, holidays, make_up_days } = list;
    format!("{year}  {:>3} days off  {:>2} made up  {source}", holidays.len(), make_up_days.len())
}

/// Which of this year and the next has no list.
fn missing(lists: &[YearList]) -> String {
    let this_year = repository::today().year();
    let is_missing = |year: &i16| !lists.iter().any(|list| list.year == *year);
    let missing: Vec<_> =
        [this_year, this_year + 1].into_iter().filter(is_missing).map(|year| year.to_string()).collect();
    match missing.is_empty() {
        true => "This year and the next are loaded.".to_owned(),
        false => {
            format!("Not loaded: {}. Deadlines there know fixed public holidays only.", missing.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_help_is_a_list() {
        let (_, example) = EXAMPLES.split_once("TOML:").expect("an example");
        let file: CalendarFile = toml::from_str(example).expect("it is read");
        assert_eq!((file.years[0].holidays.len(), file.years[0].make_up_days.len()), (1, 1));
        assert_eq!(OfficeHours::new(file.sessions).expect("hours"), OfficeHours::default());
    }
}
