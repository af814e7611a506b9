//! Tài khoản: who has one, and who gives, changes and closes them. Each such act stands in the access log (SEC-05).
//!
//! Not here: whether somebody is who they say (`sign_in`).

use crate::access::{self, Touched};
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::identifier::CitizenId;
use crate::record::*;
use crate::sign_in::{Limit, Locked, WRONG_CODES_MAX};
use crate::{Repository, filing};
use jiff::Timestamp;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// Names under which the program itself stands in the log: the command line, the machine, the demonstration.
const PROGRAM_LOGINS: [&str; 3] = ["console", "motlan", "can-bo-dung-thu"];
/// Letters of a login.
const LOGIN_LETTERS: std::ops::RangeInclusive<usize> = 3..=40;
/// Letters of a name, an agency or a unit.
const NAME_LETTERS_MAX: usize = 200;
/// Who stands in the log for somebody who has no account; no login looks like it.
const NOBODY: &str = "?";

/// What of an account can be changed. Its login stays: the log names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChange {
    /// Name shown to people.
    pub name: String,
    /// Cơ quan.
    pub agency: String,
    /// Đơn vị; empty: none.
    pub unit: String,
    /// What it may do.
    pub role: Role,
}

impl Account {
    /// The account as somebody who acts.
    pub fn actor(&self, purpose: &str, route: &Route) -> Actor {
        Actor {
            account: self.login.clone(),
            name: self.name.clone(),
            agency: self.agency.clone(),
            unit: self.unit.clone(),
            role: self.role,
            purpose: purpose.to_owned(),
            basis: None,
            only: None,
            route: route.clone(),
        }
    }
}

impl Repository {
    /// Every account, by login, for the quarterly review too (SEC-08); and until when those are locked that failed too often.
    pub async fn accounts(&self, actor: &Actor) -> Result<(Vec<Account>, HashMap<AccountId, Timestamp>)> {
        self.permit(actor, Action::EditAccount, Touched::NONE).await?;
        let mut snapshot = self.database().read().await?;
        let rows = database::query("select * from account order by login").fetch_all(&mut *snapshot).await?;
        let accounts = rows.iter().map(account_from).collect::<Result<Vec<_>>>()?;
        let limits = limits_of(&mut snapshot, &accounts).await?;
        let locked = Locked::read(&mut snapshot, Timestamp::now()).await?;
        let until = limits.iter().filter_map(|(id, limits)| Some((*id, locked.until(limits)?)));
        let until = until.collect();
        Ok((accounts, until))
    }

