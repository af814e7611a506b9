//! Fixity: whether stored bytes are what they were. One object at a time; who goes through all of them is the check
//! ([`crate::check`]), the scrub ([`crate::scrub`]) or a repair ([`crate::repair`]).

use crate::Repository;
use crate::data_keys::PaperKey;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::record::{DocumentId, Finding, FixityState, ScrubRound};

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fixity {
    /// It is what it was.
    Success {
        /// Plain bytes.
        bytes: u64,
    },
    /// It does not open, or has another hash.
    Changed,
    /// It is gone.
    Missing,
}

impl Fixity {
    /// What is wrong with the object of this hash.
    pub(crate) fn finding(self, sha256: &str) -> Option<Finding> {
        let sha256 = sha256.to_owned();
        match self {
            Fixity::Success { .. } => None,
            Fixity::Changed => Some(Finding::BytesChanged { sha256 }),
            Fixity::Missing => Some(Finding::BytesMissing { sha256 }),
        }
    }
}

/// Paper (or batch) and hash of every object that a record names, under a key that was not destroyed and with this further condition on
/// the key `k`; each once.
macro_rules! named_bytes {
    ($condition:literal) => {
        concat!(
            "select k.document_id, d.sha256 from data_key k join document d on d.id = k.document_id
                 where k.destroyed_at is null ", $condition,
            " union select k.document_id, p.image_sha256 from data_key k join page p on p.document_id = k.document_id
                 where k.destroyed_at is null and p.image_sha256 is not null ", $condition,
            " union select k.document_id, r.sha256 from data_key k join page_rescan r on r.document_id = k.document_id
                 where k.destroyed_at is null ", $condition,
            " union select k.document_id, f.sha256 from data_key k join batch_file f on f.batch_id = k.document_id
                 where k.destroyed_at is null ", $condition,
            " union select k.document_id, b.thumbnail_sha256 from data_key k join batch_page b on b.batch_id = k.document_id
                 where k.destroyed_at is null ", $condition,
            " union select k.document_id, s.sha256 from data_key k join phone_page s on s.link_id = k.document_id
                 where k.destroyed_at is null ", $condition
        )
    };
}
pub(crate) use named_bytes;

impl Repository {
    /// Reads an object to its end.
    ///
    /// # Errors
    /// The storage is out of reach: that says nothing about the object.
    pub(crate) async fn examine(&self, key: &PaperKey, sha256: &str) -> Result<Fixity> {
        match self.blobs().get(key, sha256).await {
            Ok(bytes) => Ok(Fixity::Success { bytes: bytes.len() as u64 }),
            Err(Error::BytesDamaged { .. }) => Ok(Fixity::Changed),
            Err(Error::BytesMissing { .. }) => Ok(Fixity::Missing),
            Err(other) => Err(other),
        }
    }

    /// At most `limit` of the bytes that a record names, after those of this paper and hash, with the keys of their papers; not those of
    /// papers that were erased.
    pub(crate) async fn tracked_after(
        &self,
        document: &str,
        sha256: &str,
        limit: u32,
    ) -> Result<Vec<(PaperKey, String)>> {
        let sql = concat!(
            "select document_id, sha256 from (",
            named_bytes!("and k.document_id >= $1"),
            ") as tracked where document_id > $1 or sha256 > $2 order by document_id, sha256 limit $3"
        );
        let question = database::query(sql).bind(document).bind(sha256).bind(i64::from(limit));
        let mut tracked: Vec<(PaperKey, String)> = Vec::new();
        for row in question.fetch_all(self.database().reader()).await? {
            let document: DocumentId = database::read_word(&row, "document_id")?;
            let key = match tracked.last() {
                Some((key, _)) if key.document() == document => key.clone(),
                _ => match self.paper_key(document).await {
                    // Since a moment ago.
                    Err(Error::Erased { .. }) => continue,
                    key => key?,
                },
            };
            tracked.push((key, row.get("sha256")?));
        }
        Ok(tracked)
    }

    /// How many objects there are for [`Repository::tracked_after`] to tell of.
    pub(crate) async fn tracked_count(&self) -> Result<u64> {
        let sql = concat!("select count(*) as objects from (", named_bytes!(""), ") as tracked");
        database::whole(&database::query(sql).fetch_one(self.database().reader()).await?, "objects")
    }

    /// Keeps what was found until it is mended.
    pub(crate) async fn note_fixity(&self, key: &PaperKey, sha256: &str, fixity: Fixity) -> Result<()> {
        let known = self.known_damage(key.document(), sha256).await?;
        let missing = match fixity {
            Fixity::Success { .. } if !known => return Ok(()),
            Fixity::Success { .. } => None,
            Fixity::Changed => Some(false),
            Fixity::Missing => Some(true),
        };
        let mut transaction = self.database().write().await?;
        write_damage(&mut transaction, key.document(), sha256, missing).await?;
        transaction.commit().await
    }

    async fn known_damage(&self, document: DocumentId, sha256: &str) -> Result<bool> {
        let sql = "select sha256 from damage where document_id = $1 and sha256 = $2";
        let question = database::query(sql).bind(document.to_string()).bind(sha256);
        Ok(question.fetch_optional(self.database().reader()).await?.is_some())
    }

    /// What is known of stored bytes, for those who keep the machine running; no one's record is shown.
    pub async fn fixity(&self) -> Result<FixityState> {
        let sql = "select count(*) as damaged, count(case when missing = 1 then 1 end) as missing from damage
                   where not exists (select 1 from data_key where data_key.document_id = damage.document_id
                       and destroyed_at is not null)";
        let found = database::query(sql).fetch_one(self.database().reader()).await?;
        let (damaged, missing) =
            (database::whole::<u64>(&found, "damaged")?, database::whole::<u64>(&found, "missing")?);
        let sql = "select began_at, objects, bytes, ended_at, ended_objects, ended_bytes from scrub";
        let row = database::query(sql).fetch_optional(self.database().reader()).await?;
        let (scrubbing, last_round) = match &row {
            None => (None, None),
            Some(row) => (Some(round_from(row)?), ended_from(row)?),
        };
        Ok(FixityState { changed: damaged - missing, missing, scrubbing, last_round })
    }
}

fn round_from(row: &Row) -> Result<ScrubRound> {
    Ok(ScrubRound {
        at: database::read_time(row, "began_at")?,
        objects: database::whole(row, "objects")?,
        bytes: database::whole(row, "bytes")?,
    })
}

fn ended_from(row: &Row) -> Result<Option<ScrubRound>> {
    let Some(at) = database::read_time_or_none(row, "ended_at")? else { return Ok(None) };
    let objects = database::whole(row, "ended_objects")?;
    Ok(Some(ScrubRound { at, objects, bytes: database::whole(row, "ended_bytes")? }))
}

/// `missing`: none, it is mended.
pub(crate) async fn write_damage(
    connection: &mut Connection,
    document: DocumentId,
    sha256: &str,
    missing: Option<bool>,
) -> Result<()> {
    let question = match missing {
        None => database::query("delete from damage where document_id = $1 and sha256 = $2"),
        Some(_) => database::query(
            "insert into damage (document_id, sha256, missing, found_at) values ($1, $2, $3, $4)
             on conflict (document_id, sha256) do update set missing = $3",
        ),
    };
    let question = question.bind(document.to_string()).bind(sha256);
    match missing {
        None => question.execute(connection).await?,
        Some(missing) => question.bind(missing).bind(database::now()).execute(connection).await?,
    };
    Ok(())
}
