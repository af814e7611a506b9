//! A thousand flipped bits.

use crate::stories::fixture::*;
use futures::StreamExt;
use motlan_repository::Error;

/// Papers, each of which loses a bit.
const PAPERS: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_flipped_bits_are_found_by_one_scrub_and_none_is_served() {
    let fixture = Fixture::new().await;
    let receive = async |number: usize| {
        let scan = format!("bản quét {number}").repeat(1 + number % 50);
        fixture.repository.receive(&officer(), paper(), scan.into()).await.unwrap().document
    };
    let papers = futures::stream::iter(0..PAPERS).map(receive).buffer_unordered(8).collect::<Vec<_>>().await;
    for (place, name) in fixture.stored().await.iter().enumerate() {
        let mut bytes = fixture.sealed(name).await;
        let bit = place * 7_919 % (8 * bytes.len());
        bytes[bit / 8] ^= 1 << (bit % 8);
        fixture.overwrite(name, bytes).await;
    }
    while let Some(1..) = fixture.repository.scrub("one", u64::MAX).await.unwrap() {}
    let state = fixture.repository.fixity().await.unwrap();
    assert_eq!((state.changed, state.last_round.unwrap().objects), (PAPERS as u64, PAPERS as u64));
    for document in papers {
        let served = fixture.repository.original(&officer(), document.id).await;
        assert!(matches!(served, Err(Error::BytesDamaged { .. })), "{served:?}");
    }
}
