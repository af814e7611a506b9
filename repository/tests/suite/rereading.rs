//! Reading again: the new reading stands beside the old, and what a person confirmed survives.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{ATTEMPTS_MAX, DocumentType, Error};

const NEW_REGION: Region = Region { left: 100, top: 500, width: 290, height: 40 };

/// What the second reading proposes: the name right, the number otherwise, and a field that the first did not see.
fn second_proposal() -> Proposal {
    let anew = |key: &str, value: &str| ProposedField { region: Some(NEW_REGION), ..proposed(key, value) };
    Proposal {
        fields: vec![
            anew("number", "12/2025"),
            anew("full_name", "TRẦN VĂN MẪU"),
            anew("ethnicity", "Kinh"),
            anew("nationality", "Việt Nam"),
        ],
        ..proposal()
    }
}

fn field<'a>(view: &'a DocumentView, key: &str) -> &'a Field {
    view.fields.iter().find(|field| field.key == key).expect("the field is there")
}

#[tokio::test]
async fn what_is_set_aside_gets_the_new_proposal_and_stays_aside() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let held = fixture.read("bản đầu").await.id;
    repository.confirm(&officer(), held, confirmation_of("12/2024")).await.unwrap();
    let new = NewDocument { subject: Some(claim()), ..paper() };
    let id = repository.receive(&officer(), new, "bản sau".into()).await.unwrap().document.id;
    fixture.read_job(&fixture.claim().await).await;
    repository.use_held(&officer(), UseHeld { document: id, held }).await.unwrap();
    let second = Proposal { document_type: DocumentType::MaritalStatus, ..second_proposal() };
    fixture.read_again(id, reread_page(1, "Tên: TRẦN VĂN MẪU"), second).await;
    let aside = repository.document(&officer(), id).await.unwrap();
    assert_eq!((aside.document.state, aside.document.superseded_by), (DocumentState::Duplicate, Some(held)));
    let again = repository.wait_again(&officer(), id, "Là giấy khác").await.unwrap();
    assert_eq!(again.document.document_type, DocumentType::MaritalStatus);
    assert_eq!(again.document.number.as_deref(), Some("12/2025"));
    assert_eq!(field(&again, "number").value, "12/2025");
    assert!(!again.fields.iter().any(|field| field.key == "issued_on"), "as a whole");
}

#[tokio::test]
async fn a_new_reading_stands_beside_the_old_and_counts() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.read("bản quét").await.id);
    fixture.read_again(id, reread_page(1, "Tên: TRẦN VĂN MẪU"), second_proposal()).await;
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!(view.document.state, DocumentState::Extracted);
    assert_eq!((view.document.pages_read, view.document.page_count), (1, Some(1)));
    assert_eq!(view.pages, [reread_page(1, "").page]);
    assert_eq!(field(&view, "number").value, "12/2025", "an unconfirmed paper gets the new proposal");
    assert!(!view.fields.iter().any(|field| field.key == "issued_on"), "as a whole");
    assert_eq!(view.dissent, Dissent::default());

    let readings = repository.page_readings(&officer(), id, 1).await.unwrap();
    let facts = |reading: &PageReading| {
        let of = reading.reading.as_ref().unwrap();
        (reading.number, reading.counts, of.engine.clone(), of.model_sha256.len(), reading.confidence)
    };
    let expected =
        [(1, false, "recorded".to_owned(), 0, Some(96.5)), (2, true, "newer".to_owned(), 64, Some(99.0))];
    assert_eq!(readings.iter().map(facts).collect::<Vec<_>>(), expected);
    assert!(readings[0].read_at <= readings[1].read_at);
    assert_eq!(readings[0].page, page(1).page, "the page's facts of each reading are kept");
    assert!(readings.iter().all(|reading| reading.reading.as_ref().unwrap().lines.is_empty()));
    assert_eq!(repository.page_reading(&officer(), id, 1, 1).await.unwrap().reading, page(1).reading);
    assert!(matches!(repository.page_reading(&officer(), id, 1, 3).await, Err(Error::NotFound)));
    assert!(matches!(repository.page_readings(&officer(), id, 2).await, Err(Error::NotFound)));
    let image = repository.page_image(&officer(), id, 1).await.unwrap();
    assert_eq!(&image[..], "ảnh trang 1, đọc lại".as_bytes());
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), vec![]);

    let changes = repository.changes_after(0, 9).await.unwrap();
    let kinds = changes.iter().map(|change| change.kind).collect::<Vec<_>>();
    assert_eq!(kinds, [ChangeKind::Received, ChangeKind::Extracted, ChangeKind::Reread]);
    let entries = fixture.entries(id).await;
    let asked = ("can.bo.thu".to_owned(), "reread".to_owned(), true);
    assert!(entries.contains(&asked), "{entries:?}");
    assert_eq!(entries.iter().filter(|(_, action, _)| action == "read").count(), 2);
}

