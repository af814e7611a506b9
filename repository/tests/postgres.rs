//! Stories of the records on a PostgreSQL server, which the first of them starts.

#[path = "storage/files.rs"]
mod place;
#[path = "suite/server.rs"]
mod server;
#[path = "suite/stories.rs"]
mod stories;
#[path = "storage/unsealed.rs"]
mod unsealed;

/// Whether the records live on a server.
const ON_SERVER: bool = true;
