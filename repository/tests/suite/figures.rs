//! The figures, against counts made by hand.

use super::fixture::*;
use motlan_repository::record::*;

fn share(counted: u64, of: u64) -> Share {
    Share { counted, of }
}

fn period(from: &str, to: &str) -> Period {
    Period { from: Some(from.parse().expect("a day")), to: Some(to.parse().expect("a day")) }
}

async fn figures(fixture: &Fixture, period: Period) -> Figures {
    fixture.repository.figures(&officer(), period).await.expect("the figures")
}

/// Opens a dossier received on a day.
async fn opened(fixture: &Fixture, received_on: &str) -> Dossier {
    let new = NewDossier { received_on: received_on.parse().expect("a day"), ..dossier() };
    fixture.repository.open_dossier(&officer(), new).await.expect("the dossier opens")
}

/// Hands in and files a paper for the component, or as a result.
async fn filed(
    fixture: &Fixture,
    dossier: &Dossier,
    component: Option<&str>,
    bytes: &'static str,
) -> DocumentId {
    let place = DossierPlace { dossier: dossier.id, component: component.map(str::to_owned) };
    let new = NewDocument { place: Some(place), ..paper() };
    let id = fixture.repository.receive(&officer(), new, bytes.into()).await.expect("received").document.id;
    fixture.read_job(&fixture.claim().await).await;
    let provenance = Provenance { for_agency: component.is_none(), ..Provenance::default() };
    let wish = Confirmation { provenance, ..confirmation() };
    fixture.repository.confirm(&officer(), id, wish).await.expect("filed");
    id
}

async fn to(fixture: &Fixture, dossier: &Dossier, states: &[DossierState]) {
    for state in states {
        let wish = DossierMove { state: *state, reason: Some("Theo quy trình".into()), in_hand: Vec::new() };
        fixture.repository.move_dossier(&officer(), dossier.id, wish).await.expect("it moves");
    }
}

#[tokio::test]
async fn of_nothing_there_is_no_percentage() {
    let fixture = Fixture::new().await;
    let none = figures(&fixture, Period::default()).await;
    assert_eq!(none, Figures::default());
    assert_eq!(none.digitized.percent(), None);
}

#[tokio::test]
async fn the_figures_are_those_counted_by_hand() {
    let fixture = Fixture::new().await;
    use DossierState::*;
    // One: digitized at the counter, with its result.
    let one = opened(&fixture, "2026-01-05").await;
    let held = filed(&fixture, &one, Some("khai-sinh"), "một").await;
    let result = filed(&fixture, &one, None, "kết quả một").await;
    to(&fixture, &one, &[Processing, Finished]).await;
    // Two: the held paper is used; the result is on paper alone.
    let two = opened(&fixture, "2026-01-06").await;
    let reuse = Reuse { dossier: two.id, component: "khai-sinh".into(), document: held };
    fixture.repository.take_over(&officer(), &reuse).await.expect("taken over");
    to(&fixture, &two, &[Finished, Delivered]).await;
    // Three: the officer asks all the same, and the paper comes.
    let three = opened(&fixture, "2026-01-06").await;
    let refusal = ReuseRefusal {
        dossier: three.id,
        component: "khai-sinh".into(),
        asked_by: RefusedBy::Officer,
        reason: "Bản trong kho mờ".into(),
    };
    fixture.repository.refuse_reuse(&officer(), &refusal).await.expect("written down");
    filed(&fixture, &three, Some("khai-sinh"), "ba").await;
    // Four was refused, so it was never received; five comes after the period.
    let submitted = NewDossier { state: Submitted, received_on: "2026-01-06".parse().unwrap(), ..dossier() };
    let four = fixture.repository.open_dossier(&officer(), submitted).await.unwrap();
    to(&fixture, &four, &[Refused]).await;
    opened(&fixture, "2026-02-01").await;
    // What is handed in now is in hand long after the day of receipt, unless the clock says otherwise.
    let of_that_day = "update component set filled_at = 1767632399999999 where dossier_id = ";
    fixture.sql().await.execute(&format!("{of_that_day}'{}' and key = 'khai-sinh'", one.id)).await;
    let expected = Figures {
        period: period("2026-01-05", "2026-01-06"),
        electronic_results: share(1, 2),
        digitized: share(1, 3),
        reused: share(1, 3),
        digitized_at_receipt: share(1, 2),
        reused_instead_of_asked: share(1, 2),
        asked_for_held: 1,
    };
    assert_eq!(figures(&fixture, expected.period).await, expected);
    assert_eq!(expected.digitized.percent(), Some(33.33));
    let later = "update component set filled_at = filled_at + 1 where dossier_id = ";
    fixture.sql().await.execute(&format!("{later}'{}'", one.id)).await;
    let late = figures(&fixture, expected.period).await.digitized_at_receipt;
    assert_eq!(late, share(0, 2), "a microsecond after midnight in Việt Nam is the next day");
    let all = figures(&fixture, Period::default()).await;
    assert_eq!((all.digitized, all.digitized_at_receipt), (share(1, 4), share(0, 3)));
    // A result that was filed by mistake is none, also after it was destroyed.
    let rule =
        async |ruling| fixture.repository.rule(&officer(), result, ruling, "Nộp nhầm").await.expect("ruled");
    let results = async || {
        let counted = figures(&fixture, expected.period).await;
        (counted.electronic_results, counted.digitized)
    };
    rule(Ruling::Cancel).await;
    assert_eq!(results().await, (share(0, 2), share(0, 3)));
    rule(Ruling::Reinstate).await;
    assert_eq!(results().await, (share(1, 2), share(1, 3)));
    rule(Ruling::Revoke).await;
    assert_eq!(results().await, (share(1, 2), share(1, 3)), "a result that was revoked was one");
    rule(Ruling::Reinstate).await;
    fixture.destroy(result).await;
    assert_eq!(results().await, (share(0, 2), share(0, 3)));
}