#[tokio::test]
async fn what_a_person_confirmed_survives_and_points_at_the_new_words() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.read("bản quét").await.id);
    let mut confirmed = confirmation_of("12/2024");
    confirmed.fields.push(("signer".into(), "Lê Thị Ký".into()));
    let before = repository.confirm(&officer(), id, confirmed).await.unwrap();
    assert_eq!(before.dissent, Dissent::default(), "the officer saw what was proposed");
    let mut other_type = second_proposal();
    other_type.document_type = DocumentType::Decision;
    fixture.read_again(id, reread_page(1, "Tên TRAN VĂN MẪU Lê Thị Ký 99"), other_type).await;
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!(
        view.document,
        Document { pages_to_review: 0, ..before.document },
        "a stored paper stays stored"
    );
    let place = |key: &str| {
        let field = field(&view, key);
        (field.value.as_str(), field.written.as_str(), field.region.map(|region| region.left))
    };
    assert_eq!(place("full_name"), ("Trần Văn Mẫu", "TRAN VĂN MẪU", Some(100)));
    assert_eq!(place("signer"), ("Lê Thị Ký", "Lê Thị Ký", Some(400)), "also what a person added");
    assert_eq!(place("number"), ("12/2024", "12/2025", Some(100)), "where the machine now sees a number");
    assert_eq!(
        place("issued_on"),
        ("2024-02-03", "2024-02-03", None),
        "not found: no place of another picture"
    );
    let name = field(&view, "full_name");
    assert_eq!((name.source, name.proposed.as_deref()), (FieldSource::Manual, Some("TRẦN VĂN MẦU")));
    assert_eq!(name.confirmed_by.as_deref(), Some("can.bo.thu"));
    let dissent = view.dissent.fields.iter().map(|field| (field.key.as_str(), field.value.as_str()));
    let expected = [("number", "12/2025"), ("full_name", "TRẦN VĂN MẪU"), ("nationality", "Việt Nam")];
    assert_eq!(dissent.collect::<Vec<_>>(), expected, "and not what the officer had left out");
    assert_eq!(view.dissent.document_type, Some(DocumentType::Decision));
    let found = repository.documents_by_key(&officer(), "12/2024", 9).await.unwrap();
    assert_eq!(found.len(), 1, "the confirmed number still finds it");
}

#[tokio::test]
async fn a_place_stays_while_its_picture_is_the_same() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.read("bản quét").await.id);
    repository.confirm(&officer(), id, confirmation()).await.unwrap();
    let nothing = Proposal { fields: Vec::new(), ..proposal() };
    fixture.read_again(id, page(1), nothing).await;
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!(field(&view, "issued_on").region, proposed("", "").region);
    assert_eq!(view.dissent, Dissent::default());
}

