//! A page that nobody can read is scanned again, and stands beside the old one.

use super::fixture::*;
use motlan_repository::Error;
use motlan_repository::record::*;

fn invalid<T: std::fmt::Debug>(result: Result<T, Error>, part: &str) {
    assert!(matches!(&result, Err(Error::Invalid { message }) if message.contains(part)), "{result:?}");
}

#[tokio::test]
async fn a_new_scan_of_a_page_is_read_in_its_place_and_the_old_one_stays() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    let image = async |pass| repository.page_image_of(&officer(), id, 1, pass).await.unwrap();
    let old = image(None).await;
    let view = repository.rescan_page(&officer(), id, 1, " Mờ ", "trang quét lại".into()).await.unwrap();
    assert!(view.rereading.is_some());
    let [rescan] = &view.rescans[..] else { panic!("{:?}", view.rescans) };
    assert_eq!((rescan.page, rescan.by.as_str(), rescan.reason.as_str()), (1, "can.bo.thu", "Mờ"));

    let job = fixture.claim().await;
    assert_eq!((job.document, job.pass), (id, 2));
    let rescans = repository.job_rescans(&job).await.unwrap();
    assert_eq!(rescans, [(1, "trang quét lại".into())]);
    assert_eq!(&repository.job_bytes(&job).await.unwrap().1[..], "bản quét".as_bytes(), "the original stays");
    repository.begin_reading(&job, "application/pdf", 1).await.unwrap();
    repository.save_page(&job, reread_page(1, "GIẤY KHAI SINH")).await.unwrap();
    repository.finish_reading(&job, proposal()).await.unwrap();

    assert_eq!(image(Some(1)).await, old);
    assert_ne!(image(None).await, old);
    let history = repository.history(&officer(), id).await.unwrap();
    let step = history.events.iter().find(|event| event.step == DocumentStep::Rescan).unwrap();
    assert_eq!(step.reason.as_deref(), Some("Trang 1: Mờ"));
    assert!(fixture.entries(id).await.contains(&("can.bo.thu".into(), "receive".into(), true)));
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
    // The newest scan of a page is the one that is read.
    repository.rescan_page(&officer(), id, 1, "Vẫn mờ", "lần ba".into()).await.unwrap();
    let job = fixture.claim().await;
    assert_eq!(repository.job_rescans(&job).await.unwrap(), [(1, "lần ba".into())]);
}

#[tokio::test]
async fn a_page_is_scanned_again_only_while_the_paper_waits() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    let rescan = async |page, reason: &str, bytes: &'static str| {
        repository.rescan_page(&officer(), id, page, reason, bytes.into()).await
    };
    invalid(rescan(1, " ", "x").await, "lý do");
    invalid(rescan(1, "Mờ", "").await, "trống");
    invalid(rescan(2, "Mờ", "x").await, "không có trang 2");
    let refused = repository.rescan_page(&leader(), id, 1, "Mờ", "x".into()).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    repository.reread(&officer(), id, None).await.unwrap();
    let before = fixture.stored().await;
    invalid(rescan(1, "Mờ", "x").await, "đang được đọc");
    assert_eq!(fixture.stored().await, before, "what is refused leaves no bytes behind");
    fixture.read_job(&fixture.claim().await).await;
    let pass = Some(2);
    repository.confirm(&officer(), id, Confirmation { pass, ..confirmation() }).await.unwrap();
    assert!(matches!(rescan(1, "Mờ", "x").await, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn a_new_scan_goes_with_a_paper_that_is_destroyed() {
    let fixture = Fixture::new().await;
    let id = fixture.read("bản quét").await.id;
    let before = fixture.stored().await;
    fixture.repository.rescan_page(&officer(), id, 1, "Mờ", "trang quét lại".into()).await.unwrap();
    fixture.read_job(&fixture.claim().await).await;
    assert!(fixture.stored().await.len() > before.len());
    fixture.destroy(id).await;
    assert_eq!(fixture.stored().await, Default::default());
    assert_eq!(fixture.sql().await.number("select count(*) from page_rescan").await, 0);
}
