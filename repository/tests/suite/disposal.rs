//! Retention, holds and disposal: who may have a paper destroyed, and that nothing of it is left.

use super::backup::back_up;
use super::database::Sql;
use super::fixture::*;
use motlan_repository::Error;
use motlan_repository::record::*;
use std::fs;

const REASON: &str = "hết thời hạn lưu trữ";

fn leader(account: &str) -> Actor {
    Actor { account: account.into(), role: Role::Leader, ..officer() }
}

fn wish(ground: DisposalGround) -> NewDisposal {
    NewDisposal { ground, decision_no: "12/QĐ-UBND".into(), reason: REASON.into() }
}

/// A filed paper that was archived, and whose term is over.
async fn archived(fixture: &Fixture, bytes: &'static str) -> DocumentId {
    let id = fixture.read(bytes).await.id;
    fixture.repository.confirm(&officer(), id, confirmation()).await.unwrap();
    fixture.repository.rule(&officer(), id, Ruling::Archive, "nộp lưu").await.unwrap();
    let over = Some("2020-12-31".parse().unwrap());
    fixture.repository.retain(&officer(), id, RetentionCode::Other, over).await.unwrap();
    id
}

async fn destroy(fixture: &Fixture, id: DocumentId, ground: DisposalGround) -> Disposal {
    let proposed = fixture.repository.propose_disposal(&officer(), id, wish(ground)).await.unwrap();
    fixture.repository.decide_disposal(&leader("lanh.dao"), proposed.id, Verdict::Approve).await.unwrap()
}

#[tokio::test]
async fn a_destroyed_paper_leaves_a_certificate_and_nothing_else() {
    let fixture = Fixture::new().await;
    let id = archived(&fixture, "bản quét của Trần Văn Mẫu").await;
    what_people_wrote(&fixture, id).await;
    let before = fixture.repository.document(&officer(), id).await.unwrap().document;
    fixture.read_again(id, reread_page(1, "TRẦN VĂN MẪU CHỮ-ĐỌC-LẠI"), proposal()).await;
    let owner = before.subject.clone().unwrap();
    let decided = destroy(&fixture, id, DisposalGround::RetentionEnded).await;
    assert_eq!((decided.decided_by.as_deref(), decided.refusal), (Some("lanh.dao"), None));
    let certificate = fixture.repository.certificate(&auditor_who_looks(), id).await.unwrap();
    assert_eq!((&certificate.sha256, certificate.objects), (&before.original.sha256, 3));
    assert_eq!((certificate.decision_no.as_str(), &certificate.code), ("12/QĐ-UBND", &before.code));
    assert_eq!(
        (certificate.proposed_by.as_str(), certificate.approved_by.as_str()),
        ("can.bo.thu", "lanh.dao")
    );
    assert_eq!(fixture.stored().await.len(), 0);
    let repository = &fixture.repository;
    let doors = [
        repository.document(&officer(), id).await.map(drop),
        repository.original(&officer(), id).await.map(drop),
        repository.page_image(&officer(), id, 1).await.map(drop),
        repository.reading(&officer(), id, 1).await.map(drop),
        repository.hand_out(&officer(), id).await.map(drop),
        repository.reread(&officer(), id, None).await.map(drop),
        repository.rule(&officer(), id, Ruling::Reinstate, "nhầm").await.map(drop),
        repository.propose_disposal(&officer(), id, wish(DisposalGround::SubjectRequest)).await.map(drop),
    ];
    for door in doors {
        match door {
            Err(Error::Disposed { certificate: shown }) => assert_eq!(*shown, certificate),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(repository.indexable(id).await.unwrap(), None);
    let last = repository.changes_after(0, 999).await.unwrap().pop().unwrap();
    assert_eq!((last.kind, last.document), (ChangeKind::Disposed, id));
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), []);
    let again = repository.receive(&officer(), paper(), "bản quét của Trần Văn Mẫu".into()).await;
    assert!(matches!(again, Err(Error::Erased { .. })), "{again:?}");
    let proposals = repository.disposals(&officer(), id).await.unwrap();
    let said = proposals.iter().map(|one| (one.reason.as_str(), one.refusal.as_deref())).collect::<Vec<_>>();
    assert_eq!(said, [("", Some("")), (REASON, None)], "the first one was refused, whatever the words were");
    // Nothing of what it said, nor of whose it was, is left in any table or file of ours.
    let sql = fixture.sql().await;
    for (words, table) in [
        ("Trần Văn Mẫu", "subject where name"),
        ("Trần Văn Mẫu", "field where value"),
        ("%", "reading where text"),
        ("%", "proposal where value"),
        ("%", "page where source"),
        ("%GIẤY%", "document where title"),
        ("%_%", "document where file_name"),
        ("%Trần Văn Mẫu%", "hold where reason || lifted_reason"),
        ("%Trần Văn Mẫu%", "reuse_refusal where reason"),
        ("%Trần Văn Mẫu%", "disposal where reason || coalesce(refusal, '')"),
    ] {
        let left = format!("select count(*) from {table} like '{words}'");
        assert_eq!(sql.number(&left).await, 0, "{left}");
    }
    for file in files(&fixture.home.folder.path().join("data")) {
        let bytes = fs::read(&file).unwrap();
        for words in
            ["Trần Văn Mẫu", "TRẦN VĂN", "CHỮ-ĐỌC-LẠI", "Giấy khai sinh", "12/2024", owner.number.as_str()]
        {
            let found = bytes.windows(words.len()).any(|window| window == words.as_bytes());
            assert!(!found, "{words} is left in {}", file.display());
        }
    }
}

