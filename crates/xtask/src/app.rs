//! Building the app and the server, each only when its sources changed.

use std::path::PathBuf;

use anyhow::Result;

use crate::house::House;
use crate::process;
use crate::setup;
use crate::stamp::Stamp;

/// Builds the app into `dist`, with all the set-up this takes.
pub(crate) fn build_app(house: &House) -> Result<PathBuf> {
    let dist = house.dist();
    let outputs = vec![dist.join("index.html"), dist.join("sw.js")];
    let stamp = Stamp::take(house, "app", &APP_INPUTS, outputs)?;
    if stamp.is_fresh() {
        return Ok(dist);
    }
    setup::wasm_target(house)?;
    setup::wasm_bindgen(house)?;
    setup::trunk(house)?;
    setup::wasm_opt(house)?;
    println!("build: the app (its sources changed, or it was never built here)");
    // Trunk is kept off the network, so the crates must be here before it starts.
    process::run(house.cargo().args(["fetch", "--target", "wasm32-unknown-unknown"]))?;
    let mut trunk = house.command("trunk");
    // Trunk takes NO_COLOR for a flag that must be true or false.
    trunk.env_remove("NO_COLOR");
    process::run(trunk.args(["build", "--release", "--offline", "--skip-version-check"]))?;
    stamp.write()?;
    Ok(dist)
}

/// Builds the server for release.
pub(crate) fn build_server(house: &House) -> Result<PathBuf> {
    let binary = house.server();
    let stamp = Stamp::take(house, "server", &SERVER_INPUTS, vec![binary.clone()])?;
    if stamp.is_fresh() {
        return Ok(binary);
    }
    println!("build: the server (its sources changed, or it was never built here)");
    process::run(house.cargo().args(["build", "--release", "--package", "satchel-server"]))?;
    stamp.write()?;
    Ok(binary)
}

const APP_INPUTS: [&str; 14] = [
    "src",
    "crates/protocol",
    "crates/engine",
    "crates/view",
    "crates/xtask/src/precache.rs",
    "style",
    "public",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
    "build.rs",
];

const SERVER_INPUTS: [&str; 7] = [
    "crates/server",
    "crates/protocol",
    "crates/engine",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];
