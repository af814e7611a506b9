//! Đăng nhập as browsers see it: which steps are asked of whom, and how long somebody stays in. The rules are pure functions with the clock
//! handed to them.
//!
//! Not here: passwords and codes (`repository`), pages ([`crate::portal`]), and who may pass ([`crate::asking`]).

mod cookie;
mod provider;
mod session;

pub(crate) use cookie::{device_cookie, known_device, new_phone, phone_cookie, phone_of};
pub(crate) use provider::{Asked, Provider, ProviderSetting, Returned};
pub(crate) use session::{SESSION_GONE, hash_of, layer};

use crate::api::Problem;
use jiff::{SignedDuration, Timestamp};
use repository::Repository;
use repository::record::{Account, AccountId, AccountKind, Way};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use tower_sessions::Session;

/// How long somebody may be away: a queue is called in less, and a screen that is left alone is a stranger's.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_mins(15);
/// How long somebody stays in at most: a working day.
pub(crate) const ABSOLUTE: SignedDuration = SignedDuration::from_hours(8);
/// How long a password given again is good for what cannot be taken back (SEC-11).
pub(crate) const PROVED: SignedDuration = SignedDuration::from_mins(5);
/// How long the steps of signing in may take.
const STEPS: SignedDuration = SignedDuration::from_mins(10);
/// How often a use is written down: one write a minute and person, and not one a picture.
const NOTE_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Under which name a session keeps who is in.
const HOLDER: &str = "holder";
/// Under which name a session keeps what another system was asked.
const ASKED: &str = "asked";
/// Under which name a session keeps who is about to be.
const NEWCOMER: &str = "newcomer";

/// How people get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Door {
    /// Everybody at this machine is the demonstration officer.
    Demonstration,
    /// People sign in.
    SignIn {
        /// The proxy through which other machines reach the server; none: this machine alone does.
        proxy: Option<Proxy>,
    },
}

/// A proxy that speaks TLS with other machines. Where there is one, everybody needs a second factor (SEC-09).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// Name under which others reach this system.
    pub(crate) host: String,
    /// Addresses from which it asks, beside this machine's own.
    pub(crate) addresses: Vec<IpAddr>,
}

impl Door {
    /// The proxy that stands before the server.
    pub(crate) fn proxy(&self) -> Option<&Proxy> {
        match self {
            Door::SignIn { proxy } => proxy.as_ref(),
            Door::Demonstration => None,
        }
    }
}

impl Proxy {
    /// Whether it asks from this address.
    pub(crate) fn is_at(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        peer.is_loopback() || self.addresses.iter().any(|address| address.to_canonical() == peer)
    }
}

/// Who is in, as the session keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// Whose session it is.
    pub(crate) account: AccountId,
    /// When they signed in.
    began_at: Timestamp,
    /// When they last did something.
    seen_at: Timestamp,
    /// When they last gave their password.
    pub(crate) proved_at: Timestamp,
}

/// By what somebody has shown who they are so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Given {
    /// Their password, or another system that vouches for one factor.
    One,
    /// That, and a code.
    Two,
    /// Another system vouches for two factors: it is its business which.
    Vouched,
}

/// Who has shown something, and is asked for more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Newcomer {
    /// Who it seems to be.
    pub(crate) account: AccountId,
    /// By what.
    pub(crate) given: Given,
    /// Page that they wanted.
    pub(crate) wish: String,
    began_at: Timestamp,
}

/// What is asked next of somebody who has shown something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// The code of their app.
    Code,
    /// Another password.
    Password,
    /// To set up an app.
    SecondFactor,
    /// Nothing: they are in.
    In,
}

/// What becomes of a session at a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Over,
    Fresh,
    NoteUse,
}

impl Holder {
    fn standing(&self, now: Timestamp) -> Standing {
        let (age, rest) = (now.duration_since(self.began_at), now.duration_since(self.seen_at));
        match () {
            () if age >= ABSOLUTE || rest >= IDLE => Standing::Over,
            () if rest >= NOTE_EVERY => Standing::NoteUse,
            () => Standing::Fresh,
        }
    }

    /// Whether they gave their password a moment ago.
    pub(crate) fn is_proved(&self, now: Timestamp) -> bool {
        now.duration_since(self.proved_at) < PROVED
    }
}

/// What is asked next.
pub(crate) fn next_step(account: &Account, given: Given, is_open_outside: bool, now: Timestamp) -> Next {
    let needs_code = is_open_outside || account.kind == AccountKind::Administration;
    match () {
        () if given == Given::Vouched => Next::In,
        () if account.has_second_factor && given == Given::One => Next::Code,
        () if account.needs_new_password(now) => Next::Password,
        () if needs_code && !account.has_second_factor => Next::SecondFactor,
        () => Next::In,
    }
}

