//! Gives the assets a version of their own, a digest of what they hold, and lists the languages that there are messages of.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::path::Path;
use std::{env, fs};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=assets");
    // The standard library's hasher with its fixed keys: equal content, equal version.
    let mut hasher = DefaultHasher::new();
    for name in ["app.css", "app.js", "icon.svg", "icons.svg"] {
        hasher.write(&fs::read(format!("assets/{name}")).unwrap_or_default());
    }
    println!("cargo::rustc-env=COUNTERSIGN_ASSETS={:016x}", hasher.finish());
    languages()
}

/// Each file of messages is a language, named by its code in ISO 639-1.
fn languages() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=messages");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("messages");
    let mut files = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    let mut rows = String::new();
    for file in files {
        let code = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        rows += &format!("({code:?}, include_str!({file:?})), ");
    }
    #[expect(clippy::disallowed_methods, reason = "where a build script may write, cargo says in its environment")]
    let out = env::var("OUT_DIR").map_err(std::io::Error::other)?;
    fs::write(Path::new(&out).join("languages.rs"), format!("&[{rows}]"))
}