#[tokio::test]
async fn a_disposal_beside_a_reader_is_answered_and_forgotten_by_the_next_backup() {
    let fixture = Fixture::new().await;
    let id = archived(&fixture, "bản quét").await;
    let wrapped = format!("select wrapped from data_key where document_id = '{id}'");
    let sql = fixture.sql().await;
    let wrapped = sql.texts(&wrapped).await.remove(0);
    let is_left = || {
        files(&fixture.home.folder.path().join("data")).iter().any(|file| {
            let bytes = fs::read(file).unwrap();
            bytes.windows(wrapped.len()).any(|words| words == wrapped.as_bytes())
        })
    };
    let Sql::File(pool) = &sql else { return };
    let mut reader = pool.begin().await.unwrap();
    sqlx::query("select count(*) from document").fetch_one(&mut *reader).await.unwrap();
    destroy(&fixture, id, DisposalGround::RetentionEnded).await;
    assert_eq!(fixture.stored().await.len(), 0, "its files are gone whoever reads");
    assert!(is_left(), "the older state is still there for who reads it");
    reader.rollback().await.unwrap();
    let backup = tempfile::TempDir::new().unwrap();
    back_up(&fixture.repository, backup.path()).await;
    assert!(!is_left());
}

#[tokio::test]
async fn the_log_of_a_person_outlives_the_papers() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = archived(&fixture, "giấy duy nhất").await;
    let owner = repository.find_subject(&officer(), &claim().number).await.unwrap().unwrap().id;
    let before = repository.subject_access_log(&auditor(), owner, 100).await.unwrap();
    destroy(&fixture, id, DisposalGround::RetentionEnded).await;
    assert!(repository.find_subject(&officer(), &claim().number).await.unwrap().is_none());
    let after = repository.subject_access_log(&auditor(), owner, 100).await.unwrap();
    assert!(after.ends_with(&before) && after[0].action == Action::DecideDisposal, "{after:?}");
    let mut export = Vec::new();
    let exported = repository.export_subject_log(&auditor(), owner, &mut export).await.unwrap();
    assert_eq!(exported, after.len() as u64 + 2, "the look at the log and the export came after");
}