#[tokio::test]
async fn until_it_is_finished_the_old_reading_counts_and_a_kill_loses_nothing() {
    let fixture = Fixture::new().await;
    let id = fixture.receive("hai trang").await.id;
    let first = fixture.claim().await;
    fixture.repository.begin_reading(&first, "image/tiff", 2).await.unwrap();
    for number in [1, 2] {
        fixture.repository.save_page(&first, page(number)).await.unwrap();
    }
    fixture.repository.finish_reading(&first, proposal()).await.unwrap();
    let before = fixture.repository.document(&officer(), id).await.unwrap();
    fixture.repository.reread(&officer(), id, Some(ReadingModel::Accurate)).await.unwrap();
    let killed = fixture.claim().await;
    assert_eq!((killed.pass, killed.attempt), (2, 1));
    fixture.repository.begin_reading(&killed, "image/tiff", 2).await.unwrap();
    assert_eq!(fixture.repository.pages_read(&killed).await.unwrap(), [0; 0]);
    fixture.repository.save_page(&killed, reread_page(1, "mới")).await.unwrap();
    let early = fixture.repository.finish_reading(&killed, second_proposal()).await;
    assert!(matches!(early, Err(Error::Invalid { .. })), "{early:?}");
    // The process is killed here.
    let repository = fixture.another().await;
    let during = repository.document(&officer(), id).await.unwrap();
    let rereading = Rereading { model: Some(ReadingModel::Accurate), page_count: Some(2), pages_read: 1 };
    assert_eq!(during, DocumentView { rereading: Some(rereading), ..before });
    assert_eq!(repository.indexable(id).await.unwrap().unwrap().pages[0].1, "GIẤY KHAI SINH\ntrang-1");
    let progress = repository.progress_of_open(9).await.unwrap();
    let facts = (progress[0].rereading, progress[0].pages_read, progress[0].page_count, progress[0].priority);
    assert_eq!(facts, (true, 1, Some(2), Some(Priority::Reread)));
    fixture.pass_time().await;
    let job = repository.claim_job("hai", LEASE).await.unwrap().unwrap();
    assert_eq!((job.pass, job.attempt, job.model), (2, 2, Some(ReadingModel::Accurate)));
    assert_eq!(repository.pages_read(&job).await.unwrap(), [1]);
    repository.begin_reading(&job, "image/tiff", 2).await.unwrap();
    repository.save_page(&job, reread_page(2, "cũng mới")).await.unwrap();
    let pages = repository.job_pages(&job, 9).await.unwrap();
    assert_eq!(pages.iter().map(|(page, _)| page.number).collect::<Vec<_>>(), [1, 2]);
    repository.finish_reading(&job, second_proposal()).await.unwrap();
    let after = repository.document(&officer(), id).await.unwrap();
    assert_eq!((after.rereading, after.document.pages_read), (None, 2));
    assert_eq!(repository.indexable(id).await.unwrap().unwrap().pages[1].1, "cũng mới");
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_page_that_the_new_engine_cannot_read_keeps_its_old_reading() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.read("bản quét").await.id);
    let mut failed = page(1);
    (failed.page.state, failed.reading, failed.image_jpeg) = (PageState::Failed, None, None);
    fixture.read_again(id, failed.clone(), proposal()).await;
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!((view.pages, view.document.pages_to_review), (vec![page(1).page], 0));
    let readings = repository.page_readings(&officer(), id, 1).await.unwrap();
    let facts = |reading: &PageReading| (reading.counts, reading.page.state, reading.reading.is_some());
    let expected = [(true, PageState::Done, true), (false, PageState::Failed, false)];
    assert_eq!(readings.iter().map(facts).collect::<Vec<_>>(), expected);
    fixture.read_again(id, reread_page(1, "ba"), proposal()).await;
    let counting = repository.page_readings(&officer(), id, 1).await.unwrap();
    assert_eq!(counting.iter().map(|reading| reading.counts).collect::<Vec<_>>(), [false, false, true]);
}

#[tokio::test]
async fn a_wish_may_be_repeated_and_a_paper_that_waits_is_not_queued_twice() {
    let fixture = Fixture::new().await;
    let id = fixture.receive("bản quét").await.id;
    let wish = async |model| fixture.repository.reread(&officer(), id, model).await.unwrap();
    assert!(wish(Some(ReadingModel::Accurate)).await.already_queued, "its first reading waits");
    fixture.read_job(&fixture.claim().await).await;
    let first = wish(Some(ReadingModel::Accurate)).await;
    assert_eq!((first.already_queued, first.model), (false, Some(ReadingModel::Accurate)));
    let second = wish(Some(ReadingModel::Fast)).await;
    assert_eq!((second.already_queued, second.model), (true, Some(ReadingModel::Accurate)));
    assert_eq!(fixture.repository.jobs_open().await.unwrap(), 1);
    let nobody = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    let lost = fixture.repository.reread(&officer(), nobody, Some(ReadingModel::Fast)).await;
    assert!(matches!(lost, Err(Error::NotFound)));
    let refused = fixture.repository.reread(&administrator(), id, Some(ReadingModel::Fast)).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_re_reading_that_fails_leaves_the_paper_as_it_is() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.read("bản quét").await.id);
    let before = repository.confirm(&officer(), id, confirmation()).await.unwrap();
    repository.reread(&officer(), id, Some(ReadingModel::Fast)).await.unwrap();
    repository.give_up_reading(&fixture.claim().await, "Thiếu mô hình.").await.unwrap();
    let problem = Some("Thiếu mô hình.".to_owned());
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!(view, DocumentView { reread_problem: problem, ..before.clone() });
    repository.reread(&officer(), id, Some(ReadingModel::Fast)).await.unwrap();
    for _ in 1..=ATTEMPTS_MAX {
        repository.retry_reading(&fixture.claim().await, "out of memory").await.unwrap();
        fixture.pass_time().await;
    }
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!(view.document, before.document);
    assert!(view.reread_problem.unwrap().contains("giữ nguyên"));
    fixture.read_again(id, page(1), proposal()).await;
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!((view.rereading, view.reread_problem), (None, None));
}

