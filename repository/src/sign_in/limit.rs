//! How often someone may try: per login, or per browser that is known, and per address. It is counted in the database, so that several
//! servers count together.
//!
//! A stranger who fails on purpose locks the login, or an address, for other strangers only: browsers in which the officer signed in before have a
//! count of their own (OWASP calls it device cookies).

use crate::bytes::sha256_hex;
use crate::database::{self, Connection, Row};
use crate::error::Result;
use crate::record::{AccountId, Way};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::net::Ipv6Addr;

/// Attempts of one login, or of one known browser, in a window: someone who mistypes needs two or three.
const ATTEMPTS_OF_LOGIN_MAX: i64 = 5;
/// Failed attempts of one address in a window: an office of two hundred behind one address, a quarter of whom mistype.
const ATTEMPTS_OF_ADDRESS_MAX: i64 = 50;
/// Questions of one address to another system in a window: an office of two hundred that comes to work, and as many once more.
const QUESTIONS_OF_ADDRESS_MAX: i64 = 400;
/// How long attempts count, from the first one on. Ten years of guessing at this pace are two million guesses, which finds no password that is
/// taken here.
pub(crate) const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// What is counted.
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    name: String,
    attempts_max: i64,
}

/// How an attempt was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// It may be looked at.
    Within,
    /// There were too many: so many seconds until the next one. `first` is the attempt that was one too many.
    TooMany { wait_s: u64, first: bool },
}

impl Limit {
    /// A login, whether there is such an account or not. What was typed may be a password in the wrong box: only its hash is kept.
    pub(crate) fn of_login(login: &str) -> Limit {
        let name = format!("login {}", sha256_hex(login.as_bytes()));
        Limit { name, attempts_max: ATTEMPTS_OF_LOGIN_MAX }
    }

    /// A browser in which the account signed in before. Whoever shares it has a count of their own.
    pub(crate) fn of_device(hash: &str, account: AccountId) -> Limit {
        Limit { name: format!("device {hash} {account}"), attempts_max: ATTEMPTS_OF_LOGIN_MAX }
    }

    /// An address.
    pub(crate) fn of_address(way: &Way) -> Limit {
        Limit {
            name: format!("address {}", network(&way.route.source)),
            attempts_max: ATTEMPTS_OF_ADDRESS_MAX,
        }
    }

    /// Questions to another system that vouches for people, which everybody at an address may ask.
    pub(crate) fn of_questions(way: &Way) -> Limit {
        Limit {
            name: format!("questions {}", network(&way.route.source)),
            attempts_max: QUESTIONS_OF_ADDRESS_MAX,
        }
    }

    /// Secrets of phone links, which everybody at an address may try.
    pub(crate) fn of_phone_links(way: &Way) -> Limit {
        Limit {
            name: format!("phone links {}", network(&way.route.source)),
            attempts_max: ATTEMPTS_OF_ADDRESS_MAX,
        }
    }

    /// Counts an attempt before anybody looks at it, so that many at once are not more than one after the other.
    pub(crate) async fn count(&self, connection: &mut Connection, now: Timestamp) -> Result<Counted> {
        let sql = "insert into sign_in_limit (name, attempts, since) values ($1, 1, $2)
                   on conflict (name) do update set
                       attempts = case when sign_in_limit.since <= $3 then 1 else sign_in_limit.attempts + 1 end,
                       since = case when sign_in_limit.since <= $3 then excluded.since else sign_in_limit.since end
                   returning attempts, since";
        let row = database::query(sql)
            .bind(&self.name)
            .bind(now.as_microsecond())
            .bind((now - WINDOW).as_microsecond())
            .fetch_one(connection)
            .await?;
        let attempts = row.get::<i64>("attempts")?;
        if attempts <= self.attempts_max {
            return Ok(Counted::Within);
        }
        let ends = database::read_time(&row, "since")? + WINDOW;
        let wait_s = u64::try_from(ends.duration_since(now).as_secs()).unwrap_or_default() + 1;
        Ok(Counted::TooMany { wait_s, first: attempts == self.attempts_max + 1 })
    }

    /// Takes one attempt back: it was right.
    pub(crate) async fn give_back(&self, connection: &mut Connection) -> Result<()> {
        let sql = "update sign_in_limit set attempts = attempts - 1 where name = $1 and attempts > 0";
        database::query(sql).bind(&self.name).execute(connection).await.map(drop)
    }

    /// Forgets all attempts.
    pub(crate) async fn forget(&self, connection: &mut Connection) -> Result<()> {
        let sql = "delete from sign_in_limit where name = $1";
        database::query(sql).bind(&self.name).execute(connection).await.map(drop)
    }
}

/// Until when nobody may try, of the logins and browsers that failed too often.
#[derive(Debug, Default)]
pub(crate) struct Locked(HashMap<String, Timestamp>);

impl Locked {
    /// All of them now.
    pub(crate) async fn read(connection: &mut Connection, now: Timestamp) -> Result<Locked> {
        let sql = "select name, since from sign_in_limit where attempts > $1 and since > $2";
        let question = database::query(sql).bind(ATTEMPTS_OF_LOGIN_MAX).bind((now - WINDOW).as_microsecond());
        let until = |row: &Row| Ok((row.get("name")?, database::read_time(row, "since")? + WINDOW));
        let rows = question.fetch_all(connection).await?;
        rows.iter().map(until).collect::<Result<HashMap<_, _>>>().map(Locked)
    }

    /// Until when the last of these lets nobody try; none: all do.
    pub(crate) fn until(&self, limits: &[Limit]) -> Option<Timestamp> {
        limits.iter().filter_map(|limit| self.0.get(&limit.name)).max().copied()
    }
}

/// An address as it is counted: of IPv6 the network, of which one machine has any number of addresses.
fn network(source: &str) -> String {
    match source.parse::<Ipv6Addr>() {
        Ok(address) => match address.to_ipv4_mapped() {
            Some(address) => address.to_string(),
            None => {
                address.segments()[..4].iter().map(|part| format!("{part:x}:")).collect::<String>() + ":/64"
            }
        },
        Err(_) => source.to_owned(),
    }
}

/// Forgets what does not count any more: one after the other in the order of their names, in which attempts count them too. PostgreSQL locks
/// rows as it finds them, and two who lock the same ones the other way round wait for each other for ever.
pub(crate) async fn forget_old(connection: &mut Connection, now: Timestamp) -> Result<()> {
    let since = (now - WINDOW).as_microsecond();
    let old = database::query("select name from sign_in_limit where since <= $1 order by name").bind(since);
    for row in old.fetch_all(&mut *connection).await? {
        let sql = "delete from sign_in_limit where name = $1 and since <= $2";
        let delete = database::query(sql).bind(row.get::<String>("name")?).bind(since);
        delete.execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_counted_once_whatever_addresses_it_has() {
        let check = |source: &str, expected: &str| assert_eq!(network(source), expected);
        check("192.0.2.7", "192.0.2.7");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64");
        check("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64");
        check("", "");
    }
}
