//! What the operator decides: one typed struct, filled from `motlan.toml`, then `MOTLAN_*` variables, then the command line.

use crate::scanning::Scanner;
use crate::serve::SystemsDoor;
use crate::sign_in::{Provider, ProviderSetting};
use anyhow::{Context, bail, ensure};
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ingest::batch::Feed;
use ingest::{EngineSpec, Fault, ReaderOptions};
use repository::record::LookUpQuota;
use repository::{Bucket, BytesCopy, DatabaseUrl, KeySource, Options};
use search::ClusterUrl;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Name of the configuration file, looked for in the working folder.
const FILE_NAME: &str = "motlan.toml";
/// Where Debian keeps Tesseract's models.
const SYSTEM_MODEL_DIRS: &[&str] = &["/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata"];
/// Where pdfium may be installed for all users.
const SYSTEM_LIBRARY_DIRS: &[&str] = &["/usr/local/lib/motlan", "/usr/lib/motlan"];
/// Name of Vietnamese models in folders. `vie` alone: adding `eng` was measured worse and dearer.
const MODEL: &str = "vie";
/// Name of the model that tells which way is up.
const ORIENTATION_MODEL: &str = "osd";

/// 345 GB a day: a terabyte in three days, for about a hundredth of a processor.
const SCRUB_BYTES_PER_S: u64 = 4_000_000;
/// Cơ quan where nobody said another one.
pub(crate) const AGENCY_DEFAULT: &str = "Bộ phận một cửa (dùng thử)";

