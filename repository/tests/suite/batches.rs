//! A scanned stack becomes papers of its dossiers, all or none, and can be taken back; what was scanned never changes.

use super::fixture::*;
use motlan_repository::Error;
use motlan_repository::record::*;
use std::time::Duration;

/// Another person than the fixture's, invented.
const OTHER_NUMBER: &str = "079099000028";

struct Stack {
    fixture: Fixture,
    batch: Batch,
    dossiers: [Dossier; 2],
}

fn stack_of(content: &'static str) -> NewBatch {
    let files = vec![("lượt 1.pdf".into(), content.into()), ("../lượt 2.pdf".into(), "mặt sau".into())];
    NewBatch { files, feed: "two_passes".into() }
}

/// A plan as the program writes it down; what it says is nothing to the records.
fn plan(follows: u64, is_ready: bool, dossiers: &[&Dossier]) -> BatchPlan {
    BatchPlan {
        follows,
        feed: "duplex".into(),
        stack: "{\"pages\":[]}".into(),
        page_count: 7,
        plan: format!("{{\"follows\":{follows}}}"),
        is_ready,
        dossiers: dossiers.iter().map(|dossier| dossier.id).collect(),
        change: None,
    }
}

impl Stack {
    /// A stack of two papers for two people, planned.
    async fn planned() -> Stack {
        let fixture = Fixture::new().await;
        let repository = &fixture.repository;
        let (batch, _) = repository.receive_batch(&officer(), stack_of("mặt trước")).await.unwrap();
        let mine = repository.open_dossier(&officer(), dossier()).await.unwrap();
        let claim = SubjectClaim { number: number(OTHER_NUMBER), name: "Lê Thị Mẫu".into(), ..claim() };
        let other = NewDossier { subject: claim, ..dossier() };
        let other = repository.open_dossier(&officer(), other).await.unwrap();
        let batch =
            repository.plan_batch(&system(), batch.id, plan(1, true, &[&mine, &other])).await.unwrap();
        Stack { dossiers: [mine, other], batch, fixture }
    }

    async fn stage(&self, part: u32, dossier: usize, component: Option<&str>) -> Result<StagedPart, Error> {
        let code = self.dossiers[dossier].code.to_string();
        let bytes = format!("phần {part}").into_bytes();
        self.fixture
            .repository
            .stage_part(self.batch.id, part, "tập.pdf", (&code, component), bytes.into())
            .await
    }

    async fn staged(&self) -> Result<[StagedPart; 2], Error> {
        Ok([self.stage(1, 0, Some("khai-sinh")).await?, self.stage(2, 1, None).await?])
    }

    async fn carry_out(&self) -> Result<BatchView, Error> {
        let version = self.view().await.batch.version;
        let staged = self.staged().await?;
        self.fixture.repository.carry_out_batch(&officer(), self.batch.id, version, &staged).await
    }

    async fn undo(&self) -> Result<BatchView, Error> {
        self.fixture.repository.undo_batch(&officer(), self.batch.id, "Lẫn hai hồ sơ").await
    }

    /// What was done to a paper.
    async fn steps(&self, document: DocumentId) -> Vec<DocumentStep> {
        let history = self.fixture.repository.history(&leader(), document).await.unwrap();
        history.events.into_iter().map(|event| event.step).collect()
    }

    async fn view(&self) -> BatchView {
        self.fixture.repository.batch(&officer(), self.batch.id).await.unwrap()
    }

