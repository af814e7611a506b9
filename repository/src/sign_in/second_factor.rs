//! Yếu tố thứ hai: the six digits of an app (TOTP, RFC 6238), and the codes for the day when the phone is lost.
//!
//! The secret stands in the database under a master key, so that a stolen database signs nobody in.

use crate::access::{self, Touched};
use crate::accounts;
use crate::bytes::sha256_hex;
use crate::database;
use crate::error::{Error, Result};
use crate::keys::MasterKey;
use crate::record::*;
use crate::seal::Key;
use crate::{Repository, seal};
use jiff::Timestamp;
use totp_rs::{Algorithm, Builder, Totp};

/// Bytes of a secret: what RFC 4226 recommends, and all apps take.
const SECRET_BYTES: usize = 20;
/// Seconds of a code.
const STEP_S: u64 = 30;
/// Steps before and after the present one that are taken as well: clocks of phones are some seconds off.
const STEPS_BESIDE: u16 = 1;
/// Codes for the day when the phone is lost: a sheet in the drawer.
const RECOVERY_CODES: usize = 8;
/// Codes one after the other that may be wrong, in however long a time: what NIST SP 800-63B (5.2.2) allows at most. Whoever guesses codes has the
/// password already; at five a quarter of an hour they would have even odds after two years. After so many a new link is needed, with which that
/// password goes too.
pub(crate) const WRONG_CODES_MAX: i64 = 100;
/// Who gives the codes out, as apps show it.
const ISSUER: &str = "motlan";

/// What a phone needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret, for typing.
    pub secret: String,
    /// The same as the address that apps read from a QR code.
    pub address: String,
}

impl Repository {
    /// A new second factor; it counts once [`Repository::confirm_second_factor`] has seen a code of it. One that was begun goes on.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` when there is one that counts.
    pub async fn begin_second_factor(&self, id: AccountId) -> Result<Enrolment> {
        let account = self.account(id).await?.ok_or(Error::NotFound)?;
        if account.has_second_factor {
            return Err(Error::invalid(
                "Tài khoản này đã có mã xác thực. Hãy nhờ quản trị viên đặt lại trước.",
            ));
        }
        if self.totp(&account).await?.is_none() {
            self.make_totp(&account).await?;
        }
        // Two pages at once made one: what is shown is what was kept.
        let totp = self.totp(&account).await?.ok_or(Error::NotFound)?;
        let address = totp.to_url().map_err(|error| Error::Corrupt(error.to_string()))?;
        Ok(Enrolment { secret: totp.secret().to_base32(), address })
    }

