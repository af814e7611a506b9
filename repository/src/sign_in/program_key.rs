//! Khóa cho chương trình: how a program of an agency asks without anybody signing in. It may do only what is written on it, only until a day,
//! and never more than its account may at that moment.
//!
//! Only a hash is kept. A random key of 256 bits needs no slow hash, and no counting of guesses.

use crate::access::{self, Touched};
use crate::accounts;
use crate::bytes::sha256_hex;
use crate::database::{self, Row};
use crate::error::{Error, Result};
use crate::record::*;
use crate::{Repository, policy, seal};
use jiff::{SignedDuration, Timestamp};

/// How a key begins: whoever finds one in a file knows what it opens.
const WRITTEN: &str = "motlan-program-1-";
/// Most days of a key: whoever runs the program changes it once a year.
const DAYS_MAX: i64 = 366;
/// Letters of a name.
const NAME_LETTERS_MAX: usize = 80;
/// How often a use is written down.
const NOTE_EVERY: SignedDuration = SignedDuration::from_mins(1);

impl Repository {
    /// Gives an account a key; it is shown this once. Access entry `ChangeRights`.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for an account that is not a program's or not open, without a name or an action, with one that the account may not do itself, or for too many days.
    pub async fn make_program_key(
        &self,
        actor: &Actor,
        account: AccountId,
        new: NewProgramKey,
    ) -> Result<(String, ProgramKey)> {
        self.permit(actor, Action::ChangeRights, Touched::NONE).await?;
        let mut transaction = self.database().write().await?;
        let account = accounts::find(&mut transaction, account).await?.ok_or(Error::NotFound)?;
        let NewProgramKey { name, only, days, certificate_sha256 } = checked(&account, new)?;
        let secret = format!("{WRITTEN}{}", hex::encode(seal::random::<32>()));
        let (id, now) = (database::new_key().to_string(), Timestamp::now());
        let ends_at = now + SignedDuration::from_hours(24 * days);
        let sql =
            "insert into program_key (id, hash, account_id, name, only_actions, made_by, made_at, ends_at,
                       certificate_sha256) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        database::query(sql)
            .bind(&id)
            .bind(sha256_hex(secret.as_bytes()))
            .bind(account.id.to_string())
            .bind(name)
            .bind(database::json(&only))
            .bind(&actor.account)
            .bind(now.as_microsecond())
            .bind(ends_at.as_microsecond())
            .bind(certificate_sha256)
            .execute(&mut *transaction)
            .await?;
        let question = database::query("select * from program_key where id = $1").bind(id);
        let key = key_from(&question.fetch_one(&mut *transaction).await?)?;
        let actor = accounts::about(actor, &format!("Cấp khóa «{}» cho chương trình", key.name), &account);
        access::write(&mut transaction, &actor, Action::ChangeRights, Touched::NONE, true).await?;
        transaction.commit().await?;
        Ok((secret, key))
    }

    /// Keys of an account, the oldest first, those that have ended too.
    pub async fn program_keys(&self, actor: &Actor, account: AccountId) -> Result<Vec<ProgramKey>> {
        self.permit(actor, Action::EditAccount, Touched::NONE).await?;
        let question = database::query("select * from program_key where account_id = $1 order by id");
        let rows = question.bind(account.to_string()).fetch_all(self.database().reader()).await?;
        rows.iter().map(key_from).collect()
    }

    /// Ends a key at once. Access entry `ChangeRights`.
    ///
    /// # Errors
    /// `NotFound` when there is none of this key that holds.
    pub async fn end_program_key(&self, actor: &Actor, id: ProgramKeyId) -> Result<()> {
        self.permit(actor, Action::ChangeRights, Touched::NONE).await?;
        let mut transaction = self.database().write().await?;
        let sql =
            "update program_key set ends_at = $2 where id = $1 and ends_at > $2 returning account_id, name";
        let question = database::query(sql).bind(id.to_string()).bind(database::now());
        let row = question.fetch_optional(&mut *transaction).await?.ok_or(Error::NotFound)?;
        let account = accounts::find(&mut transaction, database::read_word(&row, "account_id")?).await?;
        let account = account.ok_or(Error::NotFound)?;
        let what = format!("Thu hồi khóa «{}» của chương trình", row.get::<String>("name")?);
        let actor = accounts::about(actor, &what, &account);
        access::write(&mut transaction, &actor, Action::ChangeRights, Touched::NONE, true).await?;
        transaction.commit().await
    }

    /// Which program asks, and for whose account; none: no key, one that has ended or is bound to another certificate than this, or an account
    /// that is closed or a person's.
    pub async fn program(
        &self,
        secret: &str,
        certificate_sha256: Option<&str>,
    ) -> Result<Option<(Account, ProgramKey)>> {
        let now = Timestamp::now();
        let sql = "select * from program_key where hash = $1 and ends_at > $2";
        let question = database::query(sql).bind(sha256_hex(secret.as_bytes())).bind(now.as_microsecond());
        let row = question.fetch_optional(self.database().reader()).await?;
        let key = row.as_ref().map(key_from).transpose()?;
        let is_bound_to = |bound: &str| certificate_sha256 == Some(bound);
        let key = key.filter(|key| key.certificate_sha256.as_deref().is_none_or(is_bound_to));
        let Some(key) = key else { return Ok(None) };
        let account = self.account(key.account).await?.filter(|account| has_programs(account, now));
        if account.is_some() && key.used_at.is_none_or(|used| now.duration_since(used) > NOTE_EVERY) {
            let mut transaction = self.database().write_beside().await?;
            let sql = "update program_key set used_at = $2 where id = $1";
            let update = database::query(sql).bind(key.id.to_string()).bind(now.as_microsecond());
            update.execute(&mut *transaction).await?;
            transaction.commit().await?;
        }
        Ok(account.map(|account| (account, key)))
    }
}

