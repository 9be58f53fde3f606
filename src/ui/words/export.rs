//! Taking everything along.

use super::counted;

pub(crate) const EXPORT_TEXT: &str = "One file with everything this phone holds, for other programs. It is made on the \
    phone and works without a signal; nothing is sent anywhere.";
pub(crate) const EXPORT_CARE: &str = "Whoever has the file can read it: keep it as carefully as the phone.";
pub(crate) const EXPORT_HOLDS: &str = "What the file holds";
pub(crate) const EXPORT_CARDS: &str = "Contacts for an address book";
pub(crate) const EXPORT_CALENDAR: &str = "Events for a calendar";
pub(crate) const EXPORT_WHOLE: &str = "Everything, for programs";
pub(crate) const EXPORT_MAKE: &str = "Make the file";
pub(crate) const EXPORT_AGAIN: &str = "Make it again";
pub(crate) const EXPORT_MAKING: &str = "Making the file…";
pub(crate) const EXPORT_TOO_LARGE: &str = "The file would be larger than 4 GB, which is more than it can be.";
pub(crate) const EXPORT_FAILED: &str =
    "The browser has no room for the file. Close other windows and try again.";
pub(crate) const EXPORT_NOTHING: &str = "There is nothing on this phone yet. Sync first.";
pub(crate) const EXPORT_DO_NOT_CONTACT: &str = "Asked not to be contacted.";

/// What of the file is only on this phone.
pub(crate) fn export_unsent(unsent: usize, number: &str) -> String {
    match unsent {
        0 => "All of it is on the web as well.".to_owned(),
        _ => {
            let records = counted(unsent, number, "record is", "records are");
            format!("{records} not yet on the web as it stands here; the column Where says which.")
        }
    }
}

/// The link to the file.
pub(crate) fn export_save(bytes: f64) -> String {
    let size = match bytes {
        bytes if bytes < 1e6 => format!("{:.0} kB", (bytes / 1e3).max(1.0)),
        bytes => format!("{:.1} MB", bytes / 1e6),
    };
    format!("Save the file ({size})")
}

/// The head of a column of a table.
pub(crate) fn export_head(name: &str) -> String {
    match name {
        "id" => "Id".to_owned(),
        "territory" => "Territory".to_owned(),
        "place" => "Where".to_owned(),
        "by" => "Changed by".to_owned(),
        "at" => "Changed at (UTC)".to_owned(),
        "at:" => "Also seen at".to_owned(),
        "with:" => "Also with".to_owned(),
        "skip:" => "Days left out".to_owned(),
        _ => match name.strip_suffix(" id") {
            Some(name) => format!("{} (id)", export_head(name)),
            None => super::field(name),
        },
    }
}

/// What stands in the file for whoever opens it.
pub(crate) fn export_readme(made: &str, who: &str, files: &[(String, usize)], unsent: &str) -> String {
    let files: String = files.iter().map(|(name, count)| format!("  {name}: {count}\r\n")).collect();
    format!(
        "Satchel, everything on the phone of {who}, made {made}.\r\n\r\nRecords in each file:\r\n{files}\r\n{unsent}\r\n\r\n\
         The .csv files are tables for a spreadsheet. A cell that a spreadsheet would take for a formula begins with an \
         apostrophe.\r\ncontacts.vcf is for an address book, calendar.ics for a calendar. records.jsonl has one record a line, with every field.\r\n"
    )
}
