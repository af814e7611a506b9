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
mod portal;
mod print;
mod rendition;
mod serve;
mod sheet;
mod state;
mod worker;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // The reading child is this same program; it must not look at configuration, arguments or files of the parent.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == ingest::ARGUMENT_OF_CHILD) {
        return ingest::run_child();
    }
    match command::run(command::Cli::parse()) {
        Ok(outcome) => outcome,
        Err(error) => {
            eprintln!("motlan: {}", command::sentence(&error));
            ExitCode::FAILURE
        }
    }
}
