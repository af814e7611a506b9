//! A person as another system knows them: by its name and theirs there, and by the national number; never by a telephone number or a name,
//! which others get later.

use super::limit::{Counted, Limit};
use super::may_sign_in;
use crate::Repository;
use crate::access::{self, Touched};
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
        let number = vouched.number.as_deref().map(|number| number.parse::<CitizenId>());
        let Ok(number) = number.transpose().map(|number| number.map(|number| number.to_string())) else {
            drop(transaction);
            return self.refuse(None, way).await;
        };
        let known = known(&mut transaction, vouched).await?;
        let is_first = known.is_none();
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
        // Of one other system an account has one person: a second one with the same number wrote it there.
        let is_another = match found.as_ref().filter(|_| is_first) {
            Some(account) => has_identity(&mut transaction, &vouched.issuer, account.id).await?,
            None => false,
        };
        let account = found.clone().filter(|account| {
            !contradicts && !is_another && may_sign_in(account, &way.route, Timestamp::now())
        });
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
        if is_first {
            let actor = account.actor(&format!("Gắn với {}", vouched.issuer), &way.route);
            access::write(&mut transaction, &actor, Action::OwnAccount, Touched::NONE, true).await?;
        }
        transaction.commit().await?;
        Ok(account)
    }

    /// Counts a question to another system, before it is asked.
    ///
    /// # Errors
    /// `TooManyAttempts`.
    pub async fn count_question(&self, way: &Way) -> Result<()> {
        let mut transaction = self.database().write_beside().await?;
        let counted = Limit::of_questions(way).count(&mut transaction, Timestamp::now()).await?;
        transaction.commit().await?;
        match counted {
            Counted::Within => Ok(()),
            Counted::TooMany { wait_s, .. } => Err(Error::TooManyAttempts { retry_after_s: wait_s }),
        }
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

async fn has_identity(connection: &mut Connection, issuer: &str, id: AccountId) -> Result<bool> {
    let sql = "select sub from account_identity where issuer = $1 and account_id = $2 limit 1";
    let question = database::query(sql).bind(issuer).bind(id.to_string());
    Ok(question.fetch_optional(connection).await?.is_some())
}

async fn number_of(connection: &mut Connection, id: AccountId) -> Result<Option<String>> {
    let question = database::query("select number from account where id = $1").bind(id.to_string());
    question.fetch_one(connection).await?.get("number")
}
