//! Random sequences, compared after each step with a model that fits on a page.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{ATTEMPTS_MAX, Error, Repository};
use std::collections::BTreeMap;

/// What the model knows of a paper.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    id: DocumentId,
    state: DocumentState,
    attempts: u32,
    subject: Option<usize>,
    /// Its number, as read and then as confirmed.
    number: Option<usize>,
    validity: Validity,
    superseded_by: Option<DocumentId>,
    version: u32,
}

/// The store as it should be: papers by their bytes, in the order of receipt; those that were destroyed; how many changes there were.
#[derive(Debug, Default)]
struct Model {
    papers: BTreeMap<u64, Known>,
    destroyed: BTreeMap<u64, DocumentId>,
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

    fn place(&mut self, list: &[&str]) -> usize {
        self.below(list.len() as u64) as usize
    }
}

/// Papers that may come.
const PAPERS: u64 = 12;
const SUBJECTS: [&str; 3] = ["079099000001", "010164000002", "0100233488"];
const NUMBERS: [&str; 3] = ["12/2024", "13/2024", "14/2024"];
/// The one that the machine reads on every paper.
const NUMBER_READ: usize = 0;
/// Sequences, and how long each is.
const SEEDS: [u64; 5] = [
    0x9e37_79b9_7f4a_7c15,
    0x2545_f491_4f6c_dd1d,
    0xdead_beef_cafe_f00d,
    0x0123_4567_89ab_cdef,
    0x6d6f_746c_616e,
];
const STEPS: usize = 80;
/// Steps between two looks at each paper.
const EACH_PAPER_EVERY: usize = 20;

fn claim_of(subject: usize) -> SubjectClaim {
    SubjectClaim {
        kind: SubjectKind::Citizen,
        number: number(SUBJECTS[subject]),
        name: "Trần Văn Mẫu".into(),
        birth_date: None,
    }
}

/// What an officer states of a paper.
fn record(subject: usize, number: usize) -> Confirmation {
    // Of equal papers each counts: which of them stays in force is told elsewhere.
    let beside = Some(BesideHeld { relation: BesideRelation::Another, reason: "Hai bản".into() });
    Confirmation { subject: claim_of(subject), beside, ..confirmation_of(NUMBERS[number]) }
}

impl Model {
    async fn step(&mut self, fixture: &Fixture, random: &mut Random) {
        let bytes = random.below(PAPERS);
        match random.below(14) {
            0..=2 => self.receive(fixture, bytes).await,
            3 | 4 => self.read(fixture).await,
            5 => self.fail(fixture, random.below(2) == 0).await,
            6..=8 => self.confirm(fixture, bytes, random).await,
            9 | 10 => self.correct(fixture, bytes, random).await,
            11 | 12 => self.rule(fixture, bytes, random).await,
            _ => self.destroy(fixture, bytes).await,
        }
    }

