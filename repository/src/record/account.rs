//! Tài khoản: who may sign in, and how that stands. The rules that need no database are here, with the clock handed to them.

use super::{Action, Role};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Days without signing in after which an account is closed (SEC-08).
pub const IDLE_DAYS_MAX: i64 = 45;
/// Days after which who administers needs a new password: two months (SEC-07).
pub const ADMINISTRATION_PASSWORD_DAYS: i64 = 60;

/// Key of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub Uuid);

/// Tài khoản of one person, or of one program (SEC-06).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Key.
    pub id: AccountId,
    /// Tên đăng nhập: lower case, unique for ever.
    pub login: String,
    /// What for.
    pub kind: AccountKind,
    /// Name shown to people.
    pub name: String,
    /// Cơ quan.
    pub agency: String,
    /// Đơn vị in the agency; empty: none is known.
    pub unit: String,
    /// What it may do.
    pub role: Role,
    /// Whether it is open.
    pub state: AccountState,
    /// Why it was closed; empty: it was not.
    pub state_reason: String,
    /// Whether a password was ever set.
    pub has_password: bool,
    /// When the password was set.
    pub password_at: Option<Timestamp>,
    /// Whether so many codes were wrong that nobody gets in before a new link was used.
    pub needs_link: bool,
    /// Whether a second factor counts.
    pub has_second_factor: bool,
    /// Whether a personal number is kept, by which another system may vouch for the person.
    pub has_number: bool,
    /// Account that made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Last time that someone signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Since when it is open without a break.
    pub enabled_at: Timestamp,
}

/// Loại tài khoản: people, those who run the machine, and programs have separate ones (SEC-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Cá nhân: someone who works with papers.
    Person,
    /// Quản trị: someone who runs the machine.
    Administration,
    /// Dịch vụ: a program; nobody signs in with it.
    Service,
}

/// Whether an account is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Đang hoạt động.
    Active,
    /// Đã khóa: nobody gets in until someone opens it.
    Disabled,
}

/// What whoever makes an account says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Tên đăng nhập.
    pub login: String,
    /// Name shown to people.
    pub name: String,
    /// Cơ quan.
    pub agency: String,
    /// Đơn vị; empty: none.
    pub unit: String,
    /// What it may do.
    pub role: Role,
    /// Whether it is a program's.
    pub is_service: bool,
    /// Personal number of the person; empty: none is kept.
    pub number: String,
}

/// Who knocks: what is typed, and whence.
#[derive(Debug, Clone, Copy)]
pub struct Knock<'a> {
    /// Tên đăng nhập as typed.
    pub login: &'a str,
    /// Password as typed.
    pub password: &'a str,
    /// From where.
    pub way: &'a Way,
}

/// The way by which somebody comes who is not signed in yet.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// What the access log says of it.
    pub route: super::Route,
    /// The secret by which a browser is known in which someone signed in before.
    pub device: Option<String>,
}

/// Key of a program's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProgramKeyId(pub Uuid);

/// Khóa cho chương trình: by which a program asks for an account. The secret itself is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramKey {
    /// Key of it.
    pub id: ProgramKeyId,
    /// For whose account it asks.
    pub account: AccountId,
    /// Which program it is; the citizen reads it as the purpose when the program says none.
    pub name: String,
    /// What the program may do, as far as the account may.
    pub only: Vec<Action>,
    /// SHA-256 of the client certificate over which alone it is accepted, in hexadecimal (RFC 8705); none: over any connection.
    pub certificate_sha256: Option<String>,
    /// Account that made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when it holds.
    pub ends_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

/// What whoever makes such a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProgramKey {
    /// Which program.
    pub name: String,
    /// What it may do.
    pub only: Vec<Action>,
    /// For how many days.
    pub days: i64,
    /// SHA-256 of the certificate that it is bound to, in hexadecimal.
    pub certificate_sha256: Option<String>,
}

