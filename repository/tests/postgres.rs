//! Stories of the records on a PostgreSQL server, which the first of them starts.

#[path = "suite/stories.rs"]
mod stories;

/// Whether the records live on a server.
const ON_SERVER: bool = true;
