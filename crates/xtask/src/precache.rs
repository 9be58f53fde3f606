//! `cargo xtask precache`: Trunk's last hook. Shrinks the built app, names its files by their contents,
//! writes the list of them into the service worker, and lays compressed siblings beside them.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use lexopt::Arg;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::house::House;
use crate::process;
use crate::setup;
use crate::stamp::{gather, hex};

/// Works in the directory that Trunk is about to publish.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    if let Some(argument) = args.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let Some(staging) = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from) else {
        bail!("TRUNK_STAGING_DIR is not set: Trunk calls this; build the app with cargo xtask run");
    };
    let is_release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    if is_release {
        shrink(house, &staging)?;
    }
    name_by_contents(&staging)?;
    stamp_worker(&staging)?;
    if is_release {
        compress(&staging)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs wasm-opt over the app, where it is installed.
fn shrink(house: &House, staging: &Path) -> Result<()> {
    let Some(program) = setup::find_wasm_opt(house) else { return Ok(()) };
    let Some(wasm) = find(staging, "_bg.wasm")? else { bail!("Trunk left no _bg.wasm file") };
    let before = fs::metadata(&wasm)?.len();
    let small = wasm.with_extension("small");
    process::run(house.command(program).args(WASM_OPT).arg(&wasm).arg("-o").arg(&small))?;
    fs::rename(&small, &wasm)?;
    println!("precache: wasm-opt, {} kB to {} kB", before / 1000, fs::metadata(&wasm)?.len() / 1000);
    Ok(())
}

/// Renames the wasm and then its JavaScript after their contents: the server lets browsers keep such files
/// for ever, so the same name must never mean other bytes.
fn name_by_contents(staging: &Path) -> Result<()> {
    let Some(wasm) = find(staging, "_bg.wasm")? else { return Ok(()) };
    let Some(glue) = wasm.to_str().and_then(|name| name.strip_suffix("_bg.wasm")) else { return Ok(()) };
    let script = PathBuf::from(format!("{glue}.js"));
    let html = staging.join("index.html");

    let wasm_name = rename(&wasm, "_bg.wasm")?;
    replace(&script, &file_name(&wasm), &wasm_name)?;
    replace(&html, &file_name(&wasm), &wasm_name)?;
    let script_name = rename(&script, ".js")?;
    replace(&html, &file_name(&script), &script_name)
}

/// Writes into `sw.js` which files the shell is made of, and what their bytes must be.
fn stamp_worker(staging: &Path) -> Result<()> {
    let file = staging.join("sw.js");
    let template = fs::read_to_string(&file).context("public/sw.js is not among the built files")?;
    let shell = shell(staging)?;
    let list: Vec<_> = shell.iter().map(|(url, hash)| json!([url, hash]).to_string()).collect();
    let list = format!("\n  {},\n", list.join(",\n  "));
    let build = hex(&Sha256::digest(format!("{template}{list}")), 12);

    let mut worker = template;
    for (place, value) in [(LIST, list.as_str()), (BUILD, &build), (VERSION, env!("CARGO_PKG_VERSION"))] {
        if !worker.contains(place) {
            bail!("public/sw.js has no place {place}");
        }
        worker = worker.replace(place, value);
    }
    fs::write(&file, worker)?;
    println!("precache: build {build}, {} files in the shell", shell.len());
    Ok(())
}

/// The address and the hash of each file that the app needs to open without a connection.
fn shell(staging: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    gather(staging, &mut files)?;
    let mut shell = Vec::new();
    for path in files {
        let url = url_of(staging, &path);
        if is_shell(&url) {
            let hash = hex(&Sha256::digest(fs::read(&path)?), HASH_DIGITS);
            shell.push((if url == "/index.html" { "/".to_owned() } else { url }, hash));
        }
    }
    shell.sort();
    Ok(shell)
}

fn is_shell(url: &str) -> bool {
    let is_for_the_store = url.starts_with("/screenshots/");
    let is_compressed = url.ends_with(".br") || url.ends_with(".gz");
    url != "/sw.js" && url != "/robots.txt" && !is_for_the_store && !is_compressed
}

/// Lays a `.br` and a `.gz` beside each file that gains from it, one thread a file.
fn compress(staging: &Path) -> Result<()> {
    let mut files = Vec::new();
    gather(staging, &mut files)?;
    files.retain(|path| {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        COMPRESSED.contains(&ending)
    });
    let results: Vec<Result<u64>> = std::thread::scope(|scope| {
        let started: Vec<_> = files.iter().map(|path| scope.spawn(|| compress_file(path))).collect();
        started.into_iter().map(|thread| thread.join().expect("compressing does not panic")).collect()
    });
    let wire: u64 = results.into_iter().sum::<Result<u64>>()?;
    println!("precache: {} kB over the wire in brotli", wire / 1000);
    Ok(())
}

/// Gives how many bytes the file costs over the wire.
fn compress_file(path: &Path) -> Result<u64> {
    let bytes = fs::read(path)?;
    let brotli = brotli_of(&bytes)?;
    let gzip = gzip_of(&bytes)?;
    for (ending, small) in [("br", &brotli), ("gz", &gzip)] {
        if small.len() < bytes.len() {
            fs::write(sibling(path, ending), small)?;
        }
    }
    Ok(brotli.len().min(bytes.len()) as u64)
}

fn brotli_of(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut small, &params)?;
    Ok(small)
}

