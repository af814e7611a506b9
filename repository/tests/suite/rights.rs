//! Ties: whose records someone may touch, and that a stranger's record is answered as one that does not exist.

use super::fixture::*;
use jiff::{SignedDuration, Timestamp};
use motlan_repository::record::*;
use motlan_repository::{AccountChange, Clock, Error, Repository};
use std::sync::{Arc, Mutex};

const NOWHERE: &str = "01890000-0000-7000-8000-000000000000";

/// A filed birth certificate of Trần Văn Mẫu that the officer's agency received.
async fn filed(fixture: &Fixture, bytes: &'static str) -> (DocumentId, SubjectId) {
    let id = fixture.read(bytes).await.id;
    let view = fixture.repository.confirm(&officer(), id, confirmation()).await.expect("it is filed");
    (id, view.owners[0].subject.id)
}

async fn opened_by(fixture: &Fixture, actor: &Actor) -> Dossier {
    fixture.repository.open_dossier(actor, dossier()).await.expect("the dossier opens")
}

/// The same people under another role.
fn as_role(actor: Actor, role: Role) -> Actor {
    Actor { role, ..actor }
}

/// What every door to a paper answers: nothing, or why not.
async fn doors(repository: &Repository, actor: &Actor, id: DocumentId) -> Vec<Result<(), Error>> {
    vec![
        repository.document(actor, id).await.map(drop),
        repository.reading(actor, id, 1).await.map(drop),
        repository.page_readings(actor, id, 1).await.map(drop),
        repository.page_image(actor, id, 1).await.map(drop),
        repository.near_duplicates(actor, id).await.map(drop),
        repository.keeping(actor, id).await.map(drop),
        repository.disposals(actor, id).await.map(drop),
    ]
}

fn are_not_found(answers: &[Result<(), Error>]) -> bool {
    answers.iter().all(|answer| matches!(answer, Err(Error::NotFound)))
}

#[tokio::test]
async fn a_strangers_paper_is_answered_as_one_that_does_not_exist() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (id, _) = filed(&fixture, "một").await;
    let nowhere: DocumentId = NOWHERE.parse().unwrap();
    for role in [Role::CounterOfficer, Role::HandlingOfficer, Role::Leader, Role::Archivist] {
        let stranger = as_role(elsewhere(), role);
        for id in [id, nowhere] {
            let answers = doors(repository, &stranger, id).await;
            assert!(are_not_found(&answers), "{role:?} {answers:?}");
        }
        assert!(repository.document(&as_role(officer(), role), id).await.is_ok(), "{role:?} at home");
    }
    let confirmed = repository.confirm(&elsewhere(), id, confirmation()).await;
    assert!(matches!(confirmed, Err(Error::NotFound)));
    let entries = fixture.entries(id).await;
    let refused = entries.iter().filter(|(account, _, allowed)| account == "can.bo.so" && !allowed).count();
    assert_eq!(refused, 4 * 7 + 1, "every attempt stands in the log");
}

