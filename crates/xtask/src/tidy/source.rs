//! A Rust file as the laws see it: its words and paths, without comments and without the text of strings.

use std::iter::Peekable;
use std::str::Chars;

/// A file, read.
#[derive(Debug)]
pub(super) struct Source {
    /// Its name from the checkout.
    pub(super) name: String,
    /// Its lines.
    pub(super) lines: Vec<Line>,
    tokens: Vec<Token>,
}

/// One line.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Its code, strings emptied.
    pub(super) text: String,
    /// Its columns, comments counted, the text of strings not.
    pub(super) width: usize,
}

/// A path as written (`crate::store::Store`) and the line of its last word.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedPath {
    /// Where.
    pub(super) line: usize,
    /// Its words.
    pub(super) words: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    line: usize,
    text: String,
}

impl Source {
    /// Takes a file apart.
    pub(super) fn read(name: &str, text: &str) -> Self {
        let lines = Reader::new(text).read();
        let tokens = (1..).zip(&lines).flat_map(|(line, code)| tokens(line, &code.text)).collect();
        Self { name: name.to_owned(), lines, tokens }
    }

    /// Every word (identifier or keyword) and its line.
    pub(super) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        self.tokens.iter().filter(|token| token.is_word()).map(|token| (token.line, token.text.as_str()))
    }

    /// Every word that a `!` follows, but for `!=`.
    pub(super) fn macros(&self) -> impl Iterator<Item = (usize, &str)> {
        let pairs = self.tokens.iter().zip(self.tokens.iter().skip(1));
        pairs
            .filter(|(word, next)| word.is_word() && next.text == "!")
            .map(|(word, _)| (word.line, word.text.as_str()))
    }

    /// Every path of two words or more, and every path a `use` names, its groups spread out.
    pub(super) fn paths(&self) -> Vec<NamedPath> {
        let mut paths = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            if token.text == "use" {
                at = self.use_tree(at + 1, &[], &mut paths);
            } else if token.is_word() {
                let (next, words) = self.path(at);
                if words.len() > 1 {
                    paths.push(NamedPath { line: token.line, words });
                }
                at = next;
            } else {
                at += 1;
            }
        }
        paths
    }

    /// Reads `a::b::c` from `at`; gives where it ends.
    fn path(&self, mut at: usize) -> (usize, Vec<String>) {
        let mut words = Vec::new();
        while let Some(token) = self.tokens.get(at).filter(|token| token.is_word()) {
            words.push(token.text.clone());
            at += 1;
            let goes_on = self.is(at, "::") && self.tokens.get(at + 1).is_some_and(Token::is_word);
            if !goes_on {
                break;
            }
            at += 1;
        }
        (at, words)
    }

    /// Reads one tree of a `use` from `at`, below what was named before; gives where it ends.
    fn use_tree(&self, at: usize, before: &[String], paths: &mut Vec<NamedPath>) -> usize {
        let at = if self.is(at, "::") { at + 1 } else { at };
        let (mut end, words) = self.path(at);
        let words: Vec<String> = before.iter().cloned().chain(words).collect();
        if self.is(end, "::") {
            end += 1;
        }
        if self.is(end, "{") {
            end += 1;
            while end < self.tokens.len() && !self.is(end, "}") {
                end = self.use_tree(end, &words, paths);
                if self.is(end, ",") {
                    end += 1;
                }
            }
            return end + 1;
        }
        let line = self.tokens.get(end.saturating_sub(1)).map_or(1, |token| token.line);
        paths.push(NamedPath { line, words });
        while end < self.tokens.len() && ![",", "}", ";"].iter().any(|stop| self.is(end, stop)) {
            end += 1;
        }
        end.max(at + 1)
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.text == text)
    }
}

impl Token {
    fn is_word(&self) -> bool {
        self.text.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
    }
}

fn tokens(line: usize, code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = if is_word_part(first) {
            rest.find(|letter| !is_word_part(letter)).unwrap_or(rest.len())
        } else if rest.starts_with("::") || rest.starts_with("!=") {
            2
        } else {
            first.len_utf8()
        };
        let (text, after) = rest.split_at(length);
        tokens.push(Token { line, text: text.to_owned() });
        rest = after.trim_start();
    }
    tokens
}

