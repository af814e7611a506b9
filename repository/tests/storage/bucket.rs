//! Where the bytes of these stories are: in a bucket of a service that all of them share.

use crate::s3::{KEY_ID, S3, SECRET};
use motlan_repository::{Bucket, Options};
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::prefix::PrefixStore;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use uuid::Uuid;

/// The bucket of all tests; each has a prefix of its own in it.
const BUCKET: &str = "motlan";

/// A new place for a store, and its storage of bytes.
pub(crate) fn place(folder: &TempDir) -> (Options, Arc<dyn ObjectStore>) {
    place_in(folder, shared())
}

/// The service that the tests of this program share.
pub(crate) fn shared() -> &'static S3 {
    static SHARED: OnceLock<S3> = OnceLock::new();
    SHARED.get_or_init(S3::start)
}

/// A new place in the bucket of this service.
pub(crate) fn place_in(folder: &TempDir, service: &S3) -> (Options, Arc<dyn ObjectStore>) {
    let prefix = Uuid::now_v7().to_string();
    let bucket = bucket_at(&prefix, &service.endpoint());
    let options = Options { bucket: Some(bucket), ..Options::in_folder(folder.path().join("data")) };
    (options, storage_at(&prefix, &service.endpoint()))
}

/// A place in the bucket, spoken with at this address.
pub(crate) fn bucket_at(prefix: &str, endpoint: &str) -> Bucket {
    let bucket = Bucket::new(&format!("s3://{BUCKET}/{prefix}"), Some(endpoint), None);
    bucket.expect("an address for the test").with_credentials(KEY_ID.into(), SECRET.into())
}

/// The same for looking behind the repository's back.
fn storage_at(prefix: &str, endpoint: &str) -> Arc<dyn ObjectStore> {
    // The repository chooses the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = AmazonS3Builder::new()
        .with_bucket_name(BUCKET)
        .with_region("us-east-1")
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_access_key_id(KEY_ID)
        .with_secret_access_key(SECRET)
        .build();
    Arc::new(PrefixStore::new(store.expect("settings for the test"), prefix))
}