/// A paper of one's own as the first key, and a stranger's as the second.
#[tokio::test]
async fn with_a_paper_of_ones_own_nothing_is_done_to_a_strangers() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let foreign = fixture.read("của cơ quan khác").await.id;
    repository.confirm(&officer(), foreign, confirmation_of("77/2024")).await.unwrap();
    let brought = async |bytes: &'static str| {
        let received = repository.receive(&elsewhere(), paper(), bytes.into()).await.unwrap().document.id;
        fixture.read_job(&fixture.claim().await).await;
        received
    };
    let history = async || repository.history(&officer(), foreign).await.unwrap().events.len();
    let (own, steps) = (brought("một").await, history().await);

    let held = UseHeld { document: own, held: foreign };
    let nowhere = UseHeld { held: NOWHERE.parse().unwrap(), ..held };
    for wish in [held, nowhere] {
        let used = repository.use_held(&elsewhere(), wish).await;
        assert!(matches!(used, Err(Error::NotFound)), "{used:?}");
    }
    let newer = |relation| {
        let beside = Some(BesideHeld { relation, reason: "Cấp lại".into() });
        Confirmation { beside, ..confirmation_of("77/2024") }
    };
    let replaced = repository.confirm(&elsewhere(), own, newer(BesideRelation::NewIssue)).await;
    assert!(
        matches!(&replaced, Err(Error::Invalid { message }) if message.contains("cơ quan khác")),
        "{replaced:?}"
    );
    assert_eq!(
        fixture.repository.document(&elsewhere(), own).await.unwrap().document.state,
        DocumentState::Extracted
    );

    let filed = brought("hai").await;
    repository.confirm(&elsewhere(), filed, confirmation()).await.unwrap();
    for by in [foreign, NOWHERE.parse().unwrap()] {
        let ruled = repository.rule(&elsewhere(), filed, Ruling::Supersede { by }, "Cấp lại").await;
        assert!(matches!(ruled, Err(Error::NotFound)), "{ruled:?}");
    }
    let untouched = repository.document(&officer(), foreign).await.unwrap().document;
    assert_eq!((untouched.validity, history().await), (Validity::Valid, steps));
}

#[tokio::test]
async fn a_mistyped_number_tells_no_strangers_name() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    filed(&fixture, "một").await;
    let subject = SubjectClaim { name: "Phạm Thị Khác".into(), ..claim() };
    let told = async |actor: Actor, bytes: &'static str| {
        let id = repository.receive(&actor, paper(), bytes.into()).await.unwrap().document.id;
        fixture.read_job(&fixture.claim().await).await;
        let wish = Confirmation { subject: subject.clone(), ..confirmation() };
        match repository.confirm(&actor, id, wish.clone()).await {
            Err(Error::SubjectDiffers { message }) => message,
            other => panic!("{other:?}"),
        }
    };
    assert!(told(officer(), "hai").await.contains("Trần Văn Mẫu"));
    let stranger = told(elsewhere(), "ba").await;
    assert!(stranger.contains("họ tên hoặc ngày sinh khác") && !stranger.contains("Mẫu"), "{stranger}");
}

#[tokio::test]
async fn figures_and_queues_are_the_agencys_own_and_no_citizens() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let opened = opened_by(&fixture, &officer()).await;
    let moved = DossierMove { state: DossierState::Processing, reason: None, in_hand: Vec::new() };
    repository.move_dossier(&officer(), opened.id, moved).await.unwrap();
    fixture.receive("chờ đọc").await;
    let counts = async |actor: Actor| {
        let waiting: u64 = repository.queue(&actor).await.unwrap().iter().map(|of| of.waiting).sum();
        (repository.figures(&actor, Period::default()).await.unwrap().digitized.of, waiting)
    };
    assert_eq!(counts(officer()).await, (1, 1));
    assert_eq!(counts(elsewhere()).await, (0, 0));
    assert_eq!(counts(Actor { agency: "Sở Mẫu".into(), ..administrator() }).await, (1, 1));
    let citizen = as_role(officer(), Role::Citizen);
    let nobody = Actor { account: String::new(), ..system() };
    for actor in [citizen, nobody] {
        assert!(matches!(repository.queue(&actor).await, Err(Error::Forbidden)));
        let figures = repository.figures(&actor, Period::default()).await;
        assert!(matches!(figures, Err(Error::Forbidden)));
    }
}