    async fn make_totp(&self, account: &Account) -> Result<()> {
        let (master, key) = (self.master_key().await?, Key::random());
        let mut transaction = self.database().write().await?;
        let sql = "update account set totp = $2, totp_master_key_id = $3, totp_step = 0
                   where id = $1 and totp is null";
        database::query(sql)
            .bind(account.id.to_string())
            .bind(master.wrap(&bound_to(account.id), &key))
            .bind(master.id())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// From now on codes of the app are asked for. Answers the codes for the day when the phone is lost; they are shown this once.
    ///
    /// # Errors
    /// `SignInRefused` when the code is not right, `TooManyAttempts`.
    pub async fn confirm_second_factor(&self, id: AccountId, code: &str, way: &Way) -> Result<Vec<String>> {
        let account = self.account(id).await?.ok_or(Error::NotFound)?;
        let attempt = self.count_attempt(&account.login, Some(&account), way).await?;
        let totp = self.totp(&account).await?.filter(|_| !account.has_second_factor);
        let Some(step) = totp.and_then(|totp| step_of(&totp, code, Timestamp::now())) else {
            return self.refuse(Some(&account), way).await;
        };
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
        let mut transaction = self.database().write().await?;
        let sql = "update account set totp_since = $2, totp_step = $3 where id = $1 and totp_since is null";
        let began = database::query(sql).bind(id.to_string()).bind(database::now()).bind(step);
        if began.execute(&mut *transaction).await? == 0 {
            return Err(Error::SignInRefused);
        }
        for code in &codes {
            let sql = "insert into account_recovery (account_id, hash) values ($1, $2)";
            let insert = database::query(sql).bind(id.to_string()).bind(recovery_hash(code));
            insert.execute(&mut *transaction).await?;
        }
        attempt.give_back(&mut transaction).await?;
        let actor = account.actor("Bật mã xác thực", &way.route);
        access::write(&mut transaction, &actor, Action::OwnAccount, Touched::NONE, true).await?;
        transaction.commit().await?;
        Ok(codes)
    }

    /// Checks the code of the app, or one for the day when the phone is lost; each is right once. Access entry `OwnAccount` for the latter.
    ///
    /// # Errors
    /// `SignInRefused`, `TooManyAttempts`; `Invalid` when so many were wrong that a new link is needed.
    pub async fn check_code(&self, id: AccountId, code: &str, way: &Way) -> Result<()> {
        let account = self.account(id).await?.ok_or(Error::NotFound)?;
        let attempt = self.count_attempt(&account.login, Some(&account), way).await?;
        let totp = self.totp(&account).await?.filter(|_| account.has_second_factor);
        let Some(totp) = totp else { return self.refuse(Some(&account), way).await };
        self.count_code(&account, way).await?;
        let step = step_of(&totp, code, Timestamp::now());
        let mut transaction = self.database().write_beside().await?;
        let taken = match step {
            Some(step) => {
                let sql = "update account set totp_step = $2 where id = $1 and totp_step < $2";
                let used = database::query(sql).bind(id.to_string()).bind(step);
                used.execute(&mut *transaction).await?
            }
            None => {
                let sql = "delete from account_recovery where account_id = $1 and hash = $2";
                let used = database::query(sql).bind(id.to_string()).bind(recovery_hash(code));
                used.execute(&mut *transaction).await?
            }
        };
        if taken == 0 {
            drop(transaction);
            return self.refuse(Some(&account), way).await;
        }
        attempt.give_back(&mut transaction).await?;
        let right = database::query("update account set wrong_codes = 0 where id = $1").bind(id.to_string());
        right.execute(&mut *transaction).await?;
        if step.is_none() {
            let actor = account.actor("Đăng nhập bằng mã dự phòng", &way.route);
            access::write(&mut transaction, &actor, Action::OwnAccount, Touched::NONE, true).await?;
        }
        transaction.commit().await
    }

    /// Counts a code as wrong before anybody looks at it, until one is right. The first that is too many is written down as a lock (SEC-05).
    async fn count_code(&self, account: &Account, way: &Way) -> Result<()> {
        let mut transaction = self.database().write_beside().await?;
        let sql = "update account set wrong_codes = wrong_codes + 1 where id = $1 returning wrong_codes";
        let row = database::query(sql).bind(account.id.to_string()).fetch_one(&mut *transaction).await?;
        let wrong = row.get::<i64>("wrong_codes")?;
        if wrong == WRONG_CODES_MAX + 1 {
            let actor = account.actor("Khóa vì sai mã xác thực quá nhiều lần", &way.route);
            access::write(&mut transaction, &actor, Action::LockAccount, Touched::NONE, true).await?;
        }
        transaction.commit().await?;
        if wrong <= WRONG_CODES_MAX {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "Mã xác thực đã sai {WRONG_CODES_MAX} lần liền. Hãy xin quản trị viên cấp liên kết đặt mật khẩu mới."
        )))
    }

    /// Takes the second factor of somebody away who lost it; all codes of theirs end. Access entry `EditAccount`.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` while too many codes were wrong: whoever guessed them knows the password, which is to be another one first.
    pub async fn reset_second_factor(&self, actor: &Actor, id: AccountId) -> Result<()> {
        self.permit(actor, Action::EditAccount, Touched::NONE).await?;
        let mut transaction = self.database().write().await?;
        let account = accounts::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        accounts::not_oneself(actor, &account)?;
        if account.needs_link {
            return Err(Error::invalid(
                "Tài khoản này đã sai mã xác thực quá nhiều lần: có người khác biết mật khẩu. Hãy cấp liên kết đặt mật khẩu mới trước.",
            ));
        }
        for sql in [
            "update account set totp = null, totp_master_key_id = null, totp_since = null, totp_step = 0, wrong_codes = 0
             where id = $1",
            "delete from account_recovery where account_id = $1",
            "delete from sign_in_session where account_id = $1",
        ] {
            database::query(sql).bind(id.to_string()).execute(&mut *transaction).await?;
        }
        let actor = accounts::about(actor, "Đặt lại mã xác thực", &account);
        access::write(&mut transaction, &actor, Action::EditAccount, Touched::NONE, true).await?;
        transaction.commit().await
    }

    /// Puts the secrets under another master key.
    pub(crate) async fn rewrap_second_factors(&self, target: &MasterKey) -> Result<()> {
        let mut transaction = self.database().write().await?;
        let sql =
            "select id, totp, totp_master_key_id from account where totp_master_key_id <> $1 order by id";
        for row in database::query(sql).bind(target.id()).fetch_all(&mut *transaction).await? {
            let id = database::read_word(&row, "id")?;
            let key = self.unwrap_totp(id, row.get("totp")?, row.get("totp_master_key_id")?).await?;
            let sql = "update account set totp = $2, totp_master_key_id = $3 where id = $1";
            let update = database::query(sql).bind(id.to_string()).bind(target.wrap(&bound_to(id), &key));
            update.bind(target.id()).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    async fn totp(&self, account: &Account) -> Result<Option<Totp>> {
        let sql = "select totp, totp_master_key_id from account where id = $1 and totp is not null";
        let row = database::query(sql).bind(account.id.to_string());
        let Some(row) = row.fetch_optional(self.database().reader()).await? else { return Ok(None) };
        let key = self.unwrap_totp(account.id, row.get("totp")?, row.get("totp_master_key_id")?).await?;
        totp_of(account, &key).map(Some)
    }

    async fn unwrap_totp(&self, id: AccountId, wrapped: String, master_key_id: String) -> Result<Key> {
        let master = self.keyring().get(&master_key_id).await?;
        let key = master.unwrap(&bound_to(id), &wrapped);
        key.ok_or_else(|| Error::Corrupt(format!("the second factor of account {id} does not open")))
    }
}

/// What a secret is bound to under the master key: it opens as nothing else.
fn bound_to(id: AccountId) -> String {
    format!("second factor {id}")
}

fn totp_of(account: &Account, key: &Key) -> Result<Totp> {
    let built = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_secret(key.as_bytes()[..SECRET_BYTES].to_vec())
        .with_step_duration(STEP_S)
        .with_skew(STEPS_BESIDE)
        .with_account_name(account.login.as_str())
        .with_issuer(Some(ISSUER))
        .build();
    built.map_err(|error| Error::Corrupt(error.to_string()))
}

/// The step of time whose code this is.
fn step_of(totp: &Totp, code: &str, now: Timestamp) -> Option<i64> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let step = totp.check(&digits, u64::try_from(now.as_second()).ok()?)?;
    i64::try_from(step).ok()
}