    async fn receive(&mut self, fixture: &Fixture, bytes: u64) {
        let received = fixture.repository.receive(&officer(), paper(), bytes.to_string().into()).await;
        if self.destroyed.contains_key(&bytes) {
            assert!(matches!(received, Err(Error::Erased { .. })), "{received:?}");
            return;
        }
        let received = received.unwrap();
        assert_eq!(received.already_held, self.papers.contains_key(&bytes));
        let id = received.document.id;
        let new = Known {
            id,
            state: DocumentState::Received,
            attempts: 0,
            subject: None,
            number: None,
            validity: Validity::Valid,
            superseded_by: None,
            version: 1,
        };
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
        (known.state, known.number) = (DocumentState::Extracted, Some(NUMBER_READ));
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

    async fn confirm(&mut self, fixture: &Fixture, bytes: u64, random: &mut Random) {
        let Some(known) = self.papers.get_mut(&bytes) else { return };
        let (subject, number) = (random.place(&SUBJECTS), random.place(&NUMBERS));
        let confirmed = fixture.repository.confirm(&officer(), known.id, record(subject, number)).await;
        match known.state {
            DocumentState::Received
            | DocumentState::Stored
            | DocumentState::Duplicate
            | DocumentState::TakenBack => {
                assert!(matches!(confirmed, Err(Error::Conflict { .. })), "{confirmed:?}");
            }
            DocumentState::Extracted | DocumentState::Unreadable => {
                confirmed.unwrap();
                (known.state, known.subject, known.number) =
                    (DocumentState::Stored, Some(subject), Some(number));
                self.changes += 1;
            }
        }
    }

    async fn correct(&mut self, fixture: &Fixture, bytes: u64, random: &mut Random) {
        let Some(known) = self.papers.get_mut(&bytes) else { return };
        let (subject, number) = (random.place(&SUBJECTS), random.place(&NUMBERS));
        let is_stale = random.below(4) == 0;
        let version = if is_stale { known.version + 1 } else { known.version };
        let correction = Correction { record: record(subject, number), version, reason: "Nhập sai".into() };
        let corrected = fixture.repository.correct(&officer(), known.id, correction).await;
        match (known.state, known.validity) {
            (DocumentState::Stored, Validity::Valid) if is_stale => {
                assert!(matches!(corrected, Err(Error::Conflict { .. })), "{corrected:?}");
            }
            (DocumentState::Stored, Validity::Valid) => {
                corrected.unwrap();
                (known.subject, known.number) = (Some(subject), Some(number));
                known.version += 1;
                self.changes += 1;
            }
            _ => assert!(matches!(corrected, Err(Error::Invalid { .. })), "{corrected:?}"),
        }
    }

    async fn rule(&mut self, fixture: &Fixture, bytes: u64, random: &mut Random) {
        let other = self.papers.get(&random.below(PAPERS)).cloned();
        let Some(known) = self.papers.get_mut(&bytes) else { return };
        let ruling = match (random.below(6), &other) {
            (0, _) => Ruling::Revoke,
            (1, _) => Ruling::Cancel,
            (2, _) => Ruling::Reinstate,
            (3, _) => Ruling::Archive,
            (_, Some(other)) => Ruling::Supersede { by: other.id },
            (_, None) => return,
        };
        let ruled = fixture.repository.rule(&officer(), known.id, ruling, "Theo thông báo").await;
        match known.after(ruling, other.as_ref()) {
            Some(validity) => {
                ruled.unwrap();
                known.validity = validity;
                known.superseded_by =
                    other.filter(|_| validity == Validity::Superseded).map(|other| other.id);
                self.changes += 1;
            }
            None => assert!(matches!(ruled, Err(Error::Invalid { .. })), "{ruling:?} {known:?} {ruled:?}"),
        }
    }

    /// What is destroyed is in no list any more.
    async fn destroy(&mut self, fixture: &Fixture, bytes: u64) {
        let stored = |known: &&Known| known.state == DocumentState::Stored;
        let Some(known) = self.papers.get(&bytes).filter(stored).cloned() else { return };
        self.papers.remove(&bytes);
        // A paper in force is cancelled before.
        self.changes += 1 + u64::from(known.is_in_use());
        fixture.destroy(known.id).await;
        self.destroyed.insert(bytes, known.id);
    }

    /// Compares everything that the doors show.
    async fn compare(&self, fixture: &Fixture) {
        let repository = &fixture.repository;
        let papers = repository.documents(&officer(), &DocumentFilter::default(), 100).await.unwrap();
        let shown =
            |paper: &Document| (paper.id, paper.state, paper.validity, paper.superseded_by, paper.version);
        let known =
            |known: &Known| (known.id, known.state, known.validity, known.superseded_by, known.version);
        let mut known_papers = self.papers.values().map(known).collect::<Vec<_>>();
        known_papers.sort_by_key(|known| std::cmp::Reverse(known.0));
        assert_eq!(papers.iter().map(shown).collect::<Vec<_>>(), known_papers);
        assert_eq!(repository.last_change().await.unwrap(), self.changes);
        let waiting = self.papers.values().filter(|known| known.state == DocumentState::Received).count();
        assert_eq!(repository.jobs_open().await.unwrap(), waiting as u64);
        for subject in 0..SUBJECTS.len() {
            self.compare_store(fixture, subject).await;
        }
        for (number, written) in NUMBERS.iter().enumerate() {
            let found = repository.documents_by_key(&officer(), written, 100).await.unwrap();
            let of_number = self.papers.values().filter(|known| known.number == Some(number));
            assert_eq!(ids(&found), newest_first(of_number.map(|known| known.id)));
        }
    }

    /// Compares what each paper shows.
    async fn compare_papers(&self, fixture: &Fixture) {
        for (bytes, known) in &self.papers {
            self.compare_paper(&fixture.repository, *bytes, known).await;
        }
        for id in self.destroyed.values() {
            let original = fixture.repository.original(&officer(), *id).await;
            assert!(matches!(original, Err(Error::Disposed { .. })), "{original:?}");
        }
    }

    async fn compare_paper(&self, repository: &Repository, bytes: u64, known: &Known) {
        let is_found = repository.indexable(known.id).await.unwrap().is_some();
        assert_eq!(is_found, known.is_in_use(), "{known:?}");
        let history = repository.history(&officer(), known.id).await.unwrap();
        assert_eq!(history.versions.len() as u32, known.version - 1);
        let (_, read) = repository.original(&officer(), known.id).await.unwrap();
        assert_eq!(read, bytes.to_string());
    }

    /// The store of a subject: what is in use, and what was.
    async fn compare_store(&self, fixture: &Fixture, subject: usize) {
        let of_subject = self.papers.values().filter(|known| known.subject == Some(subject));
        let (in_use, former) = of_subject.partition::<Vec<&Known>, _>(|known| known.is_in_use());
        let found = fixture.repository.find_subject(&officer(), &number(SUBJECTS[subject])).await.unwrap();
        let Some(found) = found else {
            assert!(in_use.is_empty() && former.is_empty(), "nobody has {in_use:?} {former:?}");
            return;
        };
        let store = fixture.repository.store(&officer(), found.id).await.unwrap();
        assert_eq!(ids(&store.documents), newest_first(in_use.iter().map(|known| known.id)));
        assert_eq!(ids(&store.former), newest_first(former.iter().map(|known| known.id)));
    }
}

impl Known {
    /// What a ruling makes of it; none: it is refused.
    fn after(&self, ruling: Ruling, other: Option<&Known>) -> Option<Validity> {
        use Validity::*;
        let fits = |other: &Known| {
            other.id != self.id
                && other.state == DocumentState::Stored
                && other.validity == Valid
                && other.subject == self.subject
        };
        match (ruling, self.validity) {
            _ if self.state != DocumentState::Stored => None,
            (Ruling::Revoke, Valid | Archived) => Some(Revoked),
            (Ruling::Cancel, Valid | Archived) => Some(Cancelled),
            (Ruling::Supersede { .. }, Valid | Archived) => other.is_some_and(fits).then_some(Superseded),
            (Ruling::Reinstate, Revoked | Superseded | Cancelled) => Some(Valid),
            (Ruling::Archive, Valid) => Some(Archived),
            _ => None,
        }
    }

    fn is_in_use(&self) -> bool {
        matches!(self.validity, Validity::Valid | Validity::Archived)
    }
}

fn ids(papers: &[Document]) -> Vec<DocumentId> {
    papers.iter().map(|paper| paper.id).collect()
}

/// Lists are newest first, and keys grow with time.
fn newest_first<T: Ord>(papers: impl Iterator<Item = T>) -> Vec<T> {
    let mut papers = papers.collect::<Vec<_>>();
    papers.sort_by(|one, other| other.cmp(one));
    papers
}

#[tokio::test]
async fn random_sequences_end_as_the_model_does() {
    for seed in SEEDS {
        let fixture = Fixture::new().await;
        let (mut model, mut random) = (Model::default(), Random(seed));
        for step in 1..=STEPS {
            model.step(&fixture, &mut random).await;
            model.compare(&fixture).await;
            if step % EACH_PAPER_EVERY == 0 {
                model.compare_papers(&fixture).await;
            }
        }
        assert!(model.changes > 15, "the sequence did something: {model:?}");
        assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
    }
}
