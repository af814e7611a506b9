//! The queue of papers to read. A lease hands a job to one worker at a time; the attempt is counted when it is claimed, so that a
//! paper which kills its worker comes to an end too; and every write of a worker is fenced by the number of its claim.
//!
//! Papers of the counter go first, then imports, then re-readings; within a class the agencies take turns, so that the ten thousand
//! papers of one do not keep the ten of another waiting. Every [`FAIR_TURN_EVERY`]th claim goes to whatever has waited longest behind the
//! counter, so that a backlog moves on however busy the day is.
//!
//! Not here: what a worker writes ([`crate::reading`]), and who asks for a re-reading ([`crate::reread`]).

use crate::Repository;
use crate::access;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::record::{
    Action, Actor, ChangeKind, DocumentId, DocumentState, DocumentStep, Job, Priority, QueueCount,
    ReadingModel, Role, Route,
};
use crate::{changes, events, policy};
use std::time::Duration;

/// How often a paper is tried. Pages that crash their reader end in the reader's own children and cost no attempt, and neither do faults
/// of the machine that a worker lives to tell of; what is counted kills or confounds the worker itself. A third time is no accident, and
/// whoever brings the paper again has it tried anew.
pub const ATTEMPTS_MAX: u32 = 3;

/// Delay before the second attempt; each later one waits four times as long. A passing fault (memory short) lasts seconds, while someone
/// at the counter is waiting.
const RETRY_DELAY: Duration = Duration::from_secs(5);

/// Delay after a fault of the machine itself: long enough that a broken installation does not spin, short enough that papers are
/// read soon after it was mended.
const POSTPONED_DELAY: Duration = Duration::from_secs(30);

/// Every so many claims one goes to the job that has waited longest behind the counter: a busy counter keeps seven eighths of the
/// machine, and a backlog of a thousand papers still ends.
pub const FAIR_TURN_EVERY: u32 = 8;

/// A paper of the counter that waits longer than this finds no free worker: an idle one looks four times a second.
const COUNTER_WAIT: Duration = Duration::from_secs(1);

/// What a person is told when every attempt failed.
const UNREADABLE: &str = "Máy đã thử đọc 3 lần mà không xong. Hãy gửi lại chính tệp này để máy thử thêm, quét lại giấy tờ, hoặc nhập tay các trường thông tin.";

/// What a person is told when every attempt to read a paper again failed.
const NOT_READ_AGAIN: &str = "Máy đã thử đọc lại 3 lần mà không xong; kết quả đọc trước vẫn được giữ nguyên.";

/// A class as the queue sorts it.
fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Counter => 0,
        Priority::Import => 1,
        Priority::Reread => 2,
    }
}

/// The class of a job.
pub(crate) fn priority_from(row: &Row) -> Result<Priority> {
    Ok(match row.get::<i64>("priority")? {
        0 => Priority::Counter,
        1 => Priority::Import,
        _ => Priority::Reread,
    })
}

/// Queues a paper, as part of the transaction that takes it in.
pub(crate) async fn add(
    connection: &mut Connection,
    document: DocumentId,
    priority: Priority,
    agency: &str,
) -> Result<()> {
    database::query("insert into agency_turn (agency, claim) values ($1, 0) on conflict (agency) do nothing")
        .bind(agency)
        .execute(&mut *connection)
        .await?;
    database::query("insert into job (document_id, due_at, priority, agency) values ($1, $2, $3, $4)")
        .bind(document.to_string())
        .bind(database::now())
        .bind(rank(priority))
        .bind(agency)
        .execute(connection)
        .await?;
    Ok(())
}

/// Moves a paper that waits already forward, never back: someone stands at the counter with it now.
pub(crate) async fn hurry(
    connection: &mut Connection,
    document: DocumentId,
    priority: Priority,
) -> Result<()> {
    let sql = "update job set priority = $2 where document_id = $1 and ended_at is null and priority > $2";
    database::query(sql).bind(document.to_string()).bind(rank(priority)).execute(connection).await?;
    Ok(())
}

