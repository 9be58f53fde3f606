//! Putting the app and its API on a socket, until told to stop.

use std::future::{Future, IntoFuture};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::map_response;
use axum::response::Response;
use tokio::net::TcpListener;

use crate::app::App;
use crate::assets::{self, Assets};
use crate::ledger::LedgerError;
use crate::{auth, files, practice, routes};

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The ledger's file.
    pub db: PathBuf,
    /// The built app, if it is to be served.
    pub app: Option<PathBuf>,
    /// How long a session lives without being used, ms.
    pub session_ms: i64,
    /// Whether the practice organisation may be in the ledger; who signs in is of this machine then.
    pub practice: bool,
}

/// A server that has its address and waits to be run.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    listener: TcpListener,
    router: Router,
}

/// Serves until the process is told to stop, then finishes what it has begun.
///
/// # Errors
/// A sentence, when the ledger, the app's files or the address cannot be used.
pub fn run(settings: &Settings) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let done = runtime.block_on(async {
        let server = Server::bind(settings).await?;
        println!("listening on http://{}", server.address());
        // Whoever started us reads this line to know where; it must not stay in a buffer.
        std::io::stdout().flush().map_err(|error| error.to_string())?;
        server.run(stop_signal()).await
    });
    runtime.shutdown_timeout(STOP_MAX);
    done
}

impl Server {
    /// Opens the ledger, reads the app's files and takes the address.
    ///
    /// # Errors
    /// A sentence about what cannot be used.
    pub async fn bind(settings: &Settings) -> Result<Self, String> {
        let Settings { listen, db, app, session_ms, practice } = settings;
        let in_ledger = |error: LedgerError| files::cannot_use(db, &error);
        let state = App::open(db, *session_ms, *practice).map_err(in_ledger)?;
        if !practice && state.ledgers.read(practice::is_in).await.map_err(in_ledger)? {
            return Err(format!("{} {PRACTICE}", db.display()));
        }
        let files = match app {
            Some(dir) => Assets::read(dir).map_err(|error| format!("{}: {error}", dir.display()))?,
            None => Assets::default(),
        };
        let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        Ok(Self { address, listener, router: router(state, files) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is done, and then until requests in flight are answered, at most [`STOP_MAX`].
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), String> {
        tokio::task::spawn_blocking(auth::warm_up);
        let (stopping, mut stopped) = tokio::sync::watch::channel(false);
        let told = async move {
            stop.await;
            stopping.send_replace(true);
        };
        let service = self.router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(self.listener, service).with_graceful_shutdown(told).into_future();
        let too_long = async move {
            // An error says that the channel is closed: the server has stopped by itself.
            if stopped.wait_for(|stopped| *stopped).await.is_ok() {
                tokio::time::sleep(STOP_MAX).await;
            }
        };
        tokio::select! {
            biased;
            result = serving => result.map_err(|error| error.to_string()),
            () = too_long => Ok(()),
        }
    }
}

fn router(state: App, files: Assets) -> Router {
    let answer = move |request: Request| {
        let files = files.clone();
        async move { files.answer(&request) }
    };
    let secure = |response: Response| async { assets::secure(response) };
    routes::router(state).fallback(answer).layer(map_response(secure))
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!("only ctrl-c stops this server: {error}");
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}

/// Why a ledger is not served to the world.
const PRACTICE: &str = "holds the practice organisation, whose password everybody knows. Name another ledger with --db, \
     or serve it with --practice, for this machine only. If you keep your own records in it, close the practice users \
     first: user close EMAIL";

/// How long requests in flight may take once the server is told to stop.
pub const STOP_MAX: Duration = Duration::from_secs(5);
