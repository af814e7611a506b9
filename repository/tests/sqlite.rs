//! Stories of the records on the embedded database.

#[path = "storage/flipped.rs"]
mod flipped;
#[path = "storage/files.rs"]
mod place;
#[path = "suite/stored.rs"]
mod stored;
#[path = "suite/stories.rs"]
mod stories;
#[path = "storage/unsealed.rs"]
mod unsealed;

/// Whether the records live on a server.
const ON_SERVER: bool = false;
