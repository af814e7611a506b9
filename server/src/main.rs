//! motlan: a paper is handed in once.
//!
//! This is the program: its command line, and the wiring of the crates that do the work. The rules live in those crates.

mod api;
mod asking;
mod batches;
mod codes;
mod command;
mod config;
mod hot_folder;
mod package;
mod portal;
mod print;
mod rendition;
mod scanning;
mod serve;
mod sheet;
mod sign_in;
mod state;
mod worker;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // The reading child is this same program; it must not look at configuration, arguments or files of the parent.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == ingest::ARGUMENT_OF_CHILD) {
        return ingest::run_child();
    }
    end_quietly_without_a_reader();
    match command::run(command::Cli::parse()) {
        Ok(outcome) => outcome,
        Err(error) => {
            eprintln!("motlan: {}", command::sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// What the shell says of a program whose reader is gone: 128 and the number of the signal SIGPIPE.
const READER_IS_GONE: i32 = 128 + 13;

/// Ends the program where its output is read no more, as in `motlan … | head`: printing would panic there.
fn end_quietly_without_a_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if said.starts_with("failed printing to stdout") && said.contains("Broken pipe") {
            std::process::exit(READER_IS_GONE);
        }
        usual(panic);
    }));
}