/// The configuration. A key that is not listed here is refused, in the file as in the environment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Folder of records, bytes and index.
    pub(crate) data: PathBuf,
    /// PostgreSQL database of the records, for several machines; none: a file in the data folder.
    #[serde(skip_serializing)]
    pub(crate) database: Option<DatabaseUrl>,
    /// File that holds its address: a password there stands neither in the environment nor in the list of processes.
    pub(crate) database_file: Option<PathBuf>,
    /// OpenSearch cluster of the index, for several machines; none: a folder in the data folder.
    #[serde(skip_serializing)]
    pub(crate) search_url: Option<ClusterUrl>,
    /// File that holds its address with user and password.
    pub(crate) search_url_file: Option<PathBuf>,
    /// File of the master key that stored papers are sealed under; neither this nor the next two: `keys/master.key` in the data folder,
    /// which motlan makes itself.
    pub(crate) key_file: Option<PathBuf>,
    /// The master key itself, for the environment.
    pub(crate) key: Option<Secret>,
    /// Command for the shell that prints the master key.
    pub(crate) key_command: Option<String>,
    /// Tên hệ thống thông tin, as it stands in the codes that are printed (QR-03).
    pub(crate) system: String,
    /// Address under which phones reach this system, `https://HOST`; it stands in the codes. None: the address that `serve` listens on.
    pub(crate) address: Option<String>,
    /// Addresses that it had before, which stand in codes on paper.
    pub(crate) former_addresses: Vec<String>,
    /// File of the keys that codes are signed with; none: `keys/code.key` in the data folder, which motlan makes itself.
    pub(crate) code_key_file: Option<PathBuf>,
    /// These keys themselves, for the environment.
    pub(crate) code_keys: Option<Secret>,
    /// Whether codes carry personal numbers, where an agency must print them, and not pseudonyms (PDP-02).
    pub(crate) print_personal_numbers: bool,
    /// Bucket of an S3 service for scans and page images, `s3://BUCKET/PREFIX`; none: `blobs/` in the data folder.
    pub(crate) blobs: Option<String>,
    /// Address of the S3 service; none: Amazon's.
    pub(crate) blobs_endpoint: Option<String>,
    /// Region of the bucket.
    pub(crate) blobs_region: Option<String>,
    /// Id of the access key to the bucket; none: the machine's own role.
    pub(crate) blobs_key_id: Option<String>,
    /// Its secret.
    pub(crate) blobs_secret: Option<Secret>,
    /// File that holds its secret.
    pub(crate) blobs_secret_file: Option<PathBuf>,
    /// Bytes a second that `serve` reads to find damaged files; 0: none.
    pub(crate) scrub_bytes_per_s: u64,
    /// Address that `serve` listens on; loopback only, unless a proxy that speaks TLS stands before it.
    pub(crate) listen: SocketAddr,
    /// Pages read at once; none: one for each processor.
    pub(crate) lanes: Option<usize>,
    /// Folder of another fast model than the one built in, and of `osd.traineddata`; none: the built-in model, and `osd` where
    /// Debian puts it.
    pub(crate) model_dir: Option<PathBuf>,
    /// Folder of the accurate model; none: where setup.sh puts it.
    pub(crate) accurate_model_dir: Option<PathBuf>,
    /// Which model reads whole pages; the other one, where installed, is asked about doubtful lines.
    pub(crate) model: Model,
    /// `libpdfium.so`; none: where setup.sh puts it.
    pub(crate) pdfium_library: Option<PathBuf>,
    /// Address of another system that vouches for people by OpenID Connect; none: they have passwords here.
    pub(crate) oidc_issuer: Option<String>,
    /// How it calls this system.
    pub(crate) oidc_client: String,
    /// The secret of both.
    pub(crate) oidc_secret: Option<Secret>,
    /// File that holds it.
    pub(crate) oidc_secret_file: Option<PathBuf>,
    /// What the button says.
    pub(crate) oidc_name: String,
    /// Its levels of assurance (`acr`) that stand for two factors; none: our own code is asked for.
    pub(crate) oidc_levels: Vec<String>,
    /// Its claim that holds the national number.
    pub(crate) oidc_number_claim: String,
    /// Address of the door for other systems, which prove who they are by certificates (mTLS); none: there is no such door.
    pub(crate) systems_listen: Option<SocketAddr>,
    /// PEM file of this server's certificate there, with those that lead to its root.
    pub(crate) systems_certificate_file: Option<PathBuf>,
    /// PEM file of its secret key.
    pub(crate) systems_key_file: Option<PathBuf>,
    /// PEM file of the authority that signs the certificates of other systems.
    pub(crate) systems_authority_file: Option<PathBuf>,
    /// Look-ups for a case that a person may make in a day.
    pub(crate) look_ups_a_day: u32,
    /// And another system.
    pub(crate) look_ups_a_day_by_system: u32,
    /// Folder to which checkpoints of the access log are copied; none: `checkpoints` in the data folder. It belongs on another machine or
    /// disk, where whoever can write to the database cannot write.
    pub(crate) checkpoints: Option<PathBuf>,
    /// Folder into which a scanner writes stacks of paper; each file becomes a batch. None: there is no such folder.
    pub(crate) hot_folder: Option<PathBuf>,
    /// How the scanner of that folder feeds: `one_sided`, `duplex` or `two_passes`.
    pub(crate) hot_folder_feed: Feed,
    /// Scanners at the counter, by name and device; none: what `scanimage -L` finds on this machine.
    pub(crate) scanners: Vec<Scanner>,
    /// Log filter, e.g. `info` or `motlan=debug`.
    pub(crate) log: String,
    /// Cơ quan for which the console and the hot folder take papers in, by its name; officers have their own.
    pub(crate) agency: String,
    /// A fault to play while reading; for tests.
    pub(crate) reading_fault: Option<Fault>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            data: PathBuf::from("motlan-data"),
            database: None,
            database_file: None,
            search_url: None,
            search_url_file: None,
            key_file: None,
            key: None,
            key_command: None,
            system: "Một lần".into(),
            address: None,
            former_addresses: Vec::new(),
            code_key_file: None,
            code_keys: None,
            print_personal_numbers: false,
            blobs: None,
            blobs_endpoint: None,
            blobs_region: None,
            blobs_key_id: None,
            blobs_secret: None,
            blobs_secret_file: None,
            scrub_bytes_per_s: SCRUB_BYTES_PER_S,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            lanes: None,
            model_dir: None,
            accurate_model_dir: None,
            model: Model::Fast,
            pdfium_library: None,
            oidc_issuer: None,
            oidc_client: String::new(),
            oidc_secret: None,
            oidc_secret_file: None,
            oidc_name: "VNeID".into(),
            oidc_levels: Vec::new(),
            oidc_number_claim: "national_number".into(),
            systems_listen: None,
            systems_certificate_file: None,
            systems_key_file: None,
            systems_authority_file: None,
            look_ups_a_day: LookUpQuota::default().person,
            look_ups_a_day_by_system: LookUpQuota::default().program,
            checkpoints: None,
            hot_folder: None,
            hot_folder_feed: Feed::OneSided,
            scanners: Vec::new(),
            log: "warn,motlan=info".into(),
            agency: AGENCY_DEFAULT.into(),
            reading_fault: None,
        }
    }
}