impl Account {
    /// A program that acts for the account, with no more than its key names.
    pub fn program(&self, key: &ProgramKey, route: &Route) -> Actor {
        // The log tells the keys of one account apart, whatever purpose the program says.
        let name = format!("{} ({})", self.name, key.name);
        Actor { name, only: Some(key.only.clone()), ..self.actor(&key.name, route) }
    }
}

/// Whether programs ask for an account: of people each act is their own (SEC-06).
fn has_programs(account: &Account, now: Timestamp) -> bool {
    account.kind == AccountKind::Service && account.is_open(now)
}

fn checked(account: &Account, new: NewProgramKey) -> Result<NewProgramKey> {
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX {
        return Err(Error::invalid(format!("Hãy đặt tên cho khóa, nhiều nhất {NAME_LETTERS_MAX} ký tự.")));
    }
    if !(1..=DAYS_MAX).contains(&new.days) {
        return Err(Error::invalid(format!("Khóa có hạn từ 1 đến {DAYS_MAX} ngày.")));
    }
    if !has_programs(account, Timestamp::now()) {
        return Err(Error::invalid(format!(
            "«{}» không phải tài khoản dịch vụ đang mở. Chương trình cần tài khoản riêng (--service).",
            account.login
        )));
    }
    let actor = account.actor(&name, &Route::default());
    if let Some(too_much) = new.only.iter().find(|action| !policy::may_ever(&actor, **action)) {
        return Err(Error::invalid(format!(
            "Tài khoản «{}» không được làm việc «{}», nên khóa của nó cũng không.",
            account.login,
            database::word(too_much)
        )));
    }
    // Who may sign in could give itself another password.
    let is_own = |action: &Action| [Action::SignIn, Action::SignOut, Action::OwnAccount].contains(action);
    if new.only.is_empty() || new.only.iter().any(is_own) {
        return Err(Error::invalid(
            "Hãy nêu những việc mà chương trình cần làm; đăng nhập không thuộc số đó.",
        ));
    }
    let certificate_sha256 =
        new.certificate_sha256.map(|hash| hash.trim().replace(':', "").to_ascii_lowercase());
    let is_hash = |hash: &String| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !certificate_sha256.as_ref().is_none_or(is_hash) {
        return Err(Error::invalid(
            "Dấu vân tay chứng thư phải là SHA-256: 64 chữ số thập lục phân. Lấy bằng: openssl x509 -in chung-thu.pem -outform der | sha256sum",
        ));
    }
    if new.only.contains(&Action::LookUp) && certificate_sha256.is_none() {
        return Err(Error::invalid(
            "Khóa để khai thác giấy tờ phải gắn với chứng thư của hệ thống kia (--certificate), để khóa bị lộ không dùng được ở nơi khác.",
        ));
    }
    Ok(NewProgramKey { name, certificate_sha256, ..new })
}

fn key_from(row: &Row) -> Result<ProgramKey> {
    Ok(ProgramKey {
        id: database::read_word(row, "id")?,
        account: database::read_word(row, "account_id")?,
        name: row.get("name")?,
        only: database::read_json(row, "only_actions")?,
        certificate_sha256: row.get("certificate_sha256")?,
        made_by: row.get("made_by")?,
        made_at: database::read_time(row, "made_at")?,
        ends_at: database::read_time(row, "ends_at")?,
        used_at: database::read_time_or_none(row, "used_at")?,
    })
}
