//! A file's bytes into rows: packing, encoding, line ends and quotes are settled here.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, WINDOWS_1252};
use protocol::Fields;

use super::ImportError;
use super::columns::{Cell, Map};

/// The largest file taken, packed or not: about twenty times the largest public list of one state. All of it is held in
/// memory.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The file's bytes, unpacked where they are gzip.
///
/// # Errors
/// When the file cannot be read, its packing is broken, or it is too large.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // Not everything that can be read says how long it is.
    if file.metadata()?.len() > FILE_BYTES_MAX {
        return Err(too_large());
    }
    unpacked(whole(file, FILE_BYTES_MAX)?)
}

/// The bytes, unpacked where they are gzip.
///
/// # Errors
/// When the packing is broken or the file too large.
pub fn unpacked(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    whole(flate2::read::MultiGzDecoder::new(&*bytes), FILE_BYTES_MAX)
}

/// All that there is to read, unless it is more than so many bytes.
fn whole(from: impl Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max { Err(too_large()) } else { Ok(bytes) }
}

fn too_large() -> io::Error {
    let sentence =
        format!("The file is larger than {} MiB. Cut it to your states first.", FILE_BYTES_MAX >> 20);
    io::Error::new(io::ErrorKind::FileTooLarge, sentence)
}

/// The bytes as text: what their mark says, else UTF-8 where they are that, else windows-1252, which every
/// other public list we met is in.
pub(super) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark_bytes..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The rows: each with the line it begins on, and its fields or what is wrong with it.
#[expect(clippy::type_complexity, reason = "a row and its line, or why it is none: named where it is used")]
pub(super) fn rows(
    text: &str,
    known: impl Fn(&[&str]) -> Result<Map, ImportError>,
) -> Result<Vec<(u64, Result<Fields, String>)>, ImportError> {
    let mut reader =
        ReaderBuilder::new().flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let not_csv = |error: csv::Error| ImportError::File(format!("The file is not CSV: {error}."));
    let header = reader.headers().map_err(not_csv)?.clone();
    let header: Vec<_> = header.iter().map(str::trim).collect();
    let map = known(&header)?;
    let cells = map.cells(&header).map_err(ImportError::File)?;
    let mut rows = Vec::new();
    let mut lines = Lines::new(text);
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(not_csv)? {
        let byte = record.position().map_or(0, csv::Position::byte);
        rows.push((lines.at(byte), fields(&record, header.len(), &cells)));
    }
    Ok(rows)
}

/// The first columns of a header, enough to know the file by.
pub(super) fn shown(header: &[&str]) -> String {
    let more = header.len().saturating_sub(COLUMNS_SHOWN);
    let shown = header[..header.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

const COLUMNS_SHOWN: usize = 12;

fn fields(record: &StringRecord, columns: usize, cells: &[(&str, Cell<'_>)]) -> Result<Fields, String> {
    if record.len() != columns {
        return Err(format!("{} columns where the header has {columns}", record.len()));
    }
    let mut fields = Fields::new();
    for (field, cell) in cells {
        let text = match cell {
            Cell::At(at) => record.get(*at).unwrap_or_default(),
            Cell::Text(text) => text,
        };
        let text = one_line(text);
        if !is_a_blank(field, &text) {
            fields.set(field, Some(&text));
        }
    }
    Ok(fields)
}

/// Runs of blanks and line ends become one blank: these are one-line fields.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What these lists write where they know nothing. Na is also a family's name.
fn is_a_blank(field: &str, text: &str) -> bool {
    let nothing = matches!(text, "Not Available" | "NA" | "N/A" | "<UNAVAIL>");
    text.is_empty() || nothing && !matches!(field, "first" | "middle" | "last")
}

/// A comma, unless the header has more of what some offices' spreadsheets write in its place.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |delimiter: char| header.matches(delimiter).count();
    [b';', b'\t'].into_iter().find(|other| count(*other as char) > count(',')).unwrap_or(b',')
}

/// Counts lines by the bytes passed, whatever the quotes and line ends between.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line that the record beginning at `byte` is on. A record is said to begin right after the one
    /// before, which may be inside a line end or before empty lines.
    fn at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).min(self.bytes.len());
        let blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let end = byte + self.bytes[byte..].iter().take_while(blank).count();
        self.line += self.bytes[self.at..end].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = end;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_is_read_to_its_last_byte_or_not_at_all() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"12345").expect("into memory");
        let packed = packed.finish().expect("into memory");
        let unpacking = || flate2::read::MultiGzDecoder::new(&*packed);
        for (bytes_max, fits) in [(4, false), (5, true)] {
            assert_eq!(whole(&b"12345"[..], bytes_max).is_ok(), fits);
            assert_eq!(whole(unpacking(), bytes_max).is_ok(), fits);
        }
    }
}