/// A value that is never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    /// What it holds, for whoever needs it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// Which model reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Model {
    /// The model inside this program: quick, and the better one on Vietnamese papers.
    Fast,
    /// Tesseract's larger model: about 15 % more time.
    Accurate,
}

impl From<Model> for repository::record::ReadingModel {
    fn from(model: Model) -> Self {
        match model {
            Model::Fast => Self::Fast,
            Model::Accurate => Self::Accurate,
        }
    }
}

impl Config {
    /// Where people sign in, papers that come by themselves belong to an agency of theirs, or nobody sees them.
    ///
    /// # Errors
    /// There is a hot folder, and nobody said whose its papers are.
    pub(crate) fn check_agency(&self) -> anyhow::Result<()> {
        if self.agency != AGENCY_DEFAULT {
            return Ok(());
        }
        anyhow::ensure!(
            self.hot_folder.is_none(),
            "hot_folder: nobody who signs in would see its papers; set `agency` to the name that the accounts of their officers have"
        );
        tracing::warn!(
            "papers that the console takes in belong to “{AGENCY_DEFAULT}”, and nobody who signs in sees them: set `agency`"
        );
        Ok(())
    }

    /// Reads file and environment.
    ///
    /// # Errors
    /// A key is unknown or a value has the wrong form; the message names it.
    pub(crate) fn load() -> anyhow::Result<Config> {
        // A whole path, for a bare name is looked up in the folders above as well, and those are not this installation's.
        let file = std::path::absolute(FILE_NAME).context("there is no working folder")?;
        let layers = Figment::from(Serialized::defaults(Config::default()))
            .merge(Toml::file(file))
            .merge(Env::prefixed("MOTLAN_"));
        layers.extract().context("the configuration (motlan.toml or a MOTLAN_* variable) is not right")
    }

    /// Another system that vouches for people.
    ///
    /// # Errors
    /// It is not described whole, or its secret twice.
    pub(crate) fn provider(&self) -> anyhow::Result<Option<Provider>> {
        let Some(issuer) = self.oidc_issuer.clone() else { return Ok(None) };
        let secret = match (&self.oidc_secret, &self.oidc_secret_file) {
            (Some(_), Some(_)) => {
                bail!("oidc_secret and oidc_secret_file: only one of them can hold the secret")
            }
            (Some(secret), None) => Some(secret.reveal().to_owned()),
            (None, Some(file)) => {
                let read = std::fs::read_to_string(file);
                Some(read.with_context(|| format!("oidc_secret_file {}", file.display()))?.trim().to_owned())
            }
            (None, None) => None,
        };
        let setting = ProviderSetting {
            name: self.oidc_name.clone(),
            issuer,
            client: self.oidc_client.clone(),
            secret,
            levels: self.oidc_levels.clone(),
            number_claim: self.oidc_number_claim.clone(),
        };
        Provider::new(setting).map(Some)
    }

    /// The door for other systems; none: the operator wants none.
    ///
    /// # Errors
    /// Files of it are not named.
    pub(crate) fn systems_door(&self) -> anyhow::Result<Option<SystemsDoor>> {
        let Some(listen) = self.systems_listen else { return Ok(None) };
        let file = |file: &Option<PathBuf>, name: &str| {
            file.clone()
                .with_context(|| format!("systems_listen: the door for other systems needs {name} too"))
        };
        Ok(Some(SystemsDoor {
            listen,
            certificate: file(&self.systems_certificate_file, "systems_certificate_file")?,
            key: file(&self.systems_key_file, "systems_key_file")?,
            authority: file(&self.systems_authority_file, "systems_authority_file")?,
        }))
    }

