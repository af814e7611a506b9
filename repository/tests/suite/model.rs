//! Random sequences, compared after each step with a model that fits on a page.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{ATTEMPTS_MAX, Error};
use std::collections::BTreeMap;

/// What the model knows of a paper.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    id: DocumentId,
    state: DocumentState,
    attempts: u32,
    subject: Option<usize>,
}

/// The store as it should be: papers by their bytes, in the order of receipt; how many changes there were.
#[derive(Debug, Default)]
struct Model {
    papers: BTreeMap<u64, Known>,
    changes: u64,
}

/// Small, repeatable random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

const SUBJECTS: [&str; 3] = ["079099000001", "010164000002", "0100233488"];

fn claim_of(subject: usize) -> SubjectClaim {
    SubjectClaim {
        kind: SubjectKind::Citizen,
        number: number(SUBJECTS[subject]),
        name: "Trần Văn Mẫu".into(),
        birth_date: None,
    }
}

impl Model {
    async fn step(&mut self, fixture: &Fixture, random: &mut Random) {
        match random.below(6) {
            0 | 1 => self.receive(fixture, random.below(12)).await,
            2 => self.read(fixture).await,
            3 => self.fail(fixture, random.below(2) == 0).await,
            _ => self.confirm(fixture, random).await,
        }
    }

    async fn receive(&mut self, fixture: &Fixture, bytes: u64) {
        let received =
            fixture.repository.receive(&officer(), paper(), bytes.to_string().into()).await.unwrap();
        assert_eq!(received.already_held, self.papers.contains_key(&bytes));
        let id = received.document.id;
        let new = Known { id, state: DocumentState::Received, attempts: 0, subject: None };
        let known = self.papers.entry(bytes).or_insert_with(|| {
            self.changes += 1;
            new
        });
        assert_eq!(known.id, id);
        if known.state == DocumentState::Unreadable {
            (known.state, known.attempts) = (DocumentState::Received, 0);
            self.changes += 1;
        }
    }

    async fn claim(&mut self, fixture: &Fixture) -> Option<(Job, &mut Known)> {
        fixture.pass_time().await;
        let job = fixture.repository.claim_job("thu", LEASE).await.unwrap();
        let waiting = self.papers.values_mut().filter(|known| known.state == DocumentState::Received);
        let mut waiting = waiting.collect::<Vec<_>>();
        assert_eq!(job.is_none(), waiting.is_empty());
        let job = job?;
        let position =
            waiting.iter().position(|known| known.id == job.document).expect("only waiting papers are read");
        let known = waiting.swap_remove(position);
        known.attempts += 1;
        assert_eq!(job.attempt, known.attempts);
        Some((job, known))
    }

    async fn read(&mut self, fixture: &Fixture) {
        let Some((job, known)) = self.claim(fixture).await else { return };
        known.state = DocumentState::Extracted;
        self.changes += 1;
        fixture.read_job(&job).await;
    }

    async fn fail(&mut self, fixture: &Fixture, for_good: bool) {
        let Some((job, known)) = self.claim(fixture).await else { return };
        match for_good {
            true => fixture.repository.give_up_reading(&job, "Hãy quét lại.").await.unwrap(),
            false => fixture.repository.retry_reading(&job, "lỗi").await.unwrap(),
        }
        if for_good || known.attempts == ATTEMPTS_MAX {
            known.state = DocumentState::Unreadable;
            self.changes += 1;
        }
    }

    async fn confirm(&mut self, fixture: &Fixture, random: &mut Random) {
        let Some(known) = self.papers.get_mut(&random.below(12)) else { return };
        let subject = random.below(SUBJECTS.len() as u64) as usize;
        let confirmation = Confirmation { subject: claim_of(subject), ..confirmation() };
        let confirmed = fixture.repository.confirm(&officer(), known.id, confirmation).await;
        match known.state {
            DocumentState::Received | DocumentState::Stored => {
                assert!(matches!(confirmed, Err(Error::Conflict { .. })), "{confirmed:?}");
            }
            DocumentState::Extracted | DocumentState::Unreadable => {
                confirmed.unwrap();
                (known.state, known.subject) = (DocumentState::Stored, Some(subject));
                self.changes += 1;
            }
        }
    }

    /// Compares everything that the doors show.
    async fn compare(&self, fixture: &Fixture) {
        let repository = &fixture.repository;
        let papers = repository.documents(&officer(), &DocumentFilter::default(), 100).await.unwrap();
        let mut expected = self.papers.values().map(|known| (known.id, known.state)).collect::<Vec<_>>();
        expected.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
        assert_eq!(papers.iter().map(|paper| (paper.id, paper.state)).collect::<Vec<_>>(), expected);
        assert_eq!(repository.last_change().await.unwrap(), self.changes);
        let waiting = self.papers.values().filter(|known| known.state == DocumentState::Received).count();
        assert_eq!(repository.jobs_open().await.unwrap(), waiting as u64);
        for subject in 0..SUBJECTS.len() {
            self.compare_store(fixture, subject).await;
        }
    }

    async fn compare_store(&self, fixture: &Fixture, subject: usize) {
        let of_subject = self.papers.values().filter(|known| known.subject == Some(subject));
        let mut expected = of_subject.map(|known| known.id).collect::<Vec<_>>();
        expected.sort_by_key(|id| std::cmp::Reverse(*id));
        let found = fixture.repository.find_subject(&officer(), &number(SUBJECTS[subject])).await.unwrap();
        let held = match found {
            Some(found) => fixture.repository.store(&officer(), found.id).await.unwrap().documents,
            None => Vec::new(),
        };
        assert_eq!(held.iter().map(|paper| paper.id).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn random_sequences_end_as_the_model_does() {
    for seed in [0x9e37_79b9_7f4a_7c15, 0x2545_f491_4f6c_dd1d, 0xdead_beef_cafe_f00d] {
        let fixture = Fixture::new().await;
        let (mut model, mut random) = (Model::default(), Random(seed));
        for _ in 0..60 {
            model.step(&fixture, &mut random).await;
            model.compare(&fixture).await;
        }
        assert!(model.changes > 15, "the sequence did something: {model:?}");
        assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
    }
}
