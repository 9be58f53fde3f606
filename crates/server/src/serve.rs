//! Putting the app and its API on a socket, until told to stop.

use std::future::Future;
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
use crate::{auth, routes};

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
}

/// Serves until the process is told to stop, then finishes what it has begun.
///
/// # Errors
/// A sentence, when the ledger, the app's files or the address cannot be used.
pub fn run(settings: &Settings) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let done = runtime.block_on(async {
        let (address, serving) = start(settings, stop_signal()).await?;
        println!("listening on http://{address}");
        // Whoever started us reads this line to know where; it must not stay in a buffer.
        std::io::stdout().flush().map_err(|error| error.to_string())?;
        serving.await
    });
    runtime.shutdown_timeout(STOP_MAX);
    done
}

/// Binds the address; answers it with the future that serves there until `stop` is done.
///
/// # Errors
/// A sentence, when the ledger, the app's files or the address cannot be used.
pub async fn start(
    settings: &Settings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(SocketAddr, impl Future<Output = Result<(), String>> + use<'_, _>), String> {
    let Settings { listen, db, app, session_ms } = settings;
    let in_file = |error| format!("{}: {error}", db.display());
    let state = App::open(db, *session_ms).map_err(in_file)?;
    let files = match app {
        Some(dir) => Some(Assets::read(dir).map_err(|error| format!("{}: {error}", dir.display()))?),
        None => None,
    };
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    tokio::task::spawn_blocking(auth::warm_up);
    let service = router(state, files).into_make_service_with_connect_info::<SocketAddr>();
    Ok((address, serve(listener, service, stop)))
}

fn router(state: App, files: Option<Assets>) -> Router {
    let files = files.unwrap_or_default();
    let answer = move |request: Request| {
        let files = files.clone();
        async move { files.answer(&request) }
    };
    let secure = |response: Response| async { assets::secure(response) };
    routes::router(state).fallback(answer).layer(map_response(secure))
}

async fn serve(
    listener: TcpListener,
    service: axum::extract::connect_info::IntoMakeServiceWithConnectInfo<Router, SocketAddr>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), String> {
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let told = async move {
        stop.await;
        // Nobody may be left to hear it.
        let _ = stopping.send(true);
    };
    let serving = axum::serve(listener, service).with_graceful_shutdown(told);
    let too_long = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(STOP_MAX).await;
    };
    tokio::select! {
        result = async { serving.await } => result.map_err(|error| error.to_string()),
        () = too_long => Ok(()),
    }
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

/// How long requests in flight may take once the server is told to stop.
const STOP_MAX: Duration = Duration::from_secs(5);
