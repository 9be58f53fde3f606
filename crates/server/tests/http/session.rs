//! Signing in and out, and what another site's page cannot do.

use serde_json::json;

use crate::server::Server;

#[test]
fn signing_in_says_who_and_sets_a_cookie_that_scripts_cannot_read() {
    let server = Server::start();
    let body = json!({ "email": " REP1@practice.example", "password": "practice" });
    let answer = server.post("/api/session", "", &body);
    let who = answer.json();
    assert_eq!((answer.status, &who["satchel"], &who["role"]), (200, &json!(1), &json!("rep")));
    assert_eq!((&who["name"], &who["organisation"]), (&json!("Rep One"), &json!("Practice")));
    let set = answer.header("set-cookie");
    assert!(set.starts_with("satchel=") && set.contains("; HttpOnly; SameSite=Strict"), "{set}");
    assert!(set.contains("Max-Age=2592000"), "{set}");

    let cookie = answer.cookie();
    assert_eq!(server.get("/api/session", &[("cookie", &cookie)]).json(), who);
    let server = Server::start_for_the_world("secret");
    let body = json!({ "email": "ana@world.example", "password": "secret" });
    let public = [("content-type", "application/json"), ("host", "crm.example.org")];
    let answer = server.send("POST", "/api/session", &public, Some(body.to_string().into_bytes()));
    let set = answer.header("set-cookie");
    assert!(
        set.starts_with("__Host-satchel=") && set.ends_with("; Secure") && set.contains("; Path=/;"),
        "{set}"
    );
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_told_alike_and_too_many_wait() {
    let server = Server::start();
    let attempt = |email: &str, password: &str| {
        server.post("/api/session", "", &json!({ "email": email, "password": password }))
    };
    let wrong = (401, "wrong_password".to_owned());
    assert_eq!(attempt("rep1@practice.example", "Practice").error(), wrong);
    assert_eq!(attempt("nobody@practice.example", "practice").error(), wrong);
    // While a slow machine works on the guesses an attempt or two come back.
    let refused = (0..60).map(|_| attempt("rep1@practice.example", "guess")).find(|it| it.error() != wrong);
    assert_eq!(refused.expect("no end of guesses").error(), (429, "too_many_attempts".to_owned()));
    let answer = attempt("rep1@practice.example", "practice");
    assert_eq!(answer.error(), (429, "too_many_attempts".to_owned()), "also who knows it waits then");
    let wait: u32 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=30).contains(&wait), "{wait}");
    for _ in 0..12 {
        assert_eq!(attempt("rep2@practice.example", "practice").status, 200, "who knows it may come often");
    }
}

#[test]
fn behind_a_proxy_one_who_guesses_keeps_nobody_else_waiting() {
    let server = Server::start();
    let attempt = |from: &str, password: &str| {
        let body = json!({ "email": "rep1@practice.example", "password": password });
        let headers = [("content-type", "application/json"), ("x-forwarded-for", from)];
        server.send("POST", "/api/session", &headers, Some(body.to_string().into_bytes())).status
    };
    // What the one who guesses writes into the header himself stands before what the proxy adds.
    let guess = |at: u32| attempt(&format!("192.0.2.{at}, 203.0.113.1"), "guess");
    assert!((0..60).any(|at| guess(at) == 429), "no end of guesses");
    assert_eq!(attempt("198.51.100.7", "practice"), 200);
    assert_eq!(attempt("203.0.113.1", "practice"), 429);
}

#[test]
fn who_lost_a_phone_or_left_is_signed_out_everywhere_and_the_others_are_not() {
    let server = Server::start();
    let attempt = |password: &str| {
        let body = json!({ "email": "rep1@practice.example", "password": password });
        server.post("/api/session", "", &body).status
    };
    let is_in = |cookie: &str| server.get("/api/session", &[("cookie", cookie)]).status == 200;
    let mut ledger = server.ledger();
    let user = ledger.find_user_by_email("rep1@practice.example").expect("reads").expect("practised");
    let (phone, desk, other) = (server.sign_in("rep1"), server.sign_in("rep1"), server.sign_in("rep2"));

    assert_eq!(ledger.end_sessions(user.id), Ok(2));
    assert_eq!([&phone, &desk, &other].map(|cookie| is_in(cookie)), [false, false, true]);

    let again = server.sign_in("rep1");
    let hash = server::auth::hash_password("another one");
    ledger.set_password(user.id, &hash).expect("a known user");
    assert!(!is_in(&again));
    assert_eq!((attempt("practice"), attempt("another one")), (401, 200));

    ledger.close_user(user.id, 7).expect("a known user");
    assert_eq!((attempt("another one"), attempt("")), (401, 401));
    assert_eq!(ledger.territories_of(user.id), Ok(Vec::new()));
    assert!(is_in(&other));
    let by_hand = ledger.records(user.organisation).expect("reads");
    assert!(!by_hand.is_empty(), "what was written stays");
}

