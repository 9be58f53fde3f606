//! `cargo xtask tidy`: the import laws of the house and its few rules for every file, each broken one a
//! sentence. The same check is a test, so no gate can forget it.

mod laws;
mod source;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use lexopt::Arg;

use crate::house::House;
use crate::stamp::gather;
use source::Source;

/// Prints what is broken.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    if let Some(argument) = args.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => {
                println!("cargo xtask tidy: check the import laws and the rules for every Rust file");
                return Ok(ExitCode::SUCCESS);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let complaints = complaints(&house.root)?;
    complaints.iter().for_each(|complaint| println!("{complaint}"));
    println!("tidy: {} broken rules", complaints.len());
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Everything that is wrong with the sources of a checkout.
fn complaints(root: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for part in ["src", "crates", "tests"] {
        gather(&root.join(part), &mut files)?;
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "rs"));
    files.sort();
    let mut complaints = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        complaints.extend(complaints_of(&name, &text));
    }
    Ok(complaints)
}

/// Everything that is wrong with one file.
fn complaints_of(name: &str, text: &str) -> Vec<String> {
    let source = Source::read(name, text);
    let mut complaints = laws::broken_by(&source);
    if !text.starts_with("//!") {
        complaints
            .push(format!("{name}:1 does not begin with `//!`: a file says in a sentence what lives in it."));
    }
    for (line, word) in source.macros().filter(|(_, word)| UNFINISHED.contains(word)) {
        complaints.push(format!("{name}:{line} says `{word}!`: unfinished code does not land."));
    }
    for (line, code) in (1..).zip(&source.lines) {
        let columns = code.text.trim_end().chars().count();
        if columns > CODE_COLUMNS_MAX {
            complaints
                .push(format!("{name}:{line} is {columns} columns of code: {CODE_COLUMNS_MAX} is the most."));
        } else if code.width > COLUMNS_MAX {
            complaints
                .push(format!("{name}:{line} is {} columns wide: {COLUMNS_MAX} is the most.", code.width));
        }
        if name.starts_with("src/ui") && code.text.contains(" style=\"") {
            complaints.push(format!(
                "{name}:{line} writes a style attribute, which the Content-Security-Policy blocks: use a class or `style:x=`."
            ));
        }
    }
    complaints
}

const UNFINISHED: [&str; 3] = ["dbg", "todo", "unimplemented"];

/// rustfmt's limit, for what rustfmt cannot break. The text of strings is not counted.
const CODE_COLUMNS_MAX: usize = 110;

/// With its comment a line may be as wide as prose is in our documents.
const COLUMNS_MAX: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        // Asked when it runs: checkouts that share their build output may share this program.
        let root = House::find().expect("tests run inside the checkout").root;
        let complaints = complaints(&root).expect("the sources are readable");
        assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    }

    #[test]
    fn a_clean_file_draws_no_complaint() {
        let text = "//! A page.\n\nuse crate::store::Store;\n\n// todo!() is only talked about here\n\
                    fn f() -> &'static str { \"dbg!(x) style=\\\"\" }\n";
        assert_eq!(complaints_of("src/ui/pages/home.rs", text), Vec::<String>::new());
    }

    #[test]
    fn each_rule_for_every_file_is_a_sentence_with_its_place() {
        let wide = format!("fn f() {{ {} }}", "a + ".repeat(40));
        let text = format!("use std::fmt;\nfn g() {{ todo!() }}\n{wide}\nview! {{ <p style=\"x\"/> }}\n");
        let complaints = complaints_of("src/ui/pages/home.rs", &text);
        for place in
            ["home.rs:1 does not", "home.rs:2 says `todo!`", "home.rs:3 is 1", "home.rs:4 writes a style"]
        {
            assert!(complaints.iter().any(|line| line.contains(place)), "{place}: {complaints:?}");
        }
        assert_eq!(complaints.len(), 4, "{complaints:?}");
    }
}