#[tokio::test]
async fn lists_and_counts_are_the_agencys_own() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    filed(&fixture, "một").await;
    opened_by(&fixture, &officer()).await;
    let stack = NewBatch { feed: "one_sided".into(), files: vec![("tập.pdf".into(), "tập".into())] };
    let (batch, _) = repository.receive_batch(&officer(), stack.clone()).await.unwrap();
    for (actor, expected) in [(officer(), 1), (elsewhere(), 0)] {
        let papers = repository.documents(&actor, &DocumentFilter::default(), 9).await.unwrap().len();
        let counts: u64 =
            repository.own_document_counts(&actor).await.unwrap().iter().map(|(_, papers)| papers).sum();
        let dossiers = repository.dossiers(&actor, 9).await.unwrap().len();
        let queue = repository.queue_page(&actor, &QueueFilter::default(), None, 9).await.unwrap();
        let queued: u64 = queue.counts.iter().map(|(_, dossiers)| dossiers).sum();
        let batches = repository.batches(&actor).await.unwrap().len();
        let register = repository.register(&actor, Period::default()).await.unwrap().len();
        let found =
            [papers, counts as usize, dossiers, queue.dossiers.len(), queued as usize, batches, register];
        assert_eq!(found, [expected; 7], "{}", actor.agency);
        assert_eq!(queue.officers.len(), expected);
    }
    assert!(matches!(repository.batch(&elsewhere(), batch.id).await, Err(Error::NotFound)));
    let (same, was_held) = repository.receive_batch(&elsewhere(), stack).await.unwrap();
    assert!(same.id != batch.id && !was_held, "the same stack at another agency is theirs");
}

#[tokio::test]
async fn a_dossier_is_its_agencys() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let own = opened_by(&fixture, &officer()).await;
    let nowhere: DossierId = NOWHERE.parse().unwrap();
    for id in [own.id, nowhere] {
        let forward = DossierMove { state: DossierState::Processing, reason: None, in_hand: Vec::new() };
        let place = DossierPlace { dossier: id, component: None };
        let answers = [
            repository.dossier(&elsewhere(), id).await.map(drop),
            repository.dossier_view(&elsewhere(), id).await.map(drop),
            repository.dossier_history(&elsewhere(), id).await.map(drop),
            repository.dossier_requirements(&elsewhere(), id).await.map(drop),
            repository.move_dossier(&elsewhere(), id, forward).await.map(drop),
            repository.return_original(&elsewhere(), id, "khai-sinh").await.map(drop),
            repository.note_printing(&elsewhere(), Form::Receipt, Some(id)).await,
            repository
                .receive(&elsewhere(), NewDocument { place: Some(place), ..paper() }, "lạ".into())
                .await
                .map(drop),
        ];
        assert!(are_not_found(&answers), "{answers:?}");
    }
    let taken = NewDossier { code: Some(own.code.clone()), ..dossier() };
    assert!(matches!(repository.open_dossier(&elsewhere(), taken).await, Err(Error::Invalid { .. })));
    let by_code = repository.dossier_with_code(&elsewhere(), &own.code).await;
    assert!(matches!(by_code, Err(Error::NotFound)));
    assert!(repository.papers_of_dossier(&elsewhere(), &own.code).await.is_err());
    assert_eq!(repository.dossier_with_code(&officer(), &own.code).await.unwrap(), own.id);
}

/// What a procedure asks for may be looked at as long as the dossier is open, and no longer.
#[tokio::test]
async fn a_case_ties_its_agency_until_it_is_closed() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (id, subject) = filed(&fixture, "giấy khai sinh").await;
    assert!(are_not_found(&doors(repository, &elsewhere(), id).await));
    assert!(matches!(repository.store(&elsewhere(), subject).await, Err(Error::NotFound)));
    let own = opened_by(&fixture, &elsewhere()).await;
    assert!(repository.document(&elsewhere(), id).await.is_ok(), "the procedure asks for it");
    assert!(repository.original(&elsewhere(), id).await.is_ok());
    assert!(matches!(repository.confirm(&elsewhere(), id, confirmation()).await, Err(Error::NotFound)));
    assert!(matches!(repository.history(&elsewhere(), id).await, Err(Error::NotFound)));
    let reuse = Reuse { dossier: own.id, component: "khai-sinh".into(), document: id };
    repository.take_over(&elsewhere(), &reuse).await.unwrap();
    let store = repository.store(&elsewhere(), subject).await.unwrap();
    assert_eq!(
        (store.documents.len(), store.dossiers.len()),
        (0, 1),
        "their dossier, not the others' papers"
    );
    let withdrawn =
        DossierMove {
            state: DossierState::Withdrawn, reason: Some("Theo đơn".into()), in_hand: Vec::new()
        };
    repository.move_dossier(&elsewhere(), own.id, withdrawn).await.unwrap();
    assert!(are_not_found(&doors(repository, &elsewhere(), id).await), "the case is over");
    assert!(repository.dossier(&elsewhere(), own.id).await.is_ok(), "the dossier is still theirs");
}