    /// What the two dossiers hold: the component's paper, and the outcomes.
    async fn held(&self) -> (Option<DocumentId>, Vec<DocumentId>) {
        let repository = &self.fixture.repository;
        let mine = repository.dossier(&officer(), self.dossiers[0].id).await.unwrap();
        let other = repository.dossier(&officer(), self.dossiers[1].id).await.unwrap();
        (mine.components[0].document, other.outcomes)
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, word: &str) {
    match result {
        Err(Error::Invalid { message }) => assert!(message.contains(word), "{word}: {message}"),
        other => panic!("{word}: {other:?}"),
    }
}

#[tokio::test]
async fn the_same_stack_again_is_one_batch_and_its_bytes_stay() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (batch, held) = repository.receive_batch(&officer(), stack_of("mặt trước")).await.unwrap();
    assert_eq!((batch.state, held), (BatchState::Received, false));
    assert_eq!(batch.files[1].file_name, "lượt 2.pdf");
    assert_eq!(repository.batch_to_look_at(None).await.unwrap().as_ref(), Some(&batch));
    let again = repository.receive_batch(&system(), stack_of("mặt trước")).await.unwrap();
    assert_eq!(again, (batch.clone(), true));
    let (other, _) = repository.receive_batch(&officer(), stack_of("khác")).await.unwrap();
    assert_ne!((other.id, &other.sha256), (batch.id, &batch.sha256));
    assert_eq!(repository.batch_to_look_at(Some(batch.id)).await.unwrap().as_ref(), Some(&other));
    assert_eq!(repository.batch_to_look_at(Some(other.id)).await.unwrap(), None);
    // A paper of the same bytes is another thing.
    let paper = fixture.receive("mặt sau").await;
    assert_eq!(repository.batches(&officer()).await.unwrap(), [other, batch.clone()]);
    repository.keep_batch_thumbnail(batch.id, 1, b"jpeg".to_vec()).await.unwrap();
    repository.keep_batch_thumbnail(batch.id, 1, b"jpeg".to_vec()).await.unwrap();
    let fixture = fixture.killed().await;
    let repository = &fixture.repository;
    let files = repository.batch_files(batch.id).await.unwrap();
    assert_eq!(files, ["mặt trước".as_bytes(), "mặt sau".as_bytes()]);
    assert_eq!(repository.batch_thumbnail(&officer(), batch.id, 1, |_| None).await.unwrap(), "jpeg");
    assert!(matches!(
        repository.batch_thumbnail(&officer(), batch.id, 2, |_| None).await,
        Err(Error::NotFound)
    ));
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), []);
    fixture.read_job(&fixture.claim().await).await;
    assert_eq!(repository.remove_left_behind(Duration::ZERO).await.unwrap(), 0, "{paper:?}");
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), []);
    refused(
        repository.receive_batch(&officer(), NewBatch { files: Vec::new(), feed: String::new() }).await,
        "tệp",
    );
    let forbidden = repository.receive_batch(&auditor(), stack_of("mặt trước")).await;
    assert!(matches!(forbidden, Err(Error::Forbidden)), "{forbidden:?}");
}

#[tokio::test]
async fn a_batch_is_carried_out_undone_and_carried_out_again() {
    let stack = Stack::planned().await;
    let view = stack.carry_out().await.unwrap();
    assert_eq!(view.batch.state, BatchState::CarriedOut);
    let [first, second] = [view.papers[0].document, view.papers[1].document];
    assert_eq!(stack.held().await, (Some(first), vec![second]));
    let repository = &stack.fixture.repository;
    let subject = async |id| {
        let document = repository.document(&officer(), id).await.unwrap().document;
        (document.state, document.subject.map(|subject| subject.id))
    };
    let of = |dossier: usize| Some(stack.dossiers[dossier].subject.id);
    assert_eq!(subject(first).await, (DocumentState::Received, of(0)));
    assert_eq!(subject(second).await, (DocumentState::Received, of(1)));
    refused(stack.carry_out().await, "đã có giấy tờ");
    let change = repository.plan_batch(&officer(), stack.batch.id, plan(view.batch.version, true, &[])).await;
    refused(change, "hoàn tác trước");

    // One of them is read meanwhile, the other one waits.
    let job = stack.fixture.claim().await;
    stack.fixture.read_job(&job).await;
    let undone = stack.undo().await.unwrap();
    assert_eq!((undone.batch.state, undone.papers), (BatchState::Undone, Vec::new()));
    assert_eq!(stack.held().await, (None, Vec::new()));
    assert_eq!(subject(first).await, (DocumentState::TakenBack, None));
    assert_eq!(repository.claim_job("thu", LEASE).await.unwrap(), None, "nothing is read of them any more");
    assert_eq!(repository.indexable(first).await.unwrap(), None);
    refused(stack.undo().await, "không có gì để hoàn tác");
    let confirmed = repository.confirm(&officer(), first, confirmation()).await;
    assert!(matches!(confirmed, Err(Error::Conflict { .. })), "{confirmed:?}");
    for taken_back in [first, second] {
        refused(repository.reread(&officer(), taken_back, None).await, "đã được rút khỏi hồ sơ");
        assert_eq!(stack.steps(taken_back).await.last(), Some(&DocumentStep::TakeBack));
    }
    assert_eq!(
        subject(first).await,
        (DocumentState::TakenBack, None),
        "the wish to read it again moves nothing"
    );
    assert_eq!(repository.claim_job("thu", LEASE).await.unwrap(), None);

    let version = stack.view().await.batch.version;
    let anew = plan(version, true, &[&stack.dossiers[0], &stack.dossiers[1]]);
    repository.plan_batch(&officer(), stack.batch.id, anew).await.unwrap();
    let again = stack.carry_out().await.unwrap();
    assert_eq!([again.papers[0].document, again.papers[1].document], [first, second], "the same papers");
    assert_eq!(stack.held().await, (Some(first), vec![second]));
    let is_read = subject(first).await.0 == DocumentState::Extracted;
    let [read, waiting] = if is_read { [(first, 0), (second, 1)] } else { [(second, 1), (first, 0)] };
    assert_eq!(subject(read.0).await, (DocumentState::Extracted, of(read.1)), "it was read before");
    assert_eq!(subject(waiting.0).await, (DocumentState::Received, of(waiting.1)));
    {
        use DocumentStep::*;
        assert_eq!(stack.steps(read.0).await, [Receive, Mark, Extract, TakeBack, Receive, Extract]);
        assert_eq!(stack.steps(waiting.0).await, [Receive, Mark, TakeBack, Receive]);
    }
    stack.fixture.read_job(&stack.fixture.claim().await).await;
    assert_eq!(subject(waiting.0).await, (DocumentState::Extracted, of(waiting.1)));
    assert_eq!(again.batch.sha256, stack.batch.sha256);
    let steps: Vec<BatchStep> = again.events.iter().map(|event| event.step).collect();
    use BatchStep::*;
    assert_eq!(steps, [Receive, Plan, CarryOut, Undo, Plan, CarryOut]);
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), []);
}

