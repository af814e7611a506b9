//! The figures of a period as questions to the database: numbers of dossiers and components, nothing of people. What was only registered,
//! or refused, was not received and is left out.

use crate::database::{self, Connection, Row};
use crate::error::Result;
use crate::record::*;
use crate::{Repository, policy};
use jiff::ToSpan;
use jiff::civil::Date;

/// Before every day and after every day: days are compared as text.
const ENDS: (&str, &str) = ("", "A");

/// Ends a question about dossiers `d`: received from $1 to $2, by the agency of $3; null: by any.
macro_rules! of_period {
    ($($question:tt)+) => {
        concat!(
            $($question)+,
            " d.received_on >= $1 and d.received_on <= $2 and d.receiver_key = coalesce($3, d.receiver_key)
             and d.state not in ('submitted', 'refused')"
        )
    };
}

/// Begins a question about the papers `p` that a dossier really has: stored ones, but none that was cancelled, because it was filed by
/// mistake; also after it was destroyed. The order is said, or SQLite takes all stored papers first.
macro_rules! papers_of {
    ($link:literal) => {
        concat!(
            "(select count(*) from ",
            $link,
            " l cross join document p where p.id = l.document_id and p.state = 'stored'
                 and 'cancel' <> coalesce((select e.step from document_event e where e.document_id = l.document_id
                     and e.step in ('cancel', 'reinstate') order by e.number desc limit 1), '')
                 and l.dossier_id = x.id)"
        )
    };
}

const DOSSIERS: &str = of_period!(
    "select count(*) as received,
         count(case when ended = 1 then 1 end) as ended,
         count(case when ended = 1 and outcomes > 0 then 1 end) as with_result,
         count(case when components > 0 and outcomes > 0 then 1 end) as digitized,
         count(case when reused > 0 then 1 end) as reused
     from (select received_on, receiver_key, state,
               case when state in ('finished', 'delivered') then 1 else 0 end as ended, ",
    papers_of!("outcome"),
    " as outcomes, ",
    papers_of!("component"),
    " as components,
               (select count(*) from component c where c.dossier_id = x.id and c.reused > 0) as reused
           from dossier x) d
     where"
);

const DAYS: &str = of_period!("select distinct d.received_on as day from dossier d where");

/// Components of a day that the law wants digitized and that the store did not answer; $4 is the end of that day.
const AT_RECEIPT: &str = of_period!(
    "select count(*) as asked, count(case when c.filled_at < $4 then 1 end) as in_hand
     from component c join dossier d on d.id = c.dossier_id
     where c.reused = 0 and c.digitize_basis is not null and (c.document_id is not null or c.required = 1) and"
);

const DECISIONS: &str = of_period!(
    "select count(*) as decided, count(case when c.reused > 0 then 1 end) as taken_over
     from component c join dossier d on d.id = c.dossier_id
     where (c.reused > 0 or exists (select 1 from reuse_refusal r
               where r.dossier_id = c.dossier_id and r.component_key = c.key)) and"
);

const ASKED: &str = of_period!(
    "select count(*) as asked from reuse_refusal r join dossier d on d.id = r.dossier_id
     where r.asked_by = 'officer' and"
);

/// What is counted.
struct Counted {
    period: Period,
    /// Key of the agency that received it; none: of any.
    receiver: Option<String>,
}

impl Repository {
    /// The figures of a period, all of the same moment, as far as dossiers are counted for the actor ([`policy::counted`]). They name nobody, so
    /// the access log has no entry of it.
    pub async fn figures(&self, actor: &Actor, period: Period) -> Result<Figures> {
        let of = Counted { period, receiver: policy::counted(actor)? };
        let mut snapshot = self.database().read().await?;
        let dossiers = row(&mut snapshot, DOSSIERS, &of).await?;
        let decisions = row(&mut snapshot, DECISIONS, &of).await?;
        let asked = row(&mut snapshot, ASKED, &of).await?;
        Ok(Figures {
            period,
            electronic_results: share(&dossiers, "with_result", "ended")?,
            digitized: share(&dossiers, "digitized", "received")?,
            reused: share(&dossiers, "reused", "received")?,
            digitized_at_receipt: at_receipt(&mut snapshot, &of).await?,
            reused_instead_of_asked: share(&decisions, "taken_over", "decided")?,
            asked_for_held: database::whole(&asked, "asked")?,
        })
    }
}

/// First and last day as texts to compare with.
fn ends(period: Period) -> (String, String) {
    let text = |day: Option<Date>, end: &str| day.map_or_else(|| end.to_owned(), |day| day.to_string());
    (text(period.from, ENDS.0), text(period.to, ENDS.1))
}

async fn row(connection: &mut Connection, sql: &'static str, of: &Counted) -> Result<Row> {
    let (from, to) = ends(of.period);
    database::query(sql).bind(from).bind(to).bind(of.receiver.as_ref()).fetch_one(connection).await
}

fn share(row: &Row, counted: &str, of: &str) -> Result<Share> {
    Ok(Share { counted: database::whole(row, counted)?, of: database::whole(row, of)? })
}

/// Day by day, because each has an end of its own.
async fn at_receipt(connection: &mut Connection, of: &Counted) -> Result<Share> {
    let ((from, to), receiver) = (ends(of.period), of.receiver.as_ref());
    let days = database::query(DAYS).bind(from).bind(to).bind(receiver).fetch_all(&mut *connection).await?;
    let mut sum = Share::default();
    for day in &days {
        let day: Date = database::read_word(day, "day")?;
        let end = database::start_of(day.saturating_add(1.day())).as_microsecond();
        let question = database::query(AT_RECEIPT).bind(day.to_string()).bind(day.to_string());
        let question = question.bind(receiver).bind(end);
        let of_day = share(&question.fetch_one(&mut *connection).await?, "in_hand", "asked")?;
        sum = Share { counted: sum.counted + of_day.counted, of: sum.of + of_day.of };
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{Database, Schema};

    /// Nearly all papers are stored: whoever looks them up by that alone reads them all, for each dossier.
    #[tokio::test]
    async fn no_question_reads_all_papers() {
        let folder = tempfile::TempDir::new().unwrap();
        let database =
            Database::open_file(&folder.path().join("motlan.sqlite"), Schema::Newest).await.unwrap();
        for sql in [DOSSIERS, DAYS, AT_RECEIPT, DECISIONS, ASKED] {
            let mut plan = database::query("explain query plan ").with(sql);
            for place in ["$1", "$2", "$3", "$4"].into_iter().filter(|place| sql.contains(place)) {
                plan = plan.bind(place);
            }
            for row in plan.fetch_all(database.reader()).await.unwrap() {
                let step: String = row.get("detail").unwrap();
                assert!(!step.contains("(state=?)") && !step.starts_with("SCAN p"), "{sql}\n{step}");
            }
        }
    }
}