#[tokio::test]
async fn the_same_bytes_belong_to_both_agencies_that_brought_them() {
    let fixture = Fixture::new().await;
    let (id, _) = filed(&fixture, "cùng một bản").await;
    let again = fixture.repository.receive(&elsewhere(), paper(), "cùng một bản".into()).await.unwrap();
    assert_eq!((again.document.id, again.already_held), (id, true));
    assert!(fixture.repository.document(&elsewhere(), id).await.is_ok());
    let scope = fixture.repository.scope(&elsewhere()).await.unwrap();
    let paper = fixture.repository.indexable(id).await.unwrap().unwrap();
    assert!(scope.covers(&paper.bounds), "and is found by both");
}

/// A citizen's account.
async fn citizen(repository: &Repository, login: &str, number: &str) -> Actor {
    let new = NewAccount {
        login: login.into(),
        name: "Trần Văn Mẫu".into(),
        agency: "Công dân".into(),
        unit: String::new(),
        role: Role::Citizen,
        is_service: false,
        number: number.into(),
    };
    let account = repository.create_account(&administrator(), new).await.expect("an account");
    account.actor("Xem giấy tờ của mình", &Route::default())
}

#[tokio::test]
async fn a_citizen_sees_their_own_and_whom_they_represent_today() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (id, subject) = filed(&fixture, "một").await;
    let owner = citizen(repository, "mau.tran", claim().number.as_str()).await;
    let other = citizen(repository, "nguoi.khac", "079199000002").await;
    assert!(repository.document(&owner, id).await.is_ok());
    assert_eq!(repository.store(&owner, subject).await.unwrap().documents.len(), 1);
    assert!(repository.subject_access_log(&owner, subject, 9).await.is_ok(), "who looked");
    assert!(matches!(repository.confirm(&owner, id, confirmation()).await, Err(Error::Forbidden)));
    assert!(are_not_found(&doors(repository, &other, id).await));
    assert!(matches!(repository.subject_access_log(&other, subject, 9).await, Err(Error::NotFound)));

    let today = motlan_repository::today();
    let represented = |last: jiff::civil::Date| NewRepresentation {
        login: other.account.clone(),
        subject,
        kind: RepresentationKind::Child,
        period: Period { from: Some("2024-01-01".parse().unwrap()), to: Some(last) },
        reason: "Giấy khai sinh 12/2024".into(),
    };
    let stranger = repository.represent(&elsewhere(), represented(today)).await;
    assert!(matches!(stranger, Err(Error::NotFound)), "another agency's citizen");
    repository.represent(&officer(), represented(today.yesterday().unwrap())).await.unwrap();
    assert!(are_not_found(&doors(repository, &other, id).await), "it ended yesterday");
    let made = repository.represent(&officer(), represented(today)).await.unwrap();
    assert!(repository.document(&other, id).await.is_ok(), "its last day is today");
    repository.end_representation(&officer(), made.id).await.unwrap();
    assert!(are_not_found(&doors(repository, &other, id).await), "it was ended");
}

/// The store under a clock whose hands the test moves.
fn with_hands(repository: &Repository) -> (Repository, Arc<Mutex<Timestamp>>) {
    let hands = Arc::new(Mutex::new(Timestamp::now()));
    let shown = hands.clone();
    (repository.clone().with_clock(Clock::new(move || *shown.lock().unwrap())), hands)
}

