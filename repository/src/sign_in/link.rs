//! Liên kết một lần: how somebody gets the first password of an account, or another one when it was forgotten. Nobody ever knows the password
//! of somebody else, so there is none to be changed at the first sign-in (SEC-07).

use super::password;
use crate::access::{self, Touched};
use crate::accounts;
use crate::bytes::sha256_hex;
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use crate::record::*;
use crate::{Repository, seal};
use jiff::{SignedDuration, Timestamp};

/// How long a link works: it is handed over in person or by telephone, and used the same day or the next morning.
pub const LINK_TIME: SignedDuration = SignedDuration::from_hours(24);

/// What a link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkOf {
    /// Whoever uses it becomes the first administrator.
    FirstAdministrator,
    /// The password of this account.
    Account(Box<Account>),
}

impl Repository {
    /// As long as there is no account at all: a link to become the first administrator; earlier ones end. There is no default account (SEC-07).
    pub async fn first_link(&self) -> Result<Option<OneTimeLink>> {
        let mut transaction = self.database().write().await?;
        if accounts::count(&mut transaction).await? > 0 {
            return Ok(None);
        }
        database::query("delete from account_link where account_id is null")
            .execute(&mut *transaction)
            .await?;
        let link = insert(&mut transaction, None, "console").await?;
        transaction.commit().await?;
        Ok(Some(link))
    }

    /// A link by which an account gets a password; earlier ones end. Access entry `EditAccount`.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a program's account.
    pub async fn make_link(&self, actor: &Actor, account: AccountId) -> Result<OneTimeLink> {
        self.permit(actor, Action::EditAccount, Touched::NONE).await?;
        let mut transaction = self.database().write().await?;
        let account = accounts::find(&mut transaction, account).await?.ok_or(Error::NotFound)?;
        accounts::not_oneself(actor, &account)?;
        if account.kind == AccountKind::Service {
            return Err(Error::invalid("Tài khoản dịch vụ không đăng nhập bằng mật khẩu."));
        }
        let sql = "delete from account_link where account_id = $1";
        database::query(sql).bind(account.id.to_string()).execute(&mut *transaction).await?;
        let link = insert(&mut transaction, Some(account.id), &actor.account).await?;
        let actor = accounts::about(actor, "Cấp liên kết đặt mật khẩu", &account);
        access::write(&mut transaction, &actor, Action::EditAccount, Touched::NONE, true).await?;
        transaction.commit().await?;
        Ok(link)
    }

    /// What a link opens; none: it was used, has ended, or never was.
    pub async fn link(&self, secret: &str) -> Result<Option<LinkOf>> {
        let mut snapshot = self.database().read().await?;
        let sql = "select account_id from account_link where hash = $1 and ends_at > $2";
        let row = database::query(sql).bind(sha256_hex(secret.as_bytes())).bind(database::now());
        let Some(row) = row.fetch_optional(&mut *snapshot).await? else { return Ok(None) };
        opened(&mut snapshot, database::read_word_or_none(&row, "account_id")?).await
    }

