//! Đăng nhập: whether somebody is who they say. Every attempt is counted before it is looked at, every failure stands in the access log
//! (SEC-05), and whether a login exists can be told neither by the answer nor by its time.
//!
//! Not here: who has an account (`accounts`), and what a browser gets for it (the program).

mod identity;
mod limit;
mod link;
mod password;
mod program_key;
mod second_factor;
mod session;

pub(crate) use limit::{Counted, Limit, Locked};
pub use link::{LINK_TIME, LinkOf};
pub use second_factor::Enrolment;
pub(crate) use second_factor::WRONG_CODES_MAX;

use crate::access::{self, Touched};
use crate::accounts;
use crate::bytes::{blocking, sha256_hex};
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use crate::record::*;
use crate::{Repository, policy, seal};
use jiff::Timestamp;

use tokio::sync::Semaphore;

/// Hashes at once: each needs 19 MiB and a processor, and whoever sends a thousand logins shall not get either.
const HASHES_AT_ONCE: usize = 2;
/// The turns.
static HASHING: Semaphore = Semaphore::const_new(HASHES_AT_ONCE);
/// Browsers of one account that are known: more than anybody works at.
const DEVICES_MAX: i64 = 10;

/// Somebody who is signed in from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub account: Account,
    /// The secret by which this browser is known from now on; none: it is known already.
    pub device: Option<String>,
}

impl Repository {
    /// Whose login and password these are. Nobody is signed in by that yet: see [`Repository::sign_in`].
    ///
    /// # Errors
    /// `SignInRefused`: wrong, unknown, closed, or a program's, which all look the same. `TooManyAttempts`.
    pub async fn check_password(&self, knock: Knock<'_>) -> Result<Account> {
        let login = accounts::login_key(knock.login);
        let known = accounts::by_login(&mut *self.database().read().await?, &login).await?;
        let attempt = self.count_attempt(&login, known.as_ref(), knock.way).await?;
        let kept = match &known {
            Some(account) => self.kept_password(account.id).await?,
            None => None,
        };
        let right = is_right(knock.password, kept.as_deref()).await?;
        let known = known.as_ref();
        match known.filter(|account| right && may_sign_in(account, &knock.way.route, Timestamp::now())) {
            Some(account) => {
                let mut transaction = self.database().write_beside().await?;
                attempt.give_back(&mut transaction).await?;
                transaction.commit().await?;
                Ok(account.clone())
            }
            None => self.refuse(known, knock.way).await,
        }
    }

    /// Signs somebody in who has shown everything that is asked of them. Access entry `SignIn`.
    ///
    /// # Errors
    /// `SignInRefused` when the account was closed meanwhile.
    pub async fn sign_in(&self, id: AccountId, way: &Way) -> Result<SignedIn> {
        let mut transaction = self.database().write().await?;
        let account = accounts::find(&mut transaction, id).await?.ok_or(Error::SignInRefused)?;
        if !may_sign_in(&account, &way.route, Timestamp::now()) {
            drop(transaction);
            return self.refuse(Some(&account), way).await;
        }
        let sql = "update account set signed_in_at = $2 where id = $1";
        database::query(sql).bind(id.to_string()).bind(database::now()).execute(&mut *transaction).await?;
        let known = known_device(&mut transaction, way, Some(&account)).await?;
        known.unwrap_or_else(|| Limit::of_login(&account.login)).forget(&mut transaction).await?;
        let device = know_device(&mut transaction, way, id).await?;
        let actor = account.actor("Đăng nhập", &way.route);
        access::write(&mut transaction, &actor, Action::SignIn, Touched::NONE, true).await?;
        transaction.commit().await?;
        Ok(SignedIn { account, device })
    }

    /// Writes down that somebody signed out. Access entry `SignOut`.
    pub async fn note_sign_out(&self, account: &Account, way: &Way) -> Result<()> {
        let mut transaction = self.database().write_beside().await?;
        let actor = account.actor("Đăng xuất", &way.route);
        access::write(&mut transaction, &actor, Action::SignOut, Touched::NONE, true).await?;
        transaction.commit().await
    }

    /// Asks somebody who is in for their password again (SEC-11). Access entry `OwnAccount`.
    ///
    /// # Errors
    /// As of [`Repository::check_password`].
    pub async fn prove_by_password(&self, knock: Knock<'_>) -> Result<()> {
        let account = self.check_password(knock).await?;
        self.note_own(&account, "Xác nhận lại bằng mật khẩu", knock.way).await
    }

