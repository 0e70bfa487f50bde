//! Calls over HTTP: guarded addresses, no redirects, no proxy, bounded time and bounded answers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Url};

use super::guard::{Guard, Refusal};
use super::one_line;

/// The most of an answer that is read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// A caller that goes nowhere the guard refuses.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    guard: Guard,
}

/// A call to be made.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    pub timeout: Duration,
}

/// An answer; more of its body than `LONGEST_ANSWER` is left unread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The `Retry-After` header as it came.
    pub retry_after: Option<String>,
    pub body: Vec<u8>,
    pub cut_short: bool,
}

/// Why there was no answer; addresses are left out, as they may hold a key.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to set up calls over HTTP: {0}")]
    SetUp(String),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the address or a header cannot be used")]
    Malformed,
    #[error("no answer in time")]
    Timeout,
    #[error("failed to call: {0}")]
    Failed(String),
}

impl Error {
    /// Whether calling again could help.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::SetUp(_) | Self::Refused(_) | Self::Malformed => true,
            Self::Timeout | Self::Failed(_) => false,
        }
    }
}

impl Http {
    pub fn new(guard: Guard) -> Result<Self, Error> {
        Self::with_names(guard, Names::System)
    }

    fn with_names(guard: Guard, names: Names) -> Result<Self, Error> {
        // Another part may have installed the same provider already; that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(Duration::from_secs(10))
            // As many as are called at a time: calls to one host go over connections that stand.
            .pool_max_idle_per_host(16)
            .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(GuardedResolver { guard: guard.clone(), names })
            .build()
            .map_err(|error| Error::SetUp(error.without_url().to_string()))?;
        Ok(Self { client, guard })
    }

    /// Makes a call once.
    pub async fn call(&self, call: Call) -> Result<Answer, Error> {
        let url = Url::parse(&call.url).map_err(|_| Error::Malformed)?;
        self.guard.check_url(&url)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &call.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Error::Malformed)?;
            headers.append(name, HeaderValue::from_str(value).map_err(|_| Error::Malformed)?);
        }
        let mut request = self.client.request(call.method, url).headers(headers).timeout(call.timeout);
        if let Some(body) = call.body {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        let mut cut_short = false;
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            let room = LONGEST_ANSWER - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                cut_short = true;
                break;
            }
        }
        Ok(Answer { status, retry_after, body, cut_short })
    }
}

/// Says why a call failed, with the deepest cause and without the address.
fn failed(error: reqwest::Error) -> Error {
    if error.is_timeout() {
        return Error::Timeout;
    }
    let mut deepest: &dyn std::error::Error = &error;
    while let Some(source) = deepest.source() {
        if let Some(Refusal::NotAllowed { host }) = source.downcast_ref::<Refusal>() {
            return Error::Refused(Refusal::NotAllowed { host: host.clone() });
        }
        deepest = source;
    }
    let refused = deepest.downcast_ref::<Refusal>().cloned();
    let said = one_line(&deepest.to_string());
    match refused {
        Some(refusal) => Error::Refused(refusal),
        None => Error::Failed(said),
    }
}

/// Resolves names, and keeps only the addresses that may be called: those are the ones connected to.
struct GuardedResolver {
    guard: Guard,
    names: Names,
}

/// What a test says that names stand for.
#[cfg(test)]
type Answers = Arc<dyn Fn(&str) -> Vec<std::net::IpAddr> + Send + Sync>;

/// Who is asked what a name stands for.
#[derive(Clone)]
enum Names {
    System,
    #[cfg(test)]
    Told(Answers),
}

impl Names {
    async fn ask(&self, host: &str) -> std::io::Result<Vec<SocketAddr>> {
        match self {
            Self::System => Ok(tokio::net::lookup_host((host, 0)).await?.collect()),
            #[cfg(test)]
            Self::Told(answer) => Ok(answer(host).into_iter().map(|address| SocketAddr::new(address, 0)).collect()),
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, names) = (self.guard.clone(), self.names.clone());
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let permitted: Vec<SocketAddr> =
                names.ask(&host).await?.into_iter().filter(|address| guard.permits(address.ip())).collect();
            if permitted.is_empty() {
                return Err(Refusal::NotAllowed { host }.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

/// A caller made when it is first needed: most passes send no webhook at all.
#[derive(Debug, Clone, Default)]
pub struct LazyHttp {
    guard: Guard,
    made: Arc<Mutex<Option<Http>>>,
}

impl LazyHttp {
    pub fn new(guard: Guard) -> Self {
        Self { guard, made: Arc::default() }
    }

    pub fn get(&self) -> Result<Http, Error> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(http) = &*made {
            return Ok(http.clone());
        }
        let http = Http::new(self.guard.clone())?;
        *made = Some(http.clone());
        Ok(http)
    }
}

#[cfg(test)]
mod tests;
