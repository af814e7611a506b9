//! Who may do what, and to whose records: one pure function of role, action and tie. `docs/rights.md` is its whole table in words, written
//! by a test, so that a change of rights is a diff that a lawyer can read.
//!
//! Not here: which tie somebody has (`ties`).

use crate::error::{Error, Result};
use crate::record::{Action, Actor, Right, Role, Scope, Tie, agency_key};

/// Whether the actor may do this to records to which they are tied so. Nobody may do anything without saying why (PDP-03).
pub fn may(actor: &Actor, action: Action, tie: Tie) -> bool {
    let is_named = !actor.account.trim().is_empty() && !actor.purpose.trim().is_empty();
    let is_within = actor.only.as_ref().is_none_or(|only| only.contains(&action));
    is_named && is_within && ties(actor.role, action).contains(&tie)
}

/// Whether there is any record to which the actor may do this: what a page offers at all.
pub fn may_ever(actor: &Actor, action: Action) -> bool {
    Tie::ALL.iter().any(|tie| may(actor, action, *tie))
}

/// Whether it makes a difference how the actor is tied to a record.
pub(crate) fn asks_for_tie(actor: &Actor, action: Action) -> bool {
    let someones = Tie::ALL.iter().filter(|tie| **tie != Tie::NoOne);
    let answers = someones.map(|tie| may(actor, action, *tie)).collect::<Vec<_>>();
    answers.contains(&true) && answers.contains(&false)
}

/// What the actor may find: what their agency received or issued, and what the rights cover that the account was given and that hold.
pub fn scope(actor: &Actor, granted: Vec<Right>) -> Scope {
    if !may_ever(actor, Action::Search) {
        return Scope::default();
    }
    if actor.role == Role::System {
        return Scope::everything();
    }
    let has_agency = !actor.agency.trim().is_empty();
    let of_agency = has_agency.then(|| Right { agency: Some(actor.agency.clone()), ..Right::default() });
    Scope { rights: of_agency.into_iter().chain(granted).collect() }
}

/// Whose dossiers and papers are counted for the actor, by the key of the agency; none: everybody's, for who runs the machine. Counts name nobody.
///
/// # Errors
/// `Forbidden` to nobody in particular, and to citizens: how an office works is no paper of theirs.
pub fn counted(actor: &Actor) -> Result<Option<String>> {
    match actor.role {
        Role::Citizen => Err(Error::Forbidden),
        _ if actor.account.trim().is_empty() => Err(Error::Forbidden),
        Role::System | Role::Administrator => Ok(None),
        Role::CounterOfficer
        | Role::HandlingOfficer
        | Role::Leader
        | Role::Archivist
        | Role::Auditor
        | Role::Service => Ok(Some(agency_key(&actor.agency))),
    }
}

