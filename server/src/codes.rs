//! What this system signs its codes with, and how it checks them.
//!
//! The keys are read from their source whenever they are needed, so that a change of keys counts at once; nothing of them is in the
//! database. Not here: what a code says ([`qr::Payload`]) and what a paper is worth today (`repository`).

mod facts;
mod standing;

pub(crate) use facts::{appointment_text, label_text, labelled, notice_text, receipt_text};
pub(crate) use standing::{Today, refusal, verdict};

use crate::config::{Config, Secret};
use anyhow::{Context, ensure};
use jiff::Timestamp;
use qr::{Address, CodeError, KeyList, Payload, Person, PseudonymKey, SigningKey, Verified};
use repository::{warn_if_open, write_key_file};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where our own file of keys stands in the data folder.
const OWN_FILE: &str = "keys/code.key";
/// What stands in a key file before its keys.
const NOTE: &str = "# Keys of motlan for the codes that it prints: the first one signs, the others are still accepted. Whoever has this file can sign in this\n\
                    # system's name. Keep a copy where the data folder's copies are not; without it printed codes can no longer be checked.\n";

/// Mã: signs and checks the codes of one system.
#[derive(Debug)]
pub(crate) struct Codes {
    source: Source,
    system: String,
    addresses: Vec<Address>,
    prints_numbers: bool,
}

/// Where the keys are: signing keys, the one in use first, and one key of pseudonyms, between blanks or line ends; `#` begins a remark.
#[derive(Debug)]
enum Source {
    /// A file that motlan makes where it is missing.
    OwnFile(PathBuf),
    /// A file that the operator keeps.
    File(PathBuf),
    /// The keys themselves.
    Text(Secret),
}

/// The secret keys of a system.
struct CodeKeys {
    signing: Vec<SigningKey>,
    pseudonym: PseudonymKey,
}

impl Codes {
    /// Takes what the operator decided; `default_address` is where this machine itself is reached.
    ///
    /// # Errors
    /// There are no usable keys, or an address is none; the message says what to do.
    pub(crate) fn open(config: &Config, default_address: &str) -> anyhow::Result<Codes> {
        let source = match (&config.code_key_file, &config.code_keys) {
            (Some(_), Some(_)) => {
                anyhow::bail!("code_key_file and code_keys: only one of them can hold the keys")
            }
            (Some(file), None) => Source::File(file.clone()),
            (None, Some(keys)) => Source::Text(keys.clone()),
            (None, None) => Source::OwnFile(config.data.join(OWN_FILE)),
        };
        let present = config.address.as_deref().unwrap_or(default_address);
        let all = std::iter::once(present).chain(config.former_addresses.iter().map(String::as_str));
        let codes = Codes {
            source,
            system: config.system.clone(),
            addresses: all.map(Address::new).collect::<Result<_, _>>()?,
            prints_numbers: config.print_personal_numbers,
        };
        ensure!(
            !codes.system.trim().is_empty(),
            "system: the name of this system stands in its codes and cannot be empty"
        );
        if let Source::File(path) = &codes.source {
            warn_if_open(path);
        }
        codes.keys()?;
        Ok(codes)
    }

    /// Tên hệ thống thông tin.
    pub(crate) fn system(&self) -> &str {
        &self.system
    }

    /// Where this system is reached, as its codes and its papers say it.
    pub(crate) fn address(&self) -> String {
        self.addresses[0].as_str().to_ascii_lowercase()
    }

    /// How a code of ours names the owner of this number.
    ///
    /// # Errors
    /// The keys cannot be read.
    pub(crate) fn person(&self, number: &str) -> anyhow::Result<Person> {
        match self.prints_numbers {
            true => Ok(Person::Number(number.to_owned())),
            false => Ok(self.keys()?.pseudonym.pseudonym(number)),
        }
    }

    /// The text of a code.
    ///
    /// # Errors
    /// Something that has to stand in it is missing, or the keys cannot be read.
    pub(crate) fn sign(&self, payload: &Payload) -> anyhow::Result<String> {
        Ok(self.keys()?.signing[0].sign(payload, &self.addresses[0])?)
    }

    /// Signs the list of files of a package.
    ///
    /// # Errors
    /// The keys cannot be read.
    pub(crate) fn sign_package(&self, list: &[u8]) -> anyhow::Result<qr::Signature> {
        Ok(self.keys()?.signing[0].sign_package(list))
    }

    /// What others check our codes with.
    ///
    /// # Errors
    /// The keys cannot be read.
    pub(crate) fn list(&self) -> anyhow::Result<KeyList> {
        Ok(KeyList::new(&self.system, &self.addresses, &self.keys()?.signing, Timestamp::now())?)
    }

    /// Checks the whole text of a code; the outer error is ours, the inner one the code's.
    ///
    /// # Errors
    /// The keys cannot be read.
    pub(crate) fn verify(&self, text: &str) -> anyhow::Result<Result<Verified, CodeError>> {
        Ok(self.list()?.verify(text))
    }

