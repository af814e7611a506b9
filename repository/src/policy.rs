//! Who may do what: one pure function.

use crate::record::{Action, Actor};

/// Whether the actor may do this.
pub fn may(_actor: &Actor, _action: Action) -> bool {
    todo!()
}
