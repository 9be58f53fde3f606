//! The app's files as a browser gets them.

use std::fs;

use crate::server::Server;

fn app() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    let hashed = "satchel-0123456789abcdef_bg.wasm";
    fs::create_dir(dir.path().join("icons")).expect("made");
    for (name, content) in [
        ("index.html", "<!doctype html>"),
        ("sw.js", "// worker"),
        ("manifest.webmanifest", "{}"),
        ("icons/icon.svg", "<svg/>"),
        (hashed, "plain wasm"),
        (&format!("{hashed}.br"), "brotli"),
        (&format!("{hashed}.gz"), "gzip"),
    ] {
        fs::write(dir.path().join(name), content).expect("written");
    }
    dir
}

#[test]
fn each_file_has_its_type_its_caching_and_its_best_encoding() {
    let dir = app();
    let server = Server::start_with(Some(dir.path()), 60_000);
    let wasm = "/satchel-0123456789abcdef_bg.wasm";
    for (accept, encoding, body) in [
        ("gzip, br", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("", "", "plain wasm"),
        ("br;q=0", "", "plain wasm"),
    ] {
        let answer = server.get(wasm, &[("accept-encoding", accept)]);
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/wasm"));
        assert_eq!((answer.header("content-encoding"), answer.body.as_slice()), (encoding, body.as_bytes()));
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    }
    for (path, media_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/icons/icon.svg", "image/svg+xml"),
    ] {
        let answer = server.get(path, &[]);
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type), "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache");
        let known = server.get(path, &[("if-none-match", answer.header("etag"))]);
        assert_eq!((known.status, known.body.len()), (304, 0));
        let csp = answer.header("content-security-policy");
        assert_eq!(csp, server::assets::CONTENT_SECURITY_POLICY);
        assert!(!csp.contains("unsafe-inline") && csp.contains("'wasm-unsafe-eval'"));
    }
}

#[test]
fn a_navigation_gets_the_app_and_nothing_else_does() {
    let dir = app();
    fs::write(dir.path().parent().expect("a parent").join("satchel-secret.txt"), "no").expect("written");
    let server = Server::start_with(Some(dir.path()), 60_000);
    let html = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let page = server.get("/accounts/0190", &[html]);
    assert_eq!((page.status, page.body.as_slice()), (200, &b"<!doctype html>"[..]));
    assert_eq!(server.get("/accounts/0190", &[("accept", "*/*")]).status, 404);
    assert_eq!(server.get("/missing.js", &[html]).status, 404);
    assert_eq!(server.get("/../satchel-secret.txt", &[html]).status, 404);
    assert_eq!(server.get("/%2e%2e/satchel-secret.txt", &[html]).status, 404);
    assert_eq!(server.get("/api/nothing", &[html]).error().0, 404);
    assert_eq!(server.send("HEAD", "/sw.js", &[], None).status, 200);
    assert_eq!(server.send("POST", "/sw.js", &[], Some(Vec::new())).status, 405);
}