/// Sixteen letters in groups of four: 64 random bits.
fn recovery_code() -> String {
    let letters = hex::encode(seal::random::<8>());
    letters.as_bytes().chunks(4).map(|some| String::from_utf8_lossy(some)).collect::<Vec<_>>().join("-")
}

/// The letters that count, hashed: a random code needs no slow hash.
fn recovery_hash(code: &str) -> String {
    let letters: String = code.to_lowercase().chars().filter(char::is_ascii_hexdigit).collect();
    sha256_hex(letters.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_secret(b"12345678901234567890".to_vec())
            .with_account_name("thu")
            .build()
            .unwrap();
        let check = |code: &str, at: i64, step: Option<i64>| {
            assert_eq!(step_of(&totp, code, Timestamp::from_second(at).unwrap()), step, "{code} at {at}");
        };
        check("287082", 59, Some(1));
        check("081 804", 1_111_111_109, Some(37_037_036));
        check("287082", 59 + 30, Some(1));
        check("287082", 59 + 61, None);
        check("287083", 59, None);
        check("", 59, None);
        check("28708", 59, None);
        check("二87082", 59, None);
    }

    #[test]
    fn recovery_codes_forgive_how_they_are_typed() {
        let code = recovery_code();
        assert_eq!(code.len(), 19, "{code}");
        assert_ne!(code, recovery_code());
        assert_eq!(recovery_hash(&code), recovery_hash(&code.replace('-', " ").to_uppercase()));
    }
}
