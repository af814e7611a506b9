//! The index on an OpenSearch cluster, for several machines and for more papers than one of them holds.
//!
//! An alias of the cluster stands for the generation that is searched, `NAME-1`, `NAME-2`, …; a rebuild fills the next one and moves the
//! alias. Text is analysed here, so that this engine and the embedded one agree to the bit. Nothing is asked of the cluster before the
//! first use: while it is down, everything but searching by words goes on. Not here: where the cluster is ([`address`]), requests
//! ([`client`]), fields and tokens ([`document`]), queries ([`query`]), batches ([`batch`]), who writes ([`turn`]).

mod address;
mod batch;
mod client;
mod document;
mod query;
mod turn;

pub use address::{ClusterUrl, ClusterUrlError};

use crate::{Error, Hits, Index, Query, Update, entry};
use client::{Client, MERGE_TIME_MAX, WRITE_TIME_MAX, whole};
use repository::record::DocumentId;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use turn::{LEASE, Lease, Turn};

/// Between two attempts to write files without what was removed: the copies of an index tell one another every 30 s what they have.
const MERGE_PAUSE: Duration = Duration::from_secs(10);

/// Attempts: longer than removed papers are kept for a copy that is away.
const MERGES_MAX: u32 = 36;

/// An index on a cluster. It connects at its first use.
pub fn open_cluster(url: &ClusterUrl) -> Arc<dyn Index> {
    let writer = Writer { next: None, settled: None, lease: Lease::new() };
    Arc::new(OpenSearch { client: Client::new(url), name: url.name.clone(), writer: Mutex::new(writer) })
}

struct OpenSearch {
    client: Client,
    /// Of the alias that stands for the searched generation.
    name: String,
    writer: Mutex<Writer>,
}

/// What whoever writes knows.
struct Writer {
    /// Generation that a rebuild fills.
    next: Option<String>,
    /// Generation that shows everything that was written into it.
    settled: Option<String>,
    lease: Lease,
}

/// A generation of the index, and whether the alias stands for it.
struct Generation {
    number: u64,
    is_current: bool,
}

impl OpenSearch {
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index_of(&self, generation: &Generation) -> String {
        self.index_of_number(generation.number)
    }

    fn index_of_number(&self, number: u64) -> String {
        format!("{}-{number}", self.name)
    }

    /// All generations, ascending.
    fn generations(&self) -> Result<Vec<Generation>, Error> {
        let listed = self.client.get(&format!("/{}-*/_alias", self.name))?.found()?.unwrap_or_default();
        let generation = |(index, about): (&String, &Value)| {
            // Another installation may have a name that begins like ours.
            let number = index.strip_prefix(&self.name)?.strip_prefix('-')?.parse().ok()?;
            (*index == self.index_of_number(number))
                .then(|| Generation { number, is_current: about["aliases"].get(&self.name).is_some() })
        };
        let listed = listed.as_object().into_iter().flatten();
        let mut generations = listed.filter_map(generation).collect::<Vec<_>>();
        generations.sort_by_key(|generation| generation.number);
        Ok(generations)
    }

    /// The index that is searched; a new, empty one when there is none.
    fn current(&self, generations: &[Generation]) -> Result<String, Error> {
        match generations.iter().find(|generation| generation.is_current) {
            Some(current) => Ok(self.index_of(current)),
            None => self.create(next_number(generations), json!({ &self.name: {} })),
        }
    }

    fn create(&self, number: u64, aliases: Value) -> Result<String, Error> {
        let index = self.index_of_number(number);
        let mut definition = document::definition();
        definition["aliases"] = aliases;
        let reply = self.client.put(&format!("/{index}"), &definition)?;
        // Another process was quicker.
        if reply.is_conflict() {
            return Err(turn::busy(&index));
        }
        reply.done().map(|_| index)
    }

    /// The index that batches go into, with the right to write there for a while.
    fn filled(&self, writer: &mut Writer, time: Duration) -> Result<String, Error> {
        let generations = self.generations()?;
        let is_gone = |next: &mut String| generations.iter().all(|one| self.index_of(one) != *next);
        // Another process began a rebuild of its own. What is written to no index, the cluster makes one for.
        if writer.next.take_if(is_gone).is_some() {
            return Err(Error::NoRebuild);
        }
        let current = self.current(&generations)?;
        writer.lease.hold(&self.client, &current, time)?;
        Ok(writer.next.clone().unwrap_or(current))
    }

    /// Shows everything that was written.
    fn refresh(&self, index: &str) -> Result<(), Error> {
        whole(self.client.post(&format!("/{index}/_refresh"), Vec::new(), WRITE_TIME_MAX)?.done()?).map(drop)
    }

