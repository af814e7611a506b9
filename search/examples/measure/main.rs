//! Measures the index: how well it answers (`answer`, for `make eval-search`) and how fast (`speed`, for `make bench-search`; `papers` and
//! `questions` print the same corpus and questions for other engines).

mod corpus;
mod judged;
mod speed;

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words = std::env::args().skip(1).collect::<Vec<_>>();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["answer", papers, queries] => judged::answer(Path::new(papers), Path::new(queries)),
        ["speed", dir, count] => speed::speed(Path::new(dir), count.parse()?),
        ["papers", count] => {
            speed::papers(count.parse()?);
            Ok(())
        }
        ["questions", count] => {
            speed::questions(count.parse()?);
            Ok(())
        }
        _ => {
            Err("measure answer PAPERS QUERIES | speed FOLDER COUNT | papers COUNT | questions COUNT".into())
        }
    }
}
