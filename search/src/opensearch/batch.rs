//! A batch on its way: where the papers lie, parts of a bounded size, and a look at every item of the answer.

use super::client::{Client, WRITE_TIME_MAX, whole};
use super::document::{document, key_of, routing};
use super::query::of_keys;
use super::turn::busy;
use crate::entry::Entry;
use crate::{Error, Update};
use repository::record::DocumentId;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// Bytes of a part of a batch: the cluster takes 100 MB at once, and holds all of it in memory.
const PART_BYTES: usize = 8 << 20;

/// Papers whose places are asked for at once.
const PAPERS_LOOKED_UP: usize = 1_000;

/// Places that one answer names, the most that a search gives. A paper has one, or two while a batch that failed is not made up for.
const PLACES_MAX: usize = 10_000;

/// Writes the updates of a batch into an index, which shows them after its next refresh.
pub(super) fn write(client: &Client, index: &str, updates: Vec<Update>, version: u64) -> Result<(), Error> {
    let mut last = BTreeMap::new();
    for update in updates {
        let document = match &update {
            Update::Put(paper) => paper.document.id,
            Update::Remove(document) => *document,
        };
        last.insert(document, update);
    }
    let papers = last.keys().copied().collect::<Vec<_>>();
    let mut places = HashMap::new();
    for papers in papers.chunks(PAPERS_LOOKED_UP) {
        look_up(client, index, papers, &mut places)?;
    }
    let mut part = String::new();
    for (document, update) in last {
        part.push_str(&lines(document, update, places.remove(&key_of(document)), version));
        if part.len() >= PART_BYTES {
            send(client, index, std::mem::take(&mut part))?;
        }
    }
    if part.is_empty() { Ok(()) } else { send(client, index, part) }
}

/// Under which routings papers lie: their keys are their own in each part of an index only, and owners change.
fn look_up(
    client: &Client,
    index: &str,
    papers: &[DocumentId],
    places: &mut HashMap<String, Vec<String>>,
) -> Result<(), Error> {
    let keys = papers.iter().map(|paper| key_of(*paper)).collect::<Vec<_>>();
    let body = json!({ "query": of_keys(&keys), "size": PLACES_MAX, "_source": false });
    let path = format!("/{index}/_search?allow_partial_search_results=false");
    let answer = whole(client.search(&path, &body)?.done()?)?;
    for hit in answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default() {
        if let (Some(key), Some(routing)) = (hit["_id"].as_str(), hit["_routing"].as_str()) {
            places.entry(key.to_owned()).or_default().push(routing.to_owned());
        }
    }
    Ok(())
}

/// Lines of a bulk for one paper. It is taken away from where it lay before it is put to where it belongs, for both may be one part of the
/// index, where its key is one paper.
fn lines(document_id: DocumentId, update: Update, lies: Option<Vec<String>>, version: u64) -> String {
    let place = |routing: &str| json!({ "_id": key_of(document_id), "routing": routing, "version": version, "version_type": "external_gte" });
    let entry = match update {
        Update::Put(paper) => Some(Entry::of(*paper)),
        Update::Remove(_) => None,
    };
    let belongs = entry.as_ref().map(routing);
    let mut lines = String::new();
    for lies in lies.unwrap_or_default().iter().filter(|lies| Some(*lies) != belongs.as_ref()) {
        lines.push_str(&format!("{}\n", json!({ "delete": place(lies) })));
    }
    if let (Some(entry), Some(belongs)) = (entry, belongs) {
        lines.push_str(&format!("{}\n{}\n", json!({ "index": place(&belongs) }), document(&entry)));
    }
    lines
}

fn send(client: &Client, index: &str, part: String) -> Result<(), Error> {
    let path = format!("/{index}/_bulk?filter_path=errors,items.*.status,items.*.error.type");
    let answer = client.post(&path, part.into_bytes(), WRITE_TIME_MAX)?.done()?;
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_object).flat_map(|item| item.iter()).try_for_each(|(verb, item)| {
        match item["status"].as_u64() {
            Some(200..300) => Ok(()),
            // It was gone already.
            Some(404) if verb == "delete" => Ok(()),
            // A newer batch has written it.
            Some(409) => Err(busy(index)),
            Some(status @ (429 | 500..)) => Err(Error::Unavailable { reason: format!("HTTP {status}") }),
            _ => {
                Err(Error::Engine(item["error"]["type"].as_str().unwrap_or("a paper was refused").to_owned()))
            }
        }
    })
}

/// All papers of an index by their keys, ascending, each with its digest. Both are what the list is sorted by: so the answer has them, and
/// the place to go on at.
pub(super) fn digests(client: &Client, index: &str) -> Result<Vec<(DocumentId, u64)>, Error> {
    let mut papers = Vec::new();
    let mut body = json!({
        "query": super::query::papers(), "size": PLACES_MAX, "_source": false, "sort": [{ "id": "asc" }, { "digest": "asc" }],
    });
    let path = format!(
        "/{index}/_search?allow_partial_search_results=false&filter_path=timed_out,_shards.failed,hits.hits.sort"
    );
    loop {
        let Some(answer) = client.search(&path, &body)?.found()? else { return Ok(papers) };
        let answer = whole(answer)?;
        let found = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(last) = found.last() else { return Ok(papers) };
        body["search_after"] = last["sort"].clone();
        papers.extend(found.iter().filter_map(|hit| paper(&hit["sort"])));
    }
}

fn paper(sort: &Value) -> Option<(DocumentId, u64)> {
    Some((sort[0].as_str()?.parse().ok()?, u64::from_str_radix(sort[1].as_str()?, 16).ok()?))
}
