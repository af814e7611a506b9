//! The models that Tesseract reads with: the one that this program brings along, and those in folders.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tesseract_rs::{TesseractAPI, TesseractError};

use crate::Error;

/// Tesseract's name for "the neural recogniser only"; the older one has no Vietnamese data in today's models.
pub(crate) const LSTM_ONLY: i32 = 1;

/// Debian's small Vietnamese model, trained further on Vietnamese forms: `ocr/training` made it.
const BUILT_IN: &[u8] = include_bytes!("../model/vie.traineddata");
/// Its name beside readings.
const BUILT_IN_NAME: &str = "vie-motlan";

/// A model to read with.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// The one inside this program.
    BuiltIn,
    /// A file.
    Installed {
        /// Folder that holds `<name>.traineddata`.
        dir: PathBuf,
        /// Name of the model, for example `vie`.
        name: String,
    },
}

impl Model {
    /// The folder that must be open to whoever reads with it.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Model::BuiltIn => None,
            Model::Installed { dir, .. } => Some(dir),
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Model::BuiltIn => BUILT_IN_NAME,
            Model::Installed { name, .. } => name,
        }
    }

    /// SHA-256 of the model in lower-case hex.
    pub(crate) fn sha256(&self) -> Result<String, Error> {
        match self {
            Model::BuiltIn => Ok(hex::encode(Sha256::digest(BUILT_IN))),
            Model::Installed { dir, name } => file_sha256(&path_in(dir, name)),
        }
    }

    pub(crate) fn load(&self, engine_mode: i32) -> Result<TesseractAPI, Error> {
        match self {
            Model::BuiltIn => start(Path::new(BUILT_IN_NAME), |api| {
                api.init_5(BUILT_IN, BUILT_IN.len() as i32, BUILT_IN_NAME, engine_mode, &[])
            }),
            Model::Installed { dir, name } => load_file(dir, name, engine_mode),
        }
    }
}

fn load_file(dir: &Path, name: &str, engine_mode: i32) -> Result<TesseractAPI, Error> {
    let path = path_in(dir, name);
    if !path.is_file() {
        return Err(Error::ModelMissing { path });
    }
    let Some(dir) = dir.to_str().filter(|dir| !dir.contains('\0')) else {
        return Err(Error::ModelUnusable { path, reason: "the folder's name is not UTF-8".into() });
    };
    start(&path, |api| api.init_2(dir, name, engine_mode))
}

/// `path` is named when it fails.
fn start(
    path: &Path,
    init: impl Fn(&TesseractAPI) -> Result<(), TesseractError>,
) -> Result<TesseractAPI, Error> {
    let unusable = |reason: String| Error::ModelUnusable { path: path.into(), reason };
    let set = |api: &TesseractAPI, name, value| {
        api.set_variable(name, value).map_err(|error| unusable(error.to_string()))
    };
    let api = TesseractAPI::new();
    // Without this Tesseract writes "Empty page!!" and the like on standard error.
    set(&api, "debug_file", "/dev/null")?;
    // Tables of look-alikes, which the neural recogniser never asks for, take half of the time of starting (0.1 s of 0.2): a
    // Tesseract that is told that it will learn its own does not fill them. Told otherwise afterwards, it reads as ever.
    set(&api, "tessedit_ambigs_training", "1")?;
    init(&api).map_err(|_| unusable("Tesseract refused it".into()))?;
    set(&api, "tessedit_ambigs_training", "0")?;
    Ok(api)
}

fn path_in(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.traineddata"))
}

fn file_sha256(path: &Path) -> Result<String, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(hex::encode(Sha256::digest(bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::ModelMissing { path: path.into() }),
        Err(error) => Err(Error::ModelUnusable { path: path.into(), reason: error.to_string() }),
    }
}