    /// Name under which others reach this system.
    ///
    /// # Errors
    /// There is none, or it is not reached over TLS.
    pub(crate) fn host(&self) -> anyhow::Result<String> {
        let address = self.address.as_deref().unwrap_or_default();
        let host = address.strip_prefix("https://").map(|rest| rest.trim_end_matches('/'));
        let host = host.filter(|host| !host.is_empty() && !host.contains('/'));
        let host =
            host.context("set `address` to the name under which others reach this system, as https://HOST")?;
        Ok(host.to_owned())
    }

    /// The database of the records; none: the file in the data folder.
    ///
    /// # Errors
    /// The address is given twice, or its file cannot be used; the message does not repeat the address.
    fn database(&self) -> anyhow::Result<Option<DatabaseUrl>> {
        let Some(file) = &self.database_file else { return Ok(self.database.clone()) };
        ensure!(self.database.is_none(), "database and database_file are both set: keep one of them");
        address_in(file).map(Some)
    }

    /// The cluster of the index; none: a folder in the data folder.
    ///
    /// # Errors
    /// The address is given twice, or its file cannot be used; the message does not repeat the address.
    pub(crate) fn search_cluster(&self) -> anyhow::Result<Option<ClusterUrl>> {
        let Some(file) = &self.search_url_file else { return Ok(self.search_url.clone()) };
        ensure!(self.search_url.is_none(), "search_url and search_url_file are both set: keep one of them");
        address_in(file).map(Some)
    }

    /// Where the records live.
    ///
    /// # Errors
    /// More than one place of the master key is named, or the bucket is not described whole.
    pub(crate) fn repository_options(&self) -> anyhow::Result<Options> {
        let options = Options::in_folder(&self.data);
        let file = self.key_file.clone().map(KeySource::File);
        let text = self.key.clone().map(|key| KeySource::Text(key.0));
        let command = self.key_command.clone().map(KeySource::Command);
        let mut named = [file, text, command].into_iter().flatten();
        let keys = named.next().unwrap_or(options.keys);
        ensure!(
            named.next().is_none(),
            "key_file, key and key_command: only one of them can hold the master key"
        );
        Ok(Options {
            keys,
            bucket: self.bucket()?,
            database: self.database()?,
            checkpoints: self.checkpoints.clone(),
            ..options
        })
    }

    /// A copy of stored files: a folder, or a bucket that is spoken with as ours is.
    ///
    /// # Errors
    /// The bucket is not described whole.
    pub(crate) fn bytes_copy(&self, place: &str) -> anyhow::Result<BytesCopy> {
        if !place.starts_with("s3://") {
            return Ok(BytesCopy::Folder(place.into()));
        }
        let copy = Config { blobs: Some(place.to_owned()), ..self.clone() };
        Ok(BytesCopy::Bucket(copy.bucket()?.expect("an address is given")))
    }

    fn bucket(&self) -> anyhow::Result<Option<Bucket>> {
        let Some(address) = &self.blobs else { return Ok(None) };
        let bucket = Bucket::new(address, self.blobs_endpoint.as_deref(), self.blobs_region.as_deref())?;
        Ok(Some(match (self.blobs_key_id.clone(), self.blobs_secret()?) {
            (Some(key_id), Some(secret)) => bucket.with_credentials(key_id, secret),
            (None, None) => bucket,
            (Some(_), None) => bail!("blobs_key_id needs its secret: set blobs_secret_file or blobs_secret"),
            (None, Some(_)) => bail!("the secret of the bucket needs blobs_key_id"),
        }))
    }

    fn blobs_secret(&self) -> anyhow::Result<Option<String>> {
        match (&self.blobs_secret, &self.blobs_secret_file) {
            (Some(_), Some(_)) => {
                bail!("blobs_secret and blobs_secret_file: only one of them can hold the secret")
            }
            (Some(secret), None) => Ok(Some(secret.0.clone())),
            (None, Some(file)) => {
                let read = std::fs::read_to_string(file);
                let text = read.with_context(|| format!("blobs_secret_file {}", file.display()))?;
                Ok(Some(text.trim().to_owned()))
            }
            (None, None) => Ok(None),
        }
    }

    /// How pages are read.
    ///
    /// # Errors
    /// A model or library is not installed; the message says how to get it.
    pub(crate) fn reader_options(
        &self,
        model: Model,
        pictures: ingest::Pictures,
        jailed: bool,
    ) -> anyhow::Result<ReaderOptions> {
        Ok(ReaderOptions {
            engine: self.engine(model)?,
            pdfium_library: std::path::absolute(self.pdfium_library())?,
            lanes: self.lanes.unwrap_or_else(processors),
            pictures,
            jailed,
        })
    }

