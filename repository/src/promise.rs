//! Promises that a test has broken on purpose, to see that it would notice. A program built for use keeps every promise: there nothing of
//! this is asked.

use std::time::Duration;

/// What invariant 3 rests on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Promise {
    /// A receipt is answered once its transaction is committed.
    CommittedFirst,
    /// What is committed or stored is on the disk.
    OnTheDisk,
}

/// The variable that names the promise to break.
const VARIABLE: &str = "BROKEN_PROMISE";

/// How long after its answer such a commit begins: long enough that there is nearly always one to lose.
pub(crate) const LATE_BY: Duration = Duration::from_millis(100);

/// Whether this promise is broken.
pub(crate) fn is_broken(promise: Promise) -> bool {
    let name = match promise {
        Promise::CommittedFirst => "committed_first",
        Promise::OnTheDisk => "on_the_disk",
    };
    cfg!(debug_assertions) && std::env::var_os(VARIABLE).is_some_and(|broken| broken == name)
}
