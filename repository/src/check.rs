//! `motlan check`: whether everything that the records promise is there.

use crate::Repository;
use crate::bytes::object_path;
use crate::data_keys::PaperKey;
use crate::database;
use crate::error::Result;
use crate::record::Finding;
use futures::TryStreamExt;
use object_store::path::Path as ObjectPath;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long bytes may be stored before their record is: a receipt takes milliseconds between the two.
const RECEIPT_SETTLES: Duration = Duration::from_secs(1);

impl Repository {
    /// Everything that is wrong: hashes of all bytes, records, changes. `progress` gets (done, total) bytes objects. May run while
    /// papers are received.
    pub async fn check(&self, progress: &mut (dyn FnMut(u64, u64) + Send)) -> Result<Vec<Finding>> {
        let stored = self.stored().await?;
        let mut findings = self.check_tracked(progress).await?;
        findings.extend(self.check_untracked(stored).await?);
        findings.extend(self.check_records().await?);
        findings.extend(self.check_changes().await?);
        findings.extend(self.check_access_log().await?);
        Ok(findings)
    }

    /// Reads all bytes that a record names.
    async fn check_tracked(&self, progress: &mut (dyn FnMut(u64, u64) + Send)) -> Result<Vec<Finding>> {
        let tracked = self.tracked().await?;
        let total = tracked.len() as u64;
        let mut findings = Vec::new();
        for (done, (key, sha256)) in (1..).zip(tracked) {
            let fixity = self.examine(&key, &sha256).await?;
            self.note_fixity(&key, &sha256, fixity).await?;
            findings.extend(fixity.finding(&sha256));
            progress(done, total);
        }
        Ok(findings)
    }

    async fn stored(&self) -> Result<Vec<ObjectPath>> {
        self.blobs().list().map_ok(|object| object.location).try_collect().await
    }

    /// Stored objects that no record names. Those of a receipt that is under way are asked about a second time.
    async fn check_untracked(&self, mut stored: Vec<ObjectPath>) -> Result<Vec<Finding>> {
        self.drop_tracked(&mut stored).await?;
        if !stored.is_empty() {
            tokio::time::sleep(RECEIPT_SETTLES).await;
            self.drop_tracked(&mut stored).await?;
        }
        Ok(stored.into_iter().map(|path| Finding::BytesUntracked { path: path.to_string() }).collect())
    }

    async fn drop_tracked(&self, paths: &mut Vec<ObjectPath>) -> Result<()> {
        let tracked = self.tracked().await?;
        let tracked = tracked.iter().map(|(key, sha256)| object_path(key, sha256)).collect::<BTreeSet<_>>();
        paths.retain(|path| !tracked.contains(path));
        Ok(())
    }

    /// All bytes that a record names, with the keys of their papers.
    async fn tracked(&self) -> Result<Vec<(PaperKey, String)>> {
        self.tracked_after("", "", u32::MAX).await
    }

    /// Stored papers without what a stored paper must have (DIG-06, DIG-12).
    async fn check_records(&self) -> Result<Vec<Finding>> {
        let sql = "select id, case
                       when code is null then 'code'
                       when subject_id is null then 'subject'
                       when confirmed_by is null or confirmed_at is null then 'confirmation'
                       else 'trust_level' end as missing
                   from document where state = 'stored' and validity <> 'disposed' and (code is null or subject_id is null
                       or confirmed_by is null or confirmed_at is null or trust_level is null)
                   order by id";
        let rows = database::query(sql).fetch_all(self.database().reader()).await?;
        let finding = |row| {
            let document = database::read_word(row, "id")?;
            Ok(Finding::RecordIncomplete { document, missing: row.get("missing")? })
        };
        rows.iter().map(finding).collect()
    }

    /// The first number of each gap between changes.
    async fn check_changes(&self) -> Result<Vec<Finding>> {
        let sql = "select number + 1 as number from (
                       select 0 as number union all select number from change) as known
                   where number < (select coalesce(max(number), 0) from change)
                       and not exists (select 1 from change where change.number = known.number + 1)
                   order by number";
        let rows = database::query(sql).fetch_all(self.database().reader()).await?;
        rows.iter()
            .map(|row| Ok(Finding::ChangeMissing { number: database::whole(row, "number")? }))
            .collect()
    }
}