    /// An account, as the program needs it at every request; nobody is asked whether they may.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>> {
        let question = database::query("select * from account where id = $1").bind(id.to_string());
        question.fetch_optional(self.database().reader()).await?.as_ref().map(account_from).transpose()
    }

    /// An account by its login.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn account_by_login(&self, actor: &Actor, login: &str) -> Result<Account> {
        self.permit(actor, Action::EditAccount, Touched::NONE).await?;
        let found = by_login(&mut *self.database().read().await?, &login_key(login)).await?;
        found.ok_or(Error::NotFound)
    }

    /// Gives somebody an account, without a password: a one-time link lets them set theirs. Access entry `CreateAccount`.
    ///
    /// # Errors
    /// `Invalid` when the login is taken or has the wrong form, a name is missing, or nobody can have that role.
    pub async fn create_account(&self, actor: &Actor, new: NewAccount) -> Result<Account> {
        self.permit(actor, Action::CreateAccount, Touched::NONE).await?;
        let new = checked(new)?;
        let mut transaction = self.database().write().await?;
        let id = insert(&mut transaction, &new, &actor.account).await?;
        let account = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        let actor = about(actor, "Tạo tài khoản", &account);
        access::write(&mut transaction, &actor, Action::CreateAccount, Touched::NONE, true).await?;
        transaction.commit().await?;
        Ok(account)
    }

    /// Changes an account. Access entry `ChangeRights` when role or agency is another one, `EditAccount` otherwise.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` as for a new one, or when nobody would be left who can give accounts.
    pub async fn change_account(
        &self,
        actor: &Actor,
        id: AccountId,
        change: AccountChange,
    ) -> Result<Account> {
        let mut transaction = self.database().write().await?;
        let before = find(&mut transaction, id).await?;
        let rights = before
            .as_ref()
            .is_some_and(|before| before.role != change.role || before.agency != change.agency);
        let action = if rights { Action::ChangeRights } else { Action::EditAccount };
        if !crate::policy::may_ever(actor, action) {
            drop(transaction);
            return self.permit(actor, action, Touched::NONE).await.and(Err(Error::Forbidden));
        }
        let before = before.ok_or(Error::NotFound)?;
        let is_promoted = before.role != change.role;
        // Who administers sees no papers: of which agency they are opens nothing, and the first one has nobody else to correct it.
        if is_promoted || before.kind != AccountKind::Administration && rights {
            not_oneself(actor, &before)?;
        }
        let (login, is_service) = (before.login.clone(), before.kind == AccountKind::Service);
        let AccountChange { name, agency, unit, role } = change;
        let new = checked(NewAccount { login, name, agency, unit, role, is_service, number: String::new() })?;
        database::query(
            "update account set name = $2, agency = $3, unit = $4, role = $5, kind = $6 where id = $1",
        )
        .bind(id.to_string())
        .bind(&new.name)
        .bind(&new.agency)
        .bind(&new.unit)
        .bind(database::word(&new.role))
        .bind(database::word(&kind_of(&new)))
        .execute(&mut *transaction)
        .await?;
        if new.role != Role::Administrator {
            someone_is_left(&mut transaction, &before).await?;
        }
        if is_promoted {
            // Of another role more may be asked when somebody signs in.
            let sql = "delete from sign_in_session where account_id = $1";
            database::query(sql).bind(id.to_string()).execute(&mut *transaction).await?;
        }
        let account = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        let what = if rights { "Đổi quyền của tài khoản" } else { "Sửa tài khoản" };
        access::write(&mut transaction, &about(actor, what, &account), action, Touched::NONE, true).await?;
        transaction.commit().await?;
        Ok(account)
    }

    /// Closes an account and ends its sessions at once. Nothing is deleted: the log names it. Access entry `DisableAccount`.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` without a reason, or when nobody would be left who can give accounts.
    pub async fn disable_account(&self, actor: &Actor, id: AccountId, reason: &str) -> Result<()> {
        self.permit(actor, Action::DisableAccount, Touched::NONE).await?;
        let reason = filing::plan_reason(reason)?;
        let mut transaction = self.database().write().await?;
        let account = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        close(&mut transaction, &account, &reason).await?;
        someone_is_left(&mut transaction, &account).await?;
        let actor = about(actor, "Khóa tài khoản", &account);
        access::write(&mut transaction, &actor, Action::DisableAccount, Touched::NONE, true).await?;
        transaction.commit().await
    }

    /// Opens an account again, also one that failed too often. Access entry `UnlockAccount`.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn open_account(&self, actor: &Actor, id: AccountId) -> Result<()> {
        self.permit(actor, Action::UnlockAccount, Touched::NONE).await?;
        let mut transaction = self.database().write().await?;
        let account = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        let sql = "update account set state = $2, state_reason = '', enabled_at = $3 where id = $1";
        database::query(sql)
            .bind(id.to_string())
            .bind(database::word(&AccountState::Active))
            .bind(database::now())
            .execute(&mut *transaction)
            .await?;
        for limit in limits_of(&mut transaction, std::slice::from_ref(&account)).await?.values().flatten() {
            limit.forget(&mut transaction).await?;
        }
        let actor = about(actor, "Mở khóa tài khoản", &account);
        access::write(&mut transaction, &actor, Action::UnlockAccount, Touched::NONE, true).await?;
        transaction.commit().await
    }

    /// Closes the accounts that nobody has used for 45 days (SEC-08). Access entry `DisableAccount` for each; answers how many.
    pub async fn disable_idle_accounts(&self, now: Timestamp) -> Result<usize> {
        let rows = database::query("select * from account where state = 'active' order by login");
        let rows = rows.fetch_all(self.database().reader()).await?;
        let accounts = rows.iter().map(account_from).collect::<Result<Vec<_>>>()?;
        let mut closed = 0;
        for account in accounts.iter().filter(|account| account.is_idle(now)) {
            let mut transaction = self.database().write().await?;
            let reason = format!("Không đăng nhập quá {IDLE_DAYS_MAX} ngày");
            close(&mut transaction, account, &reason).await?;
            let actor = about(&nobody("", &Route::default()), &reason, account);
            access::write(&mut transaction, &actor, Action::DisableAccount, Touched::NONE, true).await?;
            transaction.commit().await?;
            closed += 1;
        }
        Ok(closed)
    }
}