    /// The same by another system that vouches for them.
    ///
    /// # Errors
    /// `SignInRefused`: it vouches for nobody here, or for somebody else.
    pub async fn prove_by_vouching(&self, id: AccountId, vouched: &Vouched, way: &Way) -> Result<()> {
        let account = self.check_vouched(vouched, way).await?;
        if account.id != id {
            return self.refuse(Some(&account), way).await;
        }
        self.note_own(&account, "Xác nhận lại qua hệ thống khác", way).await
    }

    async fn note_own(&self, account: &Account, what: &str, way: &Way) -> Result<()> {
        let mut transaction = self.database().write_beside().await?;
        let actor = account.actor(what, &way.route);
        access::write(&mut transaction, &actor, Action::OwnAccount, Touched::NONE, true).await?;
        transaction.commit().await
    }

    /// Gives somebody another password; their other sessions end. Whoever calls has asked for the present one.
    ///
    /// # Errors
    /// `Invalid` when it is weak, or one of the last ten.
    pub async fn set_password(
        &self,
        id: AccountId,
        password: &str,
        way: &Way,
        kept_session: Option<&str>,
    ) -> Result<()> {
        let account = self.account(id).await?.ok_or(Error::NotFound)?;
        let hash = self.new_password(&account, password).await?;
        let mut transaction = self.database().write().await?;
        put_password(&mut transaction, id, &hash).await?;
        let sql = "delete from sign_in_session where account_id = $1 and hash <> $2";
        let others = database::query(sql).bind(id.to_string()).bind(kept_session.unwrap_or_default());
        others.execute(&mut *transaction).await?;
        let actor = account.actor("Đổi mật khẩu", &way.route);
        access::write(&mut transaction, &actor, Action::OwnAccount, Touched::NONE, true).await?;
        transaction.commit().await
    }

    async fn kept_password(&self, id: AccountId) -> Result<Option<String>> {
        let question = database::query("select password from account where id = $1").bind(id.to_string());
        question.fetch_one(self.database().reader()).await?.get("password")
    }

    /// Counts an attempt, before anybody looks at it. The one that is too many is written down as a lock (SEC-05).
    ///
    /// A browser that is known counts for itself alone: whoever fails on purpose at the same address does not keep it out. Of a stranger the
    /// address is counted first, so that one which has failed too often leaves nothing behind for each login that it makes up.
    async fn count_attempt(&self, login: &str, known: Option<&Account>, way: &Way) -> Result<Attempt> {
        let now = Timestamp::now();
        let mut transaction = self.database().write_beside().await?;
        let limits = match known_device(&mut transaction, way, known).await? {
            Some(limit) => vec![limit],
            None => vec![Limit::of_address(way), Limit::of_login(login)],
        };
        let last = limits.len() - 1;
        for (number, limit) in limits.iter().enumerate() {
            let Counted::TooMany { wait_s, first } = limit.count(&mut transaction, now).await? else {
                continue;
            };
            if let Some(account) = known.filter(|_| first && number == last) {
                let actor = account.actor("Khóa tạm vì sai nhiều lần", &way.route);
                access::write(&mut transaction, &actor, Action::LockAccount, Touched::NONE, true).await?;
            }
            transaction.commit().await?;
            return Err(Error::TooManyAttempts { retry_after_s: wait_s });
        }
        transaction.commit().await?;
        Ok(Attempt(limits))
    }

    /// Writes a failed attempt down. What was typed as a login is not: it may be a password in the wrong box.
    async fn refuse<T>(&self, known: Option<&Account>, way: &Way) -> Result<T> {
        let purpose = "Đăng nhập không thành công";
        let actor = known
            .map_or_else(|| accounts::nobody(purpose, &way.route), |known| known.actor(purpose, &way.route));
        let mut transaction = self.database().write_beside().await?;
        access::write(&mut transaction, &actor, Action::SignIn, Touched::NONE, false).await?;
        transaction.commit().await?;
        Err(Error::SignInRefused)
    }
}

/// An attempt as it was counted.
struct Attempt(Vec<Limit>);

impl Attempt {
    /// It was right, and counts no more.
    async fn give_back(&self, connection: &mut Connection) -> Result<()> {
        for limit in &self.0 {
            limit.give_back(connection).await?;
        }
        Ok(())
    }
}

fn may_sign_in(account: &Account, route: &Route, now: Timestamp) -> bool {
    account.kind != AccountKind::Service
        && account.is_open(now)
        && policy::may_ever(&account.actor("Đăng nhập", route), Action::SignIn)
}

