//! Whole stories: the built program in a fresh folder, over real HTTP, with the real Tesseract.
//!
//! Not here: facts about one crate, which are tested beside its code, and the map of the project (`architecture.rs`).

/// One story or family of stories a file; those without a test hold what others share.
mod stories {
    mod counters;
    mod disk;
    mod paper;
    mod resident;
    mod signing_in;
    mod stack;
    mod support;

    #[path = "../../../repository/tests/storage/s3.rs"]
    mod s3;

    #[path = "../../../search/tests/cluster/osmem.rs"]
    mod osmem;

    mod accessible;
    mod again;
    mod api;
    mod backup;
    mod batch_plan;
    mod batches;
    mod behind_a_proxy;
    mod browser;
    mod bucket;
    mod cluster;
    mod codes;
    mod command_line;
    mod damaged;
    mod deadlines;
    mod described;
    mod disk_full;
    mod disposal;
    mod emergency;
    mod eval;
    mod export;
    mod faults;
    mod hostile;
    mod import;
    mod intake;
    mod kill;
    mod large;
    mod load;
    mod looking_up;
    mod memory;
    mod near;
    mod no_entry;
    mod office;
    mod once_only;
    mod phone;
    mod power_cut;
    mod printing;
    mod rendition;
    mod reread;
    mod reviewing;
    mod river;
    mod scanning;
    mod sealed;
    mod searching;
    mod sign_in;
    mod sign_in_attacks;
    mod torture;
    mod turned;
    mod vouching;
}
