//! Stories of the records on the embedded database.

#[path = "suite/stories.rs"]
mod stories;

/// Whether the records live on a server.
const ON_SERVER: bool = false;