async fn leader_of(repository: &Repository, login: &str, agency: &str) -> Account {
    let new = NewAccount {
        login: login.into(),
        name: "Lê Thị Trưởng".into(),
        agency: agency.into(),
        unit: String::new(),
        role: Role::Leader,
        is_service: false,
        number: String::new(),
    };
    repository.create_account(&administrator(), new).await.expect("an account")
}

#[tokio::test]
async fn in_an_emergency_the_glass_is_broken_for_an_hour_and_others_hear_of_it() {
    let fixture = Fixture::new().await;
    let (repository, hands) = with_hands(&fixture.repository);
    let (id, subject) = filed(&fixture, "một").await;
    let superior = leader_of(&repository, "truong.so", "Sở Mẫu").await;
    leader_of(&repository, "truong.phuong", "UBND phường Mẫu").await;
    let judge = superior.actor("Xem xét", &Route::default());
    let wish = |reason: &str, told: &str| NewBreakGlass {
        number: claim().number,
        reason: reason.into(),
        told: told.into(),
    };
    for (reason, told) in [(" ", "truong.so"), ("Cấp cứu", "truong.phuong"), ("Cấp cứu", "khong.co")]
    {
        let refused = repository.break_glass(&elsewhere(), wish(reason, told)).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{reason:?} {told:?}");
    }
    assert!(are_not_found(&doors(&repository, &elsewhere(), id).await), "nothing was opened");
    let judges = repository.break_glass_judges(&elsewhere()).await.unwrap();
    assert_eq!(judges, [("truong.so".to_owned(), "Lê Thị Trưởng".to_owned())]);
    let opened =
        repository.break_glass(&elsewhere(), wish("Cấp cứu ở bệnh viện", "truong.so")).await.unwrap();
    assert!(repository.document(&elsewhere(), id).await.is_ok());
    assert_eq!(repository.store(&elsewhere(), subject).await.unwrap().documents.len(), 1);
    assert!(matches!(repository.original(&elsewhere(), id).await, Err(Error::NotFound)), "looking only");
    let colleague = Actor { account: "dong.nghiep".into(), ..elsewhere() };
    assert!(are_not_found(&doors(&repository, &colleague, id).await));
    assert_eq!(repository.break_glasses_waiting(&judge).await.unwrap(), 1, "told at once");
    let log = repository.subject_access_log(&officer(), subject, 50).await.unwrap();
    let entry = log.iter().find(|entry| entry.action == Action::BreakGlass && entry.allowed);
    assert_eq!(
        entry.map(|entry| entry.purpose.as_str()),
        Some("Cấp cứu ở bệnh viện"),
        "the subject reads why"
    );

    *hands.lock().unwrap() += BREAK_GLASS_TIME - SignedDuration::from_secs(1);
    assert!(repository.document(&elsewhere(), id).await.is_ok());
    *hands.lock().unwrap() += SignedDuration::from_secs(1);
    assert!(are_not_found(&doors(&repository, &elsewhere(), id).await), "the hour is over");

    let review = async |actor: &Actor, verdict, remark: &str| {
        repository.review_break_glass(actor, opened.id, verdict, remark).await
    };
    let own = as_role(elsewhere(), Role::Leader);
    assert!(matches!(review(&own, BreakGlassVerdict::Justified, "").await, Err(Error::Invalid { .. })));
    assert!(matches!(review(&elsewhere(), BreakGlassVerdict::Justified, "").await, Err(Error::Forbidden)));
    assert!(matches!(review(&leader(), BreakGlassVerdict::Justified, "").await, Err(Error::NotFound)));
    assert!(matches!(review(&judge, BreakGlassVerdict::Unjustified, "").await, Err(Error::Invalid { .. })));
    let judged = review(&judge, BreakGlassVerdict::Unjustified, "Không có bệnh nhân này").await.unwrap();
    assert_eq!(judged.reviewed_by.as_deref(), Some("truong.so"));
    assert!(matches!(review(&judge, BreakGlassVerdict::Justified, "").await, Err(Error::Invalid { .. })));
    assert_eq!(repository.break_glasses_waiting(&judge).await.unwrap(), 0);
    for (actor, seen) in [(&judge, 1), (&auditor(), 1), (&elsewhere(), 1), (&leader(), 0), (&officer(), 0)] {
        assert_eq!(repository.break_glasses(actor).await.unwrap().len(), seen, "{}", actor.account);
    }
    let unknown = NewBreakGlass { number: number("079199000009"), ..wish("Cấp cứu", "truong.so") };
    assert!(matches!(repository.break_glass(&elsewhere(), unknown).await, Err(Error::NotFound)));
}

