//! Which column of a file holds which field: given by hand, or known by the file's header.

use protocol::limits::FIELD_NAME_BYTES_MAX;

/// Field names, each with where its value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map(Vec<(String, Source)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// The cell under this header.
    Column(String),
    /// The same text in every row.
    Text(String),
}

/// The field, and where its value is found in a row of this file.
pub(super) enum Cell<'a> {
    /// The number of the column.
    At(usize),
    /// This text.
    Text(&'a str),
}

impl Map {
    /// Reads `field=Column Header,field=Column Header`; `field==text` gives every row the same text.
    ///
    /// # Errors
    /// A sentence about the first pair that is not one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let map = Self::read(text)?;
        if !map.0.iter().any(|(field, _)| field == "name") {
            return Err("The map must say which column is the name.".to_owned());
        }
        Ok(map)
    }

    fn read(text: &str) -> Result<Self, String> {
        let pairs = text.split(',').map(|pair| {
            let Some((field, source)) = pair.split_once('=') else {
                return Err(format!("“{pair}” in the map is not field=Column."));
            };
            let field = field.trim().to_owned();
            if field.is_empty() || field.len() > FIELD_NAME_BYTES_MAX {
                return Err(format!("“{pair}” in the map names no field."));
            }
            Ok((
                field,
                match source.strip_prefix('=') {
                    Some(text) => Source::Text(text.trim().to_owned()),
                    None => Source::Column(source.trim().to_owned()),
                },
            ))
        });
        Ok(Self(pairs.collect::<Result<_, _>>()?))
    }

    /// The map for a file of accounts that we know by its header.
    pub fn preset(header: &[&str]) -> Option<Self> {
        Self::of(&ACCOUNTS, header)
    }

    /// The map for a file that names people: fields of [`super::people`].
    pub(super) fn of_people(header: &[&str]) -> Option<Self> {
        Self::of(&PEOPLE, header)
    }

    fn of(presets: &[Preset], header: &[&str]) -> Option<Self> {
        let known = presets.iter().find(|preset| preset.marks.iter().all(|mark| header.contains(mark)))?;
        Some(Self::read(known.map).expect("the maps below are well formed"))
    }

    /// Where each field's value is in a file of this header.
    ///
    /// # Errors
    /// A sentence when the file has no such column.
    pub(super) fn cells(&self, header: &[&str]) -> Result<Vec<(&str, Cell<'_>)>, String> {
        let cell = |(field, source): &'_ (String, Source)| match source {
            Source::Text(_) => Ok(None),
            Source::Column(name) => match header.iter().position(|column| column == name) {
                Some(at) => Ok(Some(at)),
                None => Err(format!(
                    "The file has no column “{name}” for {field}. It has: {}.",
                    super::file::shown(header)
                )),
            },
        };
        let mut cells = Vec::new();
        for pair in &self.0 {
            let at = cell(pair)?;
            let (field, source) = pair;
            cells.push((
                field.as_str(),
                match (at, source) {
                    (Some(at), _) => Cell::At(at),
                    (None, Source::Text(text) | Source::Column(text)) => Cell::Text(text),
                },
            ));
        }
        Ok(cells)
    }
}

/// What the columns of the NPPES file hold, its taxonomies left out: a file may have been cut before them.
macro_rules! provider {
    () => {
        "npi=NPI,entity=Entity Type Code,replaced=Replacement NPI,\
         organisation=Provider Organization Name (Legal Business Name),last=Provider Last Name (Legal Name),\
         first=Provider First Name,middle=Provider Middle Name,suffix=Provider Name Suffix Text,\
         credentials=Provider Credential Text,\
         line1=Provider First Line Business Practice Location Address,\
         line2=Provider Second Line Business Practice Location Address,\
         city=Provider Business Practice Location Address City Name,\
         state=Provider Business Practice Location Address State Name,\
         zip=Provider Business Practice Location Address Postal Code,\
         phone=Provider Business Practice Location Address Telephone Number,\
         fax=Provider Business Practice Location Address Fax Number,\
         retired=NPI Deactivation Date,again=NPI Reactivation Date"
    };
}

/// A public file that is read without a map.
struct Preset {
    /// Headers that together belong to no other file.
    marks: &'static [&'static str],
    map: &'static str,
}

const ACCOUNTS: [Preset; 3] = [
    Preset {
        marks: &["Provider ID", "Hospital Name", "Hospital Type", "Hospital overall rating"],
        map: "ccn=Provider ID,name=Hospital Name,type=Hospital Type,address=Address,city=City,state=State,\
              zip=ZIP Code,county=County Name,phone=Phone Number,stars=Hospital overall rating",
    },
    Preset {
        marks: &["ccn", "name", "ownership_type", "overall_rating", "staffing_rating"],
        map: "ccn=ccn,name=name,type==Nursing home,city=city,state=state,county=county,stars=overall_rating",
    },
    Preset {
        marks: &["Facility Name", "Program Type", "Physical Address", "Total Licensed Capacity"],
        map: "name=Facility Name,type==Assisted living,address=Physical Address,city=Physical Address CITY,\
              state=Physical Address State,zip=Physical Address Zipcode,county=County_,\
              phone=Facility Phone Number",
    },
];

/// The columns of NPPES that tell one provider from another.
const PROVIDER: [&str; 3] = ["NPI", "Entity Type Code", "Provider Last Name (Legal Name)"];

const PEOPLE: [Preset; 3] = [
    Preset {
        marks: &[PROVIDER[0], PROVIDER[1], PROVIDER[2], "Healthcare Provider Taxonomy Code_1"],
        map: concat!(provider!(), ",taxonomy=Healthcare Provider Taxonomy Code_1"),
    },
    Preset { marks: &PROVIDER, map: provider!() },
    Preset {
        marks: &["Facility Name", "Physical Address", "Facility Phone Number", "Administrator"],
        map: "name=Facility Name,type==Assisted living,address=Physical Address,city=Physical Address CITY,\
              state=Physical Address State,zip=Physical Address Zipcode,county=County_,\
              phone=Facility Phone Number,fax=Facility Fax,email=Provider Email,pin=Geo Location,\
              administrator=Administrator",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_says_what_is_wrong_with_it() {
        let wrong = |text| Map::parse(text).expect_err("it is wrong");
        assert_eq!(wrong("name"), "“name” in the map is not field=Column.");
        assert_eq!(wrong("=Name"), "“=Name” in the map names no field.");
        assert_eq!(wrong("city=City"), "The map must say which column is the name.");
        let map = Map::parse("name=Facility, type==Clinic").expect("it is right");
        assert_eq!(
            map.cells(&["City", "Town"]).err().expect("no such column"),
            "The file has no column “Facility” for name. It has: City, Town."
        );
    }

    #[test]
    fn every_preset_is_a_map() {
        for preset in ACCOUNTS {
            assert!(Map::preset(preset.marks).is_some(), "{}", preset.map);
        }
        for preset in PEOPLE {
            assert!(Map::of_people(preset.marks).is_some(), "{}", preset.map);
        }
        assert_eq!(Map::preset(&["a", "b"]), None);
    }
}