    /// Uses a link up: its account has this password from now on, and is signed in nowhere. Access entry `OwnAccount`, and `CreateAccount` of the
    /// first administrator. `first` is whoever becomes the first administrator.
    ///
    /// # Errors
    /// `Invalid` when the password is not taken (the link still works then), or the link does not work.
    pub async fn use_link(
        &self,
        secret: &str,
        first: Option<NewAccount>,
        password: &str,
        way: &Way,
    ) -> Result<Account> {
        let link = self.link(secret).await?.ok_or_else(ended)?;
        let new = match (&link, first) {
            (LinkOf::FirstAdministrator, Some(first)) => Some(accounts::checked(first)?),
            (LinkOf::FirstAdministrator, None) => return Err(ended()),
            (LinkOf::Account(_), _) => None,
        };
        let hash = match (&link, &new) {
            (LinkOf::Account(account), _) => self.new_password(account, password).await?,
            (_, Some(new)) => {
                let about = [new.login.as_str(), &new.name, &new.agency];
                self.hash_if_taken(password, &about).await?
            }
            _ => return Err(ended()),
        };
        let mut transaction = self.database().write().await?;
        let sql = "delete from account_link where hash = $1 and ends_at > $2";
        let delete = database::query(sql).bind(sha256_hex(secret.as_bytes())).bind(database::now());
        if delete.execute(&mut *transaction).await? == 0 {
            return Err(ended());
        }
        let is_first = link == LinkOf::FirstAdministrator;
        let id = match (link, new) {
            (LinkOf::Account(account), _) => account.id,
            (_, Some(_)) if accounts::count(&mut transaction).await? > 0 => return Err(ended()),
            (_, Some(new)) => accounts::insert(&mut transaction, &new, "console").await?,
            _ => return Err(ended()),
        };
        super::put_password(&mut transaction, id, &hash).await?;
        let sql = "delete from sign_in_session where account_id = $1";
        database::query(sql).bind(id.to_string()).execute(&mut *transaction).await?;
        let account = accounts::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        if is_first {
            let stranger = accounts::nobody("", &way.route);
            let actor = accounts::about(&stranger, "Tạo quản trị viên đầu tiên", &account);
            access::write(&mut transaction, &actor, Action::CreateAccount, Touched::NONE, true).await?;
        }
        let actor = account.actor("Đặt mật khẩu bằng liên kết một lần", &way.route);
        access::write(&mut transaction, &actor, Action::OwnAccount, Touched::NONE, true).await?;
        transaction.commit().await?;
        Ok(account)
    }

    /// The hash of a password that an account may have.
    pub(super) async fn new_password(&self, account: &Account, password: &str) -> Result<String> {
        let about = [account.login.as_str(), &account.name, &account.agency];
        let hash = self.hash_if_taken(password, &about).await?;
        let sql = "select password from account_password where account_id = $1 order by at desc limit $2";
        let before = database::query(sql).bind(account.id.to_string()).bind(password::BEFORE_MAX);
        for row in before.fetch_all(self.database().reader()).await? {
            if super::is_right(password, Some(row.get("password")?)).await? {
                return Err(Error::invalid(format!(
                    "Mật khẩu này đã dùng trước đây. Hãy đặt mật khẩu khác với {} mật khẩu gần nhất.",
                    password::BEFORE_MAX
                )));
            }
        }
        Ok(hash)
    }

    async fn hash_if_taken(&self, password: &str, about: &[&str]) -> Result<String> {
        match password::weakness(password, about) {
            Some(weakness) => Err(Error::invalid(weakness)),
            None => super::hash(password).await,
        }
    }
}

fn ended() -> Error {
    Error::invalid("Liên kết này đã dùng hoặc đã hết hạn. Hãy xin quản trị viên cấp liên kết mới.")
}

async fn opened(connection: &mut Connection, account: Option<AccountId>) -> Result<Option<LinkOf>> {
    let Some(id) = account else { return Ok(Some(LinkOf::FirstAdministrator)) };
    let account = accounts::find(connection, id).await?;
    Ok(account.filter(|account| account.is_open(Timestamp::now())).map(Box::new).map(LinkOf::Account))
}

async fn insert(
    connection: &mut Connection,
    account: Option<AccountId>,
    made_by: &str,
) -> Result<OneTimeLink> {
    let link =
        OneTimeLink { secret: hex::encode(seal::random::<16>()), ends_at: Timestamp::now() + LINK_TIME };
    database::query("insert into account_link (hash, account_id, made_by, ends_at) values ($1, $2, $3, $4)")
        .bind(sha256_hex(link.secret.as_bytes()))
        .bind(account.map(|id| id.to_string()))
        .bind(made_by)
        .bind(link.ends_at.as_microsecond())
        .execute(connection)
        .await?;
    Ok(link)
}
