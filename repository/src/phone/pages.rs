//! Pages that a phone sends, one by one: durable before they are acknowledged, and the same page again changes nothing.

use super::of_phone;
use crate::Repository;
use crate::bytes::object_path;
use crate::data_keys::PaperKey;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::receive::shown_name;
use crate::record::*;

impl Repository {
    /// Keeps a page under its number; another one under the same number is a retake, and takes its place.
    ///
    /// # Errors
    /// `NotFound` when the link does not work for this phone; `Invalid` when the page came damaged, or is too much.
    pub async fn put_phone_page(&self, phone: Phone<'_>, page: NewPhonePage) -> Result<()> {
        let link = self.opened_phone_link(phone).await?;
        check_room(&link, &page)?;
        if Repository::hash(&page.bytes).await? != page.sha256 {
            return Err(Error::invalid("Trang này bị đứt trên đường gửi; điện thoại sẽ tự gửi lại."));
        }
        let key = self.paper_key(DocumentId(link.id.0)).await?;
        let size = page.bytes.len() as i64;
        self.blobs().put(&key, &page.sha256, page.bytes.clone()).await?;
        let replaced = self.note_page(phone, &page, size).await;
        // What nobody names must not stay: a retaken photograph, or a page that came when the link had just ended.
        let (unnamed, noted) = match replaced {
            Ok(replaced) => (replaced.filter(|sha256| *sha256 != page.sha256), Ok(())),
            Err(error) => (Some(page.sha256.clone()), Err(error)),
        };
        if let Some(sha256) = unnamed {
            self.drop_unnamed(&key, &sha256).await?;
        }
        noted
    }

    /// Takes a page out; that it is gone already is no error.
    ///
    /// # Errors
    /// `NotFound` when the link does not work for this phone.
    pub async fn remove_phone_page(&self, phone: Phone<'_>, number: u32) -> Result<()> {
        let mut transaction = self.database().write().await?;
        let link = of_phone(&mut transaction, phone, self.now()).await?;
        let sql = "delete from phone_page where link_id = $1 and number = $2";
        let delete = database::query(sql).bind(link.id.to_string()).bind(i64::from(number));
        delete.execute(&mut *transaction).await?;
        transaction.commit().await?;
        match link.pages.iter().find(|page| page.number == number) {
            Some(page) => {
                let key = self.paper_key(DocumentId(link.id.0)).await?;
                self.drop_unnamed(&key, &page.sha256).await
            }
            None => Ok(()),
        }
    }

    /// Writes down that a page is there; answers the hash of the one whose place it takes.
    async fn note_page(&self, phone: Phone<'_>, page: &NewPhonePage, size: i64) -> Result<Option<String>> {
        let mut transaction = self.database().write().await?;
        // Looked at again: it may have ended, or been filled up, while the bytes were written.
        let link = of_phone(&mut transaction, phone, self.now()).await?;
        check_room(&link, page)?;
        let sql =
            "insert into phone_page (link_id, number, file_name, bytes, sha256) values ($1, $2, $3, $4, $5)
                   on conflict (link_id, number) do update set
                       file_name = excluded.file_name, bytes = excluded.bytes, sha256 = excluded.sha256";
        database::query(sql)
            .bind(link.id.to_string())
            .bind(i64::from(page.number))
            .bind(shown_name(&page.file_name))
            .bind(size)
            .bind(&page.sha256)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(link.pages.into_iter().find(|held| held.number == page.number).map(|held| held.sha256))
    }

    /// Takes bytes away under the key of a link, unless a page or a file of the batch that it became names them.
    async fn drop_unnamed(&self, key: &PaperKey, sha256: &str) -> Result<()> {
        let named = self.hashes_of(key.document()).await?;
        if named.iter().any(|named| named == sha256) {
            return Ok(());
        }
        self.blobs().remove(&object_path(key, sha256)).await
    }
}

/// Whether a link has room for a page beside its others.
fn check_room(link: &PhoneLink, page: &NewPhonePage) -> Result<()> {
    let size = page.bytes.len() as u64;
    let others = link.pages.iter().filter(|held| held.number != page.number);
    let (count, bytes) = others.fold((0, 0), |(count, bytes), held| (count + 1, bytes + held.bytes));
    let message = match () {
        () if !(1..=PHONE_PAGES_MAX).contains(&page.number) || count >= PHONE_PAGES_MAX => {
            format!(
                "Mỗi lần chụp nhiều nhất {PHONE_PAGES_MAX} trang. Giấy tờ dài hơn hãy quét bằng máy quét."
            )
        }
        () if size == 0 => "Trang này trống. Hãy chụp lại.".to_owned(),
        () if size > PHONE_PAGE_BYTES_MAX => {
            format!("Ảnh nặng quá {} MiB. Hãy chụp lại ở cỡ ảnh nhỏ hơn.", PHONE_PAGE_BYTES_MAX >> 20)
        }
        () if bytes + size > PHONE_BYTES_MAX => {
            format!(
                "Các trang nặng quá {} MiB. Hãy bấm «Xong» rồi chụp phần còn lại sau.",
                PHONE_BYTES_MAX >> 20
            )
        }
        () => return Ok(()),
    };
    Err(Error::invalid(message))
}

/// Pages of a link, by number.
pub(super) async fn of(connection: &mut Connection, id: PhoneLinkId) -> Result<Vec<PhonePage>> {
    let sql = "select number, bytes, sha256 from phone_page where link_id = $1 order by number";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    let page = |row: &Row| {
        let (number, bytes) = (database::whole(row, "number")?, database::whole(row, "bytes")?);
        Ok(PhonePage { number, bytes, sha256: row.get("sha256")? })
    };
    rows.iter().map(page).collect()
}
