//! Lượt tìm đã lưu: queries that an officer asks again and again, under a name of their own.

use crate::access::Touched;
use crate::database::{self, Row};
use crate::error::{Error, Result};
use crate::record::*;
use crate::{Repository, policy};

/// Views of one account: more than a list beside the search box shows.
const VIEWS_MAX: usize = 50;
/// Letters of a name.
const NAME_LETTERS_MAX: usize = 80;

impl Repository {
    /// The views of the actor's account, by name. No access entry: a query is the officer's own, and names no record.
    pub async fn saved_views(&self, actor: &Actor) -> Result<Vec<SavedView>> {
        if !policy::may_ever(actor, Action::Search) {
            return Err(Error::Forbidden);
        }
        let sql = "select id, name, query, saved_at from saved_view where account = $1 order by name, id";
        let rows = database::query(sql).bind(&actor.account).fetch_all(self.database().reader()).await?;
        rows.iter().map(view_from).collect()
    }

    /// One view of the actor's account.
    ///
    /// # Errors
    /// `NotFound` when the account has no such view.
    pub async fn saved_view(&self, actor: &Actor, id: SavedViewId) -> Result<SavedView> {
        if !policy::may_ever(actor, Action::Search) {
            return Err(Error::Forbidden);
        }
        let sql = "select id, name, query, saved_at from saved_view where id = $1 and account = $2";
        let question = database::query(sql).bind(id.to_string()).bind(&actor.account);
        let row = question.fetch_optional(self.database().reader()).await?;
        view_from(&row.ok_or(Error::NotFound)?)
    }

    /// Saves a query under a name; one of that name is replaced.
    ///
    /// # Errors
    /// `Invalid` without a name or a query, with too long a name, or when the account has too many.
    pub async fn save_view(&self, actor: &Actor, name: &str, query: &str) -> Result<SavedView> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let (name, query) = (name.trim(), query.trim());
        if name.is_empty() || query.is_empty() || name.chars().count() > NAME_LETTERS_MAX {
            return Err(Error::invalid(format!(
                "Hãy đặt tên cho lượt tìm, nhiều nhất {NAME_LETTERS_MAX} chữ, và có câu tìm."
            )));
        }
        let mut transaction = self.database().write().await?;
        let sql = "select count(*) as views from saved_view where account = $1 and name <> $2";
        let row = database::query(sql).bind(&actor.account).bind(name).fetch_one(&mut *transaction).await?;
        if database::whole::<usize>(&row, "views")? >= VIEWS_MAX {
            return Err(Error::invalid(format!(
                "Mỗi tài khoản lưu nhiều nhất {VIEWS_MAX} lượt tìm. Hãy xóa bớt rồi lưu lại."
            )));
        }
        let sql = "insert into saved_view (id, account, name, query, saved_at) values ($1, $2, $3, $4, $5)
                   on conflict (account, name) do update set query = excluded.query, saved_at = excluded.saved_at
                   returning id, name, query, saved_at";
        let row = database::query(sql)
            .bind(database::new_key().to_string())
            .bind(&actor.account)
            .bind(name)
            .bind(query)
            .bind(database::now())
            .fetch_one(&mut *transaction)
            .await?;
        let saved = view_from(&row)?;
        transaction.commit().await?;
        Ok(saved)
    }

    /// Forgets a view of the actor's account.
    ///
    /// # Errors
    /// `NotFound` when the account has no such view.
    pub async fn forget_view(&self, actor: &Actor, id: SavedViewId) -> Result<()> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let mut transaction = self.database().write().await?;
        let gone = database::query("delete from saved_view where id = $1 and account = $2")
            .bind(id.to_string())
            .bind(&actor.account)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        if gone == 0 { Err(Error::NotFound) } else { Ok(()) }
    }
}

fn view_from(row: &Row) -> Result<SavedView> {
    Ok(SavedView {
        id: database::read_word(row, "id")?,
        name: row.get("name")?,
        query: row.get("query")?,
        saved_at: database::read_time(row, "saved_at")?,
    })
}
