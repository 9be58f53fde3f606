//! Set-up: each tool is looked for, and only when it is missing or of another version installed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::house::House;
use crate::process;
use crate::stamp;

/// A browser and the driver that belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    /// The browser.
    pub(crate) chromium: PathBuf,
    /// Its WebDriver.
    pub(crate) driver: PathBuf,
}

/// The compiler's standard library for WebAssembly.
pub(crate) fn wasm_target(house: &House) -> Result<()> {
    let sysroot = process::answer(house.command("rustc").args(["--print", "sysroot"]))
        .context("rustc does not answer; install Rust from https://rustup.rs")?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    say("adding the wasm32-unknown-unknown target: the app is compiled to WebAssembly");
    process::run(house.command("rustup").args(["target", "add", WASM]))
}

/// The wasm-bindgen command line, of exactly the version that Cargo.lock names.
pub(crate) fn wasm_bindgen(house: &House) -> Result<()> {
    let lock = house.root.join("Cargo.lock");
    let lock = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let version = locked_version(&lock, "wasm-bindgen").context("Cargo.lock does not name wasm-bindgen")?;
    cargo_tool(house, "wasm-bindgen", "wasm-bindgen-cli", &version, &[], "it joins the app to the browser")
}

/// Trunk, which bundles the app.
pub(crate) fn trunk(house: &House) -> Result<()> {
    let options = ["--locked", "--no-default-features", "--features", "rustls"];
    cargo_tool(house, "trunk", "trunk", TRUNK, &options, "it bundles the app's files")
}

/// wasm-pack, which runs the browser tests.
pub(crate) fn wasm_pack(house: &House) -> Result<()> {
    cargo_tool(house, "wasm-pack", "wasm-pack", WASM_PACK, &["--locked"], "it runs tests in the browser")
}

/// cargo-fuzz, which feeds odd bytes to the decoders.
pub(crate) fn cargo_fuzz(house: &House) -> Result<()> {
    cargo_tool(house, "cargo-fuzz", "cargo-fuzz", CARGO_FUZZ, &["--locked"], "it fuzzes the decoders")
}

/// cargo-mutants, which changes the code a little and asks the tests whether they notice.
pub(crate) fn cargo_mutants(house: &House) -> Result<()> {
    cargo_tool(house, "cargo-mutants", "cargo-mutants", CARGO_MUTANTS, &["--locked"], "it tests the tests")
}

/// wasm-opt makes the app smaller. Without npm the app is built all the same.
pub(crate) fn wasm_opt(house: &House) -> Result<()> {
    if find_wasm_opt(house).is_some() {
        return Ok(());
    }
    if house.program("npm").is_none() {
        say("npm is not here, so wasm-opt is left out: the app works the same and is somewhat larger");
        return Ok(());
    }
    say("installing wasm-opt (binaryen 132, from npm): it makes the app smaller");
    npm_into(house, "npm", "binaryen@132")
}

/// The wasm-opt of the pinned version, if it is installed.
pub(crate) fn find_wasm_opt(house: &House) -> Option<PathBuf> {
    let package = house.cache.join("npm/node_modules/binaryen");
    let about = fs::read_to_string(package.join("package.json")).ok()?;
    let about: Value = serde_json::from_str(&about).ok()?;
    let is_pinned = about["version"].as_str().is_some_and(|version| version.starts_with("132."));
    let program = house.cache.join("npm/node_modules/.bin/wasm-opt");
    (is_pinned && program.exists()).then_some(program)
}

/// Chromium and chromedriver.
pub(crate) fn browser(house: &House) -> Result<Browser> {
    if let Some(browser) = find_browser(house) {
        return Ok(browser);
    }
    if !is_debian(house) {
        bail!("Chromium and a chromedriver of the same version are missing. {}", browser_advice());
    }
    say("installing chromium and chromium-driver (Debian packages): the tests need a real browser");
    apt_install(house, &["chromium", "chromium-driver"])?;
    find_browser(house).context("Debian's chromium was installed but is not on the PATH")
}

/// Node 20 or newer, with npm.
pub(crate) fn node(house: &House) -> Result<()> {
    let has_npm = house.program("npm").is_some();
    if has_npm && node_is_new_enough(house) {
        return Ok(());
    }
    if !has_npm {
        if !is_debian(house) {
            bail!("Node 20 or newer with npm is missing. {}", node_advice());
        }
        say("installing nodejs and npm (Debian packages): the end-to-end tests are driven by Node");
        apt_install(house, &["nodejs", "npm"])?;
    }
    if !node_is_new_enough(house) {
        say("installing Node 22 from npm: the one on this machine is older than 20");
        npm_into(house, "node", "node@22")?;
    }
    if node_is_new_enough(house) { Ok(()) } else { bail!("Node is still older than 20. {}", node_advice()) }
}