#[tokio::test]
async fn a_confirmed_paper_keeps_its_batch_from_being_undone() {
    let stack = Stack::planned().await;
    let view = stack.carry_out().await.unwrap();
    stack.fixture.read_job(&stack.fixture.claim().await).await;
    let first = view.papers[0].document;
    let state = stack.fixture.state(first).await;
    let id = if state == DocumentState::Extracted { first } else { view.papers[1].document };
    stack.fixture.repository.confirm(&officer(), id, confirmation()).await.unwrap();
    let before = stack.held().await;
    refused(stack.undo().await, "phần ");
    assert_eq!(stack.held().await, before, "all or none");
    assert_eq!(stack.view().await.batch.state, BatchState::CarriedOut);
}

#[tokio::test]
async fn who_destroys_a_paper_destroys_the_stack_that_it_came_out_of() {
    let stack = Stack::planned().await;
    let repository = &stack.fixture.repository;
    let [first, second] = stack.carry_out().await.unwrap().papers.try_into().expect("two papers");
    stack.undo().await.unwrap();
    let version = stack.view().await.batch.version;
    let anew = plan(version, true, &[&stack.dossiers[0]]);
    let planned = repository.plan_batch(&officer(), stack.batch.id, anew).await.unwrap();
    let part = [stack.stage(1, 0, Some("khai-sinh")).await.unwrap()];
    repository.carry_out_batch(&officer(), stack.batch.id, planned.version, &part).await.unwrap();
    assert_eq!(stack.fixture.state(second.document).await, DocumentState::TakenBack);
    stack.fixture.read_job(&stack.fixture.claim().await).await;
    stack.fixture.destroy(first.document).await;
    let view = stack.view().await;
    assert_eq!((view.batch.state, view.plan), (BatchState::Destroyed, None));
    let files = repository.batch_files(stack.batch.id).await;
    assert!(matches!(files, Err(Error::Erased { .. })), "{files:?}");
    let original = repository.original(&officer(), second.document).await;
    assert!(matches!(original, Err(Error::Erased { .. })), "cut otherwise, it may hold the same pages");
    refused(stack.undo().await, "không có gì để hoàn tác");
    let again = repository.receive_batch(&officer(), stack_of("mặt trước")).await;
    assert!(matches!(again, Err(Error::Erased { .. })), "the same stack again: {again:?}");
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), []);
    assert_eq!(stack.fixture.stored().await.len(), 0);
}

