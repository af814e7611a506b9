//! The whole life of a paper, and what a confirmation may not be.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};

#[tokio::test]
async fn a_paper_lives_from_the_scanner_to_the_store_of_its_owner() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;

    let document = fixture.receive("bản quét").await;
    assert_eq!(document.state, DocumentState::Received);
    assert_eq!(document.original.file_name, "quét 1.pdf");
    assert_eq!(document.original.bytes, "bản quét".len() as u64);
    assert_eq!(document.received_by, "can.bo.thu");

    let job = fixture.claim().await;
    let (original, bytes) = repository.job_bytes(&job).await.unwrap();
    assert_eq!(
        (original.sha256.as_str(), &bytes[..]),
        (document.original.sha256.as_str(), "bản quét".as_bytes())
    );
    fixture.read_job(&job).await;
    let view = repository.document(&officer(), document.id).await.unwrap();
    assert_eq!(view.document.state, DocumentState::Extracted);
    assert_eq!(view.document.document_type, DocumentType::BirthCertificate);
    assert_eq!(view.document.number.as_deref(), Some("12/2024"));
    assert_eq!(view.document.issued_on, "2024-02-03".parse().ok());
    assert_eq!(view.document.agency.as_deref(), Some("UBND phường Mẫu"));
    assert_eq!((view.document.page_count, view.document.pages_read), (Some(1), 1));
    assert_eq!(view.document.original.media_type, "application/pdf");
    assert_eq!(view.pages, vec![page(1).page]);
    assert_eq!(repository.reading(&officer(), document.id, 1).await.ok(), page(1).reading);
    assert_eq!(
        &repository.page_image(&officer(), document.id, 1).await.unwrap()[..],
        "ảnh trang 1".as_bytes()
    );

    let view = repository.confirm(&officer(), document.id, confirmation_of("12/2024")).await.unwrap();
    let code = view.document.code.clone().unwrap();
    assert!(code.as_str().starts_with("KS-") && code.as_str().ends_with("-000001"), "{code}");
    assert_eq!(view.document.state, DocumentState::Stored);
    assert_eq!(view.document.trust_level, Some(TrustLevel::SignedOff));
    assert_eq!(view.document.confirmed_by.as_deref(), Some("can.bo.thu"));
    assert!(view.document.confirmed_at.unwrap() >= view.document.received_at);
    assert_eq!(view, repository.document(&officer(), document.id).await.unwrap());

    let subject = repository.find_subject(&officer(), &claim().number).await.unwrap().unwrap();
    assert_eq!((subject.name.as_str(), subject.birth_date), ("Trần Văn Mẫu", claim().birth_date));
    let store = repository.store(&officer(), subject.id).await.unwrap();
    assert_eq!((store.subject, store.documents), (subject, vec![view.document]));

    let (original, bytes) = repository.original(&officer(), document.id).await.unwrap();
    assert_eq!((original.media_type.as_str(), &bytes[..]), ("application/pdf", "bản quét".as_bytes()));
    let kinds = repository
        .changes_after(0, 100)
        .await
        .unwrap()
        .into_iter()
        .map(|change| (change.number, change.kind));
    let expected = [(1, ChangeKind::Received), (2, ChangeKind::Extracted), (3, ChangeKind::Stored)];
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
}

#[tokio::test]
async fn the_record_remembers_what_was_proposed_and_what_was_confirmed() {
    let fixture = Fixture::new().await;
    let document = fixture.read("bản quét").await;
    let mut confirmation = stating(confirmation_of("12/2024"), &[("signer", "Lê Thị Ký")]);
    confirmation.fields.retain(|(key, _)| key != "agency");
    let view = fixture.repository.confirm(&officer(), document.id, explained(confirmation)).await.unwrap();

    let field = |key: &str| view.fields.iter().find(|field| field.key == key).unwrap();
    let facts = |key: &str| {
        let field = field(key);
        (field.value.as_str(), field.proposed.as_deref(), field.source, field.confidence)
    };
    assert_eq!(facts("number"), ("12/2024", Some("12/2024"), FieldSource::Ocr, 91.0));
    assert_eq!(facts("full_name"), ("Trần Văn Mẫu", Some("TRẦN VĂN MẦU"), FieldSource::Manual, 100.0));
    assert_eq!(facts("signer"), ("Lê Thị Ký", None, FieldSource::Manual, 100.0));
    assert_eq!(field("full_name").region, proposed("full_name", "").region);
    assert!(view.fields.iter().all(|field| field.confirmed_by.as_deref() == Some("can.bo.thu")));
    let keys = view.fields.iter().map(|field| field.key.as_str()).collect::<Vec<_>>();
    assert_eq!(
        keys,
        ["number", "issued_on", "full_name", "birth_date", "signer"],
        "a field left out is dropped"
    );
    assert_eq!(view.document.agency, None, "a field left out is dropped from the record too");

    let sql = "select proposed from field where key = 'ethnicity' and value is null";
    let kept = fixture.sql().await.texts(sql).await;
    assert_eq!(kept, ["Kinh"], "what was proposed stays, even when it was left out");
}