/// Sentences about a paper that name its owner: a hold and its end, a proposal and its refusal, why it was not used.
async fn what_people_wrote(fixture: &Fixture, id: DocumentId) {
    let (repository, named) = (&fixture.repository, "theo đơn của Trần Văn Mẫu");
    let hold = repository.hold(&officer(), id, named).await.unwrap();
    repository.lift_hold(&leader("lanh.dao"), hold.id, named).await.unwrap();
    let ground = DisposalGround::RetentionEnded;
    let proposed = NewDisposal { reason: named.into(), ..wish(ground) };
    let proposed = repository.propose_disposal(&officer(), id, proposed).await.unwrap();
    let refuse = Verdict::Refuse { reason: named.into() };
    repository.decide_disposal(&leader("lanh.dao"), proposed.id, refuse).await.unwrap();
    let organization = SubjectClaim {
        kind: SubjectKind::Organization,
        number: number("0100233488"),
        name: "Công ty Mẫu".into(),
        birth_date: None,
    };
    let opened = NewDossier { subject: organization, ..dossier() };
    let opened = repository.open_dossier(&officer(), opened).await.unwrap();
    let sql = format!(
        "insert into reuse_refusal (id, dossier_id, component_key, document_id, asked_by, reason, at, account, agency)
         values ('thử', '{}', 'khai-sinh', '{id}', 'officer', '{named}', 1, 'can.bo.thu', 'UBND phường Mẫu')",
        opened.id
    );
    fixture.sql().await.execute(&sql).await;
}

fn auditor_who_looks() -> Actor {
    leader("nguoi.khac")
}

#[tokio::test]
async fn two_persons_are_needed_and_a_refusal_ends_a_proposal() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, archived(&fixture, "bản quét").await);
    let same = Actor { role: Role::CounterOfficer, ..leader("lanh.dao") };
    let ground = DisposalGround::RetentionEnded;
    let proposed = repository.propose_disposal(&same, id, wish(ground)).await.unwrap();
    let twice = repository.propose_disposal(&officer(), id, wish(ground)).await;
    assert!(matches!(twice, Err(Error::Invalid { .. })), "{twice:?}");
    let alone = repository.decide_disposal(&leader("lanh.dao"), proposed.id, Verdict::Approve).await;
    assert!(matches!(alone, Err(Error::Invalid { .. })), "{alone:?}");
    let not_a_leader = repository.decide_disposal(&officer(), proposed.id, Verdict::Approve).await;
    assert!(matches!(not_a_leader, Err(Error::Forbidden)), "{not_a_leader:?}");
    let refuse = Verdict::Refuse { reason: "còn giá trị".into() };
    let refused = repository.decide_disposal(&leader("pho"), proposed.id, refuse).await.unwrap();
    assert_eq!(refused.refusal.as_deref(), Some("còn giá trị"));
    let late = repository.decide_disposal(&leader("pho"), proposed.id, Verdict::Approve).await;
    assert!(matches!(late, Err(Error::Invalid { .. })), "{late:?}");
    let nothing = repository.certificate(&leader("pho"), id).await;
    assert!(matches!(nothing, Err(Error::NotFound)), "{nothing:?}");
    repository.original(&officer(), id).await.unwrap();
    let without = NewDisposal { decision_no: " ".into(), ..wish(ground) };
    let without = repository.propose_disposal(&officer(), id, without).await;
    assert!(matches!(without, Err(Error::Invalid { .. })), "{without:?}");
    let entries = fixture.entries(id).await;
    let denied =
        |which: &str| entries.iter().filter(|(_, action, allowed)| action == which && !allowed).count();
    assert_eq!(denied("decide_disposal"), 3, "the log tells of each attempt that was refused");
    assert_eq!(denied("propose_disposal"), 1, "also of a second proposal");
}