#[tokio::test]
async fn nothing_is_filed_when_one_part_cannot_be() {
    let stack = Stack::planned().await;
    let repository = &stack.fixture.repository;
    let staged = stack.staged().await.unwrap();
    refused(stack.stage(3, 0, Some("không có")).await, "không có thành phần");
    // Someone fills the second part's place: as a component, which holds one paper.
    let third = stack.stage(3, 1, Some("to-khai")).await.unwrap();
    let place = DossierPlace { dossier: stack.dossiers[1].id, component: Some("to-khai".into()) };
    repository
        .receive(&officer(), NewDocument { place: Some(place), ..paper() }, "nộp ở quầy".into())
        .await
        .unwrap();
    let parts = [staged[0].clone(), third];
    let version = stack.view().await.batch.version;
    let refusal = repository.carry_out_batch(&officer(), stack.batch.id, version, &parts).await;
    refused(refusal, "đã có giấy tờ");
    assert_eq!(stack.held().await, (None, Vec::new()));
    let stale = repository.carry_out_batch(&officer(), stack.batch.id, version - 1, &staged).await;
    refused(stale, "vừa được người khác sửa");
    let stopped = repository.plan_batch(&officer(), stack.batch.id, plan(version, false, &[])).await.unwrap();
    assert_eq!(stopped.state, BatchState::Stopped);
    let stopped = repository.carry_out_batch(&officer(), stack.batch.id, stopped.version, &staged).await;
    refused(stopped, "Cần xem lại");
    let places = repository
        .batch_places(
            stack.batch.id,
            &[
                (stack.dossiers[1].code.to_string(), Some("to-khai".into())),
                (stack.dossiers[1].code.to_string(), Some("x".into())),
                ("H26.18-260105-9999".into(), None),
            ],
        )
        .await
        .unwrap();
    let other = stack.dossiers[1].id;
    assert_eq!(places, [BatchPlace::Taken(other), BatchPlace::NoComponent(other), BatchPlace::NoDossier]);
}

#[tokio::test]
async fn a_batch_is_given_up_once_and_never_after_it_was_planned() {
    let stack = Stack::planned().await;
    let repository = &stack.fixture.repository;
    let before = stack.view().await;
    repository.give_batch_up(&system(), stack.batch.id, "Không đọc được.").await.unwrap();
    assert_eq!(stack.view().await, before);
    let (other, _) = repository.receive_batch(&officer(), stack_of("khác")).await.unwrap();
    for _ in 0..2 {
        repository.give_batch_up(&system(), other.id, "Không đọc được.").await.unwrap();
    }
    let given_up = repository.batch(&officer(), other.id).await.unwrap();
    assert_eq!(given_up.batch.problem.as_deref(), Some("Không đọc được."));
    let steps: Vec<BatchStep> = given_up.events.iter().map(|event| event.step).collect();
    assert_eq!(steps, [BatchStep::Receive, BatchStep::GiveUp]);
}

#[tokio::test]
async fn a_batch_that_could_not_be_read_is_looked_at_again_when_it_comes_again() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (batch, _) = repository.receive_batch(&officer(), stack_of("khác")).await.unwrap();
    repository.give_batch_up(&system(), batch.id, "Không đọc được.").await.unwrap();
    assert_eq!(repository.batch_to_look_at(None).await.unwrap(), None);
    let (again, held) = repository.receive_batch(&officer(), stack_of("khác")).await.unwrap();
    assert_eq!((again.id, again.state, again.problem, held), (batch.id, BatchState::Received, None, true));
    assert_eq!(repository.batch_to_look_at(None).await.unwrap().map(|batch| batch.id), Some(batch.id));
    let (third, _) = repository.receive_batch(&officer(), stack_of("khác")).await.unwrap();
    assert_eq!(third.version, again.version, "one that waits already is left alone");
}

#[tokio::test]
async fn a_paper_under_a_hold_is_not_taken_back() {
    let stack = Stack::planned().await;
    let view = stack.carry_out().await.unwrap();
    let repository = &stack.fixture.repository;
    let hold = repository.hold(&officer(), view.papers[1].document, "Khiếu nại").await.unwrap();
    let before = stack.held().await;
    refused(stack.undo().await, "phần 2");
    assert_eq!(stack.held().await, before, "all or none");
    repository.lift_hold(&officer(), hold.id, "Đã giải quyết").await.unwrap();
    assert_eq!(stack.undo().await.unwrap().batch.state, BatchState::Undone);
}

