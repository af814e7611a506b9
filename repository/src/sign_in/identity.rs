//! A person as another system knows them: by its name and theirs there, and by the national number; never by a telephone number or a name,
//! which others get later.

use super::may_sign_in;
use crate::Repository;
use crate::accounts;
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use crate::identifier::CitizenId;
use crate::record::*;
use jiff::Timestamp;

impl Repository {
    /// Whose account it is for whom another system vouches. The first time the national number tells, and has to be the one that whoever
    /// gave the account wrote down; from then on the other system's own name of the person, and the number may not contradict it.
    ///
    /// # Errors
    /// `SignInRefused`: nobody's, a closed one, or somebody else's number.
    pub async fn check_vouched(&self, vouched: &Vouched, way: &Way) -> Result<Account> {
        let mut transaction = self.database().write().await?;
        let number = vouched.number.as_deref().and_then(|number| number.parse::<CitizenId>().ok());
        let number = number.map(|number| number.to_string());
        let known = known(&mut transaction, vouched).await?;
        let found = match (known, &number) {
            (Some(id), _) => accounts::find(&mut transaction, id).await?,
            (None, Some(number)) => by_number(&mut transaction, number).await?,
            (None, None) => None,
        };
        let kept = match &found {
            Some(account) => number_of(&mut transaction, account.id).await?,
            None => None,
        };
        let contradicts = number.is_some() && kept.is_some() && number != kept;
        let account = found
            .clone()
            .filter(|account| !contradicts && may_sign_in(account, &way.route, Timestamp::now()));
        let Some(account) = account else {
            drop(transaction);
            return self.refuse(found.as_ref(), way).await;
        };
        let sql = "insert into account_identity (issuer, sub, account_id, known_at) values ($1, $2, $3, $4)
                   on conflict (issuer, sub) do nothing";
        database::query(sql)
            .bind(&vouched.issuer)
            .bind(&vouched.sub)
            .bind(account.id.to_string())
            .bind(database::now())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(account)
    }

    /// Writes down that another system vouched for nobody, or not as was asked. Access entry `SignIn`, refused.
    pub async fn note_unvouched(&self, way: &Way) -> Result<()> {
        match self.refuse::<()>(None, way).await {
            Err(Error::SignInRefused) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

async fn known(connection: &mut Connection, vouched: &Vouched) -> Result<Option<AccountId>> {
    let sql = "select account_id from account_identity where issuer = $1 and sub = $2";
    let row =
        database::query(sql).bind(&vouched.issuer).bind(&vouched.sub).fetch_optional(connection).await?;
    row.map(|row| database::read_word(&row, "account_id")).transpose()
}

async fn by_number(connection: &mut Connection, number: &str) -> Result<Option<Account>> {
    let row = database::query("select id from account where number = $1").bind(number);
    let Some(row) = row.fetch_optional(&mut *connection).await? else { return Ok(None) };
    accounts::find(connection, database::read_word(&row, "id")?).await
}

async fn number_of(connection: &mut Connection, id: AccountId) -> Result<Option<String>> {
    let question = database::query("select number from account where id = $1").bind(id.to_string());
    question.fetch_one(connection).await?.get("number")
}