#[tokio::test]
async fn a_paper_that_was_given_up_is_tried_anew() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.receive("mờ").await.id);
    repository.give_up_reading(&fixture.claim().await, "Hãy quét lại.").await.unwrap();
    let again = repository.reread(&officer(), id, Some(ReadingModel::Accurate)).await.unwrap();
    assert_eq!((again.already_queued, again.document.state), (false, DocumentState::Received));
    let job = fixture.claim().await;
    assert_eq!((job.pass, job.model), (1, Some(ReadingModel::Accurate)));
    fixture.read_job(&job).await;
    assert_eq!(fixture.state(id).await, DocumentState::Extracted);
}

#[tokio::test]
async fn a_paper_confirmed_while_it_is_read_again_stays_as_confirmed() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.read("bản quét").await.id);
    repository.reread(&officer(), id, Some(ReadingModel::Fast)).await.unwrap();
    let job = fixture.claim().await;
    let confirmed = repository.confirm(&officer(), id, confirmation()).await.unwrap();
    fixture.repository.begin_reading(&job, "application/pdf", 1).await.unwrap();
    fixture.repository.save_page(&job, reread_page(1, "x")).await.unwrap();
    fixture.repository.finish_reading(&job, second_proposal()).await.unwrap();
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!(view.document, confirmed.document);
    assert_eq!(view.dissent.fields.len(), 3, "{:?}", view.dissent);
}

#[tokio::test]
async fn papers_are_chosen_by_type_and_by_how_badly_they_were_read() {
    let fixture = Fixture::new().await;
    let (repository, good) = (&fixture.repository, fixture.read("tốt").await.id);
    let bad = fixture.receive("xấu").await.id;
    let job = fixture.claim().await;
    let mut page = page(1);
    let lines = &mut page.reading.as_mut().unwrap().lines;
    lines.iter_mut().flat_map(|line| &mut line.words).for_each(|word| word.confidence = 50.0);
    repository.save_page(&job, page).await.unwrap();
    let decision = Proposal { document_type: DocumentType::Decision, ..proposal() };
    repository.finish_reading(&job, decision).await.unwrap();
    let lost = fixture.receive("hỏng").await.id;
    repository.give_up_reading(&fixture.claim().await, "Hãy quét lại.").await.unwrap();
    fixture.receive("chưa đọc").await;
    let check = async |document_type, below_confidence, expected: &[DocumentId]| {
        let filter = RereadFilter { document_type, below_confidence };
        let found = repository.papers_to_reread(&officer(), &filter).await.unwrap();
        assert_eq!(found, expected, "{filter:?}");
    };
    check(None, None, &[good, bad, lost]).await;
    check(Some(DocumentType::Decision), None, &[bad]).await;
    check(None, Some(60.0), &[bad, lost]).await;
    check(Some(DocumentType::Decision), Some(99.0), &[bad]).await;
    check(None, Some(50.0), &[lost]).await;
}

