//! Imports: files as they are, rows that are bad, and files imported again.

use expect_test::{Expect, expect};
use protocol::{Kind, Op, Record};
use server::import::{self, ImportError, Map, State, Summary, Target};

use crate::world::{Held, World, delete, edit, new_id, patch, t};

fn import(world: &mut World, bytes: &[u8], map: Option<&str>) -> Result<Summary, ImportError> {
    let map = map.map(|map| Map::parse(map).expect("a map"));
    let target = Target { organisation: world.org, territory: t("north"), map, states: Vec::new() };
    import::accounts(&mut world.ledger, bytes, &target, 50)
}

fn accounts(world: &mut World) -> Vec<Record> {
    let records = world.ledger.records(world.org).expect("reads").into_iter();
    records.filter(|record| record.kind == Kind::Account).collect()
}

#[track_caller]
fn check(bytes: &[u8], map: &str, expected: Expect) {
    let mut world = World::new();
    let summary = import(&mut world, bytes, Some(map)).expect("a file");
    let mut told = format!("{summary}\n");
    for (line, reason) in &summary.refused {
        told += &format!("line {line}: {reason}\n");
    }
    for record in accounts(&mut world) {
        told += &format!("{:?}\n", record.fields);
    }
    expected.assert_eq(&told);
    let again = import(&mut world, bytes, Some(map)).expect("a file");
    let same = (again.new, again.changed, again.unchanged, &again.refused);
    assert_eq!(same, (0, 0, summary.new, &summary.refused), "safe to run twice");
    world.assert_feeds_are_true();
}

const PLAIN: &str = "name=Name,ccn=Id,city=City";