#[tokio::test]
async fn only_a_paper_that_waits_is_filed() {
    let fixture = Fixture::new().await;
    let confirm = async |id| fixture.repository.confirm(&officer(), id, confirmation()).await;
    let unread = fixture.receive("chưa đọc").await;
    assert!(matches!(confirm(unread.id).await, Err(Error::Conflict { document }) if document == unread.id));
    fixture.read_job(&fixture.claim().await).await;
    assert!(confirm(unread.id).await.is_ok());
    assert!(matches!(confirm(unread.id).await, Err(Error::Conflict { .. })));
    let nobody = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    assert!(matches!(confirm(nobody).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_paper_that_no_machine_reads_is_filed_by_hand() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("mờ").await;
    fixture
        .repository
        .give_up_reading(&fixture.claim().await, "Bản quét quá mờ. Hãy quét lại.")
        .await
        .unwrap();
    let view = fixture.repository.confirm(&officer(), document.id, confirmation()).await.unwrap();
    assert_eq!((view.document.state, view.document.problem), (DocumentState::Stored, None));
    assert!(view.fields.iter().all(|field| field.source == FieldSource::Manual && field.proposed.is_none()));
}

#[tokio::test]
async fn a_confirmation_that_contradicts_itself_is_refused_and_changes_nothing() {
    let fixture = Fixture::new().await;
    let document = fixture.read("bản quét").await;
    let before = fixture.repository.document(&officer(), document.id).await.unwrap();
    let check = async |what: &str, change: &dyn Fn(&mut Confirmation), expected: &str| {
        let mut confirmation = confirmation();
        change(&mut confirmation);
        match fixture.repository.confirm(&officer(), document.id, confirmation).await {
            Err(Error::Invalid { message }) => assert!(message.contains(expected), "{what}: {message}"),
            other => panic!("{what}: {other:?}"),
        }
    };
    let set = |key: &str, value: &str| {
        let pair = (key.to_owned(), value.to_owned());
        move |confirmation: &mut Confirmation| {
            confirmation.fields.retain(|(known, _)| *known != pair.0);
            confirmation.fields.push(pair.clone());
        }
    };
    check("unknown key", &set("shoe_size", "42"), "shoe_size").await;
    check("no such day", &set("issued_on", "2024-02-30"), "Ngày cấp").await;
    check("other form of a day", &set("issued_on", "03/02/2024"), "Ngày cấp").await;
    check("day with a time", &set("issued_on", "2024-02-03T00:00"), "Ngày cấp").await;
    check("future day", &set("birth_date", "2199-01-01"), "tương lai").await;
    check("valid before issue", &set("valid_until", "2024-02-02"), "trước ngày cấp").await;
    check("no title", &|confirmation| confirmation.title = " ".into(), "tên giấy tờ").await;
    check("no name", &|confirmation| confirmation.subject.name = " ".into(), "tên chủ giấy tờ").await;
    check("twice", &|confirmation| confirmation.fields.push(("number".into(), "1".into())), "hai lần").await;
    check("short number", &set("citizen_id", "07909900000"), "Số định danh cá nhân: ").await;
    check("tax code", &set("enterprise_code", "0100233480"), "Mã số doanh nghiệp: ").await;
    check("long value", &set("purpose", &"x".repeat(4_001)), "Mục đích: dài 4001 ký tự, tối đa 4000").await;
    check("long title", &|confirmation| confirmation.title = "á".repeat(501), "tối đa 500").await;
    check("long name", &|confirmation| confirmation.subject.name = "á".repeat(501), "tối đa 500").await;
    let wrong_year =
        |confirmation: &mut Confirmation| confirmation.subject.birth_date = "1998-03-04".parse().ok();
    check("year of birth", &wrong_year, "1999").await;
    let organization = |confirmation: &mut Confirmation| {
        confirmation.subject.kind = SubjectKind::Organization;
        confirmation.subject.number = number("012345678");
    };
    check("organization with an identity card", &organization, "mã số thuế").await;
    let of_the_paper = |key: &'static str, value: &'static str| {
        move |confirmation: &mut Confirmation| {
            let stated = [("citizen_id", "079099000001"), (key, value)];
            *confirmation = stating(confirmation.clone(), &stated);
        }
    };
    check("sex on the paper", &of_the_paper("sex", "Nữ"), "giới tính").await;
    check("birth on the paper", &of_the_paper("birth_date", "1989-03-04"), "năm sinh").await;

    let after = fixture.repository.document(&officer(), document.id).await.unwrap();
    assert_eq!(before, after);
    assert!(fixture.repository.find_subject(&officer(), &claim().number).await.unwrap().is_none());
    assert_eq!(fixture.repository.last_change().await.unwrap(), 2);
}

#[tokio::test]
async fn values_are_stored_in_one_form_and_empty_ones_are_left_out() {
    let fixture = Fixture::new().await;
    let document = fixture.read("bản quét").await;
    let mut confirmation = confirmation();
    confirmation.fields = vec![
        ("full_name".into(), "  Tra\u{302}\u{300}n Va\u{306}n Ma\u{302}\u{303}u ".into()),
        ("valid_until".into(), " ".into()),
        ("citizen_id".into(), "079 099 000.001".into()),
        ("purpose".into(), "á".repeat(4_000)),
    ];
    confirmation.title = "á".repeat(500);
    let view = fixture.repository.confirm(&officer(), document.id, explained(confirmation)).await.unwrap();
    let values = view.fields.iter().map(|field| field.value.as_str()).collect::<Vec<_>>();
    assert_eq!(values, ["Trần Văn Mẫu", "079099000001", &"á".repeat(4_000)]);
}

#[tokio::test]
async fn the_latest_confirmed_name_of_a_subject_counts() {
    let fixture = Fixture::new().await;
    let mut claimed = claim();
    claimed.name = "Tên chưa xác nhận".into();
    let first = fixture.read("một").await;
    fixture.repository.confirm(&officer(), first.id, confirmation()).await.unwrap();
    let new = NewDocument { subject: Some(claimed), ..paper() };
    let second = fixture.repository.receive(&officer(), new, "hai".into()).await.unwrap().document;
    assert_eq!(second.subject.as_ref().unwrap().name, "Trần Văn Mẫu", "a claim renames nobody");
    fixture.read_job(&fixture.claim().await).await;
    let mut renamed = confirmation();
    renamed.subject.name = "Trần Văn Mới".into();
    renamed.subject.birth_date = None;
    renamed.rename_subject = true;
    fixture.repository.confirm(&officer(), second.id, renamed).await.unwrap();
    let subject = fixture.repository.find_subject(&officer(), &claim().number).await.unwrap().unwrap();
    assert_eq!((subject.name.as_str(), subject.birth_date), ("Trần Văn Mới", claim().birth_date));
    let store = fixture.repository.store(&officer(), subject.id).await.unwrap();
    let ids = store.documents.iter().map(|document| document.id).collect::<Vec<_>>();
    assert_eq!(ids, [second.id, first.id], "newest first");
}

#[tokio::test]
async fn a_number_known_under_another_name_or_day_is_not_renamed_by_chance() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let first = fixture.read("một").await;
    repository.confirm(&officer(), first.id, confirmation()).await.unwrap();
    let second = fixture.read("hai").await;
    let subject = async || repository.find_subject(&officer(), &claim().number).await.unwrap().unwrap();
    let claimed = |name: &str, birth_date: Option<&str>, rename_subject| {
        let birth_date = birth_date.map(|day| day.parse().unwrap());
        let subject = SubjectClaim { name: name.into(), birth_date, ..claim() };
        Confirmation { subject, rename_subject, ..confirmation() }
    };
    let refused = async |confirmation: Confirmation, expected: &str| {
        let before = fixture.subject_entries(subject().await.id).await;
        match repository.confirm(&officer(), second.id, confirmation).await {
            Err(Error::SubjectDiffers { message }) => assert!(message.contains(expected), "{message}"),
            other => panic!("{other:?}"),
        }
        // One look by the refusal, one by this test.
        assert_eq!(fixture.subject_entries(subject().await.id).await, before + 2);
        assert_eq!(fixture.state(second.id).await, DocumentState::Extracted);
        assert_eq!((subject().await.name, subject().await.birth_date), (claim().name, claim().birth_date));
    };
    refused(claimed("Lê Thị Khác", None, false), "«Trần Văn Mẫu»").await;
    refused(claimed("Trần Văn Mẫu", Some("1999-04-03"), false), "04/03/1999").await;
    let changed = claimed("Lê Thị Khác", Some("1999-04-03"), true);
    repository.confirm(&officer(), second.id, changed).await.unwrap();
    assert_eq!(subject().await.name, "Lê Thị Khác");
    assert_eq!(subject().await.birth_date, "1999-04-03".parse().ok());
    let third = fixture.read("ba").await;
    repository.confirm(&officer(), third.id, claimed("LÊ THI  KHÁC", None, false)).await.unwrap();
    assert_eq!(subject().await.name, "LÊ THI  KHÁC", "accents and case may be put right without a question");
}

#[tokio::test]
async fn exact_keys_find_papers_whatever_the_separators() {
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let place = DossierPlace { dossier: opened.id, component: Some("khai-sinh".into()) };
    let new = NewDocument { place: Some(place), ..paper() };
    let document = fixture.repository.receive(&officer(), new, "bản quét".into()).await.unwrap().document;
    fixture.read_job(&fixture.claim().await).await;
    let mut confirmation = confirmation();
    confirmation.fields[0].1 = "123/QĐ-UBND".into();
    let filed = fixture.repository.confirm(&officer(), document.id, confirmation).await.unwrap();
    let code = filed.document.code.unwrap();
    let check = async |key: &str, found: bool| {
        let hits = fixture.repository.documents_by_key(&officer(), key, 10).await.unwrap();
        let ids = hits.iter().map(|hit| hit.id).collect::<Vec<_>>();
        assert_eq!(ids, if found { vec![document.id] } else { vec![] }, "{key}");
    };
    check(code.as_str(), true).await;
    check(&code.as_str().to_lowercase().replace('-', " "), true).await;
    check("123/qd-ubnd", true).await;
    check("123 QĐ UBND", true).await;
    check(opened.code.as_str(), true).await;
    check("0790 9900 0001", true).await;
    check("079099000002", false).await;
    check("123/QĐ", false).await;
    check("", false).await;
    check("--", false).await;
}

#[tokio::test]
async fn a_paper_filed_by_hand_is_handed_out_with_the_pages_that_were_read() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, fixture.receive("hai trang").await.id);
    let job = fixture.claim().await;
    repository.begin_reading(&job, "application/pdf", 2).await.unwrap();
    repository.save_page(&job, page(1)).await.unwrap();
    repository.give_up_reading(&job, "Hãy quét lại.").await.unwrap();
    repository.confirm(&officer(), id, confirmation()).await.unwrap();
    let paper = repository.hand_out(&officer(), id).await.unwrap();
    assert_eq!(paper.document.page_count, Some(2));
    assert_eq!(paper.page(1).await.unwrap(), Some((page(1).page, page(1).reading)));
    assert_eq!(paper.page(2).await.unwrap(), None);
}