/// Walks a file letter by letter, dropping comments and the text of strings.
struct Reader<'a> {
    letters: Peekable<Chars<'a>>,
    done: Vec<Line>,
    line: Line,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { letters: text.chars().peekable(), done: Vec::new(), line: Line::default() }
    }

    fn read(mut self) -> Vec<Line> {
        while let Some(letter) = self.letters.next() {
            match letter {
                '/' if self.letters.peek() == Some(&'/') => self.line_comment(),
                '/' if self.letters.peek() == Some(&'*') => self.block_comment(),
                '"' => self.string(),
                'r' if self.starts_a_raw_string() => self.raw_string(),
                '\'' => self.quote(),
                other => self.keep(other),
            }
        }
        self.done.push(self.line);
        self.done
    }

    fn keep(&mut self, letter: char) {
        if letter == '\n' {
            self.done.push(std::mem::take(&mut self.line));
        } else {
            self.line.text.push(letter);
            self.line.width += 1;
        }
    }

    /// Counts a letter without keeping it.
    fn skip(&mut self, letter: char) {
        if letter == '\n' { self.keep(letter) } else { self.line.width += 1 }
    }

    fn line_comment(&mut self) {
        self.skip('/');
        let mut comment = String::new();
        while let Some(letter) = self.letters.next_if(|letter| *letter != '\n') {
            comment.push(letter);
        }
        // An address cannot be broken over two lines.
        if !comment.contains("://") {
            self.line.width += comment.chars().count();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        let mut before = '/';
        while let Some(letter) = self.letters.next() {
            self.skip(letter);
            match (before, letter) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    before = letter;
                    continue;
                }
            }
            before = ' ';
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.keep('"');
        while let Some(letter) = self.letters.next() {
            match letter {
                '\\' => self.drop_escaped(),
                '"' => return self.keep('"'),
                '\n' => self.keep('\n'),
                _ => {}
            }
        }
    }

    fn drop_escaped(&mut self) {
        if self.letters.next() == Some('\n') {
            self.keep('\n');
        }
    }

    /// `r"`, `r#"`, `br"`; not the end of a name and not `r#name`.
    fn starts_a_raw_string(&self) -> bool {
        let before = self.line.text.trim_end_matches('b').chars().last();
        let is_in_a_name = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        let mut ahead = self.letters.clone().skip_while(|letter| *letter == '#');
        !is_in_a_name && ahead.next() == Some('"')
    }

    fn raw_string(&mut self) {
        let mut hashes = 0;
        while self.letters.next_if_eq(&'#').is_some() {
            hashes += 1;
        }
        self.letters.next();
        self.keep('"');
        while let Some(letter) = self.letters.next() {
            if letter == '\n' {
                self.keep('\n');
            }
            let ends = letter == '"'
                && self.letters.clone().take(hashes).filter(|hash| *hash == '#').count() == hashes;
            if ends {
                for _ in 0..hashes {
                    self.letters.next();
                }
                return self.keep('"');
            }
        }
    }

    /// A letter in quotes is dropped; a lifetime is kept.
    fn quote(&mut self) {
        let mut ahead = self.letters.clone();
        let (first, second) = (ahead.next(), ahead.next());
        if first == Some('\\') {
            self.letters.next();
            self.letters.next();
            while self.letters.next_if(|letter| *letter != '\'' && *letter != '\n').is_some() {}
            self.letters.next();
        } else if second == Some('\'') {
            self.letters.next();
            self.letters.next();
        }
        self.keep('\'');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        Source::read("a.rs", text).paths().iter().map(|path| path.words.join("::")).collect()
    }

    fn words(text: &str) -> Vec<String> {
        Source::read("a.rs", text).words().map(|(_, word)| word.to_owned()).collect()
    }

    #[test]
    fn comments_strings_and_letters_are_not_words() {
        let text = r####"a // HashMap
            /* b /* c */ d */ e "f \" g" 'h' '\'' '\u{1F600}' r#"i " j"# &'k l br"m" r#n"####;
        assert_eq!(words(text), ["a", "e", "k", "l", "b", "r", "n"]);
    }

    #[test]
    fn lines_keep_their_numbers_through_strings_and_comments() {
        let source = Source::read("a.rs", "\"one\ntwo \\\nthree\"\n/* x\n */ here");
        assert_eq!(source.words().collect::<Vec<_>>(), [(5, "here")]);
    }

    #[test]
    fn the_groups_of_a_use_are_spread_out() {
        let text = "use crate::{store::{self, Store}, ui as face};\nuse leptos::prelude::*;\nuse ::http;";
        assert_eq!(
            paths(text),
            ["crate::store::self", "crate::store::Store", "crate::ui", "leptos::prelude", "http"]
        );
    }

    #[test]
    fn paths_in_code_are_found_and_single_words_are_not() {
        assert_eq!(paths("let x = crate::driver::go::<u8>(remote); x.local()"), ["crate::driver::go"]);
    }

    #[test]
    fn the_text_of_a_string_is_not_counted_as_width() {
        let source = Source::read("a.rs", "x(\"long long\"); // note");
        assert_eq!(source.lines[0].width, "x(\"\"); // note".len());
    }
}
