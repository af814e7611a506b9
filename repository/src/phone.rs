//! Chụp bằng điện thoại: the links. Whoever takes papers in makes one for a place of a dossier; the first phone that opens it is the only one
//! that it works for. What a wrong, used or ended link answers is the same everywhere: `NotFound`.
//!
//! Not here: pages on their way (`pages`), and what they become (`sending`).

mod pages;
mod sending;

use crate::access;
use crate::accounts;
use crate::bytes::sha256_hex;
use crate::data_keys::PaperKey;
use crate::database::{self, Connection, Row, Transaction};
use crate::dossiers;
use crate::error::{Error, Result};
use crate::record::*;
use crate::sign_in::{Counted, Limit};
use crate::unsealed::PlainLeft;
use crate::{Repository, seal, ties};
use jiff::Timestamp;

/// What a link says of itself in SQL; the columns of [`link_from`].
macro_rules! select_links {
    ($rest:literal) => {
        concat!(
            "select l.id, l.dossier_id, l.component, l.phone_hash, l.maker, l.state, l.ends_at, d.code, c.name as component_name
             from phone_link l join dossier d on d.id = l.dossier_id
             left join component c on c.dossier_id = l.dossier_id and c.key = l.component ",
            $rest
        )
    };
}
pub(crate) use select_links;

impl Repository {
    /// A link for a place of a dossier that has no paper yet; an earlier one for the same place ends. `feed` is how the plan of a batch calls
    /// photographs. Access entry `Receive`.
    ///
    /// # Errors
    /// `Invalid` when the place takes no paper, or has one; `AlreadyHeld` as of [`Repository::receive`].
    pub async fn make_phone_link(
        &self,
        actor: &Actor,
        place: DossierPlace,
        feed: &str,
    ) -> Result<(PhoneLinkId, OneTimeLink)> {
        self.permit(actor, Action::Receive, place.dossier).await?;
        self.refuse_what_is_held(actor, Some(&place)).await?;
        let id = PhoneLinkId(database::new_key());
        // Before a page can come: pages are sealed under it.
        self.keep_key(&PaperKey::new(DocumentId(id.0)), &reserved_for(id), PlainLeft::Nothing).await?;
        let made_at = self.now();
        let link = OneTimeLink { secret: new_secret(), ends_at: made_at + PHONE_LINK_TIME };
        let mut transaction = self.database().write().await?;
        let dossier = dossiers::find(&mut transaction, place.dossier).await?.ok_or(Error::NotFound)?;
        check_place(&dossier, place.component.as_deref())?;
        for other in open_at(&mut transaction, &place).await? {
            sending::end(&mut transaction, actor, &other, feed, PhoneLinkState::Waiting, made_at).await?;
        }
        let sql = "insert into phone_link (id, hash, dossier_id, component, maker, state, made_at, ends_at)
                   values ($1, $2, $3, $4, $5, $6, $7, $8)";
        database::query(sql)
            .bind(id.to_string())
            .bind(sha256_hex(link.secret.as_bytes()))
            .bind(place.dossier.to_string())
            .bind(place.component.as_deref())
            .bind(database::json(actor))
            .bind(database::word(&PhoneLinkState::Open))
            .bind(made_at.as_microsecond())
            .bind(link.ends_at.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        access::write(&mut transaction, actor, Action::Receive, dossier.subject.id, true).await?;
        transaction.commit().await?;
        Ok((id, link))
    }

    /// A link of a dossier, for those who take its papers in.
    pub async fn phone_link(&self, actor: &Actor, dossier: DossierId, id: PhoneLinkId) -> Result<PhoneLink> {
        self.permit(actor, Action::Receive, dossier).await?;
        let found = find(&mut *self.database().read().await?, id).await?;
        found.filter(|link| link.place.dossier == dossier).ok_or(Error::NotFound)
    }

    /// Links of a dossier by which pages come or came that are no paper yet, oldest first, for those who take its papers in; nobody else is
    /// told that there are any.
    pub async fn phone_links(&self, actor: &Actor, dossier: DossierId) -> Result<Vec<PhoneLink>> {
        let tie = self.tie(actor, dossier.into()).await?;
        if !crate::policy::may(actor, Action::Receive, tie) {
            return Ok(Vec::new());
        }
        let mut snapshot = self.database().read().await?;
        let sql = select_links!("where l.dossier_id = $1 and l.state in ('open', 'sent') order by l.id");
        let rows = database::query(sql).bind(dossier.to_string()).fetch_all(&mut *snapshot).await?;
        all_from(&mut snapshot, &rows).await
    }

    /// The link with this secret, as long as `phone` (the secret of a browser) may open it.
    ///
    /// # Errors
    /// `NotFound`, `TooManyAttempts`.
    pub async fn phone_link_to_open(&self, way: &Way, secret: &str, phone: &str) -> Result<PhoneLink> {
        let (mut transaction, link) = self.opened(way, secret, phone).await?;
        Limit::of_phone_links(way).give_back(&mut transaction).await?;
        transaction.commit().await?;
        Ok(link)
    }

    /// Binds the link with this secret to a browser: nobody else opens it from now on, and the same one may once more, when it did not hear
    /// the answer. Access entry `Receive`, in the name of who made it, from the phone's address.
    ///
    /// # Errors
    /// `NotFound`, `TooManyAttempts`.
    pub async fn bind_phone_link(&self, way: &Way, secret: &str, phone: &str) -> Result<PhoneLinkId> {
        let (mut transaction, link) = self.opened(way, secret, phone).await?;
        Limit::of_phone_links(way).give_back(&mut transaction).await?;
        if !link.is_bound {
            let sql = "update phone_link set phone_hash = $2 where id = $1";
            let bind = database::query(sql).bind(link.id.to_string()).bind(sha256_hex(phone.as_bytes()));
            bind.execute(&mut *transaction).await?;
            let actor = by_phone(&link, &way.route, "Mở trang chụp bằng điện thoại");
            let subject = subject_of(&mut transaction, link.place.dossier).await?;
            access::write(&mut transaction, &actor, Action::Receive, subject, true).await?;
        }
        transaction.commit().await?;
        Ok(link.id)
    }

    /// The link that a phone has opened and that still works.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn opened_phone_link(&self, phone: Phone<'_>) -> Result<PhoneLink> {
        of_phone(&mut *self.database().read().await?, phone, self.now()).await
    }