/// Queues a paper that was given up again, with all its attempts; pages that were read stay read, unless by another model: those stand
/// in a pass of their own, so that no pass mixes models. The new claim number shuts out whoever held it before.
pub(crate) async fn begin_again(
    connection: &mut Connection,
    document: DocumentId,
    priority: Priority,
    model: Option<ReadingModel>,
) -> Result<()> {
    let sql = "update job set attempts = 0, claim = claim + 1, worker = null, due_at = $2, last_error = null,
                   ended_at = null, priority = $3, model = $4,
                   pass = case when model is distinct from $4 and exists (
                           select 1 from page where page.document_id = job.document_id and page.pass = job.pass)
                       then pass + 1 else pass end
               where document_id = $1";
    database::query(sql)
        .bind(document.to_string())
        .bind(database::now())
        .bind(rank(priority))
        .bind(model.as_ref().map(database::word))
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends the job of a paper that is not to be read any more, and shuts out whoever holds it.
pub(crate) async fn call_off(connection: &mut Connection, document: DocumentId) -> Result<()> {
    let sql = "update job set ended_at = $2, claim = claim + 1, worker = null where document_id = $1 and ended_at is null";
    database::query(sql).bind(document.to_string()).bind(database::now()).execute(connection).await?;
    Ok(())
}

/// Queues a paper for another pass, unless a job of it waits or runs: answers whether it was queued.
pub(crate) async fn begin_pass(
    connection: &mut Connection,
    document: DocumentId,
    model: Option<ReadingModel>,
    priority: Priority,
) -> Result<bool> {
    let sql = "update job set attempts = 0, claim = claim + 1, worker = null, due_at = $2, last_error = null,
                   ended_at = null, priority = $3, model = $4, pass = pass + 1, page_count = null
               where document_id = $1 and ended_at is not null";
    let changed = database::query(sql)
        .bind(document.to_string())
        .bind(database::now())
        .bind(rank(priority))
        .bind(model.as_ref().map(database::word))
        .execute(connection)
        .await?;
    Ok(changed == 1)
}

/// Whether a job of a paper waits or runs.
pub(crate) async fn is_open(connection: &mut Connection, document: DocumentId) -> Result<bool> {
    let sql = "select 1 as open from job where document_id = $1 and ended_at is null";
    Ok(database::query(sql).bind(document.to_string()).fetch_optional(connection).await?.is_some())
}

/// Passes when the job still belongs to this claim, and keeps others from claiming it until the transaction ends.
pub(crate) async fn hold(connection: &mut Connection, job: &Job) -> Result<()> {
    let sql = "update job set claim = claim where id = $1 and claim = $2 and ended_at is null";
    let changed = database::query(sql).bind(job.id).bind(job.claim).execute(connection).await?;
    if changed == 1 { Ok(()) } else { Err(Error::ClaimLost) }
}

/// Ends a job that is held.
pub(crate) async fn end(connection: &mut Connection, id: i64) -> Result<()> {
    let sql = "update job set ended_at = $2, worker = null, last_error = null where id = $1";
    database::query(sql).bind(id).bind(database::now()).execute(connection).await?;
    Ok(())
}

/// Gives a job that is held back to the queue with this many attempts counted. The new claim number ends this claim: a worker that
/// gave its job back may not write any more.
async fn give_back(
    connection: &mut Connection,
    id: i64,
    attempts: u32,
    delay: Duration,
    error: Option<&str>,
) -> Result<()> {
    let sql = "update job set claim = claim + 1, worker = null, attempts = $2, due_at = $3, last_error = $4
               where id = $1";
    database::query(sql)
        .bind(id)
        .bind(i64::from(attempts))
        .bind(later(delay))
        .bind(error)
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends a job because its paper cannot be read. A paper that was read before, or filed by hand, stays what it is, and the job keeps
/// why the re-reading came to nothing.
async fn end_unreadable(
    connection: &mut Connection,
    id: i64,
    document: DocumentId,
    problem: &str,
) -> Result<()> {
    end(connection, id).await?;
    let sql = "update document set state = $2, problem = $3 where id = $1 and state = $4";
    let changed = database::query(sql)
        .bind(document.to_string())
        .bind(database::word(&DocumentState::Unreadable))
        .bind(problem)
        .bind(database::word(&DocumentState::Received))
        .execute(&mut *connection)
        .await?;
    if changed == 1 {
        events::note(connection, None, document, DocumentStep::GiveUp).await?;
        return changes::append(connection, ChangeKind::Unreadable, document).await;
    }
    let problem = if problem == UNREADABLE { NOT_READ_AGAIN } else { problem };
    database::query("update job set last_error = $2 where id = $1")
        .bind(id)
        .bind(problem)
        .execute(connection)
        .await?;
    Ok(())
}

/// What became of the next due job.
enum Claimed {
    Job(Job),
    PastLastAttempt(i64),
    Nothing,
}

impl Repository {
    /// Claims the next due job for `lease`; counts the attempt. A job past its last attempt is ended as unreadable instead. The claim
    /// is logged (`Read`): the machine looks at the paper from now on.
    pub async fn claim_job(&self, worker: &str, lease: Duration) -> Result<Option<Job>> {
        // Asked before the write lock is taken: an idle worker disturbs nobody.
        while self.job_is_due().await? {
            let mut transaction = self.database().write_beside().await?;
            let claimed = claim_next(&mut transaction, worker, lease).await?;
            transaction.commit().await?;
            match claimed {
                Claimed::Job(job) => return Ok(Some(job)),
                Claimed::PastLastAttempt(id) => self.end_past_last_attempt(id).await?,
                Claimed::Nothing => break,
            }
        }
        Ok(None)
    }

    /// Ends a job that was tried often enough, unless another worker did so first.
    async fn end_past_last_attempt(&self, id: i64) -> Result<()> {
        let mut transaction = self.database().write().await?;
        let sql = "update job set claim = claim + 1
                   where id = $1 and ended_at is null and due_at <= $2 and attempts >= $3 returning document_id";
        let question = database::query(sql).bind(id).bind(database::now()).bind(i64::from(ATTEMPTS_MAX));
        if let Some(row) = question.fetch_optional(&mut *transaction).await? {
            let document = database::read_word(&row, "document_id")?;
            end_unreadable(&mut transaction, id, document, UNREADABLE).await?;
        }
        transaction.commit().await
    }

    async fn job_is_due(&self) -> Result<bool> {
        let sql = "select id from job where ended_at is null and due_at <= $1 limit 1";
        let question = database::query(sql).bind(database::now());
        Ok(question.fetch_optional(self.database().reader()).await?.is_some())
    }

    /// Lengthens the lease. `ClaimLost` when another worker has the job.
    pub async fn extend_job(&self, job: &Job, lease: Duration) -> Result<()> {
        let mut transaction = self.database().write_beside().await?;
        hold(&mut transaction, job).await?;
        database::query("update job set due_at = $2 where id = $1")
            .bind(job.id)
            .bind(later(lease))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// Ends the job: the paper cannot be read; `problem` is a Vietnamese sentence that says what to do.
    pub async fn give_up_reading(&self, job: &Job, problem: &str) -> Result<()> {
        let mut transaction = self.database().write().await?;
        hold(&mut transaction, job).await?;
        end_unreadable(&mut transaction, job.id, job.document, problem).await?;
        transaction.commit().await
    }

    /// Gives the job back after a passing fault; it is due again after a growing delay. After the last attempt the paper is
    /// unreadable.
    pub async fn retry_reading(&self, job: &Job, error: &str) -> Result<()> {
        let mut transaction = self.database().write().await?;
        hold(&mut transaction, job).await?;
        give_back(&mut transaction, job.id, job.attempt, retry_delay(job.attempt), Some(error)).await?;
        if job.attempt >= ATTEMPTS_MAX {
            end_unreadable(&mut transaction, job.id, job.document, UNREADABLE).await?;
        }
        transaction.commit().await
    }

    /// Gives the job back after a fault of the machine (no model, no jail, no child process); it is due again after 30 s, and the
    /// attempt is not counted: no paper becomes unreadable because the installation is broken.
    pub async fn postpone_reading(&self, job: &Job, error: &str) -> Result<()> {
        self.give_back_uncounted(job, POSTPONED_DELAY, Some(error)).await
    }

    /// Gives the job back because its worker stops in good order; it is due again at once, and the attempt is not counted.
    pub async fn release_job(&self, job: &Job) -> Result<()> {
        self.give_back_uncounted(job, Duration::ZERO, None).await
    }

    async fn give_back_uncounted(&self, job: &Job, delay: Duration, error: Option<&str>) -> Result<()> {
        let mut transaction = self.database().write().await?;
        hold(&mut transaction, job).await?;
        give_back(&mut transaction, job.id, job.attempt.saturating_sub(1), delay, error).await?;
        transaction.commit().await
    }

    /// Whether a paper of the counter waits and no worker is free to read it: time to give other work back.
    pub async fn counter_waits(&self) -> Result<bool> {
        let sql = "select id from job where ended_at is null and priority = $1 and due_at <= $2 limit 1";
        let since = database::now().saturating_sub(COUNTER_WAIT.as_micros() as i64);
        let question = database::query(sql).bind(rank(Priority::Counter)).bind(since);
        Ok(question.fetch_optional(self.database().reader()).await?.is_some())
    }

    /// Jobs waiting and running, by class, as far as they are counted for the actor ([`policy::counted`]); a class without any is left out.
    pub async fn queue(&self, actor: &Actor) -> Result<Vec<QueueCount>> {
        let mut question = database::query(
            "select priority, count(case when worker is null or due_at <= $1 then 1 end) as waiting,
                 count(case when worker is not null and due_at > $1 then 1 end) as running
             from job where ended_at is null",
        )
        .bind(database::now());
        if let Some(receiver) = policy::counted(actor)? {
            question = question.with(" and document_id in (select id from document where receiver_key =");
            question = question.with_list([&receiver]).with(")");
        }
        let question = question.with(" group by priority order by priority");
        let rows = question.fetch_all(self.database().reader()).await?;
        let count = |row: &Row| {
            let (waiting, running) = (database::whole(row, "waiting")?, database::whole(row, "running")?);
            Ok(QueueCount { priority: priority_from(row)?, waiting, running })
        };
        rows.iter().map(count).collect()
    }

    /// Jobs waiting or running.
    pub async fn jobs_open(&self) -> Result<u64> {
        let sql = "select count(*) as jobs from job where ended_at is null";
        database::whole(&database::query(sql).fetch_one(self.database().reader()).await?, "jobs")
    }
}

async fn claim_next(connection: &mut Connection, worker: &str, lease: Duration) -> Result<Claimed> {
    let turn = database::next_number(connection, "claim").await?;
    let fair_turn = turn % i64::from(FAIR_TURN_EVERY) == 0;
    for queue in in_line(queues(connection).await?, fair_turn) {
        let sql = "select id, document_id, attempts from job
                   where priority = $1 and agency = $2 and ended_at is null and due_at <= $3
                   order by due_at, id limit 1";
        let question = connection.claim_rows(sql).bind(rank(queue.priority)).bind(&queue.agency);
        let Some(row) = question.bind(database::now()).fetch_optional(&mut *connection).await? else {
            continue;
        };
        if database::whole::<u32>(&row, "attempts")? >= ATTEMPTS_MAX {
            return Ok(Claimed::PastLastAttempt(row.get("id")?));
        }
        database::query("update agency_turn set claim = $2 where agency = $1")
            .bind(&queue.agency)
            .bind(turn)
            .execute(&mut *connection)
            .await?;
        // What a fair turn gave is not taken away again, or a long paper would never come to an end.
        let yields = !fair_turn && queue.priority != Priority::Counter;
        return claim(connection, &row, worker, lease, yields).await.map(Claimed::Job);
    }
    Ok(Claimed::Nothing)
}

/// What waits of one agency in one class.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Queue {
    priority: Priority,
    agency: String,
    /// Number of the claim that the agency had last.
    last_claim: i64,
    /// When its first job is due.
    due_at: i64,
}

/// The queues in which a job is due.
async fn queues(connection: &mut Connection) -> Result<Vec<Queue>> {
    let sql = "select agency, claim, priority, due_at from (
                   select a.agency, a.claim, class.priority, (
                       select min(due_at) from job
                       where job.priority = class.priority and job.agency = a.agency and ended_at is null) as due_at
                   from agency_turn a cross join (select cast(0 as bigint) as priority
                       union all select cast(1 as bigint) union all select cast(2 as bigint)) as class) as queue
               where due_at <= $1";
    let rows = database::query(sql).bind(database::now()).fetch_all(connection).await?;
    let queue = |row: &Row| {
        let (agency, last_claim) = (row.get("agency")?, row.get("claim")?);
        Ok(Queue { priority: priority_from(row)?, agency, last_claim, due_at: row.get("due_at")? })
    };
    rows.iter().map(queue).collect()
}

/// Whose turn it is: the class that people wait for most, in it the agency that was served longest ago. At a fair turn whatever has
/// waited longest behind the counter.
fn in_line(mut queues: Vec<Queue>, fair_turn: bool) -> Vec<Queue> {
    match fair_turn {
        false => queues.sort_by_key(|queue| (rank(queue.priority), queue.last_claim, queue.due_at)),
        true => queues.sort_by_key(|queue| (queue.priority == Priority::Counter, queue.due_at)),
    }
    queues
}

async fn claim(
    connection: &mut Connection,
    job: &Row,
    worker: &str,
    lease: Duration,
    yields: bool,
) -> Result<Job> {
    let (id, document) = (job.get("id")?, database::read_word(job, "document_id")?);
    let sql = "update job set attempts = attempts + 1, claim = claim + 1, worker = $2, due_at = $3
               where id = $1 returning attempts, claim, pass, model";
    let question = database::query(sql).bind(id).bind(worker).bind(later(lease));
    let row = question.fetch_one(&mut *connection).await?;
    access::write(connection, &machine(worker), Action::Read, document, true).await?;
    Ok(Job {
        id,
        document,
        attempt: database::whole(&row, "attempts")?,
        claim: row.get("claim")?,
        pass: database::whole(&row, "pass")?,
        model: database::read_word_or_none(&row, "model")?,
        yields,
    })
}

/// The worker as the access log names it.
fn machine(worker: &str) -> Actor {
    Actor {
        account: format!("worker:{worker}"),
        name: "Máy đọc".into(),
        agency: String::new(),
        unit: String::new(),
        role: Role::System,
        purpose: "Số hóa giấy tờ".into(),
        basis: None,
        only: None,
        route: Route { source: String::new(), destination: "motlan work".into() },
    }
}

fn retry_delay(attempt: u32) -> Duration {
    RETRY_DELAY * 4_u32.pow(attempt.saturating_sub(1).min(ATTEMPTS_MAX))
}

/// The time after a while, as columns keep it.
fn later(duration: Duration) -> i64 {
    database::now().saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_with_each_attempt() {
        let check = |attempt, seconds| assert_eq!(retry_delay(attempt), Duration::from_secs(seconds));
        check(1, 5);
        check(2, 20);
        check(3, 80);
        check(4_000_000_000, 320);
    }

    #[test]
    fn classes_come_in_order_and_agencies_take_turns() {
        use Priority::{Counter, Import, Reread};
        let queue = |(priority, agency, last_claim, due_at): (Priority, &str, i64, i64)| Queue {
            priority,
            agency: agency.into(),
            last_claim,
            due_at,
        };
        let check = |queues: &[(Priority, &str, i64, i64)], fair_turn, expected: &str| {
            let order = in_line(queues.iter().copied().map(queue).collect(), fair_turn);
            let order = order.iter().map(|queue| queue.agency.as_str()).collect::<Vec<_>>();
            assert_eq!(order.join(" "), expected, "{queues:?}");
        };
        check(&[(Reread, "a", 0, 1), (Import, "b", 0, 2), (Counter, "c", 9, 3)], false, "c b a");
        check(&[(Import, "a", 7, 1), (Import, "b", 3, 9), (Import, "c", 5, 2)], false, "b c a");
        check(&[(Import, "a", 0, 2), (Import, "b", 0, 1)], false, "b a");
        check(&[(Counter, "a", 0, 1), (Reread, "b", 8, 2), (Import, "c", 0, 3)], true, "b c a");
        check(&[], true, "");
    }

    #[test]
    fn people_are_told_the_number_of_attempts() {
        assert!(UNREADABLE.contains(&format!("{ATTEMPTS_MAX} lần")));
        assert!(NOT_READ_AGAIN.contains(&format!("{ATTEMPTS_MAX} lần")));
    }
}
