//! Who may do what: one pure function. Its whole table is printed by a test, so that a change of rights is a diff someone reads.

use crate::record::{Action, Actor, Right, Role, Scope};

/// Whether the actor may do this. Nobody may do anything without saying why (PDP-03).
pub fn may(actor: &Actor, action: Action) -> bool {
    let is_named = !actor.account.trim().is_empty() && !actor.purpose.trim().is_empty();
    let is_within = actor.only.as_ref().is_none_or(|only| only.contains(&action));
    is_named && is_within && role_may(actor.role, action)
}

/// What the actor may find. `granted` are the rights of the account that hold; none: it was never given any, and finds whatever its role
/// may search.
pub fn scope(actor: &Actor, granted: Option<Vec<Right>>) -> Scope {
    if !may(actor, Action::Search) {
        return Scope::default();
    }
    granted.map_or_else(Scope::everything, |rights| Scope { rights })
}

/// The table of rights (DOMAIN §8).
fn role_may(role: Role, action: Action) -> bool {
    use Action::*;
    match role {
        Role::CounterOfficer => match action {
            // The catalogue of procedures comes beside the scans of a backlog, and who imports them loads it.
            Receive | View | Download | Search | Confirm | Amend | Process | Reread | Configure | Audit
            | Retain | Hold | LiftHold | ProposeDisposal | SignIn | SignOut | OwnAccount => true,
            Read | ExportLog | Backup | Restore | DecideDisposal | Seal | LockAccount | UnlockAccount
            | CreateAccount | EditAccount | DisableAccount | ChangeRights => false,
        },
        // Keeps the machine running and sees no content; of the log only who looked when.
        Role::Administrator => match action {
            Configure | Audit | Backup | Restore | SignIn | SignOut | OwnAccount | LockAccount
            | UnlockAccount | CreateAccount | EditAccount | DisableAccount | ChangeRights => true,
            Receive | View | Download | Search | Confirm | Amend | Process | Read | Reread | ExportLog
            | Retain | Hold | LiftHold | ProposeDisposal | DecideDisposal | Seal => false,
        },
        Role::Auditor => match action {
            Audit | ExportLog | SignIn | SignOut | OwnAccount => true,
            Receive | View | Download | Search | Confirm | Amend | Process | Read | Reread | Configure
            | Backup | Restore | Retain | Hold | LiftHold | ProposeDisposal | DecideDisposal | Seal
            | LockAccount | UnlockAccount | CreateAccount | EditAccount | DisableAccount | ChangeRights => {
                false
            }
        },
        Role::Leader => match action {
            // Decides that a paper goes; another person proposes it.
            View | Search | Audit | Retain | Hold | LiftHold | ProposeDisposal | DecideDisposal | Seal
            | SignIn | SignOut | OwnAccount => true,
            Receive | Download | Confirm | Amend | Process | Read | Reread | Configure | ExportLog
            | Backup | Restore | LockAccount | UnlockAccount | CreateAccount | EditAccount
            | DisableAccount | ChangeRights => false,
        },
        // The program itself takes in what lies in the hot folder, loads the catalogue and lists papers to tell how far they are; it
        // opens none for people and confirms none (invariant 5).
        Role::System => match action {
            Receive | Read | Configure | Search => true,
            View | Download | Confirm | Amend | Process | Reread | Audit | ExportLog | Backup | Restore
            | Retain | Hold | LiftHold | ProposeDisposal | DecideDisposal | Seal | SignIn | SignOut
            | OwnAccount | LockAccount | UnlockAccount | CreateAccount | EditAccount | DisableAccount
            | ChangeRights => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 5] =
        [Role::CounterOfficer, Role::Administrator, Role::Auditor, Role::Leader, Role::System];
    const ACTIONS: [Action; 29] = [
        Action::Receive,
        Action::View,
        Action::Download,
        Action::Search,
        Action::Confirm,
        Action::Amend,
        Action::Process,
        Action::Read,
        Action::Reread,
        Action::Configure,
        Action::Audit,
        Action::ExportLog,
        Action::Backup,
        Action::Restore,
        Action::Retain,
        Action::Hold,
        Action::LiftHold,
        Action::ProposeDisposal,
        Action::DecideDisposal,
        Action::Seal,
        Action::SignIn,
        Action::SignOut,
        Action::OwnAccount,
        Action::LockAccount,
        Action::UnlockAccount,
        Action::CreateAccount,
        Action::EditAccount,
        Action::DisableAccount,
        Action::ChangeRights,
    ];

    const TABLE: &str = "\
action            counter_officer  administrator  auditor  leader  system
receive           yes              -              -        -       yes
view              yes              -              -        yes     -
download          yes              -              -        -       -
search            yes              -              -        yes     yes
confirm           yes              -              -        -       -
amend             yes              -              -        -       -
process           yes              -              -        -       -
read              -                -              -        -       yes
reread            yes              -              -        -       -
configure         yes              yes            -        -       yes
audit             yes              yes            yes      yes     -
export_log        -                -              yes      -       -
backup            -                yes            -        -       -
restore           -                yes            -        -       -
retain            yes              -              -        yes     -
hold              yes              -              -        yes     -
lift_hold         yes              -              -        yes     -
propose_disposal  yes              -              -        yes     -
decide_disposal   -                -              -        yes     -
seal              -                -              -        yes     -
sign_in           yes              yes            yes      yes     -
sign_out          yes              yes            yes      yes     -
own_account       yes              yes            yes      yes     -
lock_account      -                yes            -        -       -
unlock_account    -                yes            -        -       -
create_account    -                yes            -        -       -
edit_account      -                yes            -        -       -
disable_account   -                yes            -        -       -
change_rights     -                yes            -        -       -
";

    fn actor(role: Role, account: &str, purpose: &str) -> Actor {
        Actor {
            account: account.into(),
            name: "Nguyễn Thị Thử".into(),
            agency: "H26.18".into(),
            unit: String::new(),
            role,
            purpose: purpose.into(),
            basis: None,
            only: None,
            route: crate::record::Route::default(),
        }
    }

    fn row(name: &str, cells: [&str; 5]) -> String {
        let [counter_officer, administrator, auditor, leader, system] = cells;
        format!("{name:<18}{counter_officer:<17}{administrator:<15}{auditor:<9}{leader:<8}{system}\n")
    }

    #[test]
    fn the_whole_table_is_this() {
        let mut table =
            row("action", ROLES.map(|role| crate::database::word(&role)).each_ref().map(String::as_str));
        for action in ACTIONS {
            let cell = |role| if may(&actor(role, "thu", "thử"), action) { "yes" } else { "-" };
            table += &row(&crate::database::word(&action), ROLES.map(cell));
        }
        assert_eq!(table, TABLE);
    }

    #[test]
    fn a_program_may_do_what_its_key_names_and_its_role_may() {
        for (role, action) in ROLES.iter().flat_map(|role| ACTIONS.map(|action| (*role, action))) {
            let person = actor(role, "thu", "thử");
            let program = |only: &[Action]| Actor { only: Some(only.to_vec()), ..person.clone() };
            assert_eq!(may(&program(&ACTIONS), action), may(&person, action));
            assert_eq!(may(&program(&[action]), action), may(&person, action));
            assert!(!may(&program(&[]), action));
        }
    }

    #[test]
    fn nobody_may_do_anything_without_a_name_and_a_purpose() {
        for (role, action) in ROLES.iter().flat_map(|role| ACTIONS.map(|action| (*role, action))) {
            assert!(!may(&actor(role, "", "thử"), action));
            assert!(!may(&actor(role, "thu", "  "), action));
        }
    }
}