#[tokio::test]
async fn a_value_whose_check_fails_needs_a_change_or_a_reason() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.receive("bản quét").await.id);
    let job = fixture.claim().await;
    repository.save_page(&job, page(1)).await.unwrap();
    let mut doubtful = proposal();
    for field in
        doubtful.fields.iter_mut().filter(|field| ["number", "issued_on"].contains(&field.key.as_str()))
    {
        field.doubts = vec!["check_digit".into()];
    }
    repository.finish_reading(&job, doubtful).await.unwrap();
    let refused = async |change: &dyn Fn(&mut Confirmation), expected: &[&str]| {
        let mut confirmation = confirmation_of("12/2024");
        change(&mut confirmation);
        match repository.confirm(&officer(), id, confirmation).await {
            Err(Error::Doubtful { keys, message }) => {
                assert_eq!(keys, expected);
                assert!(message.contains("đối chiếu"), "{message}");
            }
            other => panic!("{other:?}"),
        }
    };
    refused(&|_| {}, &["number", "issued_on"]).await;
    refused(&|confirmation| confirmation.fields[0].1 = "13/2024".into(), &["issued_on"]).await;
    let blank = |confirmation: &mut Confirmation| confirmation.reasons.push(("number".into(), "  ".into()));
    refused(&blank, &["number", "issued_on"]).await;
    let mut said = confirmation_of("12/2024");
    said.fields[0].1 = "13/2024".into();
    said.reasons.push(("issued_on".into(), " Đã đối chiếu ".into()));
    let view = repository.confirm(&officer(), id, said).await.unwrap();
    assert_eq!(field(&view, "issued_on").reason.as_deref(), Some("Đã đối chiếu"));
    assert_eq!(field(&view, "issued_on").confirmed_by.as_deref(), Some("can.bo.thu"));
    assert_eq!(field(&view, "number").reason, None);
}

#[tokio::test]
async fn a_form_from_before_a_re_reading_confirms_nothing() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.read("bản quét").await.id);
    let seen = repository.document(&officer(), id).await.unwrap();
    assert_eq!(seen.pass, 1);
    let mut doubtful = second_proposal();
    doubtful.fields[0].doubts = vec!["check_digit".into()];
    fixture.read_again(id, reread_page(1, "12/2025"), doubtful).await;
    let confirm =
        async |pass| repository.confirm(&officer(), id, Confirmation { pass, ..confirmation() }).await;
    for old in [Some(seen.pass), None] {
        let refused = confirm(old).await;
        assert!(matches!(refused, Err(Error::ReadAgain { document }) if document == id), "{refused:?}");
    }
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!((view.pass, view.document.state), (2, DocumentState::Extracted));
    confirm(Some(view.pass)).await.expect("the new proposals were seen");
}

#[tokio::test]
async fn a_model_asked_for_reads_every_page_of_a_paper_that_was_given_up() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.receive("hai trang").await.id);
    let job = fixture.claim().await;
    repository.begin_reading(&job, "image/tiff", 2).await.unwrap();
    repository.save_page(&job, page(1)).await.unwrap();
    repository.give_up_reading(&job, "Hãy quét lại.").await.unwrap();
    let again = async |model, pass, already_read: &[u32]| {
        repository.reread(&officer(), id, model).await.unwrap();
        let job = fixture.claim().await;
        assert_eq!((job.pass, job.model), (pass, model));
        assert_eq!(repository.pages_read(&job).await.unwrap(), already_read);
        job
    };
    let job = again(None, 1, &[1]).await;
    repository.give_up_reading(&job, "Hãy quét lại.").await.unwrap();
    let job = again(Some(ReadingModel::Accurate), 2, &[]).await;
    repository.begin_reading(&job, "image/tiff", 2).await.unwrap();
    for number in [1, 2] {
        repository.save_page(&job, reread_page(number, "mới")).await.unwrap();
    }
    repository.finish_reading(&job, proposal()).await.unwrap();
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!((view.pass, view.document.state), (2, DocumentState::Extracted));
    assert_eq!(view.pages, [1, 2].map(|number| reread_page(number, "").page));
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_field_on_a_page_that_only_the_old_engine_could_read_keeps_its_place() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.read("bản quét").await.id);
    repository.confirm(&officer(), id, confirmation()).await.unwrap();
    let before = repository.document(&officer(), id).await.unwrap();
    let mut failed = reread_page(1, "");
    (failed.page.state, failed.reading, failed.image_jpeg) = (PageState::Failed, None, None);
    fixture.read_again(id, failed, Proposal { fields: Vec::new(), ..proposal() }).await;
    let after = repository.document(&officer(), id).await.unwrap();
    assert_eq!(after.fields, before.fields);
}
