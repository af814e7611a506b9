//! An officer who brings papers, and papers as a machine read them: all invented.
#![allow(dead_code, reason = "not every test needs all of it")]

use repository::Repository;
use repository::record::*;
use std::time::Duration;

/// Longer than anything here takes.
const LEASE: Duration = Duration::from_secs(600);

pub(crate) fn officer() -> Actor {
    Actor {
        account: "can-bo".to_owned(),
        name: "Cán bộ Một".to_owned(),
        agency: "UBND phường Bến Mơ".to_owned(),
        unit: "Bộ phận một cửa".to_owned(),
        role: Role::CounterOfficer,
        purpose: "Tiếp nhận hồ sơ".to_owned(),
        basis: None,
        only: None,
        route: Route::default(),
    }
}

/// Receives a paper whose bytes are its name.
pub(crate) async fn receive(repository: &Repository, name: &str) -> repository::Result<DocumentId> {
    let new = NewDocument {
        file_name: format!("{name}.jpg"),
        place: None,
        subject: None,
        priority: Priority::Counter,
        secret: false,
    };
    Ok(repository.receive(&officer(), new, name.as_bytes().to_vec().into()).await?.document.id)
}

/// Reads the paper that waits longest: one page with this text.
pub(crate) async fn read(repository: &Repository, text: &str, proposal: Proposal) -> repository::Result<()> {
    let job = repository.claim_job("reader", LEASE).await?.expect("a paper waits to be read");
    repository.begin_reading(&job, "image/jpeg", 1).await?;
    let page = NewPage { page: page(), reading: Some(reading(text)), image_jpeg: None };
    repository.save_page(&job, page).await?;
    repository.finish_reading(&job, proposal).await
}

fn page() -> Page {
    Page {
        number: 1,
        state: PageState::Done,
        reasons: Vec::new(),
        source: PageSource::Scan,
        width: 1_654,
        height: 2_339,
        dpi: 200,
        rotation_degrees: 0,
        labels: Vec::new(),
        unread: Vec::new(),
        picture_hash: None,
    }
}

fn reading(text: &str) -> Reading {
    let region = Region { left: 1, top: 1, width: 10, height: 10 };
    let word = |text: &str| ReadWord { text: text.to_owned(), region, confidence: 95.0 };
    let line = |line: &str| ReadLine { words: line.split_whitespace().map(word).collect() };
    Reading {
        engine: "recorded".to_owned(),
        engine_version: "1".to_owned(),
        model: "vie".to_owned(),
        model_sha256: String::new(),
        stages: Vec::new(),
        lines: text.lines().map(line).collect(),
    }
}