fn gzip_of(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn find(dir: &Path, ending: &str) -> Result<Option<PathBuf>> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(ending) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// `satchel-<Trunk's hash>_bg.wasm` becomes `satchel-<hash of its contents>_bg.wasm`.
fn rename(path: &Path, ending: &str) -> Result<String> {
    let name = file_name(path);
    let stem = name.strip_suffix(ending).unwrap_or(&name);
    let crate_name = stem.rsplit_once('-').map_or(stem, |(crate_name, _)| crate_name);
    let hash = hex(&Sha256::digest(fs::read(path)?), HASH_DIGITS);
    let name = format!("{crate_name}-{hash}{ending}");
    fs::rename(path, path.with_file_name(&name))?;
    Ok(name)
}

fn replace(path: &Path, from: &str, to: &str) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(fs::write(path, text.replace(from, to))?)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn url_of(staging: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(staging).unwrap_or(path).components();
    parts.map(|part| format!("/{}", part.as_os_str().to_string_lossy())).collect()
}

fn sibling(path: &Path, ending: &str) -> PathBuf {
    path.with_file_name(format!("{}.{ending}", file_name(path)))
}

const LIST: &str = "/*SHELL*/";
const BUILD: &str = "/*BUILD*/";
const VERSION: &str = "/*VERSION*/";

/// Half of what SHA-256 gives is plenty to tell a file of ours from anything else.
const HASH_DIGITS: usize = 16;

const COMPRESSED: [&str; 7] = ["js", "wasm", "css", "html", "json", "webmanifest", "svg"];

/// What today's rustc emits must be named, or wasm-opt refuses the file.
const WASM_OPT: [&str; 8] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
];

const HELP: &str = "\
cargo xtask precache: called by Trunk after a build (post_build hook), in its staging directory

Runs wasm-opt where it is installed, names the app's files by their contents, writes the precache list
into sw.js, and adds .br and .gz files.";

#[cfg(test)]
mod tests {
    use super::*;

    fn staging(name: &str) -> PathBuf {
        let dir = env::temp_dir().join(format!("satchel-precache-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("icons")).unwrap();
        fs::create_dir_all(dir.join("screenshots")).unwrap();
        let write = |name: &str, text: &str| fs::write(dir.join(name), text).unwrap();
        write("index.html", "<script data-js=\"/satchel-aa.js\" data-wasm=\"/satchel-aa_bg.wasm\"></script>");
        write("satchel-aa.js", "new URL('satchel-aa_bg.wasm', import.meta.url)");
        write("satchel-aa_bg.wasm", &"wasm ".repeat(100));
        write("icons/icon.svg", "<svg/>");
        write("screenshots/phone.png", "png");
        write("sw.js", "const V = '/*VERSION*/'; const B = '/*BUILD*/'; const S = [/*SHELL*/];");
        dir
    }

    #[test]
    fn names_follow_contents_and_every_mention_follows_the_names() {
        let dir = staging("names");
        name_by_contents(&dir).unwrap();
        let wasm = file_name(&find(&dir, "_bg.wasm").unwrap().unwrap());
        assert_eq!(wasm, format!("satchel-{}_bg.wasm", hex(&Sha256::digest("wasm ".repeat(100)), 16)));
        let html = fs::read_to_string(dir.join("index.html")).unwrap();
        let script = html.split('"').nth(1).unwrap().trim_start_matches('/').to_owned();
        assert!(html.contains(&wasm) && !html.contains("satchel-aa"), "{html}");
        assert!(fs::read_to_string(dir.join(script)).unwrap().contains(&wasm));
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn the_worker_lists_the_shell_with_the_page_at_its_root_and_nothing_for_show() {
        let dir = staging("worker");
        stamp_worker(&dir).unwrap();
        let worker = fs::read_to_string(dir.join("sw.js")).unwrap();
        assert!(worker.contains("[\"/\",\"") && worker.contains("[\"/icons/icon.svg\",\""), "{worker}");
        assert!(!worker.contains("index.html") && !worker.contains("screenshots"), "{worker}");
        assert!(!worker.contains("sw.js") && !worker.contains("/*"), "{worker}");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn another_byte_anywhere_in_the_shell_is_another_build() {
        let build_of = |dir: &Path| {
            stamp_worker(dir).unwrap();
            let worker = fs::read_to_string(dir.join("sw.js")).unwrap();
            fs::remove_dir_all(dir).unwrap();
            worker.split("B = '").nth(1).unwrap()[..12].to_owned()
        };
        let (same, again, other) = (staging("same"), staging("again"), staging("other"));
        fs::write(other.join("icons/icon.svg"), "<svg />").unwrap();
        let build = build_of(&same);
        assert_eq!(build, build_of(&again));
        assert_ne!(build, build_of(&other));
    }

    #[test]
    fn a_file_that_does_not_shrink_gets_no_sibling() {
        let dir = staging("compress");
        compress(&dir).unwrap();
        assert!(dir.join("satchel-aa_bg.wasm.br").exists() && dir.join("satchel-aa_bg.wasm.gz").exists());
        assert!(!dir.join("icons/icon.svg.gz").exists());
        assert!(!dir.join("screenshots/phone.png.br").exists());
        fs::remove_dir_all(dir).unwrap();
    }
}