/// What counts the attempts of each account: its login, and each browser in which it signed in before.
async fn limits_of(
    connection: &mut Connection,
    accounts: &[Account],
) -> Result<HashMap<AccountId, Vec<Limit>>> {
    let of_login = |account: &Account| (account.id, vec![Limit::of_login(&account.login)]);
    let mut limits: HashMap<_, _> = accounts.iter().map(of_login).collect();
    for row in database::query("select account_id, hash from account_device").fetch_all(connection).await? {
        let id = database::read_word(&row, "account_id")?;
        if let Some(limits) = limits.get_mut(&id) {
            limits.push(Limit::of_device(&row.get::<String>("hash")?, id));
        }
    }
    Ok(limits)
}

/// Nobody gives themselves another role, or opens a door to their own account that skips what is asked of them.
///
/// # Errors
/// `Invalid` when it is their own.
pub(crate) fn not_oneself(actor: &Actor, account: &Account) -> Result<()> {
    if actor.account == account.login {
        return Err(Error::invalid(
            "Không tự đổi quyền hay đặt lại tài khoản của mình. Hãy nhờ quản trị viên khác.",
        ));
    }
    Ok(())
}

/// A login as it is compared: what people type in the box, in lower case.
pub(crate) fn login_key(typed: &str) -> String {
    typed.trim().nfc().flat_map(char::to_lowercase).collect()
}

/// Somebody who has no account, for the log.
pub(crate) fn nobody(purpose: &str, route: &Route) -> Actor {
    Actor {
        account: NOBODY.to_owned(),
        name: String::new(),
        agency: String::new(),
        unit: String::new(),
        role: Role::System,
        purpose: purpose.to_owned(),
        basis: None,
        only: None,
        route: route.clone(),
    }
}

/// The same actor with what they do to which account, for the log.
pub(crate) fn about(actor: &Actor, what: &str, account: &Account) -> Actor {
    Actor { purpose: format!("{what}: {}", account.login), ..actor.clone() }
}

/// A new account in its right form.
pub(crate) fn checked(new: NewAccount) -> Result<NewAccount> {
    let login = login_key(&new.login);
    let is_letter =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || ".-_".contains(letter);
    if !LOGIN_LETTERS.contains(&login.chars().count()) || !login.chars().all(is_letter) {
        return Err(Error::invalid(format!(
            "Tên đăng nhập gồm {} đến {} ký tự: chữ không dấu, chữ số, dấu chấm, gạch nối hoặc gạch dưới.",
            LOGIN_LETTERS.start(),
            LOGIN_LETTERS.end()
        )));
    }
    if PROGRAM_LOGINS.contains(&login.as_str()) {
        return Err(Error::invalid("Tên đăng nhập này là của chính chương trình. Hãy chọn tên khác."));
    }
    // A number of a person would stand in every line of the log (invariant 8).
    if login.chars().filter(char::is_ascii_digit).count() >= 9 {
        return Err(Error::invalid("Không dùng số định danh hay số điện thoại làm tên đăng nhập."));
    }
    let [name, agency, unit] =
        [&new.name, &new.agency, &new.unit].map(|text| text.trim().nfc().collect::<String>());
    if name.is_empty() || agency.is_empty() {
        return Err(Error::invalid("Hãy nhập họ tên và cơ quan."));
    }
    if [&name, &agency, &unit].iter().any(|text| text.chars().count() > NAME_LETTERS_MAX) {
        return Err(Error::invalid(format!("Họ tên, cơ quan và đơn vị dài nhất {NAME_LETTERS_MAX} ký tự.")));
    }
    if new.role == Role::System {
        return Err(Error::invalid("Vai trò này là của chính chương trình. Hãy chọn vai trò khác."));
    }
    if new.role == Role::Service && !new.is_service {
        return Err(Error::invalid(
            "Vai trò này là của hệ thống khác, không phải của người. Hãy chọn vai trò khác.",
        ));
    }
    let number = new.number.trim();
    let number = if number.is_empty() { String::new() } else { number.parse::<CitizenId>()?.to_string() };
    Ok(NewAccount { login, name, agency, unit, number, ..new })
}

/// How many accounts there are.
pub(crate) async fn count(connection: &mut Connection) -> Result<u64> {
    database::whole(
        &database::query("select count(*) as accounts from account").fetch_one(connection).await?,
        "accounts",
    )
}

/// An account of this key.
pub(crate) async fn find(connection: &mut Connection, id: AccountId) -> Result<Option<Account>> {
    let question = database::query("select * from account where id = $1").bind(id.to_string());
    question.fetch_optional(connection).await?.as_ref().map(account_from).transpose()
}

