//! A practice server on a free port, and short words to ask it with.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use serde_json::Value;
use server::ledger::Ledger;
use server::serve::{Server as Served, Settings};
use tokio::sync::oneshot;

/// Stops when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) db: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _dir: Option<tempfile::TempDir>,
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(None, server::auth::SESSION_MS)
    }

    pub(crate) fn start_with(app: Option<&Path>, session_ms: i64) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mut ledger = Ledger::open(&db_in(&dir)).expect("opens");
        server::practice::set_up(&mut ledger, 1_767_225_600_000).expect("set up");
        let settings = Settings { app: app.map(Path::to_owned), session_ms, ..settings(&dir, true) };
        Self::serve(settings, dir)
    }

    /// One for the world: without the practice organisation, with the user `ana@world.example`.
    pub(crate) fn start_for_the_world(password: &str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mut ledger = Ledger::open(&db_in(&dir)).expect("opens");
        let org = ledger.add_organisation("World").expect("new");
        let hash = server::auth::hash_password(password);
        ledger.add_user(org, "ana@world.example", "Ana", "rep", &hash).expect("new");
        Self::serve(settings(&dir, false), dir)
    }

    fn serve(settings: Settings, dir: tempfile::TempDir) -> Self {
        let db = settings.db.clone();
        let (told, address) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let served = Served::bind(&settings).await.expect("a free port");
                told.send(served.address()).expect("the test waits");
                let stopped = async {
                    // Dropping the other end means stop, too.
                    let _ = stopped.await;
                };
                served.run(stopped).await.expect("it serves");
            });
        });
        let address = address.recv().expect("it starts");
        Self { address, db, stop: Some(stop), thread: Some(thread), _dir: Some(dir) }
    }

    /// One that another process serves from this file.
    pub(crate) fn elsewhere(address: SocketAddr, db: &Path) -> Self {
        Self { address, db: db.to_owned(), stop: None, thread: None, _dir: None }
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::open(&self.db).expect("opens")
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, None)
    }

    pub(crate) fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("cookie", cookie)];
        self.send("POST", path, &headers, Some(body.to_string().into_bytes()))
    }

    /// Signs in with the practice password; answers the cookie to send from now on.
    pub(crate) fn sign_in(&self, who: &str) -> String {
        let email = format!("{who}@practice.example");
        let body = serde_json::json!({ "email": email, "password": "practice" });
        let answer = self.post("/api/session", "", &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.cookie()
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent = ureq::Agent::new_with_config(config);
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            Some(body) => agent.run(request.body(body).expect("a request")).expect("an answer"),
            None => agent.run(request.body(()).expect("a request")).expect("an answer"),
        };
        let headers = response.headers().iter();
        let text = |value: &ureq::http::HeaderValue| value.to_str().expect("plain").to_owned();
        Answer {
            status: response.status().as_u16(),
            headers: headers.map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: response.body_mut().read_to_vec().expect("a body"),
        }
    }
}

fn db_in(dir: &tempfile::TempDir) -> PathBuf {
    dir.path().join("satchel.sqlite")
}

fn settings(dir: &tempfile::TempDir, practice: bool) -> Settings {
    let listen = (Ipv4Addr::LOCALHOST, 0).into();
    Settings { listen, db: db_in(dir), app: None, session_ms: server::auth::SESSION_MS, practice }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server ended well");
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        let value: Value = serde_json::from_slice(&self.body).expect("JSON");
        assert_eq!(self.headers["content-type"], "application/json");
        assert_eq!(self.headers["cache-control"], "no-store");
        value
    }

    /// The body of an answer that is not a success: its short name and its sentence.
    pub(crate) fn error(&self) -> (u16, String) {
        let value = self.json();
        assert_eq!(value["satchel"], 1);
        assert!(value["message"].as_str().is_some_and(|sentence| sentence.ends_with('.')), "{value}");
        (self.status, value["error"].as_str().expect("a name").to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().expect("a pair").to_owned()
    }
}
