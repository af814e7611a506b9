//! Tells cargo that a new migration file changes what is embedded.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
