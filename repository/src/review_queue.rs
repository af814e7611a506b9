//! Hàng chờ kiểm tra: papers that wait for a person, those whose dossiers are due first at the top, then those of no dossier in the order in
//! which they came.

use crate::Repository;
use crate::access::Touched;
use crate::calendar_years;
use crate::database::{self, Connection, Query, Row};
use crate::deadlines::WAITING;
use crate::error::Result;
use crate::identifier::DossierCode;
use crate::queue::Bounds;
use crate::record::*;
use crate::{desk, documents, keying, ties};
use jiff::Timestamp;
use std::collections::HashMap;

/// Most papers of the list: whoever works from the top never gets further, and everyone on it is named in the log.
const LIST_MAX: u32 = 200;

/// Papers that wait and belong to an open dossier.
const OF_DOSSIERS: &str = "select d.id as document_id, g.id as dossier_id, g.code, g.next_by
     from dossier g join document d on d.place_dossier_id = g.id and d.receiver_key = g.receiver_key
     where g.next_by is not null and d.state = 'extracted' and d.validity <> 'disposed'";

/// Papers that wait and belong to none.
const OF_NOBODY: &str =
    "select d.id as document_id, cast(null as text) as dossier_id, cast(null as text) as code,
         cast(null as bigint) as next_by
     from document d where d.state = 'extracted' and d.validity <> 'disposed' and not exists (
         select 1 from dossier g where g.id = d.place_dossier_id and g.next_by is not null)";

/// Where a paper stands in the queue.
struct Place {
    id: DocumentId,
    dossier: Option<(DossierId, DossierCode)>,
    next_by: Option<i64>,
}

impl Repository {
    /// The papers of the actor's agency that wait for review, as far as `limit`. Access entry (`Search`) per paper, or one for an empty list.
    pub async fn review_queue(&self, actor: &Actor, limit: u32) -> Result<ReviewQueue> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let (now, receiver) = (self.now(), ties::receiver_key(actor));
        let mut snapshot = self.database().read().await?;
        let bounds = Bounds::new(&calendar_years::read(&mut snapshot).await?, now);
        let places = places(&mut snapshot, &receiver, limit.clamp(1, LIST_MAX), |question| question).await?;
        let ids: Vec<DocumentId> = places.iter().map(|place| place.id).collect();
        let found = documents::all(&mut snapshot, &ids).await?;
        let mut papers: HashMap<_, _> = found.into_iter().map(|paper| (paper.id, paper)).collect();
        let keyings = keying::of_all(&mut snapshot, &ids).await?;
        let mut others = desk::others(&mut snapshot, &ids, &actor.account).await?;
        let unfinished = desk::unfinished(&mut snapshot, &ids, &actor.account).await?;
        let waiting = waiting(&mut snapshot, &receiver).await?;
        drop(snapshot);
        let item = |place: Place| {
            let document = papers.remove(&place.id)?;
            let done = keyings.get(&place.id).map_or(&[][..], Vec::as_slice);
            Some(ReviewItem {
                turn: KeyingTurn::of(done, document.document_type, &actor.account),
                others: others.remove(&place.id).unwrap_or_default(),
                is_unfinished: unfinished.contains(&place.id),
                urgency: place.next_by.map_or(Urgency::None, |next_by| bounds.urgency(next_by)),
                next_by: place.next_by.and_then(deadline),
                dossier: place.dossier,
                document,
            })
        };
        let items: Vec<ReviewItem> = places.into_iter().filter_map(item).collect();
        let touched: Vec<Touched> = ids.into_iter().map(Touched::from).collect();
        let touched = if touched.is_empty() { vec![Touched::NONE] } else { touched };
        self.note_access(actor, Action::Search, &touched).await?;
        Ok(ReviewQueue { items, waiting })
    }

    /// The paper that this officer reviews next: not one that someone else has in front of them, nor one that this officer keyed already. Only
    /// its key is told, and opening it stands in the log; so this does not.
    pub async fn next_to_review(&self, actor: &Actor) -> Result<Option<DocumentId>> {
        self.permit(actor, Action::Confirm, Touched::NONE).await?;
        let free = |question: Query| {
            let question =
                question.with(" and not exists (select 1 from keying k where k.document_id = d.id");
            let question = question.with(" and k.account in").with_list([&actor.account]);
            let question =
                question.with(") and not exists (select 1 from review_desk r where r.document_id = d.id");
            let question = question.with(" and r.account not in").with_list([&actor.account]);
            question.with(" and r.held_until >").with_list([database::now()]).with(")")
        };
        let mut snapshot = self.database().read().await?;
        let receiver = ties::receiver_key(actor);
        Ok(places(&mut snapshot, &receiver, 1, free).await?.first().map(|place| place.id))
    }
}

/// The first places of the queue of an agency, of those that `narrowed` leaves.
async fn places(
    connection: &mut Connection,
    receiver: &str,
    limit: u32,
    narrowed: impl Fn(Query) -> Query,
) -> Result<Vec<Place>> {
    let own = |sql| narrowed(database::query(sql).with(" and d.receiver_key =").with_list([receiver]));
    let question = own(OF_DOSSIERS).with(" order by g.next_by, d.id limit");
    let mut rows = question.with_list([i64::from(limit)]).fetch_all(&mut *connection).await?;
    let left = i64::from(limit) - rows.len() as i64;
    if left > 0 {
        let question = own(OF_NOBODY).with(" order by d.id limit");
        rows.extend(question.with_list([left]).fetch_all(connection).await?);
    }
    rows.iter().map(place_from).collect()
}

fn place_from(row: &Row) -> Result<Place> {
    let dossier = database::read_word_or_none(row, "dossier_id")?;
    Ok(Place {
        id: database::read_word(row, "document_id")?,
        dossier: dossier.zip(database::read_word_or_none(row, "code")?),
        next_by: row.get("next_by")?,
    })
}

async fn waiting(connection: &mut Connection, receiver: &str) -> Result<u64> {
    let sql = "select count(*) as papers from document
               where receiver_key = $1 and state = 'extracted' and validity <> 'disposed'";
    database::whole(&database::query(sql).bind(receiver).fetch_one(connection).await?, "papers")
}

/// A deadline that is one: not the mark of a dossier that waits for its owner, or has none.
fn deadline(next_by: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(next_by).ok().filter(|_| next_by < WAITING)
}
