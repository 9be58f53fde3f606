//! Contacts from files that name people. The people here are invented; their NPIs have true check digits.

use expect_test::{Expect, expect};
use protocol::message::Outcome;
use protocol::{Kind, Op, Record};
use server::import::{self, Both, State, Target};

use crate::world::{World, edit, new_id, t};

const NPPES: &str = "NPI,Entity Type Code,Replacement NPI,Provider Organization Name (Legal Business Name),\
Provider Last Name (Legal Name),Provider First Name,Provider Middle Name,Provider Name Suffix Text,\
Provider Credential Text,Provider First Line Business Practice Location Address,\
Provider Second Line Business Practice Location Address,Provider Business Practice Location Address City Name,\
Provider Business Practice Location Address State Name,Provider Business Practice Location Address Postal Code,\
Provider Business Practice Location Address Telephone Number,Provider Business Practice Location Address Fax Number,\
NPI Deactivation Date,NPI Reactivation Date\n";

/// Ten digits of which the last checks the others.
fn npi(number: u32) -> String {
    let nine = format!("1{number:08}");
    let ten = (0..10).map(|last| format!("{nine}{last}"));
    ten.into_iter().find(|ten| protocol::schema::npi::is_valid(ten)).expect("one of ten fits")
}

/// A row of a clinician, who works in this house of Elm Street.
fn person(number: u32, name: &str, credentials: &str, house: u32, phone: &str) -> String {
    let (first, last) = name.split_once(' ').expect("two names");
    let npi = npi(number);
    format!(
        "{npi},1,\"\",\"\",{last},{first},\"\",\"\",{credentials},{house} ELM ST,\"\",RENO,NV,895011234,{phone},\"\",\"\",\"\"\n"
    )
}

fn organisation(number: u32, name: &str, house: u32, phone: &str) -> String {
    let npi = npi(number);
    format!(
        "{npi},2,\"\",\"{name}\",\"\",\"\",\"\",\"\",\"\",{house} ELM STREET,\"\",RENO,NV,89501,{phone},\"\",\"\",\"\"\n"
    )
}

const FACILITIES: &str = "Facility Name,Program Type,Physical Address,Physical Address CITY,Physical Address State,\
Physical Address Zipcode,County_,Facility Phone Number,Facility Fax,Provider Email,Geo Location,Administrator\r\n";

fn import(world: &mut World, file: &str, practices: bool) -> Both {
    let target = Target { organisation: world.org, territory: t("north"), map: None, states: Vec::new() };
    import::contacts(&mut world.ledger, file.as_bytes(), &target, practices, 50).expect("a known file")
}

fn of_kind(world: &mut World, kind: Kind) -> Vec<Record> {
    let records = world.ledger.records(world.org).expect("reads").into_iter();
    records.filter(|record| record.kind == kind && !record.deleted).collect()
}

/// What came of it, each record with its links as names; and that the same file once more changes nothing.
#[track_caller]
fn check(world: &mut World, file: &str, practices: bool, expected: Expect) {
    let both = import(world, file, practices);
    let mut told = format!("{both}\n");
    for (line, reason) in both.refused() {
        told += &format!("line {line}: {reason}\n");
    }
    let accounts = of_kind(world, Kind::Account);
    for record in accounts.iter().cloned().chain(of_kind(world, Kind::Contact)) {
        let mut text = format!("{} {:?}", record.territory, record.fields);
        for account in &accounts {
            let name = account.fields.text("name").expect("an account has a name");
            text = text.replace(&account.id.0.to_string(), name);
        }
        told += &format!("{text}\n");
    }
    expected.assert_eq(&told);
    let before = world.ledger.records(world.org).expect("reads");
    let again = import(world, file, practices);
    assert_eq!(again.refused(), both.refused(), "told again in the same words");
    for (now, then) in [(&again.accounts, &both.accounts), (&again.contacts, &both.contacts)] {
        assert_eq!((now.new, now.changed, now.unchanged), (0, 0, then.new + then.changed + then.unchanged));
    }
    assert_eq!((again.practices.new, again.practices.changed), (0, 0));
    assert_eq!(world.ledger.records(world.org).expect("reads"), before, "safe to run twice");
    world.assert_feeds_are_true();
}

