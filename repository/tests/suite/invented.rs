//! The invented store that `make bench-repository` measures: it fits the tables, and its papers are found as if they had been filed.

use super::fixture::*;
use motlan_repository::record::RequirementsQuestion;

const PAPERS: u64 = 20;

#[tokio::test]
async fn invented_papers_are_found_like_filed_ones() {
    let home = Home::new().await;
    let repository = home.open().await;
    let script = include_str!("../../benches/invented.sql");
    home.sql().await.run(&script.replace("{first}", "1").replace("{last}", &PAPERS.to_string())).await;
    let found = async |key: &str| repository.documents_by_key(&officer(), key, 100).await.unwrap().len();
    assert_eq!(found("KS-240105-00000011").await, 1, "code");
    assert_eq!(found("00000011/GM-UBND").await, 1, "number");
    assert_eq!(found("000052000000").await, 5, "owner");
    assert_eq!(found("H26.18-240105-00000011").await, 5, "dossier");
    assert_eq!(repository.last_change().await.unwrap(), 3 * PAPERS);
    repository.put_procedures(&system(), &[procedure()]).await.unwrap();
    let question = RequirementsQuestion {
        procedure: procedure().code,
        subject: number("000052000000"),
        name: None,
        birth_date: None,
        on: None,
    };
    let answer = repository.requirements(&officer(), &question).await.unwrap();
    assert!(answer.components.iter().any(|component| !component.candidates.is_empty()), "{answer:?}");
}