#[test]
fn windows_1252_with_crlf_and_leading_zeros() {
    check(
        b"Id,Name,City\r\n\"010001\",\"ST. MARY\x92S\",\"SAN JOS\xc9\"\r\n09E020, SECOND ,\r\n",
        PLAIN,
        expect![[r#"
            2 new, 0 changed, 0 unchanged, 0 refused
            {"ccn": "010001", "city": "SAN JOSÉ", "name": "ST. MARY’S"}
            {"ccn": "09E020", "name": "SECOND"}
        "#]],
    );
}

#[test]
fn a_mark_at_the_start_is_no_part_of_the_first_column() {
    check(
        "\u{feff}Id,Name,City\n1,Café,Reno".as_bytes(),
        PLAIN,
        expect![[r#"
            1 new, 0 changed, 0 unchanged, 0 refused
            {"ccn": "1", "city": "Reno", "name": "Café"}
        "#]],
    );
}

#[test]
fn bad_rows_are_told_by_the_line_they_begin_on() {
    check(
        b"Id,Name,City\r\n1,\"TWO\r\nLINES\",Reno\r\n2,,Reno\r\n\r\n3,\"LOVE ON \"\"EM\",Reno\r\n4,FOUR\r\n5,NUL\0,Reno\r\n1,AGAIN,Reno\r\n,NO ID,Reno\r\n,no id,Reno\r\n6,Not Available,Reno\r\n",
        PLAIN,
        expect![[r#"
            3 new, 0 changed, 0 unchanged, 6 refused
            line 4: no name
            line 7: 2 columns where the header has 3
            line 8: The field “name” holds a character that cannot be shown.
            line 9: the same account as in line 2
            line 11: the same account as in line 10
            line 12: no name
            {"ccn": "1", "city": "Reno", "name": "TWO LINES"}
            {"ccn": "3", "city": "Reno", "name": "LOVE ON \"EM"}
            {"city": "Reno", "name": "NO ID"}
        "#]],
    );
}

#[test]
fn semicolons_and_constants_and_fields_of_ones_own() {
    check(
        b"Name;Beds\nA, B and C;12\n",
        "name=Name,beds=Beds,type==Clinic",
        expect![[r#"
            1 new, 0 changed, 0 unchanged, 0 refused
            {"beds": "12", "name": "A, B and C", "type": "Clinic"}
        "#]],
    );
}

#[test]
fn a_file_without_a_map_must_be_one_we_know() {
    let mut world = World::new();
    let error = import(&mut world, b"a,b\n1,2\n", None).expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "This header is not one we know. Say which column is which with --map name=…,city=… The file has: a, b."
    );
}

/// The file comes in anew; a rep has corrected a phone number meanwhile, and somebody deleted an account.
#[test]
fn a_newer_file_brings_its_news_and_undoes_nobodys_work() {
    let mut world = World::new();
    let map = Some("ccn=Id,name=Name,phone=Phone,city=City");
    let old = b"Id,Name,Phone,City\n1,A,100,Reno\n2,B,200,\n3,C,300,\n";
    assert_eq!(import(&mut world, old, map).expect("a file").new, 3);
    let ids: Vec<_> = accounts(&mut world).into_iter().map(|record| record.id).collect();
    let mut ana = world.phone_of(world.ana);
    world.save(&mut ana, vec![patch(ids[0], 1, &[("phone", "111")])]);
    world.save(&mut ana, vec![delete(ids[2], 1)]);
    world.ledger.move_record(world.ana, ids[1], &t("central"), 60).expect("moved");

    let same = import(&mut world, old, map).expect("a file");
    assert_eq!(same.to_string(), "0 new, 0 changed, 3 unchanged, 0 refused");
    let new = b"Id,Name,Phone,City\n1,A1,100,\n2,B,222,Elko\n3,C,333,\n";
    let summary = import(&mut world, new, map).expect("a file");
    assert_eq!(summary.to_string(), "0 new, 2 changed, 0 unchanged, 1 refused");
    assert_eq!(summary.refused, [(4, "the account was deleted in Satchel".to_owned())]);

    let (first, second) = (world.record(ids[0]), world.record(ids[1]));
    assert_eq!(
        format!("{:?}", first.fields),
        r#"{"ccn": "1", "city": "Reno", "name": "A1", "phone": "111"}"#
    );
    assert_eq!(
        format!("{:?}", second.fields),
        r#"{"ccn": "2", "city": "Elko", "name": "B", "phone": "222"}"#
    );
    assert_eq!((second.territory.as_str(), second.by.as_str()), ("central", "Import"));
    assert!(world.record(ids[2]).deleted);

    let mut held = Held::default();
    world.pull(world.ana, &mut held, 0);
    assert_eq!(held.records, world.truth(world.ana));
    let line = world.ledger.history(ids[1]).expect("reads").pop().expect("versions");
    assert_eq!((line.change, line.device, line.before["phone"].as_str()), (None, None, "200"));
}

#[test]
fn an_account_made_by_hand_is_met_by_its_number_and_keeps_what_stands_there() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let id = world.account(&mut ana, "central", "A");
    world.save(&mut ana, vec![patch(id, 1, &[("ccn", "01A193"), ("phone", "the direct line")])]);
    let map = Some("ccn=Id,name=Name,phone=Phone,city=City");
    let summary = import(&mut world, b"Id,Name,Phone,City\n01a193,A,100,Reno\n", map).expect("a file");
    assert_eq!((summary.new, summary.changed), (0, 1));
    let line = world.ledger.history(id).expect("reads").pop().expect("three versions");
    assert_eq!((line.op.as_str(), line.user, line.made_at, line.at), ("patch", None, 50, 50));
    let fields = world.record(id).fields;
    assert_eq!([fields.text("city"), fields.text("phone")], [Some("Reno"), Some("the direct line")]);
    // What the next file says anew is news.
    let summary = import(&mut world, b"Id,Name,Phone,City\n01a193,A,200,Reno\n", map).expect("a file");
    assert_eq!((summary.changed, world.record(id).fields.text("phone")), (1, Some("200")));
}

/// Neither what a rep has made by mistake and deleted, nor a contact with the number of its employer.
#[test]
fn only_an_account_that_is_there_is_met() {
    let mut world = World::new();
    let mut ana = world.phone_of(world.ana);
    let mistaken = world.account(&mut ana, "central", "A");
    world.save(&mut ana, vec![patch(mistaken, 1, &[("ccn", "01A193")])]);
    world.save(&mut ana, vec![delete(mistaken, 2)]);
    let person =
        edit(new_id(), Kind::Contact, Op::Create(t("central")), 0, &[("name", "P"), ("ccn", "01A193")]);
    world.save(&mut ana, vec![person]);
    let map = Some("ccn=Id,name=Name");
    let summary = import(&mut world, b"Id,Name\n01A193,A\n", map).expect("a file");
    assert_eq!(summary.to_string(), "1 new, 0 changed, 0 unchanged, 0 refused");
    assert!(
        accounts(&mut world).iter().any(|account| account.id != mistaken && account.territory == t("north"))
    );
}

#[test]
fn a_correction_outlives_a_file_that_leaves_its_cell_empty() {
    let mut world = World::new();
    let map = Some("ccn=Id,name=Name,phone=Phone,city=City");
    let whole = b"Id,Name,Phone,City\n1,A,100,Reno\n";
    import(&mut world, whole, map).expect("a file");
    let id = accounts(&mut world)[0].id;
    let mut ana = world.phone_of(world.ana);
    for (correction, told) in [("111", Some("111")), ("", None)] {
        let version = world.record(id).version;
        world.save(&mut ana, vec![patch(id, version, &[("phone", correction)])]);
        for file in [&b"Id,Name,Phone,City\n1,A,,Elko\n"[..], whole] {
            import(&mut world, file, map).expect("a file");
            assert_eq!(world.record(id).fields.text("phone"), told);
        }
    }
    assert_eq!(world.record(id).fields.text("city"), Some("Reno"));
    // A column that is new fills what is empty, and nothing else.
    let version = world.record(id).version;
    world.save(&mut ana, vec![patch(id, version, &[("fax", "9")])]);
    let wider = b"Id,Name,Fax,Beds\n1,A,8,40\n";
    import(&mut world, wider, Some("ccn=Id,name=Name,fax=Fax,beds=Beds")).expect("a file");
    let fields = world.record(id).fields;
    assert_eq!([fields.text("fax"), fields.text("beds")], [Some("9"), Some("40")]);
}

#[test]
fn only_the_states_asked_for_come_in_however_they_are_written_and_the_others_are_counted() {
    let mut world = World::new();
    let rows = [
        ("A", "TX"),
        ("B", "texas"),
        ("C", "TEXAS (TX)"),
        ("D", "PUERTO RICO"),
        ("E", "VT"),
        ("F", ""),
        ("G", "TEX"),
    ];
    let file: String = rows.iter().map(|(name, state)| format!("{name},{state}\n")).collect();
    let file = format!("Name,State\n{file}");
    let states = ["Texas", "pr"].map(|text| State::parse(text).expect("a state")).to_vec();
    let map = Some(Map::parse("name=Name,state=State").expect("a map"));
    let target = Target { organisation: world.org, territory: t("north"), map, states };
    let summary = import::accounts(&mut world.ledger, file.as_bytes(), &target, 50).expect("a file");
    assert_eq!(summary.to_string(), "4 new, 0 changed, 0 unchanged, 0 refused, 3 of other states");
    let kept = accounts(&mut world).into_iter().map(|record| record.fields.text("state").map(str::to_owned));
    let mut kept: Vec<_> = kept.flatten().collect();
    kept.sort();
    assert_eq!(kept, ["PUERTO RICO", "TEXAS (TX)", "TX", "texas"], "as the file writes them");
}

/// The public files this is written for, where they are at hand.
#[test]
fn the_public_files_come_in_whole() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let files = [
        ("cms-hospital-general-information.csv.gz", "4807 new, 0 changed, 0 unchanged, 0 refused"),
        ("cms-nursing-homes.csv.gz", "14759 new, 0 changed, 0 unchanged, 0 refused"),
        ("tx-assisted-living.csv", "1989 new, 0 changed, 0 unchanged, 35 refused"),
    ];
    let mut world = World::new();
    for (name, expected) in files {
        let Ok(bytes) = std::fs::read(format!("{dir}/{name}")) else {
            println!("not checked, the file is absent: {name}");
            continue;
        };
        let bytes = import::unpacked(bytes).expect("gzip");
        let summary = import(&mut world, &bytes, None).expect("a known header");
        assert_eq!(summary.to_string(), expected, "{name}");
        let again = import(&mut world, &bytes, None).expect("a known header");
        assert_eq!((again.new, again.changed, again.unchanged), (0, 0, summary.new), "{name}");
    }
    world.assert_feeds_are_true();
}