/// The plan was changed after its parts were stored, or a kill came in between.
#[tokio::test]
async fn parts_that_were_never_filed_go_with_the_stack() {
    let stack = Stack::planned().await;
    let before = stack.fixture.stored().await;
    stack.stage(9, 0, Some("khai-sinh")).await.unwrap();
    let [part] =
        (&stack.fixture.stored().await - &before).into_iter().collect::<Vec<_>>().try_into().unwrap();
    let [first, second] = stack.carry_out().await.unwrap().papers.try_into().expect("two papers");
    for _ in 0..2 {
        stack.fixture.read_job(&stack.fixture.claim().await).await;
    }
    assert!(stack.fixture.stored().await.contains(&part));
    stack.fixture.destroy(first.document).await;
    assert!(!stack.fixture.stored().await.contains(&part));
    let keys = "select count(*) from data_key where wrapped is not null";
    assert_eq!(stack.fixture.sql().await.number(keys).await, 1, "only the paper that stays has a key");
    stack
        .fixture
        .repository
        .original(&officer(), second.document)
        .await
        .expect("a paper of someone else stays");
    assert_eq!(stack.fixture.repository.check(&mut |_, _| {}).await.unwrap(), []);
}

#[tokio::test]
async fn looks_at_a_batch_are_told_to_everyone_whose_papers_it_may_be() {
    let stack = Stack::planned().await;
    let [mine, other] = [0, 1].map(|dossier| stack.dossiers[dossier].subject.id);
    let entries =
        async || (stack.fixture.subject_entries(mine).await, stack.fixture.subject_entries(other).await);
    let before = entries().await;
    stack.view().await;
    assert_eq!(entries().await, (before.0 + 1, before.1 + 1));
    stack.fixture.repository.keep_batch_thumbnail(stack.batch.id, 1, b"jpeg".to_vec()).await.unwrap();
    let look = async |whose: Option<String>| {
        let repository = &stack.fixture.repository;
        repository.batch_thumbnail(&officer(), stack.batch.id, 1, |_| whose).await.unwrap();
    };
    look(None).await;
    assert_eq!(entries().await, (before.0 + 2, before.1 + 2));
    look(Some(stack.dossiers[1].code.to_string())).await;
    assert_eq!(entries().await, (before.0 + 2, before.1 + 3), "a page that is known to be one person's");
    let view = stack.carry_out().await.unwrap();
    let before = entries().await;
    stack.undo().await.unwrap();
    let after = entries().await;
    assert_eq!(after, (before.0 + 1, before.1 + 1), "{view:?}");
}

/// The same sheets scanned once more give other bytes; the cover sheet says that they are filed, until that is undone.
#[tokio::test]
async fn sheets_behind_a_cover_that_was_carried_out_are_not_filed_twice() {
    let stack = Stack::planned().await;
    let (repository, actor) = (&stack.fixture.repository, officer());
    let with_cover = async |part: u32, dossier: usize| {
        let mut staged = stack.stage(part, dossier, None).await.unwrap();
        staged.cover_serial = Some("00000000000000aa".into());
        staged
    };
    let version = stack.view().await.batch.version;
    let one_cover_for_both = [with_cover(1, 0).await, with_cover(2, 1).await];
    repository.carry_out_batch(&officer(), stack.batch.id, version, &one_cover_for_both).await.unwrap();
    let (again, _) = repository.receive_batch(&officer(), stack_of("quét lại")).await.unwrap();
    let again =
        repository.plan_batch(&system(), again.id, plan(1, true, &[&stack.dossiers[1]])).await.unwrap();
    let sheets = [with_cover(2, 1).await];
    let carry_out = || repository.carry_out_batch(&actor, again.id, again.version, &sheets);
    refused(carry_out().await, "đã vào hồ sơ ngày");
    assert_eq!(stack.held().await.1.len(), 1);
    stack.undo().await.unwrap();
    carry_out().await.unwrap();
    assert_eq!(stack.held().await.1.len(), 1);
}

#[tokio::test]
async fn who_takes_no_papers_in_uses_no_scanner_and_the_attempt_is_written_down() {
    let fixture = Fixture::new().await;
    let sql = fixture.sql().await;
    let refused = "select count(*) from access_entry where action = 'receive' and allowed = 0";
    fixture.repository.may_scan(&officer()).await.expect("an officer does");
    assert_eq!(sql.number(refused).await, 0);
    for actor in [auditor(), leader(), administrator()] {
        assert!(
            matches!(fixture.repository.may_scan(&actor).await, Err(Error::Forbidden)),
            "{:?}",
            actor.role
        );
    }
    assert_eq!(sql.number(refused).await, 3);
}
