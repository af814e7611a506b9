//! The scrub: stored bytes are read again and again at a gentle rate, so that damage is found while there are copies to mend it from.
//! One process of an installation does it at a time; where it came to is kept over restarts.

use crate::Repository;
use crate::data_keys::PaperKey;
use crate::database::{self, Row};
use crate::error::Result;
use crate::fixity::{Fixity, write_damage};
use std::time::{Duration, Instant};

/// A process that says nothing for this long has died, and another goes on. Longer than a step with the largest file at the slowest rate
/// that makes sense.
const LEASE: Duration = Duration::from_secs(15 * 60);
/// Objects of one step; their outcome is kept at its end.
const OBJECTS_PER_STEP: u32 = 64;
/// A step ends after this time too: as much is read again after a kill.
const STEP_TIME_MAX: Duration = Duration::from_secs(30);
/// From the end of a round to the next: a small store need not be read all day.
const ROUND_REST: Duration = Duration::from_secs(24 * 60 * 60);

/// What a step saw.
#[derive(Debug, Default)]
struct Step {
    seen: Vec<(PaperKey, String, Fixity)>,
    bytes: u64,
}

impl Repository {
    /// Goes on with the scrub for at most half a minute, reading `bytes_per_s` on the average. Answers how many objects it saw; none: it
    /// is not the time, or another process does it.
    ///
    /// # Errors
    /// The storage is out of reach; the same objects are read again the next time.
    pub async fn scrub(&self, worker: &str, bytes_per_s: u64) -> Result<Option<u64>> {
        let Some((document, sha256)) = self.claim_scrub(worker).await? else { return Ok(None) };
        let tracked = self.tracked_after(&document, &sha256, OBJECTS_PER_STEP).await?;
        if tracked.is_empty() {
            self.end_round().await?;
            return Ok(Some(0));
        }
        let began = Instant::now();
        let mut step = Step::default();
        for (key, sha256) in tracked {
            let fixity = self.examine(&key, &sha256).await?;
            if let Fixity::Success { bytes } = fixity {
                step.bytes += bytes;
            } else {
                tracing::error!(document = %key.document(), sha256, ?fixity, "stored bytes are damaged");
            }
            step.seen.push((key, sha256, fixity));
            let due = Duration::from_secs_f64(step.bytes as f64 / bytes_per_s.max(1) as f64);
            tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
            if began.elapsed() > STEP_TIME_MAX {
                break;
            }
        }
        self.keep_step(worker, &step).await?;
        Ok(Some(step.seen.len() as u64))
    }

    /// Where to go on from, when it is this process's turn.
    async fn claim_scrub(&self, worker: &str) -> Result<Option<(String, String)>> {
        let now = database::now();
        let mut transaction = self.database().write().await?;
        let sql = "insert into scrub (id, due_at, after_document, after_sha256, began_at, objects, bytes)
                   values (1, 0, '', '', $1, 0, 0) on conflict do nothing";
        database::query(sql).bind(now).execute(&mut *transaction).await?;
        let sql = "update scrub set worker = $1, due_at = $2 where worker = $1 or due_at <= $3
                   returning after_document, after_sha256";
        let question = database::query(sql).bind(worker).bind(now + LEASE.as_micros() as i64).bind(now);
        let row = question.fetch_optional(&mut *transaction).await?;
        transaction.commit().await?;
        let place = |row: &Row| Ok((row.get("after_document")?, row.get("after_sha256")?));
        row.as_ref().map(place).transpose()
    }

    async fn keep_step(&self, worker: &str, step: &Step) -> Result<()> {
        let Some((last, last_sha256, _)) = step.seen.last() else { return Ok(()) };
        let mut transaction = self.database().write().await?;
        let sql = "update scrub set after_document = $2, after_sha256 = $3, objects = objects + $4, bytes = bytes + $5
                   where worker = $1";
        database::query(sql)
            .bind(worker)
            .bind(last.document().to_string())
            .bind(last_sha256)
            .bind(step.seen.len() as i64)
            .bind(step.bytes as i64)
            .execute(&mut *transaction)
            .await?;
        for (key, sha256, fixity) in &step.seen {
            let missing = match fixity {
                Fixity::Success { .. } => None,
                Fixity::Changed => Some(false),
                Fixity::Missing => Some(true),
            };
            write_damage(&mut transaction, key.document(), sha256, missing).await?;
        }
        transaction.commit().await
    }

    async fn end_round(&self) -> Result<()> {
        let now = database::now();
        let mut transaction = self.database().write().await?;
        let sql = "update scrub set worker = null, due_at = $2, after_document = '', after_sha256 = '', began_at = $1,
                       ended_at = $1, ended_objects = objects, ended_bytes = bytes, objects = 0, bytes = 0";
        let done = database::query(sql).bind(now).bind(now + ROUND_REST.as_micros() as i64);
        done.execute(&mut *transaction).await?;
        transaction.commit().await
    }
}