/// For whom another system vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// Its address.
    pub issuer: String,
    /// What it calls the person, for ever.
    pub sub: String,
    /// National number of the person, if it says one.
    pub number: Option<String>,
}

/// A way into an account that works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeLink {
    /// The secret in its address; it is kept nowhere.
    pub secret: String,
    /// Until when it works.
    pub ends_at: Timestamp,
}

/// Where someone is signed in, or about to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the session's secret.
    pub hash: String,
    /// Who is signed in; none: nobody yet.
    pub account: Option<AccountId>,
    /// What the session remembers.
    pub data: String,
    /// When it began.
    pub made_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When it ends by itself.
    pub ends_at: Timestamp,
}

impl Account {
    /// Whether nobody signed in for too long (SEC-08). It counts from when the account was made or opened again.
    pub fn is_idle(&self, now: Timestamp) -> bool {
        let last = self.signed_in_at.map_or(self.enabled_at, |at| at.max(self.enabled_at));
        self.kind != AccountKind::Service && now.duration_since(last) > days(IDLE_DAYS_MAX)
    }

    /// Whether somebody gets in at all.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == AccountState::Active && !self.is_idle(now)
    }

    /// Whether the password has to be changed before anything else (SEC-07).
    pub fn needs_new_password(&self, now: Timestamp) -> bool {
        let is_old = |at: Timestamp| now.duration_since(at) > days(ADMINISTRATION_PASSWORD_DAYS);
        self.kind == AccountKind::Administration && self.password_at.is_some_and(is_old)
    }
}

impl AccountKind {
    /// The kind of an account that is not a program's: who runs the machine sees no papers, and the other way round.
    pub fn of(role: Role) -> AccountKind {
        if role == Role::Administrator { AccountKind::Administration } else { AccountKind::Person }
    }
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(kind: AccountKind) -> Account {
        Account {
            id: AccountId(Uuid::nil()),
            login: "thu".into(),
            kind,
            name: "Nguyễn Thị Thử".into(),
            agency: "UBND xã Mẫu".into(),
            unit: String::new(),
            role: Role::CounterOfficer,
            state: AccountState::Active,
            state_reason: String::new(),
            has_password: true,
            password_at: Some(Timestamp::UNIX_EPOCH),
            needs_link: false,
            has_second_factor: false,
            has_number: false,
            made_by: "console".into(),
            made_at: Timestamp::UNIX_EPOCH,
            signed_in_at: None,
            enabled_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn after(given: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + days(given)
    }

    #[test]
    fn an_account_that_nobody_uses_closes() {
        let check = |kind, signed_in_after: Option<i64>, now_after: i64, open: bool| {
            let account = Account { signed_in_at: signed_in_after.map(after), ..account(kind) };
            assert_eq!(account.is_open(after(now_after)), open, "{kind:?} {signed_in_after:?} {now_after}");
        };
        check(AccountKind::Person, None, 45, true);
        check(AccountKind::Person, None, 46, false);
        check(AccountKind::Person, Some(20), 65, true);
        check(AccountKind::Person, Some(20), 66, false);
        check(AccountKind::Service, None, 400, true);
        let closed = Account { state: AccountState::Disabled, ..account(AccountKind::Person) };
        assert!(!closed.is_open(after(0)));
        let opened_again = Account { enabled_at: after(100), ..account(AccountKind::Person) };
        assert!(opened_again.is_open(after(145)) && !opened_again.is_open(after(146)));
    }

    #[test]
    fn who_administers_needs_a_new_password_every_two_months() {
        let check = |kind, now_after: i64, needed: bool| {
            let account = account(kind);
            assert_eq!(account.needs_new_password(after(now_after)), needed, "{kind:?} {now_after}");
        };
        check(AccountKind::Administration, 60, false);
        check(AccountKind::Administration, 61, true);
        check(AccountKind::Person, 400, false);
    }
}
