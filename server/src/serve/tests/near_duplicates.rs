//! A scan of a held paper on the screen of the officer.

use super::*;
use repository::record::DossierPlace;

/// A birth certificate with this number, as the machine read it.
fn numbered(number: &str) -> Proposal {
    let mut proposal = proposal();
    let field = ProposedField {
        key: "number".to_owned(),
        value: number.to_owned(),
        confidence: 95.0,
        ..proposal.fields[1].clone()
    };
    proposal.fields.push(field);
    proposal
}

#[tokio::test]
async fn a_held_paper_is_offered_above_the_form_and_taken_with_one_act() {
    let counter = Counter::open().await;
    let held = counter.read_paper_as("một.jpg", page(), numbered("12/2024")).await;
    let record = format!("{CONFIRMED}&subject_number=079199000001&field-number=12%2F2024");
    let filed = counter.form(&format!("/documents/{held}/confirm"), &record).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.text);
    let other = counter.read_paper_as("ba.jpg", page(), numbered("13/2024")).await;
    let same = counter.read_paper_as("hai.jpg", page(), numbered("12/2024")).await;
    let (act, undo) = (format!("/documents/{same}/use-held"), format!("/documents/{same}/wait-again"));
    let shown = async |id: DocumentId| counter.get(&format!("/documents/{id}")).await.text;
    let page = shown(same).await;
    assert!(
        page.contains("Giấy tờ này có vẻ đã có trong kho") && page.contains("cùng số, ký hiệu"),
        "{page}"
    );
    assert!(page.contains(&format!("href=\"/documents/{held}\"")) && page.contains(&act), "{page}");
    let offer = page.find("near-duplicates").expect("the offer");
    assert!(offer < page.find("id=\"document-type\"").expect("the form"), "it stands above the form");
    let again = counter.form(&format!("/documents/{same}/confirm"), &record).await;
    assert!(again.text.contains("near-duplicates"), "a form that comes back still offers it");
    assert!(!shown(other).await.contains("near-duplicates"));

    let wish = format!("held={held}");
    let refused = counter.form(&format!("/documents/{other}/use-held"), &wish).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert_eq!(counter.form(&act, &wish).await.status, StatusCode::SEE_OTHER);
    let aside = shown(same).await;
    assert!(aside.contains("Trùng với giấy đã có") && aside.contains(&undo), "{aside}");
    assert!(counter.get("/documents?state=duplicate").await.text.contains(&same.to_string()));
    assert!(!counter.get("/documents?state=extracted").await.text.contains(&same.to_string()));
    assert_eq!(counter.form(&undo, "").await.status, StatusCode::SEE_OTHER);
    assert!(shown(same).await.contains("near-duplicates"), "it waits again");
}

#[tokio::test]
async fn a_held_paper_is_offered_on_the_page_of_its_dossier() {
    let counter = Counter::open().await;
    let dossier = super::dossiers::opened(&counter, "079199000001").await;
    let id = dossier.trim_start_matches("/dossiers/").parse().expect("a key");
    let place = DossierPlace { dossier: id, component: Some("giay-khai-sinh".to_owned()) };
    let new = NewDocument {
        file_name: "hai.jpg".to_owned(),
        place: Some(place),
        subject: None,
        priority: Priority::Counter,
        secret: false,
    };
    let actor = &counter.state.actor;
    let received = counter.state.repository.receive(actor, new, "hai".into()).await.expect("received");
    counter.read_next(page(), numbered("12/2024")).await;
    assert!(!counter.get(&dossier).await.text.contains("Giống giấy đã có trong kho"), "nothing is held yet");
    // Another scan of the same paper is confirmed while this one waits.
    let held = counter.read_paper_as("một.jpg", page(), numbered("12/2024")).await;
    let record = format!("{CONFIRMED}&subject_number=079199000001&field-number=12%2F2024");
    let filed = counter.form(&format!("/documents/{held}/confirm"), &record).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.text);
    let shown = counter.get(&dossier).await.text;
    assert!(shown.contains("Giống giấy đã có trong kho") && shown.contains("cùng số, ký hiệu"), "{shown}");
    let wish = format!("document={}&held={held}", received.document.id);
    let used = counter.form(&format!("{dossier}/use-held"), &wish).await;
    assert_eq!(used.status, StatusCode::SEE_OTHER, "{}", used.text);
    let component = &parse(&counter.get(&format!("/api/v1{dossier}")).await)["components"][0];
    assert_eq!(component["document"], held.to_string(), "{component}");
    let again = counter.form(&format!("{dossier}/use-held"), &wish).await;
    assert!(again.status.is_client_error(), "{}", again.text);
}
