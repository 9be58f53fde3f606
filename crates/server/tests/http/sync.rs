//! Push, pull and pulse over HTTP, with all that a bad request can be.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::server::Server;

fn pull_all(server: &Server, cookie: &str) -> Vec<Value> {
    let (mut cursors, mut records) = (json!({}), Vec::new());
    loop {
        let body = json!({ "device": Uuid::nil(), "epoch": 0, "schema": 1, "cursors": cursors, "limit": 40 });
        let page = server.post("/api/pull", cookie, &body).json();
        assert_eq!(page["satchel"], 1);
        for feed in page["feeds"].as_array().expect("feeds") {
            cursors[feed["territory"].as_str().expect("a name")] = feed["cursor"].clone();
            records.extend(feed["records"].as_array().expect("records").iter().cloned());
        }
        if page["remaining"] == 0 {
            return records;
        }
    }
}

/// What the first rep of the practice organisation may see.
const HELD: usize = 48 + 196 + 51;

fn note_about(account: &Value, number: u64) -> Value {
    let set = json!({ "text": "Hello", "account": account["id"] });
    let op = json!({ "create": account["territory"] });
    let edit = json!({ "id": Uuid::now_v7(), "kind": "note", "op": op, "set": set });
    json!({ "id": Uuid::now_v7(), "number": number, "made_at": 1, "edits": [edit] })
}

#[test]
fn a_save_travels_from_one_rep_to_the_other() {
    let server = Server::start();
    let (one, two) = (server.sign_in("rep1"), server.sign_in("rep2"));
    let held = pull_all(&server, &one);
    assert_eq!(held.len(), HELD);
    let account = held
        .iter()
        .find(|record| record["kind"] == "account" && record["territory"] == "central")
        .expect("central has accounts");
    let change = note_about(account, 1);
    let push = json!({ "device": Uuid::now_v7(), "epoch": 1, "schema": 1, "changes": [change] });
    let first = server.post("/api/push", &one, &push).json();
    assert_eq!((&first["satchel"], &first["receipts"][0]["outcome"]), (&json!(1), &json!("accepted")));
    let again = server.post("/api/push", &one, &push).json();
    assert_eq!(again["receipts"], first["receipts"], "an answer that was lost is given again");
    let seen = pull_all(&server, &two);
    let note = &change["edits"][0]["id"];
    let found: Vec<_> = seen.iter().filter(|record| record["id"] == *note).collect();
    assert_eq!((found.len(), &found[0]["by"]), (1, &json!("Rep One")));
    let heads = server.get("/api/pulse", &[("cookie", &two)]).json();
    assert_eq!(
        (&heads["signed_in"], &heads["heads"]["central"]),
        (&json!(true), &first["receipts"][0]["at"]["central"])
    );
    assert_eq!(server.post("/api/push", &two, &push).error(), (403, "other_device".to_owned()));
}

#[test]
fn what_a_record_was_before_is_told_to_those_who_may_see_it() {
    let server = Server::start();
    let (one, two) = (server.sign_in("rep1"), server.sign_in("rep2"));
    let held = pull_all(&server, &one);
    let in_territory =
        |name: &str| held.iter().find(|record| record["territory"] == name).expect("there are some");
    let call = |record: &Value| format!("/api/records/{}/versions", record["id"].as_str().expect("an id"));
    let (north, central) = (call(in_territory("north")), call(in_territory("central")));
    let get = |path: &str, cookie: &str| server.get(path, &[("cookie", cookie)]);
    let read = get(&north, &one).json();
    assert_eq!((&read["satchel"], &read["versions"][0]["version"]), (&json!(1), &json!(1)));
    assert_eq!(get(&format!("{north}?below=1"), &one).json()["versions"], json!([]));
    assert_eq!(get(&central, &two).status, 200);
    let unseen = (404, "no_such_record".to_owned());
    for path in [north.as_str(), "/api/records/7/versions", &call(&json!({ "id": Uuid::now_v7() }))] {
        assert_eq!(get(path, &two).error(), unseen, "{path}");
    }
    assert_eq!(get(&north, "").error(), (401, "signed_out".to_owned()));
    assert_eq!(get(&format!("{north}?below=x"), &one).error(), (400, "malformed".to_owned()));
}

