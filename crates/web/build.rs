//! Gives the assets a version of their own: a digest of what they hold.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

fn main() {
    println!("cargo::rerun-if-changed=assets");
    // The standard library's hasher with its fixed keys: equal content, equal version.
    let mut hasher = DefaultHasher::new();
    for name in ["app.css", "app.js", "icon.svg", "icons.svg"] {
        hasher.write(&std::fs::read(format!("assets/{name}")).unwrap_or_default());
    }
    println!("cargo::rustc-env=COUNTERSIGN_ASSETS={:016x}", hasher.finish());
}