    fn write(&self, writer: &mut Writer, updates: Vec<Update>, last_change: u64) -> Result<(), Error> {
        let index = self.filled(writer, LEASE)?;
        let turn = Turn::begin(&self.client, &index)?;
        if !updates.is_empty() {
            // Where a paper lies is seen only of what was refreshed.
            if writer.settled.take().as_ref() != Some(&index) {
                self.refresh(&index)?;
            }
            batch::write(&self.client, &index, updates, turn.version)?;
            self.refresh(&index)?;
            writer.settled = Some(index.clone());
        }
        turn.end(&self.client, &index, last_change)
    }

    /// Moves the alias and takes the old index away, in one step.
    fn change_over(&self, current: &str, next: &str) -> Result<(), Error> {
        let actions = json!({ "actions": [
            { "add": { "index": next, "alias": self.name } },
            { "remove_index": { "index": current } },
        ] });
        self.client.post("/_aliases", actions.to_string().into_bytes(), WRITE_TIME_MAX)?.done().map(drop)
    }

    fn has_removed(&self, index: &str) -> Result<bool, Error> {
        let about = self.client.get(&format!("/{index}/_stats/docs"))?.done()?;
        Ok(about["_all"]["total"]["docs"]["deleted"].as_u64() != Some(0))
    }
}

fn next_number(generations: &[Generation]) -> u64 {
    generations.last().map_or(0, |last| last.number) + 1
}

impl Index for OpenSearch {
    fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error> {
        self.write(&mut self.writer(), updates, last_change)
    }

    fn last_change(&self) -> Result<u64, Error> {
        turn::last_change(&self.client, &self.name)
    }

    fn search(&self, query: &Query) -> Result<Hits, Error> {
        if query.question.is_empty() {
            return Ok(Hits::default());
        }
        let path = format!(
            "/{}/_search?allow_partial_search_results=false\
             &filter_path=timed_out,_shards.failed,hits.total,hits.hits.sort,aggregations.*.buckets",
            self.name
        );
        match self.client.search(&path, &query::search(query))?.found()? {
            Some(answer) => query::hits(query, &whole(answer)?),
            None => Ok(Hits::default()),
        }
    }

    fn begin_rebuild(&self) -> Result<(), Error> {
        let mut writer = self.writer();
        writer.next = None;
        self.filled(&mut writer, LEASE)?;
        let generations = self.generations()?;
        for unfinished in generations.iter().filter(|generation| !generation.is_current) {
            self.client.delete(&format!("/{}", self.index_of(unfinished)))?.found()?;
        }
        writer.next = Some(self.create(next_number(&generations), json!({}))?);
        Ok(())
    }

    fn finish_rebuild(&self, last_change: u64) -> Result<(), Error> {
        let mut writer = self.writer();
        let next = writer.next.clone().ok_or(Error::NoRebuild)?;
        self.write(&mut writer, Vec::new(), last_change)?;
        let current = self.current(&self.generations()?)?;
        // An answer that was lost on its way: the alias has been moved, and the current index is the only one.
        if current != next {
            self.change_over(&current, &next)?;
        }
        writer.next = None;
        Ok(())
    }

    fn is_outdated(&self) -> bool {
        let about = self.client.get(&format!("/{}/_mapping?filter_path=*.mappings._meta", self.name));
        let about = about.and_then(client::Reply::found).ok().flatten().unwrap_or_default();
        let mut generations = about.as_object().into_iter().flatten();
        generations.any(|(_, about)| about["mappings"]["_meta"]["format"] != entry::FORMAT)
    }

    fn forget_removed(&self) -> Result<(), Error> {
        let mut writer = self.writer();
        let index = self.filled(&mut writer, MERGE_PAUSE * MERGES_MAX)?;
        for _ in 0..MERGES_MAX {
            // What is not in the last commit is kept for copies that may need it.
            let flush = format!("/{index}/_flush?wait_if_ongoing=true");
            whole(self.client.post(&flush, Vec::new(), WRITE_TIME_MAX)?.done()?)?;
            let merge = format!("/{index}/_forcemerge?only_expunge_deletes=true");
            whole(self.client.post(&merge, Vec::new(), MERGE_TIME_MAX)?.done()?)?;
            self.refresh(&index)?;
            if !self.has_removed(&index)? {
                return Ok(());
            }
            std::thread::sleep(MERGE_PAUSE);
        }
        Err(Error::Unavailable { reason: "its files still have papers that were removed".to_owned() })
    }

    fn digests(&self) -> Result<Vec<(DocumentId, u64)>, Error> {
        batch::digests(&self.client, &self.name)
    }
}

impl Drop for OpenSearch {
    fn drop(&mut self) {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        writer.lease.release(&self.client);
    }
}

#[cfg(test)]
mod cut_connections;
#[cfg(test)]
mod tests;