/// Rights end with the account's agency: whoever moves to another one loses the papers of the old one.
#[tokio::test]
async fn whoever_changes_agency_changes_ties() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (id, _) = filed(&fixture, "một").await;
    let new = NewAccount {
        login: "lan.tran".into(),
        name: "Trần Thị Lan".into(),
        agency: "Ubnd phuong mau".into(),
        unit: String::new(),
        role: Role::CounterOfficer,
        is_service: false,
        number: String::new(),
    };
    let account = repository.create_account(&administrator(), new).await.unwrap();
    let acting = |account: &Account| account.actor("Tiếp nhận", &Route::default());
    assert!(repository.document(&acting(&account), id).await.is_ok(), "however its name is written");
    let change = AccountChange {
        name: account.name.clone(),
        agency: "Sở Mẫu".into(),
        unit: String::new(),
        role: account.role,
    };
    let account = repository.change_account(&administrator(), account.id, change).await.unwrap();
    assert!(are_not_found(&doors(repository, &acting(&account), id).await));
}

/// Stores of older versions named no agency with a dossier or paper: it is found again from what their history and the log say.
#[tokio::test]
async fn what_an_older_version_took_in_goes_to_its_agency() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (paper, _) = filed(&fixture, "một").await;
    let other = SubjectClaim { number: number("079199000002"), name: "Lê Thị Thử".into(), ..claim() };
    let submitted = NewDossier { state: DossierState::Submitted, ..dossier() };
    let own = repository.open_dossier(&officer(), submitted.clone()).await.unwrap();
    let theirs = NewDossier { subject: other, ..submitted };
    let of_theirs = repository.open_dossier(&elsewhere(), theirs).await.unwrap();
    let sql = fixture.sql().await;
    for table in ["document", "dossier"] {
        sql.execute(&format!("update {table} set receiver_key = null")).await;
    }
    let repository = fixture.another().await;
    for (actor, dossier) in [(officer(), own.id), (elsewhere(), of_theirs.id)] {
        assert!(repository.dossier(&actor, dossier).await.is_ok(), "{}", actor.agency);
    }
    assert!(matches!(repository.dossier(&elsewhere(), own.id).await, Err(Error::NotFound)));
    assert!(matches!(repository.dossier(&officer(), of_theirs.id).await, Err(Error::NotFound)));
    assert!(repository.history(&officer(), paper).await.is_ok());
}

/// A number written in a form is no key: it opens no store, and changes nothing that others filed.
#[tokio::test]
async fn a_dossier_in_a_persons_name_lets_its_agency_look_and_no_more() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (_, subject) = filed(&fixture, "một").await;
    opened_by(&fixture, &elsewhere()).await;
    assert!(repository.store(&elsewhere(), subject).await.is_ok());
    let day = jiff::Zoned::now().date().checked_add(jiff::Span::new().days(30)).unwrap();
    let sealed = repository.seal_looks(&as_role(elsewhere(), Role::Leader), subject, day).await;
    assert!(matches!(sealed, Err(Error::NotFound)), "{sealed:?}");
    let log = repository.subject_access_log(&elsewhere(), subject, 9).await;
    assert!(matches!(log, Err(Error::NotFound)), "{log:?}");
}