#[test]
fn what_is_no_address_is_wrong_and_counts_for_nobody() {
    let server = Server::start();
    let email = format!("{}@practice.example", "a".repeat(300));
    for _ in 0..12 {
        let answer = server.post("/api/session", "", &json!({ "email": email, "password": "practice" }));
        assert_eq!(answer.error(), (401, "wrong_password".to_owned()));
    }
}

#[test]
fn a_request_to_sign_in_is_small_or_not_read() {
    let server = Server::start();
    let attempt = |bytes: usize| {
        let body = json!({ "email": "rep1@practice.example", "password": "x".repeat(bytes) });
        server.post("/api/session", "", &body).error()
    };
    assert_eq!(attempt(4_096), (413, "too_large".to_owned()));
    assert_eq!(attempt(3_000), (401, "wrong_password".to_owned()));
}

#[test]
fn signing_out_ends_the_session_on_the_server() {
    let server = Server::start();
    let cookie = server.sign_in("rep1");
    let answer = server.send("DELETE", "/api/session", &[("cookie", &cookie)], None);
    assert_eq!((answer.status, answer.header("set-cookie").contains("Max-Age=0")), (204, true));
    assert_eq!(server.get("/api/session", &[("cookie", &cookie)]).error(), (401, "signed_out".to_owned()));
    let again = server.send("DELETE", "/api/session", &[("cookie", &cookie)], None);
    assert_eq!(again.status, 204, "safe to repeat");
}

#[test]
fn a_session_expires_unless_it_is_used() {
    let server = Server::start_with(None, 3000);
    let cookie = server.sign_in("rep1");
    let mut renewed = 0;
    for _ in 0..8 {
        std::thread::sleep(std::time::Duration::from_millis(500));
        let answer = server.get("/api/session", &[("cookie", &cookie)]);
        assert_eq!(answer.status, 200, "it is in use");
        renewed += usize::from(answer.header("set-cookie").contains("Max-Age"));
    }
    assert!(renewed > 0, "the cookie lives as long as the session");
    std::thread::sleep(std::time::Duration::from_millis(3500));
    assert_eq!(server.get("/api/session", &[("cookie", &cookie)]).status, 401);
    let pulse = server.get("/api/pulse", &[("cookie", &cookie)]).json();
    assert_eq!((&pulse["signed_in"], &pulse["heads"]), (&json!(false), &json!({})));
}

#[test]
fn another_sites_page_changes_nothing() {
    let server = Server::start();
    let body = || Some(br#"{"email":"rep1@practice.example","password":"practice"}"#.to_vec());
    let json_type = ("content-type", "application/json");
    let own = format!("http://{}", server.address);
    for (origin, status) in
        [(own.as_str(), 200), ("https://evil.example", 403), ("null", 403), ("http://127.0.0.1:1", 403)]
    {
        let answer = server.send("POST", "/api/session", &[json_type, ("origin", origin)], body());
        assert_eq!(answer.status, status, "{origin}");
    }
    let form = [("content-type", "text/plain")];
    assert_eq!(server.send("POST", "/api/session", &form, body()).error(), (415, "not_json".to_owned()));
    let cookie = server.sign_in("rep1");
    let headers = [("origin", "https://evil.example"), ("cookie", cookie.as_str())];
    let answer = server.send("DELETE", "/api/session", &headers, None);
    assert_eq!(answer.error(), (403, "other_site".to_owned()));
}

#[test]
fn a_practice_server_signs_in_who_calls_it_by_a_name_of_this_machine() {
    let server = Server::start();
    let attempt = |host: &str| {
        let body = json!({ "email": "rep1@practice.example", "password": "practice" });
        let headers = [("content-type", "application/json"), ("host", host)];
        server.send("POST", "/api/session", &headers, Some(body.to_string().into_bytes()))
    };
    for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"] {
        assert_eq!(attempt(host).status, 200, "{host}");
    }
    for host in ["evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1"] {
        assert_eq!(attempt(host).error(), (403, "practice_elsewhere".to_owned()), "{host}");
    }
}

#[test]
fn the_practice_organisation_is_for_this_machine_only() {
    assert_eq!(server::practice::allow(([127, 0, 0, 1], 80).into()), Ok(()));
    assert!(server::practice::allow(([0, 0, 0, 0], 80).into()).is_err());
    let server = Server::start();
    let mut ledger = server.ledger();
    let before = ledger.pulse(None, 0).expect("reads");
    server::practice::set_up(&mut ledger, 0).expect("set up again");
    assert_eq!(ledger.pulse(None, 0).expect("reads"), before);
    let org = ledger.organisations().expect("reads").remove(0).0;
    let live: Vec<_> =
        ledger.territories(org).expect("reads").into_iter().map(|row| row.digest.live).collect();
    assert_eq!(live, [51, 48 + 196, 50 + 196], "149 facilities, and the book of each rep");
}