#[test]
fn a_clinician_is_filed_at_the_account_of_the_same_door_and_phone_else_at_a_practice() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let hospital = new_id();
    let at = [("name", "Mercy"), ("address", "9 Elm Street"), ("zip", "89501"), ("phone", "(775) 555-0109")];
    world.save(&mut ana, vec![edit(hospital, Kind::Account, Op::Create(t("central")), 0, &at)]);
    let file = [
        NPPES,
        &person(1, "ADA ONE", "M.D.", 9, "7755550109"),
        &organisation(2, "ELM CLINIC, LLC", 12, "7755550112"),
        &person(3, "BEA TWO", "\"RN, MSN\"", 12, "7755550112"),
        &person(4, "CAL THREE", "PA-C", 30, "7755550130"),
        &person(5, "DOT FOUR", "DDS", 30, "7755550130"),
    ]
    .concat();
    check(
        &mut world,
        &file,
        true,
        expect![[r#"
        accounts: 1 new, 0 changed, 0 unchanged, 0 refused
        practices: 1 new, 0 changed, 0 unchanged, 0 refused
        contacts: 4 new, 0 changed, 0 unchanged, 0 refused
        central {"address": "9 Elm Street", "name": "Mercy", "phone": "(775) 555-0109", "zip": "89501"}
        north {"address": "12 ELM STREET", "city": "RENO", "name": "ELM CLINIC, LLC", "npi": "1000000020", "phone": "7755550112", "state": "NV", "zip": "89501"}
        north {"address": "30 ELM ST", "city": "RENO", "name": "Practice of CAL THREE", "phone": "7755550130", "state": "NV", "type": "Physician practice", "zip": "89501-1234"}
        central {"account": "Mercy", "address": "9 ELM ST", "city": "RENO", "credentials": "M.D.", "name": "ADA ONE", "npi": "1000000012", "phone": "7755550109", "state": "NV", "type": "Physician", "zip": "89501-1234"}
        north {"account": "ELM CLINIC, LLC", "address": "12 ELM ST", "city": "RENO", "credentials": "RN, MSN", "name": "BEA TWO", "npi": "1000000038", "phone": "7755550112", "state": "NV", "type": "Registered nurse", "zip": "89501-1234"}
        north {"account": "Practice of CAL THREE", "address": "30 ELM ST", "city": "RENO", "credentials": "PA-C", "name": "CAL THREE", "npi": "1000000046", "phone": "7755550130", "state": "NV", "type": "Physician assistant", "zip": "89501-1234"}
        north {"account": "Practice of CAL THREE", "address": "30 ELM ST", "city": "RENO", "credentials": "DDS", "name": "DOT FOUR", "npi": "1000000053", "phone": "7755550130", "state": "NV", "zip": "89501-1234"}
    "#]],
    );
}

#[test]
fn what_is_bad_retired_or_there_already_is_told_by_its_line() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let here = [("name", "Dr. Eve Five"), ("phone", "775-555-0150")];
    world.save(&mut ana, vec![edit(new_id(), Kind::Contact, Op::Create(t("north")), 0, &here)]);
    let retired = format!("{},\"\"{}01/02/2010,\"\"\n", npi(9), ",\"\"".repeat(14) + ",");
    let replaced = person(10, "GUS SIX", "MD", 60, "7755550160").replacen(",1,\"\"", ",1,1234567893", 1);
    let back =
        person(11, "HAL SEVEN", "MD", 70, "7755550170").replace("\"\",\"\"\n", "01/02/2010,03/04/2011\n");
    let wrong = person(12, "IDA EIGHT", "MD", 80, "7755550180");
    let digit = wrong.as_bytes()[9] - b'0';
    let wrong = format!("{}{}{}", &wrong[..9], (digit + 1) % 10, &wrong[10..]);
    let file = [
        NPPES,
        &retired,
        &replaced,
        &back,
        &wrong,
        &person(5, "EVE FIVE", "MD", 50, "7755550150"),
        &person(13, "JAN NINE", "MD", 90, "7755550190"),
        &person(13, "JAN NINE", "MD", 91, "7755550191"),
        &person(14, "J NINE", "MD", 90, "7755550190"),
        &person(15, "JIM NINE", "MD", 90, "7755550190"),
        &organisation(16, "NINE AND NINE PC", 90, "7755550190"),
        &organisation(17, "NINE & NINE", 90, "7755550190"),
        "too,short\n",
    ]
    .concat();
    check(
        &mut world,
        &file,
        false,
        expect![[r#"
        accounts: 1 new, 0 changed, 0 unchanged, 1 refused
        practices: 0 new, 0 changed, 0 unchanged, 0 refused
        contacts: 4 new, 0 changed, 0 unchanged, 6 refused
        line 2: this NPI was retired on 01/02/2010
        line 3: this NPI was replaced by 1234567893
        line 5: “1000000120” is no NPI: ten digits, of which the last checks the others
        line 6: “Dr. Eve Five” is here already, by phone and name
        line 8: the same contact as in line 7, by NPI
        line 12: the same account as in line 11, by phone and name
        line 13: 2 columns where the header has 18
        north {"address": "90 ELM STREET", "city": "RENO", "name": "NINE AND NINE PC", "npi": "1000000160", "phone": "7755550190", "state": "NV", "zip": "89501"}
        north {"name": "Dr. Eve Five", "phone": "775-555-0150"}
        north {"address": "70 ELM ST", "city": "RENO", "credentials": "MD", "name": "HAL SEVEN", "npi": "1000000111", "phone": "7755550170", "state": "NV", "type": "Physician", "zip": "89501-1234"}
        north {"account": "NINE AND NINE PC", "address": "90 ELM ST", "city": "RENO", "credentials": "MD", "name": "JAN NINE", "npi": "1000000137", "phone": "7755550190", "state": "NV", "type": "Physician", "zip": "89501-1234"}
        north {"account": "NINE AND NINE PC", "address": "90 ELM ST", "city": "RENO", "credentials": "MD", "name": "J NINE", "npi": "1000000145", "phone": "7755550190", "state": "NV", "type": "Physician", "zip": "89501-1234"}
        north {"account": "NINE AND NINE PC", "address": "90 ELM ST", "city": "RENO", "credentials": "MD", "name": "JIM NINE", "npi": "1000000152", "phone": "7755550190", "state": "NV", "type": "Physician", "zip": "89501-1234"}
    "#]],
    );
}

#[test]
fn one_administrator_of_several_places_is_one_contact() {
    let mut world = World::new();
    let file = [
        "\u{feff}",
        FACILITIES,
        "ELM HOUSE,Assisted Living,1 ELM ST,RENO,TX,75001,ELM,(775) 555-0101,(775) 555-0102,a@elm.example,\"31.7,-95.6\",KIM TEN\r\n",
        "OAK HOUSE,Assisted Living,2 OAK ST,RENO,TX,75001,ELM,775 5550103,,a@elm.example,,Kim Ten\r\n",
        "OAK HOUSE,Assisted Living,2 OAK ST,RENO,TX,75001,ELM,775 5550103,,a@elm.example,,Kim Ten\r\n",
        "ASH HOUSE,Assisted Living,3 ASH ST,RENO,TX,75001,ELM,pending,,,,\r\n",
        ",Assisted Living,3 ASH ST,RENO,TX,75001,ELM,,,,,LEE TEN",
    ]
    .concat();
    check(
        &mut world,
        &file,
        true,
        expect![[r#"
        accounts: 3 new, 0 changed, 0 unchanged, 1 refused
        practices: 0 new, 0 changed, 0 unchanged, 0 refused
        contacts: 1 new, 0 changed, 0 unchanged, 1 refused
        line 4: the same account as in line 3, by name and address
        line 6: no name
        north {"address": "1 ELM ST", "administrator": "KIM TEN", "city": "RENO", "county": "ELM", "email": "a@elm.example", "fax": "(775) 555-0102", "lat": "31.7", "lon": "-95.6", "name": "ELM HOUSE", "phone": "(775) 555-0101", "state": "TX", "type": "Assisted living", "zip": "75001"}
        north {"address": "2 OAK ST", "administrator": "Kim Ten", "city": "RENO", "county": "ELM", "email": "a@elm.example", "name": "OAK HOUSE", "phone": "775 5550103", "state": "TX", "type": "Assisted living", "zip": "75001"}
        north {"address": "3 ASH ST", "city": "RENO", "county": "ELM", "name": "ASH HOUSE", "phone": "pending", "state": "TX", "type": "Assisted living", "zip": "75001"}
        north {"account": "ELM HOUSE", "at:OAK HOUSE": "Administrator", "email": "a@elm.example", "fax": "(775) 555-0102", "name": "KIM TEN", "phone": "(775) 555-0101", "type": "Administrator"}
    "#]],
    );
}

/// Ana has corrected the phone and filed the contact at another account; the newer file moves the office.
#[test]
fn a_newer_file_undoes_nobodys_work_and_takes_a_contact_along() {
    let mut world = World::new();
    let old = [NPPES, &person(1, "ADA ONE", "MD", 9, "7755550109")].concat();
    import(&mut world, &old, true);
    let contact = of_kind(&mut world, Kind::Contact).remove(0);
    let mut ana = world.phone_of(world.ana);
    let elsewhere = world.account(&mut ana, "central", "Mercy").0.to_string();
    let set = [("phone", "775-555-0000"), ("account", elsewhere.as_str())];
    world.save(&mut ana, vec![edit(contact.id, Kind::Contact, Op::Patch, 1, &set)]);
    let same = import(&mut world, &old, true);
    assert_eq!((same.contacts.unchanged, same.practices.new), (1, 0));
    let held = world.record(contact.id);
    assert_eq!((held.territory.as_str(), held.fields.text("phone")), ("central", Some("775-555-0000")));

    let new = [NPPES, &person(1, "ADA ONE", "MD", 20, "7755550120")].concat();
    let moved = import(&mut world, &new, true);
    assert_eq!((moved.contacts.changed, moved.practices.new), (1, 1), "{moved}");
    let held = world.record(contact.id);
    assert_eq!((held.territory.as_str(), held.fields.text("phone")), ("north", Some("7755550120")));
    let practice = held.fields.text("account").and_then(|text| text.parse().ok()).expect("it has an account");
    let practice = world.record(protocol::RecordId(practice));
    assert_eq!(practice.fields.text("address"), Some("20 ELM ST"));
    world.assert_feeds_are_true();
}

/// The first file says no phone, and so no door; a rep knows where she works.
#[test]
fn whom_no_file_has_filed_stays_where_a_rep_has_and_nothing_is_made_for_it() {
    let mut world = World::new();
    import(&mut world, &[NPPES, &person(1, "ADA ONE", "MD", 9, "")].concat(), true);
    let contact = of_kind(&mut world, Kind::Contact).remove(0);
    assert_eq!(contact.fields.text("account"), None);
    let mut ana = world.phone_of(world.ana);
    let mercy = world.account(&mut ana, "north", "Mercy").0.to_string();
    world.save(&mut ana, vec![edit(contact.id, Kind::Contact, Op::Patch, 1, &[("account", &mercy)])]);
    let both = import(&mut world, &[NPPES, &person(1, "ADA ONE", "MD", 20, "7755550120")].concat(), true);
    assert_eq!((both.contacts.changed, both.practices.new), (1, 0), "{both}");
    let held = world.record(contact.id).fields;
    assert_eq!([held.text("account"), held.text("phone")], [Some(&*mercy), Some("7755550120")]);
}

#[test]
fn rows_of_other_states_are_counted() {
    let mut world = World::new();
    let elsewhere = person(2, "BEA TWO", "MD", 12, "7755550112").replace(",NV,", ",UTAH,");
    let nowhere = organisation(3, "ELM CLINIC", 12, "7755550112").replace(",NV,", ",QUEENSLAND,");
    let named = person(4, "CAL THREE", "MD", 12, "7755550113").replace(",NV,", ",NEVADA,");
    let file = [NPPES, &person(1, "ADA ONE", "MD", 9, "7755550109"), &elsewhere, &nowhere, &named].concat();
    let states = vec![State::parse("nv").expect("a state")];
    let target = Target { organisation: world.org, territory: t("north"), map: None, states };
    let both =
        import::contacts(&mut world.ledger, file.as_bytes(), &target, false, 50).expect("a known file");
    assert_eq!(
        both.to_string(),
        "accounts: 0 new, 0 changed, 0 unchanged, 0 refused\n\
         practices: 0 new, 0 changed, 0 unchanged, 0 refused\n\
         contacts: 2 new, 0 changed, 0 unchanged, 0 refused\n\
         rows of other states: 2"
    );
}

/// Everything that a rep may correct between two imports of one file. At Elm Clinic are six people; one of them was
/// filed elsewhere by hand, one nowhere, one has another phone now, and one was deleted.
#[test]
fn a_file_that_comes_again_after_reps_corrected_its_places_moves_nobody_and_makes_nothing() {
    let people = (2..8).map(|number| {
        let name = format!("{} TWO", ["ADA", "BEA", "CAL", "DOT", "EVE", "FAY"][number as usize - 2]);
        person(number, &name, "MD", 12, "7755550112")
    });
    let clinic = organisation(1, "ELM CLINIC", 12, "7755550112");
    let alone = person(9, "GUS NINE", "MD", 30, "7755550130");
    let file = [NPPES.to_owned(), clinic].into_iter().chain(people).chain([alone]).collect::<String>();
    for correction in [("phone", "775-555-9999"), ("zip", "89502"), ("address", "14 Elm Street")] {
        let mut world = World::new();
        import(&mut world, &file, true);
        let mut ana = world.phone_of(world.ana);
        let by_name = |world: &mut World, kind, name: &str| {
            let mut records = of_kind(world, kind).into_iter();
            records.find(|record| record.fields.text("name") == Some(name)).expect("it is there").id
        };
        let elsewhere = world.account(&mut ana, "central", "Mercy").0.to_string();
        for (kind, name, set) in [
            (Kind::Contact, "BEA TWO", ("account", elsewhere.as_str())),
            (Kind::Contact, "CAL TWO", ("account", "")),
            (Kind::Contact, "DOT TWO", ("phone", "775-555-0000")),
            (Kind::Account, "ELM CLINIC", correction),
            (Kind::Account, "Practice of GUS NINE", correction),
        ] {
            let id = by_name(&mut world, kind, name);
            let receipt = world.save(&mut ana, vec![edit(id, kind, Op::Patch, 1, &[set])]);
            assert_eq!(receipt.outcome, Outcome::Accepted);
        }
        let gone = by_name(&mut world, Kind::Contact, "EVE TWO");
        world.save(&mut ana, vec![edit(gone, Kind::Contact, Op::Delete, 1, &[])]);
        let clinic = by_name(&mut world, Kind::Account, "ELM CLINIC");
        let practice = by_name(&mut world, Kind::Account, "Practice of GUS NINE");

        // As corrected, with the two merged, and with all as the file has it.
        let into = practice.0.to_string();
        let was =
            [("phone", "7755550112"), ("zip", "89501"), ("address", "12 ELM STREET"), ("merged_into", "")];
        for (version, sets) in [(2, &[][..]), (2, &[("merged_into", into.as_str())]), (3, &was)] {
            if !sets.is_empty() {
                let edits = vec![edit(clinic, Kind::Account, Op::Patch, version, sets)];
                assert_eq!(world.save(&mut ana, edits).outcome, Outcome::Accepted);
            }
            let before = world.ledger.records(world.org).expect("reads");
            for _ in 0..2 {
                let both = import(&mut world, &file, true);
                assert_eq!(
                    both.to_string(),
                    "accounts: 0 new, 0 changed, 1 unchanged, 0 refused\n\
                     practices: 0 new, 0 changed, 0 unchanged, 0 refused\n\
                     contacts: 0 new, 0 changed, 7 unchanged, 0 refused",
                    "{correction:?}"
                );
                assert_eq!(world.ledger.records(world.org).expect("reads"), before, "{correction:?}");
            }
        }
        let newer = file.replacen(",MD,", ",DO,", 1);
        let both = import(&mut world, &newer, true);
        assert_eq!((both.contacts.changed, both.practices.new), (1, 0), "{both}");
        let ada = by_name(&mut world, Kind::Contact, "ADA TWO");
        let ada = world.record(ada).fields;
        assert_eq!(
            (ada.text("credentials"), ada.text("account")),
            (Some("DO"), Some(&*clinic.0.to_string()))
        );
    }
}

#[test]
fn who_was_told_to_be_there_is_not_made_after_a_correction_either() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let (clinic, eve) = (new_id(), new_id());
    let at = [("name", "Elm Clinic"), ("phone", "(775) 555-0112")];
    world.save(&mut ana, vec![edit(clinic, Kind::Account, Op::Create(t("north")), 0, &at)]);
    let here = [("name", "Dr. Eve Five"), ("phone", "775-555-0150"), ("npi", "1000000012")];
    world.save(&mut ana, vec![edit(eve, Kind::Contact, Op::Create(t("north")), 0, &here)]);
    world.save(&mut ana, vec![edit(eve, Kind::Contact, Op::Patch, 1, &[("npi", "")])]);
    let file = [
        NPPES,
        &organisation(16, "ELM CLINIC LLC", 12, "7755550112"),
        &person(5, "EVE FIVE", "MD", 50, "7755550150"),
        &person(1, "IDA ONE", "MD", 50, "7755550150"),
    ]
    .concat();
    let told = [
        (2, "“Elm Clinic” is here already, by phone and name".to_owned()),
        (3, "“Dr. Eve Five” is here already, by phone and name".to_owned()),
    ];
    assert_eq!(import(&mut world, &file, false).refused(), told, "a number that was taken back is free");
    let phone = [("phone", "775-555-9999")];
    world.save(&mut ana, vec![edit(clinic, Kind::Account, Op::Patch, 1, &phone)]);
    world.save(&mut ana, vec![edit(eve, Kind::Contact, Op::Patch, 2, &phone)]);
    let again = import(&mut world, &file, false);
    assert_eq!(again.refused(), told, "as before");
    assert_eq!((again.accounts.new, again.contacts.new), (0, 0));
}

/// The public files, all four into one ledger, where they are at hand. They name real people: nothing of them is told.
#[test]
fn the_public_files_come_in_whole_with_the_people_in_them() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let read = |name: &str| match std::fs::read(format!("{dir}/{name}")) {
        Ok(bytes) => Some(import::unpacked(bytes).expect("gzip")),
        Err(_) => {
            println!("not checked, the file is absent: {name}");
            None
        }
    };
    let mut world = World::new();
    let target = Target { organisation: world.org, territory: t("north"), map: None, states: Vec::new() };
    for name in ["cms-hospital-general-information.csv.gz", "cms-nursing-homes.csv.gz"] {
        let Some(bytes) = read(name) else { return };
        import::accounts(&mut world.ledger, &bytes, &target, 50).expect("a known header");
    }
    let mut told = String::new();
    for name in ["tx-assisted-living.csv", "nppes-npidata-small.csv.gz"] {
        let Some(bytes) = read(name) else { return };
        let both = import::contacts(&mut world.ledger, &bytes, &target, true, 60).expect("a known header");
        told += &format!("{name}\n{both}\n");
        let again = import::contacts(&mut world.ledger, &bytes, &target, true, 70).expect("a known header");
        assert_eq!(again.refused(), both.refused(), "{name}");
        let made = [&again.accounts, &again.practices, &again.contacts].map(|it| (it.new, it.changed));
        assert_eq!(made, [(0, 0); 3], "{name}");
    }
    expect![[r#"
        tx-assisted-living.csv
        accounts: 1949 new, 0 changed, 0 unchanged, 75 refused
        practices: 0 new, 0 changed, 0 unchanged, 0 refused
        contacts: 1651 new, 0 changed, 0 unchanged, 36 refused
        nppes-npidata-small.csv.gz
        accounts: 1729 new, 0 changed, 0 unchanged, 74 refused
        practices: 5345 new, 0 changed, 0 unchanged, 0 refused
        contacts: 7881 new, 0 changed, 0 unchanged, 317 refused
    "#]]
    .assert_eq(&told);
    world.assert_feeds_are_true();
}