/// Who is signed in by a browser's session, if they still are. `attended`: a person does something, and not their page by itself.
pub(crate) async fn holder(session: &Session, attended: bool) -> Result<Option<Holder>, Problem> {
    let Some(holder) = session.get::<Holder>(HOLDER).await.map_err(Problem::internal)? else {
        return Ok(None);
    };
    let now = Timestamp::now();
    match holder.standing(now) {
        Standing::Over => {
            session.flush().await.map_err(Problem::internal)?;
            Ok(None)
        }
        Standing::NoteUse if attended => {
            let seen = Holder { seen_at: now, ..holder };
            session.insert(HOLDER, &seen).await.map_err(Problem::internal)?;
            Ok(Some(seen))
        }
        Standing::NoteUse | Standing::Fresh => Ok(Some(holder)),
    }
}

/// Remembers who somebody seems to be, and by what, under a new secret.
pub(crate) async fn begin(
    session: &Session,
    account: AccountId,
    given: Given,
    wish: String,
) -> Result<(), Problem> {
    let newcomer = Newcomer { account, given, wish, began_at: Timestamp::now() };
    renew(session).await?;
    session.insert(NEWCOMER, &newcomer).await.map_err(Problem::internal)
}

/// Remembers that the code was right, too.
pub(crate) async fn gave_code(session: &Session, newcomer: Newcomer) -> Result<Newcomer, Problem> {
    let newcomer = Newcomer { given: Given::Two, ..newcomer };
    session.insert(NEWCOMER, &newcomer).await.map_err(Problem::internal)?;
    Ok(newcomer)
}

/// Remembers what another system was asked.
pub(crate) async fn remember(session: &Session, asked: &Asked) -> Result<(), Problem> {
    session.insert(ASKED, asked).await.map_err(Problem::internal)
}

/// What another system was asked; its answer counts once.
pub(crate) async fn asked(session: &Session) -> Result<Option<Asked>, Problem> {
    session.remove(ASKED).await.map_err(Problem::internal)
}

/// Who is about to be in.
pub(crate) async fn newcomer(session: &Session) -> Result<Option<Newcomer>, Problem> {
    let newcomer = session.get::<Newcomer>(NEWCOMER).await.map_err(Problem::internal)?;
    Ok(newcomer.filter(|newcomer| Timestamp::now() < newcomer.began_at + STEPS))
}

impl Newcomer {
    /// Whether what they gave still holds: another password was set meanwhile, and theirs was the one before.
    pub(crate) fn is_overtaken(&self, account: &Account) -> bool {
        self.given != Given::Vouched && account.password_at.is_some_and(|at| at > self.began_at)
    }
}

/// Lets somebody in who has done every step. Answers the secret of the browser, when it was not known.
pub(crate) async fn enter(
    repository: &Repository,
    session: &Session,
    account: AccountId,
    way: &Way,
) -> Result<Option<String>, Problem> {
    let device = repository.sign_in(account, way).await?.device;
    let now = Timestamp::now();
    let holder = Holder { account, began_at: now, seen_at: now, proved_at: now };
    renew(session).await?;
    session.insert(HOLDER, &holder).await.map_err(Problem::internal)?;
    Ok(device)
}

/// Forgets what a session knew, and goes on under another secret: whoever has planted or seen the one before has nothing.
async fn renew(session: &Session) -> Result<(), Problem> {
    session.clear().await;
    session.cycle_id().await.map_err(Problem::internal)
}

/// Remembers that somebody who is in gave their password again.
pub(crate) async fn prove(session: &Session) -> Result<(), Problem> {
    let Some(holder) = holder(session, true).await? else { return Ok(()) };
    let proved = Holder { proved_at: Timestamp::now(), ..holder };
    session.insert(HOLDER, &proved).await.map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(began: i64, seen: i64) -> Holder {
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let account = "00000000-0000-0000-0000-000000000000".parse().unwrap();
        Holder { account, began_at: at(began), seen_at: at(seen), proved_at: at(seen) }
    }

    #[test]
    fn a_session_ends_when_nobody_is_there_and_after_a_day() {
        let check = |began, seen, now, expected| {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(now);
            assert_eq!(holder(began, seen).standing(now), expected, "{began} {seen} {now}");
        };
        check(0, 0, 0, Standing::Fresh);
        check(0, 0, 1, Standing::NoteUse);
        check(0, 0, 14, Standing::NoteUse);
        check(0, 0, 15, Standing::Over);
        check(0, 470, 479, Standing::NoteUse);
        check(0, 479, 480, Standing::Over);
        check(0, 100, 99, Standing::Fresh);
    }

    #[test]
    fn a_password_given_again_is_good_for_five_minutes() {
        let check = |now, expected| {
            let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(now);
            assert_eq!(holder(0, 0).is_proved(now), expected, "{now}");
        };
        check(0, true);
        check(299, true);
        check(300, false);
    }
}