    /// Which engine reads pages, with the other model for second opinions where it is installed.
    ///
    /// # Errors
    /// The model is not installed; the message says how to get it.
    pub(crate) fn engine(&self, model: Model) -> anyhow::Result<EngineSpec> {
        let fast = self.fast_model()?;
        let (first, second) = match model {
            Model::Fast => (fast, self.accurate_model().ok()),
            Model::Accurate => (self.accurate_model()?, Some(fast)),
        };
        Ok(EngineSpec {
            model: first,
            second_model: second,
            osd_dir: self.osd_dir()?,
            fault: self.reading_fault,
        })
    }

    fn fast_model(&self) -> anyhow::Result<ocr::Model> {
        self.model_dir.as_deref().map_or(Ok(ocr::Model::BuiltIn), installed)
    }

    fn accurate_model(&self) -> anyhow::Result<ocr::Model> {
        let folders =
            self.accurate_model_dir.iter().cloned().chain([user_data_dir().join("tessdata-accurate")]);
        let dir = with_model(folders, MODEL)
            .context("the accurate model is not installed: run ./setup.sh, or use --model fast")?;
        installed(&dir)
    }

    fn osd_dir(&self) -> anyhow::Result<PathBuf> {
        let folders = self.model_dir.iter().cloned().chain(SYSTEM_MODEL_DIRS.iter().map(PathBuf::from));
        let dir = with_model(folders, ORIENTATION_MODEL).context(
            "the model that tells which way is up is missing: install the package tesseract-ocr-osd, or set model_dir",
        )?;
        Ok(std::path::absolute(dir)?)
    }

    /// Whether PDFs can be opened here: a server that cannot would postpone them for ever.
    ///
    /// # Errors
    /// The library is nowhere; the message says how to get it.
    pub(crate) fn check_pdfium(&self) -> anyhow::Result<()> {
        let library = self.pdfium_library();
        ensure!(library.exists(), "{} is missing: run ./setup.sh, or set pdfium_library", library.display());
        Ok(())
    }

    /// The configured library, or the first place that has it; the reading child reports when it is nowhere.
    fn pdfium_library(&self) -> PathBuf {
        let user = user_data_dir().join("lib");
        let installed = std::iter::once(user.clone()).chain(SYSTEM_LIBRARY_DIRS.iter().map(PathBuf::from));
        let mut files =
            self.pdfium_library.iter().cloned().chain(installed.map(|dir| dir.join("libpdfium.so")));
        files.find(|file| file.exists()).unwrap_or_else(|| user.join("libpdfium.so"))
    }
}

/// An address that a file holds, which no message repeats.
fn address_in<A: FromStr<Err: Error + Send + Sync + 'static>>(file: &Path) -> anyhow::Result<A> {
    let address = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    address.parse().with_context(|| format!("{}", file.display()))
}

/// Whole paths: the reading child works in another folder.
fn installed(dir: &Path) -> anyhow::Result<ocr::Model> {
    Ok(ocr::Model::Installed { dir: std::path::absolute(dir)?, name: MODEL.into() })
}

fn with_model(mut folders: impl Iterator<Item = PathBuf>, model: &str) -> Option<PathBuf> {
    folders.find(|folder| folder.join(format!("{model}.traineddata")).exists())
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// `$XDG_DATA_HOME/motlan`, as setup.sh has it.
fn user_data_dir() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share"));
    let base =
        std::env::var_os("XDG_DATA_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from).or_else(home);
    base.unwrap_or_default().join("motlan")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_that_come_by_themselves_are_somebodys() {
        let check = |agency: &str, hot_folder: Option<&str>, expected: bool| {
            let hot_folder = hot_folder.map(PathBuf::from);
            let config = Config { agency: agency.into(), hot_folder, ..Config::default() };
            assert_eq!(config.check_agency().is_ok(), expected, "{agency} {:?}", config.hot_folder);
        };
        check(AGENCY_DEFAULT, Some("quet"), false);
        check(AGENCY_DEFAULT, None, true);
        check("UBND xã Mẫu", Some("quet"), true);
    }
}
