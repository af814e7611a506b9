//! Pictures of the stages of reading, as files to look at.

use anyhow::Context;
use ingest::StagePicture;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Where the stages of one scan go.
pub(super) struct StageFolder {
    folder: PathBuf,
    /// Pictures so far, by page.
    counts: HashMap<u32, u32>,
}

impl StageFolder {
    /// Makes a folder named as the scan inside `debug`; what an earlier look left there stays unless it has the same name.
    pub(super) fn create(debug: &Path, scan: &Path) -> anyhow::Result<StageFolder> {
        let folder = debug.join(scan.file_name().unwrap_or(scan.as_os_str()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(StageFolder { folder, counts: HashMap::new() })
    }

    /// Writes a picture as the next one of its page: `001-02-leaders.jpg`.
    pub(super) fn write(&mut self, picture: &StagePicture) -> anyhow::Result<()> {
        let count = self.counts.entry(picture.page).or_default();
        *count += 1;
        let path = self.folder.join(format!("{:03}-{count:02}-{}.jpg", picture.page, picture.name));
        std::fs::write(&path, &picture.jpeg).with_context(|| format!("cannot write {}", path.display()))
    }
}