/// An account of this login.
pub(crate) async fn by_login(connection: &mut Connection, login: &str) -> Result<Option<Account>> {
    let question = database::query("select * from account where login = $1").bind(login);
    question.fetch_optional(connection).await?.as_ref().map(account_from).transpose()
}

/// Keeps a checked new account.
pub(crate) async fn insert(
    connection: &mut Connection,
    new: &NewAccount,
    made_by: &str,
) -> Result<AccountId> {
    if by_login(connection, &new.login).await?.is_some() {
        return Err(Error::invalid(format!("Tên đăng nhập «{}» đã có. Hãy chọn tên khác.", new.login)));
    }
    let number = Some(&new.number).filter(|number| !number.is_empty());
    if let Some(number) = number {
        let sql = "select login from account where number = $1";
        if let Some(row) = database::query(sql).bind(number).fetch_optional(&mut *connection).await? {
            let login: String = row.get("login")?;
            return Err(Error::invalid(format!("Số định danh này đã thuộc tài khoản «{login}».")));
        }
    }
    let id = AccountId(database::new_key());
    let sql = "insert into account (id, login, kind, name, agency, unit, role, number, state, state_reason, totp_step,
                   made_by, made_at, enabled_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, $10, $11, $11)";
    database::query(sql)
        .bind(id.to_string())
        .bind(&new.login)
        .bind(database::word(&kind_of(new)))
        .bind(&new.name)
        .bind(&new.agency)
        .bind(&new.unit)
        .bind(database::word(&new.role))
        .bind(number)
        .bind(database::word(&AccountState::Active))
        .bind(made_by)
        .bind(database::now())
        .execute(connection)
        .await?;
    Ok(id)
}

fn kind_of(new: &NewAccount) -> AccountKind {
    if new.is_service { AccountKind::Service } else { AccountKind::of(new.role) }
}

async fn close(connection: &mut Connection, account: &Account, reason: &str) -> Result<()> {
    let id = account.id.to_string();
    database::query("update account set state = $2, state_reason = $3 where id = $1")
        .bind(&id)
        .bind(database::word(&AccountState::Disabled))
        .bind(reason)
        .execute(&mut *connection)
        .await?;
    for sql in [
        "delete from sign_in_session where account_id = $1",
        "delete from account_link where account_id = $1",
    ] {
        database::query(sql).bind(&id).execute(&mut *connection).await?;
    }
    Ok(())
}

/// After a change of an account that could give accounts: somebody still can.
async fn someone_is_left(connection: &mut Connection, before: &Account) -> Result<()> {
    if before.role != Role::Administrator || before.state != AccountState::Active {
        return Ok(());
    }
    // Who has never been in may have lost the link, and who has neither password nor another system's word has no way in.
    let sql =
        "select * from account where role = $1 and state = $2 and kind = $3 and signed_in_at is not null
                   and (password is not null or id in (select account_id from account_identity))";
    let others = database::query(sql)
        .bind(database::word(&Role::Administrator))
        .bind(database::word(&AccountState::Active))
        .bind(database::word(&AccountKind::Administration));
    let others = others.fetch_all(connection).await?;
    let others = others.iter().map(account_from).collect::<Result<Vec<_>>>()?;
    let now = Timestamp::now();
    if !others.iter().any(|other| other.is_open(now) && !other.needs_link) {
        return Err(Error::invalid(
            "Đây là quản trị viên cuối cùng còn đăng nhập được. Hãy tạo một quản trị viên khác và chờ người đó đăng nhập trước.",
        ));
    }
    Ok(())
}

pub(crate) fn account_from(row: &Row) -> Result<Account> {
    Ok(Account {
        id: database::read_word(row, "id")?,
        login: row.get("login")?,
        kind: database::read_word(row, "kind")?,
        name: row.get("name")?,
        agency: row.get("agency")?,
        unit: row.get("unit")?,
        role: database::read_word(row, "role")?,
        state: database::read_word(row, "state")?,
        state_reason: row.get("state_reason")?,
        has_password: row.get::<Option<String>>("password")?.is_some(),
        password_at: database::read_time_or_none(row, "password_at")?,
        needs_link: row.get::<i64>("wrong_codes")? > WRONG_CODES_MAX,
        has_second_factor: row.get::<Option<i64>>("totp_since")?.is_some(),
        has_number: row.get::<Option<String>>("number")?.is_some(),
        made_by: row.get("made_by")?,
        made_at: database::read_time(row, "made_at")?,
        signed_in_at: database::read_time_or_none(row, "signed_in_at")?,
        enabled_at: database::read_time(row, "enabled_at")?,
    })
}