#[test]
fn requests_that_cannot_be_taken_are_told_why() {
    let server = Server::start();
    let cookie = server.sign_in("rep1");
    let good = json!({ "device": Uuid::nil(), "epoch": 0, "schema": 1, "cursors": {} });
    assert_eq!(server.post("/api/pull", "", &good).error(), (401, "signed_out".to_owned()));
    assert_eq!(server.post("/api/pull", "satchel=00", &good).error(), (401, "signed_out".to_owned()));
    let headers = [("content-type", "application/json"), ("cookie", cookie.as_str())];
    let answer = server.send("POST", "/api/push", &headers, Some(b"{\"device\":\n7}".to_vec()));
    assert_eq!(answer.error(), (400, "malformed".to_owned()));
    assert!(answer.json()["message"].as_str().is_some_and(|text| text.contains("line 2 column")));
    let huge = vec![b' '; protocol::limits::PUSH_BODY_BYTES_MAX + 1];
    let answer = server.send("POST", "/api/push", &headers, Some(huge));
    assert_eq!(answer.error(), (413, "too_large".to_owned()));
    let account = json!({ "id": Uuid::nil(), "territory": "north" });
    let many: Vec<_> = (1..=201).map(|number| note_about(&account, number)).collect();
    let push = json!({ "device": Uuid::now_v7(), "epoch": 0, "schema": 1, "changes": many });
    assert_eq!(server.post("/api/push", &cookie, &push).error(), (413, "too_large".to_owned()));
    let old = json!({ "device": Uuid::nil(), "epoch": 0, "schema": 0, "cursors": {} });
    assert_eq!(server.post("/api/pull", &cookie, &old).error(), (426, "update_needed".to_owned()));
    for path in ["/api/nothing", "/api", "/api/", "/api/push/more", "/api/push"] {
        assert_eq!(server.get(path, &[]).error(), (404, "no_such_call".to_owned()), "{path}");
    }
}

#[test]
fn a_ledger_that_is_busy_says_try_again() {
    let server = Server::start();
    let cookie = server.sign_in("rep1");
    let holder = rusqlite::Connection::open(&server.db).expect("opens");
    holder.execute_batch("BEGIN IMMEDIATE").expect("holds the pen");
    let push = json!({ "device": Uuid::now_v7(), "epoch": 0, "schema": 1, "changes": [] });
    let answer = server.post("/api/push", &cookie, &push);
    assert_eq!(answer.error(), (503, "busy".to_owned()));
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(pull_all(&server, &cookie).len(), HELD, "reading goes on beside a writer");
    holder.execute_batch("ROLLBACK").expect("lets go");
    assert_eq!(server.post("/api/push", &cookie, &push).status, 200);
}

#[test]
fn answers_are_compressed_and_carry_the_security_headers() {
    let server = Server::start();
    let cookie = server.sign_in("manager");
    let body = json!({ "device": Uuid::nil(), "epoch": 0, "schema": 1, "cursors": {} }).to_string();
    for encoding in ["br", "gzip", "zstd"] {
        let headers = [
            ("content-type", "application/json"),
            ("cookie", cookie.as_str()),
            ("accept-encoding", encoding),
        ];
        let answer = server.send("POST", "/api/pull", &headers, Some(body.clone().into_bytes()));
        assert_eq!((answer.status, answer.header("content-encoding")), (200, encoding));
        assert!(answer.body.len() < 30_000, "{encoding}: {}", answer.body.len());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").starts_with("default-src 'self'; script-src"));
    }
}

#[test]
fn the_description_names_every_call_and_health_is_good() {
    let server = Server::start();
    let description = server.get("/api/openapi.json", &[]).json();
    let paths: Vec<_> = description["paths"].as_object().expect("paths").keys().cloned().collect();
    let calls = ["health", "pull", "pulse", "push", "records/{id}/versions", "session"];
    assert_eq!(paths, calls.map(|call| format!("/api/{call}")));
    assert!(description["components"]["schemas"]["PullReply"]["properties"]["feeds"].is_object());
    assert_eq!(server.get("/api/health", &[]).json()["epoch"], 1);
}

/// Two windows of one browser share the cookie; the first one's requests must not be answered as the second user's.
#[test]
fn a_request_that_says_whose_it_is_counts_for_nobody_else() {
    let server = Server::start();
    let body = json!({ "email": "rep1@practice.example", "password": "practice" });
    let who = server.post("/api/session", "", &body).json();
    let (one, two) = (server.sign_in("rep1"), server.sign_in("rep2"));
    let said = who["user"].as_str().expect("an id");
    let pull = json!({ "device": Uuid::now_v7(), "epoch": 0, "schema": 1, "cursors": {} });
    for (cookie, status) in [(&one, 200), (&two, 401)] {
        let headers = [("content-type", "application/json"), ("cookie", cookie), ("satchel-user", said)];
        let answer = server.send("POST", "/api/pull", &headers, Some(pull.to_string().into_bytes()));
        assert_eq!(answer.status, status, "{answer:?}");
        let pulse = server.get("/api/pulse", &headers[1..]).json();
        assert_eq!(pulse["signed_in"], json!(status == 200));
    }
    let nonsense = [("content-type", "application/json"), ("cookie", &one), ("satchel-user", "me")];
    let answer = server.send("POST", "/api/pull", &nonsense, Some(pull.to_string().into_bytes()));
    assert_eq!(answer.error(), (401, "signed_out".to_owned()));
}