/// The npm packages that the end-to-end tests use.
pub(crate) fn e2e_packages(house: &House) -> Result<()> {
    node(house)?;
    let dir = house.root.join("tests/e2e");
    let has_lock = dir.join("package-lock.json").is_file();
    let wanted = stamp::hash_inputs(&dir, &["package.json", "package-lock.json"])?;
    let mark = dir.join("node_modules/.satchel-stamp");
    if fs::read_to_string(&mark).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    say("installing the npm packages of tests/e2e: they drive the browser");
    let verb = if has_lock { "ci" } else { "install" };
    let mut npm = house.command("npm");
    npm.current_dir(&dir).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::run(npm.args([verb, "--no-audit", "--no-fund"]))?;
    fs::write(&mark, stamp::hash_inputs(&dir, &["package.json", "package-lock.json"])?)?;
    Ok(())
}

fn cargo_tool(
    house: &House,
    program: &str,
    package: &str,
    version: &str,
    options: &[&str],
    why: &str,
) -> Result<()> {
    // A subcommand of cargo expects its own name first, as cargo passes it.
    let name = program.strip_prefix("cargo-");
    let found = process::answer(house.command(program).args(name).arg("--version"));
    if found.as_deref().is_some_and(|answer| answer.split_whitespace().any(|word| word == version)) {
        return Ok(());
    }
    say(&format!("installing {package} {version}, some minutes, once: {why}"));
    let mut cargo = house.cargo();
    cargo.current_dir(&house.cache).env("CARGO_TARGET_DIR", house.cache.join("target-tools"));
    cargo.envs([
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ]);
    cargo.args(["install", package, "--version", version, "--force", "--root"]).arg(house.tools());
    process::run(cargo.args(options))
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

fn npm_into(house: &House, folder: &str, package: &str) -> Result<()> {
    let prefix = house.cache.join(folder);
    fs::create_dir_all(&prefix)?;
    let mut npm = house.command("npm");
    npm.current_dir(&prefix).args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]);
    process::run(npm.arg(&prefix).arg(package))
}

fn node_is_new_enough(house: &House) -> bool {
    let answer = process::answer(house.command("node").arg("--version")).unwrap_or_default();
    let major = answer.trim_start_matches('v').split('.').next().and_then(|number| number.parse().ok());
    major.is_some_and(|major: u32| major >= 20)
}

fn find_browser(house: &House) -> Option<Browser> {
    let named = |variable: &str| env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    let on_path =
        || ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| house.program(name));
    let on_mac = || MAC_BROWSERS.iter().map(PathBuf::from).find(|path| path.is_file());
    let chromium = named("CHROMIUM").or_else(on_path).or_else(on_mac)?;
    let driver = named("CHROMEDRIVER").or_else(|| house.program("chromedriver"))?;
    Some(Browser { chromium, driver })
}

fn is_debian(house: &House) -> bool {
    Path::new("/etc/debian_version").is_file() && house.program("apt-get").is_some()
}

fn apt_install(house: &House, packages: &[&str]) -> Result<()> {
    process::run(as_root(house)?.args(["apt-get", "update", "-q"]))?;
    let options = ["apt-get", "install", "-y", "-q", "--no-install-recommends"];
    process::run(as_root(house)?.args(options).args(packages))
        .with_context(|| format!("run it by hand: sudo apt-get install {}", packages.join(" ")))
}

/// `env` when we are root already, else sudo if it needs no password typed.
fn as_root(house: &House) -> Result<Command> {
    let is_root = process::answer(house.command("id").arg("-u")).is_some_and(|id| id == "0");
    let can_sudo = || process::answer(house.command("sudo").args(["-n", "true"])).is_some();
    let mut command = match (is_root, is_root || can_sudo()) {
        (true, _) => house.command("env"),
        (false, true) => house.command("sudo"),
        (false, false) => {
            bail!("this needs root; run: sudo apt-get install chromium chromium-driver nodejs npm")
        }
    };
    if is_root {
        command.arg("DEBIAN_FRONTEND=noninteractive");
    }
    Ok(command)
}

fn browser_advice() -> &'static str {
    if cfg!(target_os = "macos") {
        "Run: brew install --cask google-chrome chromedriver"
    } else {
        "Install them from your system's packages, or set CHROMIUM and CHROMEDRIVER to their paths"
    }
}

fn node_advice() -> &'static str {
    if cfg!(target_os = "macos") { "Run: brew install node" } else { "Install it from https://nodejs.org" }
}

fn say(line: &str) {
    println!("set-up: {line}");
}

const WASM: &str = "wasm32-unknown-unknown";
const TRUNK: &str = "0.21.14";
const WASM_PACK: &str = "0.15.1";
const CARGO_FUZZ: &str = "0.13.2";
const CARGO_MUTANTS: &str = "27.1.0";
const MAC_BROWSERS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn the_version_is_read_from_the_lock_and_not_from_a_longer_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "serde"), None);
    }
}
