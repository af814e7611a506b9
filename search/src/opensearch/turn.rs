//! Who may write, and what an index says of itself: two small documents beside the papers.
//!
//! **state**: the number of the last change that the papers carry, and how many batches were begun. Each batch begins by counting up, and
//! its papers carry that count as their version: what a batch that was given up still brings in late is refused where a newer batch has
//! written. It ends by writing its number, which is refused when another batch was begun in between. So the number is never ahead of the
//! papers, whoever writes.
//!
//! **lease**: which process writes, and until when. It only saves work: several servers on one cluster do not all follow.

use super::client::Client;
use crate::Error;
use serde_json::{Value, json};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// For how long nobody else writes after a process has. Until then a process that was killed is waited for.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// A batch that was begun.
pub(super) struct Turn {
    /// Version of its papers.
    pub(super) version: u64,
    last_change: u64,
    place: Place,
}

/// The right to write, for a while.
pub(super) struct Lease {
    holder: String,
    until: Option<(Instant, String)>,
}

/// Which version of a document is to be replaced; none: there is none yet.
struct Place(Option<(u64, u64)>);

/// A document of the index about itself, and its place.
fn read(client: &Client, index: &str, id: &str) -> Result<(Value, Place), Error> {
    let found = client.get(&format!("/{index}/_doc/{id}?routing={id}"))?.found()?;
    Ok(match found {
        None => (Value::Null, Place(None)),
        Some(body) => (body["_source"]["engine"].clone(), Place::of(&body)),
    })
}

/// Writes such a document in its place; `Busy` when somebody was quicker.
fn write(client: &Client, index: &str, id: &str, engine: &Value, place: &Place) -> Result<Place, Error> {
    let condition = match place.0 {
        Some((number, term)) => format!("if_seq_no={number}&if_primary_term={term}"),
        None => "op_type=create".to_owned(),
    };
    let path = format!("/{index}/_doc/{id}?routing={id}&{condition}");
    let reply = client.put(&path, &json!({ "engine": engine }))?;
    if reply.is_conflict() {
        return Err(busy(index));
    }
    Ok(Place::of(&reply.done()?))
}

/// Another process writes this index.
pub(super) fn busy(index: &str) -> Error {
    Error::Busy { place: format!("the search cluster ({index})") }
}

impl Place {
    fn of(body: &Value) -> Place {
        Place(body["_seq_no"].as_u64().zip(body["_primary_term"].as_u64()))
    }
}

/// Number of the last change that an index carries; 0 when it is not there.
pub(super) fn last_change(client: &Client, index: &str) -> Result<u64, Error> {
    Ok(number(&read(client, index, "state")?.0["last_change"]))
}

/// Numbers travel as text: a change may have any of 64 bits.
fn number(value: &Value) -> u64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

impl Turn {
    /// Begins a batch.
    pub(super) fn begin(client: &Client, index: &str) -> Result<Turn, Error> {
        let (state, place) = read(client, index, "state")?;
        let (last_change, version) = (number(&state["last_change"]), number(&state["batch"]) + 1);
        let place = write(client, index, "state", &engine(last_change, version), &place)?;
        Ok(Turn { version, last_change, place })
    }

    /// Ends it: the index carries this change now.
    pub(super) fn end(self, client: &Client, index: &str, last_change: u64) -> Result<(), Error> {
        if last_change != self.last_change {
            write(client, index, "state", &engine(last_change, self.version), &self.place)?;
        }
        Ok(())
    }
}

fn engine(last_change: u64, batch: u64) -> Value {
    json!({ "last_change": last_change.to_string(), "batch": batch.to_string() })
}

impl Lease {
    /// Of this process; nothing is taken yet.
    pub(super) fn new() -> Lease {
        Lease { holder: format!("{:016x}", RandomState::new().hash_one(SystemTime::now())), until: None }
    }

    /// Takes or keeps the right to write for so long; `Busy` when another process has it.
    pub(super) fn hold(&mut self, client: &Client, index: &str, time: Duration) -> Result<(), Error> {
        let is_fresh = |(until, of): &(Instant, String)| of == index && *until > Instant::now() + time / 2;
        if self.until.as_ref().is_some_and(is_fresh) {
            return Ok(());
        }
        let (lease, place) = read(client, index, "lease")?;
        let is_mine = lease["holder"] == self.holder.as_str();
        if !is_mine && u128::from(number(&lease["until_ms"])) > now_ms() {
            return Err(busy(index));
        }
        let until = Instant::now() + time;
        self.write(client, index, now_ms() + time.as_millis(), &place)?;
        self.until = Some((until, index.to_owned()));
        Ok(())
    }

    /// Lets others write at once. Whoever cannot be told waits for the end of the time.
    pub(super) fn release(&mut self, client: &Client) {
        let Some((_, index)) = self.until.take() else { return };
        let released = read(client, &index, "lease").and_then(|(lease, place)| {
            if lease["holder"] == self.holder.as_str() {
                self.write(client, &index, 0, &place)
            } else {
                Ok(())
            }
        });
        if let Err(error) = released {
            tracing::debug!(%error, "the right to write the index ends by itself");
        }
    }

    fn write(&self, client: &Client, index: &str, until_ms: u128, place: &Place) -> Result<(), Error> {
        let lease = json!({ "holder": self.holder, "until_ms": until_ms.to_string() });
        write(client, index, "lease", &lease, place).map(drop)
    }
}

/// By the clock of this machine, which the others' agree with to a second or so; nothing wrong happens where they do not.
fn now_ms() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()
}