/// To which records somebody in this role may do this (DOMAIN §8). Roles are narrow on purpose: who runs the machine or reads the log sees
/// no paper, and who decides that a paper goes is not who proposed it (SEC-06).
fn ties(role: Role, action: Action) -> &'static [Tie] {
    use Action::*;
    use Tie::*;
    const ANYONE: &[Tie] = &Tie::ALL;
    match (role, action) {
        (Role::System, Receive | Read | Configure | Search) => ANYONE,
        (Role::System, _) => &[],
        (_, SignIn | SignOut | OwnAccount) => &[NoOne],

        // The catalogue of procedures comes beside the scans of a backlog, and who imports them loads it.
        (Role::CounterOfficer, Configure) => &[NoOne],
        (Role::CounterOfficer, Reread | Confirm) => &[NoOne, Agency],
        (Role::CounterOfficer, Search) => &[NoOne, Agency, Shared],
        (Role::CounterOfficer, Receive) => &[NoOne, Agency, Shared, Case],
        (Role::CounterOfficer, View) => &[NoOne, Agency, Shared, Case, Emergency],
        (Role::CounterOfficer, Download) => &[Agency, Shared, Case],
        // In a commune the counter keeps the archive too.
        (Role::CounterOfficer, Amend | Process | Audit | Retain | Hold | LiftHold | ProposeDisposal) => {
            &[Agency]
        }

        (Role::HandlingOfficer, Search) => &[NoOne, Agency, Shared],
        (Role::HandlingOfficer, Receive) => &[NoOne, Agency, Shared, Case],
        (Role::HandlingOfficer, View) => &[NoOne, Agency, Shared, Case, Emergency],
        (Role::HandlingOfficer, Download) => &[Agency, Shared, Case],
        (Role::HandlingOfficer, Process) => &[Agency],

        (Role::Leader, Search) => &[NoOne, Agency, Shared],
        (Role::Leader, View) => &[NoOne, Agency, Shared, Case, Emergency],
        (Role::Leader, ReviewBreakGlass) => &[NoOne],
        (Role::Leader, Audit | Retain | Hold | LiftHold | ProposeDisposal | DecideDisposal | Seal) => {
            &[Agency]
        }

        (Role::Archivist, Search) => &[NoOne, Agency, Shared],
        (Role::Archivist, View) => &[NoOne, Agency, Shared],
        (Role::Archivist, Download) => &[Agency, Shared],
        (Role::Archivist, Audit | Retain | Hold | LiftHold | ProposeDisposal) => &[Agency],

        // For one case, and answered with what its procedure needs.
        (Role::CounterOfficer | Role::HandlingOfficer | Role::Leader | Role::Service, LookUp) => &[NoOne],

        // Whoever looks at what nothing ties them to says why, and is asked about it.
        (Role::CounterOfficer | Role::HandlingOfficer | Role::Leader, BreakGlass) => ANYONE,

        (Role::Citizen, View | Download | Audit) => &[Own],

        (Role::Auditor, Audit | ExportLog) => ANYONE,
        (Role::Auditor, ReviewBreakGlass) => &[NoOne],

        // Of the log only who looked when.
        (Role::Administrator, Audit) => ANYONE,
        (
            Role::Administrator,
            Configure | Backup | Restore | LockAccount | UnlockAccount | CreateAccount | EditAccount
            | DisableAccount | ChangeRights,
        ) => &[NoOne],

        (Role::Service, Search) => &[NoOne, Agency, Shared],
        (Role::Service, Receive) => &[NoOne, Agency, Shared, Case],
        (Role::Service, View | Download) => &[Agency, Shared, Case],

        (_, _) => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    /// The table in words. `MOTLAN_WRITE_RIGHTS=1 cargo test -p motlan-repository the_whole_table` writes it anew.
    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rights.md");

    fn actor(role: Role, account: &str, purpose: &str) -> Actor {
        Actor {
            account: account.into(),
            name: "Nguyễn Thị Thử".into(),
            agency: "UBND xã Mẫu".into(),
            unit: String::new(),
            role,
            purpose: purpose.into(),
            basis: None,
            only: None,
            route: crate::record::Route::default(),
        }
    }

    fn every_case() -> impl Iterator<Item = (Role, Action, Tie)> {
        let actions = |role| Action::ALL.into_iter().map(move |action| (role, action));
        let ties = |(role, action)| Tie::ALL.into_iter().map(move |tie| (role, action, tie));
        Role::ALL.into_iter().flat_map(actions).flat_map(ties)
    }

    fn page() -> String {
        let mut page = String::from(
            "# Bảng quyền\n\nAi được làm gì, với giấy tờ của ai. Bảng này do một phép thử viết ra từ hàm `policy::may` và phải khớp từng chữ; \
             sửa quyền là sửa cả hai.\nViệc nào không có dấu ✓ thì hệ thống từ chối và ghi lại lần từ chối đó. Giấy tờ «không liên quan» được \
             trả lời y như giấy tờ không có.\n\n*Who may do what, to whose records: written by a test from `policy::may`. What has no ✓ is refused, and the refusal \
             is logged; a stranger's paper is answered as one that does not exist.*\n\n",
        );
        for tie in Tie::ALL {
            let _ = writeln!(page, "- **{}**: {}", tie.label(), meaning(tie));
        }
        for role in Role::ALL {
            let _ = write!(page, "\n## {} (`{}`)\n\n| việc |", role.label(), crate::database::word(&role));
            for tie in Tie::ALL {
                let _ = write!(page, " {} |", tie.label());
            }
            let _ = writeln!(page, "\n|---|{}", ":-:|".repeat(Tie::ALL.len()));
            let somebody = actor(role, "thu", "thử");
            for action in Action::ALL {
                if may_ever(&somebody, action) {
                    let cells = Tie::ALL.map(|tie| if may(&somebody, action, tie) { " ✓ |" } else { "  |" });
                    let _ = writeln!(
                        page,
                        "| {} (`{}`) |{}",
                        action.label(),
                        crate::database::word(&action),
                        cells.concat()
                    );
                }
            }
            let never = Action::ALL.into_iter().filter(|action| !may_ever(&somebody, *action));
            let never = never.map(Action::label).collect::<Vec<_>>().join("; ");
            let _ = writeln!(page, "\nKhông được: {never}.");
        }
        page
    }

    fn meaning(tie: Tie) -> &'static str {
        match tie {
            Tie::NoOne => "việc không đụng đến hồ sơ của ai, hoặc danh sách đã lọc theo quyền của người xem",
            Tie::Own => "giấy tờ của chính mình, của con, hoặc của tổ chức mà mình đang đại diện",
            Tie::Agency => "cơ quan mình tiếp nhận và chịu trách nhiệm",
            Tie::Shared => {
                "cơ quan mình cũng nhận bản này hoặc đã cấp giấy này, hoặc tài khoản được cấp quyền xem"
            }
            Tie::Case => {
                "thủ tục của một hồ sơ cơ quan mình đang giải quyết cần đến giấy này; hết hồ sơ thì hết quyền"
            }
            Tie::Emergency => "đã nêu lý do trong vòng 60 phút và một người khác đã được báo",
            Tie::Stranger => "của người khác, của cơ quan khác, hoặc quyền đã hết hạn",
        }
    }

    #[test]
    fn the_whole_table_is_what_the_page_of_rights_says() {
        if std::env::var_os("MOTLAN_WRITE_RIGHTS").is_some() {
            std::fs::write(PAGE, page()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(PAGE).unwrap(), page());
    }

    #[test]
    fn only_those_without_content_pass_without_a_tie() {
        for (role, action, _) in every_case().filter(|(_, _, tie)| *tie == Tie::Stranger) {
            let sees_nothing = matches!(role, Role::Auditor | Role::Administrator | Role::System);
            let passes = may(&actor(role, "thu", "thử"), action, Tie::Stranger);
            assert!(!passes || sees_nothing || action == Action::BreakGlass, "{role:?} {action:?}");
            let content = matches!(action, Action::View | Action::Download);
            assert!(!(passes && content), "{role:?} {action:?}");
        }
    }

    #[test]
    fn a_program_may_do_what_its_key_names_and_its_role_may() {
        for (role, action, tie) in every_case() {
            let person = actor(role, "thu", "thử");
            let program = |only: &[Action]| Actor { only: Some(only.to_vec()), ..person.clone() };
            assert_eq!(may(&program(&Action::ALL), action, tie), may(&person, action, tie));
            assert_eq!(may(&program(&[action]), action, tie), may(&person, action, tie));
            assert!(!may(&program(&[]), action, tie));
        }
    }

    #[test]
    fn nobody_may_do_anything_without_a_name_and_a_purpose() {
        for (role, action, tie) in every_case() {
            assert!(!may(&actor(role, "", "thử"), action, tie));
            assert!(!may(&actor(role, "thu", "  "), action, tie));
        }
    }

    #[test]
    fn whoever_has_no_agency_finds_nothing() {
        let check = |role, agency: &str, expected: Scope| {
            let somebody = Actor { agency: agency.into(), ..actor(role, "thu", "thử") };
            assert_eq!(scope(&somebody, Vec::new()), expected, "{role:?} {agency:?}");
        };
        let of =
            |agency: &str| Scope { rights: vec![Right { agency: Some(agency.into()), ..Right::default() }] };
        check(Role::CounterOfficer, "UBND xã Mẫu", of("UBND xã Mẫu"));
        check(Role::Leader, "UBND xã Mẫu", of("UBND xã Mẫu"));
        check(Role::CounterOfficer, " ", Scope::default());
        check(Role::Administrator, "UBND xã Mẫu", Scope::default());
        check(Role::Citizen, "", Scope::default());
        check(Role::System, "", Scope::everything());
    }
}
