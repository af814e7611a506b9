//! Where the bytes of these stories are: in the folder of their store.

use motlan_repository::Options;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::sync::Arc;
use tempfile::TempDir;

/// A new place for a store, and its storage of bytes.
pub(crate) fn place(folder: &TempDir) -> (Options, Arc<dyn ObjectStore>) {
    let options = Options::in_folder(folder.path().join("data"));
    let blobs = options.data_dir.join("blobs");
    DirBuilder::new().recursive(true).mode(0o700).create(&blobs).expect("the folder can be made");
    (options, Arc::new(LocalFileSystem::new_with_prefix(blobs).expect("a folder")))
}
