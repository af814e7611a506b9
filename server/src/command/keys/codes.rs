//! `motlan keys codes`: the keys that printed codes are signed with.

use crate::codes::Codes;
use crate::command::Setting;
use clap::Subcommand;
use qr::{PseudonymKey, SigningKey};

/// What to do with the keys for codes.
#[derive(Debug, Subcommand)]
pub(super) enum CodeKeys {
    /// Print a new key to sign with and a new key for pseudonyms; nothing else is changed
    New,
    /// List the public keys; with --json as `keys.json`, which others check codes with
    List,
    /// Put a new key to sign with before the others in the key file; codes of the old ones stay good
    Rotate,
}

impl CodeKeys {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<()> {
        let open = || Codes::open(&setting.config, &format!("http://{}", setting.config.listen));
        match self {
            CodeKeys::New => {
                println!("{}\n{}", SigningKey::random().reveal(), PseudonymKey::random().reveal());
                Ok(())
            }
            CodeKeys::List => print(setting.json, &open()?),
            CodeKeys::Rotate => {
                let codes = open()?;
                codes.rotate()?;
                print(setting.json, &codes)
            }
        }
    }
}

fn print(json: bool, codes: &Codes) -> anyhow::Result<()> {
    let list = codes.list()?;
    if json {
        println!("{}", list.to_json());
        return Ok(());
    }
    for address in list.addresses() {
        println!("codes of {} stand under {}", list.system(), address.as_str());
    }
    for (place, key) in list.keys().iter().enumerate() {
        let use_word = if place == 0 { "signs" } else { "accepted" };
        println!("{}  {:8}  {use_word}", hex::encode(key.id()), key.algorithm().name());
    }
    Ok(())
}
