//! What one row of a file that names people says: a place, a person, or both.

use protocol::schema::npi;
use protocol::{Fields, Kind, schema};

/// A row, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The account, with its key where a number tells it from every other.
    pub(super) account: Option<(Option<String>, Fields)>,
    /// The contact, with its key.
    pub(super) contact: Option<(String, Fields)>,
}

impl Entry {
    /// Where it is.
    pub(super) fn state(&self) -> Option<&str> {
        let account = self.account.as_ref().map(|(_, fields)| fields);
        account.or_else(|| self.contact.as_ref().map(|(_, fields)| fields))?.text("state")
    }
}

/// Reads a row of either file.
///
/// # Errors
/// Why nothing can be made of it.
pub(super) fn entry(row: &Fields) -> Result<Entry, String> {
    if row.text("npi").is_some() { provider(row) } else { facility(row) }
}

/// A row of NPPES: a clinician or an organisation.
fn provider(row: &Fields) -> Result<Entry, String> {
    let number = row.text("npi").unwrap_or_default();
    if !npi::is_valid(number) {
        return Err(format!("“{number}” is no NPI: ten digits, of which the last checks the others"));
    }
    if let Some(other) = row.text("replaced") {
        return Err(format!("this NPI was replaced by {other}"));
    }
    if let (Some(day), None) = (row.text("retired"), row.text("again")) {
        return Err(format!("this NPI was retired on {day}"));
    }
    let key = format!("npi:{number}");
    let mut fields = practice_location(row);
    fields.set("npi", Some(number));
    match row.text("entity") {
        Some("1") => {
            let parts = ["first", "middle", "last", "suffix"].map(|name| row.text(name));
            let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            if row.text("last").is_none() {
                return Err("no name".to_owned());
            }
            fields.set("name", Some(&name));
            fields.set("credentials", row.text("credentials"));
            fields.set("type", row.text("credentials").and_then(profession));
            fields.set("specialty", row.text("taxonomy").and_then(specialty));
            Ok(Entry { contact: Some((key, fields)), ..Entry::default() })
        }
        Some("2") => {
            fields.set("name", row.text("organisation"));
            match row.text("organisation") {
                Some(_) => Ok(Entry { account: Some((Some(key), fields)), ..Entry::default() }),
                None => Err("no name".to_owned()),
            }
        }
        _ => Err("neither a person nor an organisation".to_owned()),
    }
}

/// Where a provider works, of account and contact alike.
fn practice_location(row: &Fields) -> Fields {
    let mut fields = Fields::new();
    let lines: Vec<_> = ["line1", "line2"].into_iter().filter_map(|line| row.text(line)).collect();
    fields.set("address", Some(lines.join(", ")).filter(|text| !text.is_empty()).as_deref());
    for name in ["city", "state", "phone", "fax"] {
        fields.set(name, row.text(name));
    }
    let zip = row.text("zip").map(|zip| match zip.len() {
        9 if zip.is_ascii() => format!("{}-{}", &zip[..5], &zip[5..]),
        _ => zip.to_owned(),
    });
    fields.set("zip", zip.as_deref());
    fields
}

/// A row of an assisted-living list: the place, and who runs it.
fn facility(row: &Fields) -> Result<Entry, String> {
    if row.text("name").is_none() {
        return Err("no name".to_owned());
    }
    let mut account = row.clone();
    let pin = row.text("pin").and_then(|pin| pin.split_once(','));
    let degrees = |name: &str, text: &str| schema::check(Kind::Account, name, Some(text)).is_ok();
    if let Some((lat, lon)) = pin.map(|(lat, lon)| (lat.trim(), lon.trim()))
        && degrees("lat", lat)
        && degrees("lon", lon)
    {
        account.set("lat", Some(lat));
        account.set("lon", Some(lon));
    }
    account.set("pin", None);
    let contact = row.text("administrator").map(|name| {
        let mut fields = Fields::new();
        fields.set("name", Some(name));
        fields.set("type", Some("Administrator"));
        for name in ["phone", "fax", "email"] {
            fields.set(name, row.text(name));
        }
        // One person runs many places: the same name with the same e-mail, or else the same phone.
        let by = row.text("email").or_else(|| row.text("phone")).unwrap_or_default();
        (format!("administrator:{}\n{}", name.to_lowercase(), by.to_lowercase()), fields)
    });
    Ok(Entry { account: Some((None, account)), contact })
}