#[tokio::test]
async fn a_hold_stops_everyone_also_between_proposal_and_approval() {
    let fixture = Fixture::new().await;
    let (repository, id) = (&fixture.repository, archived(&fixture, "bản quét").await);
    let proposed =
        repository.propose_disposal(&officer(), id, wish(DisposalGround::RetentionEnded)).await.unwrap();
    let first = repository.hold(&officer(), id, "khiếu nại").await.unwrap();
    let second = repository.hold(&leader("lanh.dao"), id, "thanh tra").await.unwrap();
    repository.lift_hold(&leader("lanh.dao"), first.id, "đã giải quyết").await.unwrap();
    let approve =
        async || repository.decide_disposal(&leader("lanh.dao"), proposed.id, Verdict::Approve).await;
    match approve().await {
        Err(Error::MustStay { message, .. }) => assert!(message.contains("thanh tra"), "{message}"),
        other => panic!("{other:?}"),
    }
    let request = repository.propose_disposal(&officer(), id, wish(DisposalGround::SubjectRequest)).await;
    assert!(matches!(request, Err(Error::MustStay { .. })), "{request:?}");
    let denied = fixture.entries(id).await.into_iter().filter(|(_, _, allowed)| !allowed).count();
    assert_eq!(denied, 2);
    repository.original(&officer(), id).await.unwrap();
    repository.lift_hold(&leader("lanh.dao"), second.id, "xong").await.unwrap();
    let twice = repository.lift_hold(&leader("lanh.dao"), second.id, "xong").await;
    assert!(matches!(twice, Err(Error::Invalid { .. })), "{twice:?}");
    let (_, holds) = repository.keeping(&officer(), id).await.unwrap();
    assert_eq!(holds.iter().map(|hold| hold.lifted.is_some()).collect::<Vec<_>>(), [true, true]);
    approve().await.unwrap();
    let gone = repository.hold(&officer(), id, "quá muộn").await;
    assert!(matches!(gone, Err(Error::Disposed { .. })), "{gone:?}");
}

#[tokio::test]
async fn a_request_of_the_person_is_refused_while_a_law_keeps_the_paper() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let waits = fixture.read("chưa lưu kho").await.id;
    let ground = DisposalGround::SubjectRequest;
    let kept = fixture.read("đã lưu kho").await.id;
    repository.confirm(&officer(), kept, confirmation()).await.unwrap();
    let in_force = repository.propose_disposal(&officer(), kept, wish(ground)).await;
    assert!(matches!(in_force, Err(Error::Invalid { .. })), "{in_force:?}");
    repository.rule(&officer(), kept, Ruling::Cancel, "nộp nhầm").await.unwrap();
    repository.retain(&officer(), kept, RetentionCode::Years10, None).await.unwrap();
    let shorter =
        repository.retain(&officer(), kept, RetentionCode::Other, Some("2020-01-01".parse().unwrap())).await;
    assert!(matches!(shorter, Err(Error::Invalid { .. })), "{shorter:?}");
    match repository.propose_disposal(&officer(), kept, wish(ground)).await {
        Err(Error::MustStay { message, .. }) => assert!(message.contains("lưu trữ"), "{message}"),
        other => panic!("{other:?}"),
    }
    destroy(&fixture, waits, ground).await;
    let (restored, _) = (fixture.repository.document(&officer(), kept).await.unwrap(), ());
    assert_eq!(restored.document.subject.unwrap().name, "Trần Văn Mẫu", "the owner has other papers");
    assert_eq!(fixture.stored().await.len(), 2, "those of the other paper");
}

#[tokio::test]
async fn refusals_of_a_paper_are_found_without_reading_all_of_them() {
    let fixture = Fixture::new().await;
    let (scans, plan) =
        fixture.sql().await.scans("update reuse_refusal set reason = '' where document_id = $1").await;
    assert!(!scans, "{plan}");
}

/// A right over someone, given once, does not keep their last paper from being destroyed; it covers nothing then, and says nothing of why.
#[tokio::test]
async fn a_right_over_someone_stops_no_disposal() {
    let fixture = Fixture::new().await;
    let id = archived(&fixture, "bản quét").await;
    let repository = &fixture.repository;
    let owner = repository.document(&officer(), id).await.unwrap().document.subject.unwrap().id;
    let right = Right { subject: Some(owner), ..Right::default() };
    let reason = "Thụ lý hồ sơ của Trần Văn Mẫu";
    repository.grant_search(&administrator(), &elsewhere().account, right.clone(), reason).await.unwrap();
    destroy(&fixture, id, DisposalGround::RetentionEnded).await;
    let rights = repository.search_rights(&administrator(), &elsewhere().account).await.unwrap();
    let shown = rights.iter().map(|granted| (&granted.right, granted.reason.as_str()));
    assert_eq!(shown.collect::<Vec<_>>(), [(&right, "")]);
    assert!(repository.scope(&elsewhere()).await.unwrap().rights.contains(&right));
}
