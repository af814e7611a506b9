//! The page of a stack whose pages are being looked at.

use super::*;
use repository::record::NewBatch;

#[tokio::test]
async fn a_page_that_waits_for_the_machine_is_no_look() {
    let counter = Counter::open().await;
    let new = NewBatch { files: vec![("tập.pdf".into(), "%PDF".into())], feed: "one_sided".into() };
    let (batch, _) =
        counter.state.repository.receive_batch(&counter.state.actor, new).await.expect("received");
    let page = counter.get(&format!("/batches/{}", batch.id)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let address = format!("/batches/{}?waiting=true", batch.id);
    assert!(page.text.contains(&format!("hx-get=\"{address}\"")), "{}", page.text);
    assert_eq!(counter.get(&address).await.status, StatusCode::NO_CONTENT);
    let repository = &counter.state.repository;
    repository.give_batch_up(&counter.state.actor, batch.id, "Không đọc được.").await.expect("given up");
    let page = counter.get(&address).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Không đọc được.") && !page.text.contains("hx-get"), "{}", page.text);
}