    /// Looks for a link by its secret, in the transaction in which the attempt was counted. That of an attempt which fails is kept too.
    async fn opened(&self, way: &Way, secret: &str, phone: &str) -> Result<(Transaction, PhoneLink)> {
        let now = self.now();
        let mut transaction = self.database().write().await?;
        let counted = Limit::of_phone_links(way).count(&mut transaction, now).await?;
        let found = match counted {
            Counted::TooMany { wait_s, .. } => Err(Error::TooManyAttempts { retry_after_s: wait_s }),
            Counted::Within => with_secret(&mut transaction, secret, phone, now).await,
        };
        match found {
            Ok(link) => Ok((transaction, link)),
            Err(error) => {
                transaction.commit().await?;
                Err(error)
            }
        }
    }
}

/// What the key of a link is kept under until its pages are a batch.
fn reserved_for(id: PhoneLinkId) -> String {
    sha256_hex(format!("motlan phone link\n{id}").as_bytes())
}

fn new_secret() -> String {
    hex::encode(seal::random::<16>())
}

/// Whether a paper may come into this place of a dossier.
fn check_place(dossier: &Dossier, component: Option<&str>) -> Result<()> {
    dossiers::check_open(dossier, component.is_some())?;
    let Some(key) = component else { return Ok(()) };
    let found = dossier.components.iter().find(|one| one.key == key);
    match found {
        None => Err(Error::invalid("Hồ sơ không có thành phần này. Hãy tải lại trang hồ sơ và chọn lại.")),
        Some(found) if found.document.is_some() => Err(Error::invalid(format!(
            "Thành phần «{}» đã có giấy tờ. Hãy tải lại trang hồ sơ.",
            found.name
        ))),
        Some(_) => Ok(()),
    }
}