/// What is counted of a browser in which this account signed in before.
async fn known_device(
    connection: &mut Connection,
    way: &Way,
    account: Option<&Account>,
) -> Result<Option<Limit>> {
    let (Some(device), Some(account)) = (&way.device, account) else { return Ok(None) };
    let sql = "select hash from account_device where hash = $1 and account_id = $2";
    let hash = sha256_hex(device.as_bytes());
    let known = database::query(sql).bind(&hash).bind(account.id.to_string());
    Ok(known.fetch_optional(connection).await?.map(|_| Limit::of_device(&hash, account.id)))
}

/// Knows a browser from now on; of too many the one that was longest not used is forgotten. Several people may work at one: they share its
/// secret. Answers a new secret; none: the browser has one.
async fn know_device(connection: &mut Connection, way: &Way, id: AccountId) -> Result<Option<String>> {
    let shared = match &way.device {
        Some(device) => is_known(connection, &sha256_hex(device.as_bytes())).await?,
        None => false,
    };
    let made = (!shared).then(|| hex::encode(seal::random::<16>()));
    let secret = made.as_ref().or(way.device.as_ref()).map(String::as_str).unwrap_or_default();
    let sql = "insert into account_device (hash, account_id, known_at) values ($1, $2, $3)
               on conflict (hash, account_id) do update set known_at = excluded.known_at";
    database::query(sql)
        .bind(sha256_hex(secret.as_bytes()))
        .bind(id.to_string())
        .bind(database::now())
        .execute(&mut *connection)
        .await?;
    let sql = "delete from account_device where account_id = $1 and hash not in (
                   select hash from account_device where account_id = $1 order by known_at desc, hash limit $2)";
    database::query(sql).bind(id.to_string()).bind(DEVICES_MAX).execute(connection).await?;
    Ok(made)
}

/// Whether anybody signed in before in the browser of this secret.
async fn is_known(connection: &mut Connection, hash: &str) -> Result<bool> {
    let question =
        database::query("select account_id from account_device where hash = $1 limit 1").bind(hash);
    Ok(question.fetch_optional(connection).await?.is_some())
}

/// Sets a password as part of a transaction, and remembers it among those that may not come back. What somebody else may have begun with
/// the one before ends: links, and an app whose codes do not count yet.
async fn put_password(connection: &mut Connection, id: AccountId, hash: &str) -> Result<()> {
    let sql = "update account set password = $2, password_at = $3, wrong_codes = 0 where id = $1";
    let (id, now) = (id.to_string(), database::now());
    database::query(sql).bind(&id).bind(hash).bind(now).execute(&mut *connection).await?;
    for sql in [
        "update account set totp = null, totp_master_key_id = null where id = $1 and totp_since is null",
        "delete from account_link where account_id = $1",
    ] {
        database::query(sql).bind(&id).execute(&mut *connection).await?;
    }
    let sql = "insert into account_password (account_id, at, password) values ($1, $2, $3)";
    database::query(sql).bind(&id).bind(now).bind(hash).execute(&mut *connection).await?;
    let sql = "delete from account_password where account_id = $1 and at not in (
                   select at from account_password where account_id = $1 order by at desc limit $2)";
    database::query(sql).bind(&id).bind(password::BEFORE_MAX).execute(connection).await?;
    Ok(())
}

async fn hash(password: &str) -> Result<String> {
    let password = zeroize::Zeroizing::new(password.to_owned());
    in_turn(move || password::hash(&password)).await
}

async fn is_right(password: &str, kept: Option<&str>) -> Result<bool> {
    // Nothing longer was ever taken, and hashing it would only be work.
    if password::is_too_long(password) {
        return Ok(false);
    }
    let (password, kept) = (zeroize::Zeroizing::new(password.to_owned()), kept.map(str::to_owned));
    in_turn(move || password::is_right(&password, kept.as_deref())).await
}

/// Hashes when it is its turn. The turn ends with the work, and not when whoever waits for it goes away: otherwise requests that are given up at
/// once would hash as many at a time as somebody likes.
async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let turn = HASHING.acquire().await.expect("the turns are never closed");
    blocking(move || {
        let _turn = turn;
        Ok(work())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn who_goes_away_gives_no_turn_to_another() {
        let (begun, begins) = channel();
        let mut ends = Vec::new();
        for _ in 0..HASHES_AT_ONCE {
            let (end, ending) = channel::<()>();
            let begun = begun.clone();
            let waiting = tokio::spawn(in_turn(move || {
                begun.send(()).expect("somebody listens");
                let _ = ending.recv();
            }));
            ends.push(end);
            let begins = &begins;
            while begins.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            waiting.abort();
            assert!(waiting.await.is_err_and(|error| error.is_cancelled()));
        }
        assert_eq!(HASHING.available_permits(), 0, "the work goes on");
        drop(ends);
        in_turn(|| ()).await.expect("a turn, once some work has ended");
    }
}