    /// The same for the letters alone, which came under an address of ours.
    ///
    /// # Errors
    /// The keys cannot be read.
    pub(crate) fn verify_letters(&self, letters: &str) -> anyhow::Result<Result<Verified, CodeError>> {
        Ok(self.list()?.verify_letters(letters))
    }

    /// Puts a new signing key before the others, durably. Codes of the old ones stay good.
    ///
    /// # Errors
    /// The operator keeps the keys; the message says what to do.
    pub(crate) fn rotate(&self) -> anyhow::Result<()> {
        let (Source::OwnFile(path) | Source::File(path)) = &self.source else {
            anyhow::bail!(
                "the variable MOTLAN_CODE_KEYS is not motlan's to write: make a key with `motlan keys codes new`, put it before the present ones, and start again"
            );
        };
        let text = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
        let remarks: String = text.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect();
        let rest = &text[remarks.len()..];
        write(path, &format!("{remarks}{}\n{rest}", SigningKey::random().reveal()))
    }

    fn keys(&self) -> anyhow::Result<CodeKeys> {
        let text = match &self.source {
            Source::OwnFile(path) => match fs::read_to_string(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => make(path)?,
                read => read.with_context(|| format!("the keys for codes, {}", path.display()))?,
            },
            Source::File(path) => {
                fs::read_to_string(path).with_context(|| format!("the keys for codes, {}", path.display()))?
            }
            Source::Text(keys) => keys.reveal().to_owned(),
        };
        parse(&text).with_context(|| match &self.source {
            Source::OwnFile(path) | Source::File(path) => format!("the keys for codes, {}", path.display()),
            Source::Text(_) => "the variable MOTLAN_CODE_KEYS".to_owned(),
        })
    }
}

fn make(path: &Path) -> anyhow::Result<String> {
    let text = format!("{NOTE}{}\n{}\n", SigningKey::random().reveal(), PseudonymKey::random().reveal());
    write(path, &text)?;
    Ok(text)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    write_key_file(path, text).with_context(|| format!("cannot write the keys for codes, {}", path.display()))
}

fn parse(text: &str) -> anyhow::Result<CodeKeys> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let (mut signing, mut pseudonym) = (Vec::new(), None);
    for word in lines.flat_map(str::split_whitespace) {
        match word.parse::<PseudonymKey>() {
            Ok(key) => {
                ensure!(
                    pseudonym.is_none(),
                    "there are two keys for pseudonyms; keep the one that the codes on paper were made with"
                );
                pseudonym = Some(key);
            }
            Err(_) => signing.push(word.parse::<SigningKey>()?),
        }
    }
    ensure!(!signing.is_empty(), "there is no key to sign with; `motlan keys codes new` makes one");
    let pseudonym = pseudonym.context("there is no key for pseudonyms; `motlan keys codes new` makes one")?;
    Ok(CodeKeys { signing, pseudonym })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn config(data: &TempDir) -> Config {
        Config { data: data.path().into(), ..Config::default() }
    }

    fn sheet() -> Payload {
        Payload::CoverSheet(qr::CoverSheet {
            dossier: "H26.18-261122-0001".into(),
            component: None,
            sheets: 1,
            serial: [1; 8],
            at: Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn keys_are_made_once_and_codes_outlive_a_change_of_keys() {
        let data = TempDir::new().unwrap();
        let codes = Codes::open(&config(&data), "http://127.0.0.1:8080").unwrap();
        let before = codes.sign(&sheet()).unwrap();
        let person = codes.person("079199000013").unwrap();
        codes.rotate().unwrap();
        let after = codes.sign(&sheet()).unwrap();
        assert_ne!(before, after);
        let again = Codes::open(&config(&data), "http://127.0.0.1:8080").unwrap();
        for text in [before, after] {
            assert_eq!(again.verify(&text).unwrap().unwrap().payload, sheet());
        }
        assert_eq!(again.person("079199000013").unwrap(), person);
    }

    #[test]
    fn numbers_are_printed_only_where_that_is_switched_on() {
        let data = TempDir::new().unwrap();
        let open = |print_personal_numbers| {
            let config = Config { print_personal_numbers, ..config(&data) };
            Codes::open(&config, "http://127.0.0.1:8080").unwrap().person("079199000013").unwrap()
        };
        assert_eq!(open(true), Person::Number("079199000013".into()));
        assert!(matches!(open(false), Person::Pseudonym(_)));
    }

    #[test]
    fn what_is_wrong_with_the_keys_is_said_without_them() {
        let check = |text: &str, expected: &str| {
            let error = parse(text).err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
        };
        let (signing, pseudonym) = (SigningKey::random(), PseudonymKey::random());
        check("", "no key to sign with");
        check(signing.reveal(), "no key for pseudonyms");
        check(&format!("{} {}", pseudonym.reveal(), pseudonym.reveal()), "two keys");
        check("geheim", "this is no key for codes");
        assert!(parse(&format!("{}\n# x\n{} # y", pseudonym.reveal(), signing.reveal())).is_ok());
    }
}
