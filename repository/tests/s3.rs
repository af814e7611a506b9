//! Stories of the records with their bytes in a bucket of a real S3 service, which the first of them starts, and those that a network adds.

#[path = "storage/network.rs"]
mod network;
#[path = "storage/bucket.rs"]
mod place;
#[path = "storage/s3.rs"]
mod s3;
#[path = "suite/stories.rs"]
mod stories;

/// Whether the records live on a server.
const ON_SERVER: bool = false;