async fn open_at(connection: &mut Connection, place: &DossierPlace) -> Result<Vec<PhoneLink>> {
    let sql = select_links!(
        "where l.dossier_id = $1 and coalesce(l.component, '') = $2 and l.state = 'open' order by l.id"
    );
    let question = database::query(sql)
        .bind(place.dossier.to_string())
        .bind(place.component.as_deref().unwrap_or_default());
    let rows = question.fetch_all(&mut *connection).await?;
    all_from(connection, &rows).await
}

async fn find(connection: &mut Connection, id: PhoneLinkId) -> Result<Option<PhoneLink>> {
    let sql = select_links!("where l.id = $1");
    let row = database::query(sql).bind(id.to_string()).fetch_optional(&mut *connection).await?;
    match &row {
        Some(row) => link_from(connection, row).await.map(Some),
        None => Ok(None),
    }
}

async fn with_secret(
    connection: &mut Connection,
    secret: &str,
    phone: &str,
    now: Timestamp,
) -> Result<PhoneLink> {
    let sql = select_links!("where l.hash = $1 and (l.phone_hash is null or l.phone_hash = $2)");
    let question =
        database::query(sql).bind(sha256_hex(secret.as_bytes())).bind(sha256_hex(phone.as_bytes()));
    let row = question.fetch_optional(&mut *connection).await?.ok_or(Error::NotFound)?;
    let link = link_from(connection, &row).await?;
    working(connection, link, now).await
}

async fn of_phone(connection: &mut Connection, phone: Phone<'_>, now: Timestamp) -> Result<PhoneLink> {
    let sql = select_links!("where l.id = $1 and l.phone_hash = $2");
    let question =
        database::query(sql).bind(phone.link.to_string()).bind(sha256_hex(phone.secret.as_bytes()));
    let row = question.fetch_optional(&mut *connection).await?.ok_or(Error::NotFound)?;
    let link = link_from(connection, &row).await?;
    working(connection, link, now).await
}

/// A link that works: nobody ended it, its time is not over, and who made it may still act.
async fn working(connection: &mut Connection, link: PhoneLink, now: Timestamp) -> Result<PhoneLink> {
    let is_on = link.state == PhoneLinkState::Open && now < link.ends_at;
    if is_on && may_act(connection, &link.maker, now).await? { Ok(link) } else { Err(Error::NotFound) }
}

/// Whether the account that made a link is open and as it was then. A demonstration has no accounts.
async fn may_act(connection: &mut Connection, maker: &Actor, now: Timestamp) -> Result<bool> {
    let account = accounts::by_login(connection, &maker.account).await?;
    Ok(account.is_none_or(|account| {
        account.is_open(now)
            && account.role == maker.role
            && agency_key(&account.agency) == ties::receiver_key(maker)
    }))
}

/// Who made a link, acting through the phone.
fn by_phone(link: &PhoneLink, route: &Route, purpose: &str) -> Actor {
    Actor { purpose: purpose.to_owned(), route: route.clone(), ..link.maker.clone() }
}

async fn subject_of(connection: &mut Connection, dossier: DossierId) -> Result<SubjectId> {
    let found = dossiers::find(connection, dossier).await?.ok_or(Error::NotFound)?;
    Ok(found.subject.id)
}

async fn all_from(connection: &mut Connection, rows: &[Row]) -> Result<Vec<PhoneLink>> {
    let mut links = Vec::with_capacity(rows.len());
    for row in rows {
        links.push(link_from(connection, row).await?);
    }
    Ok(links)
}

async fn link_from(connection: &mut Connection, row: &Row) -> Result<PhoneLink> {
    let id = database::read_word(row, "id")?;
    let dossier = database::read_word(row, "dossier_id")?;
    Ok(PhoneLink {
        id,
        place: DossierPlace { dossier, component: row.get("component")? },
        dossier_code: row.get("code")?,
        component_name: row.get("component_name")?,
        maker: database::read_json(row, "maker")?,
        state: database::read_word(row, "state")?,
        is_bound: row.get::<Option<String>>("phone_hash")?.is_some(),
        ends_at: database::read_time(row, "ends_at")?,
        pages: pages::of(connection, id).await?,
    })
}