/// The word of [`schema::lists::CONTACT_TYPES`] for credentials as people write them: `M.D.`, `MD, FACP`, `PA-C`.
fn profession(credentials: &str) -> Option<&'static str> {
    let upper = credentials.to_uppercase().replace('.', "");
    let mut words = upper.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.find_map(|word| {
        Some(match word {
            "MD" | "DO" | "MDPHD" => "Physician",
            "NP" | "FNP" | "ANP" | "CNP" | "CRNP" | "ARNP" | "APRN" | "CFNP" | "GNP" | "DNP" | "AGNP" => {
                "Nurse practitioner"
            }
            "PA" | "PAC" | "RPA" => "Physician assistant",
            "LCSW" | "LICSW" | "MSW" | "LSW" | "LMSW" | "ACSW" => "Social worker",
            "RN" | "BSN" => "Registered nurse",
            _ => return None,
        })
    })
}

/// Specialties that refer to home care, by their code in the taxonomy of health care providers (NUCC). Any other code
/// is no word that a rep could read.
fn specialty(code: &str) -> Option<&'static str> {
    Some(match code {
        "207Q00000X" => "Family medicine",
        "207R00000X" => "Internal medicine",
        "208D00000X" => "General practice",
        "207QG0300X" | "207RG0300X" => "Geriatric medicine",
        "208M00000X" => "Hospital medicine",
        "207RC0000X" => "Cardiology",
        "207RP1001X" => "Pulmonology",
        "207RN0300X" => "Nephrology",
        "207RE0101X" => "Endocrinology",
        "207RG0100X" => "Gastroenterology",
        "207RH0003X" => "Hematology and oncology",
        "2084N0400X" => "Neurology",
        "2084P0800X" => "Psychiatry",
        "208600000X" => "Surgery",
        "207X00000X" => "Orthopedic surgery",
        "208100000X" => "Physical medicine and rehabilitation",
        "207P00000X" => "Emergency medicine",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_as_people_write_them() {
        let cases = [
            ("M.D.", Some("Physician")),
            ("MD, FACP", Some("Physician")),
            ("D.O", Some("Physician")),
            ("PA-C", Some("Physician assistant")),
            ("RN, F.N.P.-BC", Some("Registered nurse")),
            ("CRNP", Some("Nurse practitioner")),
            ("LCSW", Some("Social worker")),
            ("DDS", None),
            ("PHARMD", None),
            ("", None),
        ];
        for (credentials, expected) in cases {
            assert_eq!(profession(credentials), expected, "{credentials}");
        }
        let types =
            [profession("MD"), profession("NP"), profession("PA"), profession("MSW"), profession("RN")];
        assert!(types.into_iter().flatten().all(|it| schema::lists::CONTACT_TYPES.contains(&it)));
    }

    #[test]
    fn a_pin_that_is_none_is_left_out() {
        let row = |pin| [("name", "A"), ("pin", pin)].into_iter().collect::<Fields>();
        let lat = |pin| {
            let (_, fields) = facility(&row(pin)).expect("a place").account.expect("a place");
            assert_eq!(fields.text("pin"), None);
            fields.text("lat").map(str::to_owned)
        };
        assert_eq!(lat("31.7358,-95.6262").as_deref(), Some("31.7358"));
        assert_eq!(lat("31.7358"), None);
        assert_eq!(lat("31.7358,west"), None);
    }
}
