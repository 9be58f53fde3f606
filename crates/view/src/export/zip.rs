//! Several files in one: a ZIP archive without compression, so that a file's bytes need not be in one place.

use protocol::schema::DateTime;

/// An archive as it grows. Its bytes are, for each file, what [`Zip::file`] answers and then the file's own, and at
/// last what [`Zip::end`] answers.
#[derive(Debug)]
pub struct Zip {
    made: [u8; 4],
    offset: u32,
    files: u16,
    directory: Vec<u8>,
}

/// The check sum of a file and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    crc: u32,
    len: u64,
}

impl Sum {
    /// Of a file without bytes.
    pub const fn new() -> Self {
        Self { crc: 0, len: 0 }
    }

    /// Counts these bytes in, which come next.
    pub fn add(&mut self, bytes: &[u8]) {
        let fold = |crc: u32, byte: &u8| (crc >> 8) ^ TABLE[((crc ^ u32::from(*byte)) & 0xff) as usize];
        self.crc = !bytes.iter().fold(!self.crc, fold);
        self.len += bytes.len() as u64;
    }

    /// How many bytes there are.
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Default for Sum {
    fn default() -> Self {
        Self::new()
    }
}

impl Zip {
    /// An empty archive made at that time of the clock on the wall.
    pub fn new(made: DateTime) -> Self {
        let (year, month, day) =
            (made.year().clamp(1980, 2107) as u16 - 1980, made.month() as u16, made.day() as u16);
        let (hour, minute, second) = (made.hour() as u16, made.minute() as u16, made.second() as u16);
        let time = (hour << 11 | minute << 5 | (second / 2)).to_le_bytes();
        let date = (year << 9 | month << 5 | day).to_le_bytes();
        Self { made: [time[0], time[1], date[0], date[1]], offset: 0, files: 0, directory: Vec::new() }
    }

    /// What stands before the bytes of the next file. None when there is no room left for it: an archive of this make
    /// ends at 4 GiB.
    pub fn file(&mut self, name: &str, sum: Sum) -> Option<Vec<u8>> {
        let len = u32::try_from(sum.len).ok()?;
        let name_len = u16::try_from(name.len()).ok()?;
        let mut about = Vec::new();
        about.extend(VERSION.to_le_bytes());
        about.extend(NAMES_ARE_UTF8.to_le_bytes());
        about.extend(STORED.to_le_bytes());
        about.extend(self.made);
        about.extend(sum.crc.to_le_bytes());
        about.extend(len.to_le_bytes());
        about.extend(len.to_le_bytes());
        about.extend(name_len.to_le_bytes());
        // No extra field.
        about.extend([0; 2]);
        let before = [&FILE[..], &about, name.as_bytes()].concat();
        let next = self.offset.checked_add(u32::try_from(before.len()).ok()?)?.checked_add(len)?;
        self.files = self.files.checked_add(1)?;
        self.directory.extend(ENTRY);
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(about);
        // No comment, the first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(self.offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.offset = next;
        Some(before)
    }

    /// What stands behind the last file: the directory of all of them.
    pub fn end(self) -> Vec<u8> {
        let Self { offset, files, mut directory, .. } = self;
        // So few files have no directory of 4 GiB.
        let len = directory.len() as u32;
        directory.extend(END);
        directory.extend([0; 4]);
        directory.extend(files.to_le_bytes());
        directory.extend(files.to_le_bytes());
        directory.extend(len.to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend([0; 2]);
        directory
    }
}

const FILE: [u8; 4] = *b"PK\x03\x04";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const VERSION: u16 = 20;
const NAMES_ARE_UTF8: u16 = 1 << 11;
const STORED: u16 = 0;

/// What a byte does to the check sum (CRC-32, as ISO 3309 has it).
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(pieces: &[&[u8]]) -> Sum {
        let mut sum = Sum::new();
        pieces.iter().for_each(|piece| sum.add(piece));
        sum
    }

    fn made() -> DateTime {
        "2026-11-26T11:05:31".parse().expect("a time")
    }

    #[test]
    fn the_check_sum_is_that_of_the_standard_whatever_the_pieces() {
        assert_eq!(sum(&[b"123456789"]).crc, 0xcbf4_3926);
        assert_eq!(sum(&[b"1234", b"", b"56789"]), sum(&[b"123456789"]));
        assert!(sum(&[]).is_empty() && sum(&[b"1"]).len() == 1);
    }

    /// Reads an archive from its directory, as programs do.
    fn read(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
        let number = |at: usize, len: usize| {
            archive[at..at + len].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
        };
        let end = archive.len() - 22;
        assert_eq!((&archive[end..end + 4], number(end + 8, 2)), (&END[..], number(end + 10, 2)));
        let mut at = number(end + 16, 4);
        assert_eq!(at + number(end + 12, 4), end);
        let mut files = Vec::new();
        while at < end {
            assert_eq!(archive[at..at + 4], ENTRY);
            let (len, name_len, file) = (number(at + 24, 4), number(at + 28, 2), number(at + 42, 4));
            let name = archive[at + 46..at + 46 + name_len].to_vec();
            assert_eq!(
                (&archive[file..file + 4], &archive[file + 4..file + 28]),
                (&FILE[..], &archive[at + 6..at + 30])
            );
            assert_eq!(archive[file + 30..file + 30 + name_len], name);
            let bytes = archive[file + 30 + name_len..][..len].to_vec();
            assert_eq!(sum(&[&bytes]).crc as usize, number(at + 16, 4));
            files.push((String::from_utf8(name).expect("a name"), bytes));
            at += 46 + name_len;
        }
        files
    }

    #[test]
    fn every_file_is_found_in_the_directory() {
        let files = [("a.csv", b"one".to_vec()), ("é.vcf", Vec::new()), ("c.jsonl", vec![7; 70_000])];
        let mut zip = Zip::new(made());
        let mut archive = Vec::new();
        for (name, bytes) in &files {
            archive.extend(zip.file(name, sum(&[bytes])).expect("there is room"));
            archive.extend(bytes);
        }
        archive.extend(zip.end());
        assert_eq!(read(&archive), files.map(|(name, bytes)| (name.to_owned(), bytes)));
        // 11:05:30 and 2026-11-26, as DOS counted.
        assert_eq!(archive[10..14], [0xaf, 0x58, 0x7a, 0x5d]);
        assert_eq!(read(&Zip::new(made()).end()), []);
    }

    #[test]
    fn what_does_not_fit_is_not_begun() {
        let mut zip = Zip::new(made());
        assert_eq!(zip.file("too long", Sum { crc: 0, len: 1 << 32 }), None);
        assert!(zip.file("half", Sum { crc: 0, len: 1 << 31 }).is_some());
        assert_eq!(zip.file("other half", Sum { crc: 0, len: 1 << 31 }), None);
        assert_eq!(zip.files, 1);
    }
}