#[tokio::test]
async fn a_record_says_the_minimum_of_its_type_or_why_not() {
    let fixture = Fixture::new().await;
    let id = fixture.read("sổ cũ").await.id;
    let confirm = async |reasons: &[(&str, &str)]| {
        let reasons = reasons.iter().map(|(key, why)| ((*key).to_owned(), (*why).to_owned())).collect();
        let mut confirmation = Confirmation { reasons, ..confirmation() };
        confirmation.fields.retain(|(key, _)| !["agency", "birth_date"].contains(&key.as_str()));
        fixture.repository.confirm(&officer(), id, confirmation).await
    };
    let check = async |reasons: &[(&str, &str)], expected: &[&str], named: &str| match confirm(reasons).await
    {
        Err(Error::Incomplete { keys, message }) => {
            assert_eq!(keys, expected);
            assert!(message.contains(named), "{message}");
        }
        other => panic!("{other:?}"),
    };
    check(&[], &["agency", "birth_date"], "Giấy khai sinh thiếu trường bắt buộc: Cơ quan cấp, Ngày sinh.")
        .await;
    check(&[("agency", "Sổ cũ không ghi")], &["birth_date"], "Ngày sinh").await;
    check(&[("agency", "Sổ cũ không ghi"), ("birth_date", " ")], &["birth_date"], "Ngày sinh").await;
    let said = [("agency", "Sổ cũ không ghi"), ("birth_date", "Sổ cũ không ghi")];
    let view = confirm(&said).await.unwrap();
    assert_eq!(view.fields.iter().filter(|field| field.key == "agency").count(), 0, "it has no value");
    let kept = "select key from field where value is null and reason = 'Sổ cũ không ghi' order by key";
    assert_eq!(fixture.sql().await.texts(kept).await, ["agency", "birth_date"]);
}
