//! `/metrics` in the Prometheus text form: what an installation holds and what this process does; nobody's data.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::site::Site;
use crate::app::Observed;
use crate::app::view::DeliveryCounts;
use crate::clock::Stopwatch;

/// How old what was counted may be.
const FRESH: Duration = Duration::from_secs(5);
/// Of how long it takes to count, as many times is rested: a large ledger is not counted all the time.
const RESTED: u32 = 20;
/// The form that Prometheus asks for first (OpenMetrics), which those who read the older one understand as well.
const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// What a path is called that is none of ours, so that strangers do not make up labels.
const ELSEWHERE: &str = "other";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByChannel {
    channel: &'static str,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

/// What is measured.
pub(crate) struct Metrics {
    registry: Registry,
    incidents: Family<InState, Gauge>,
    overdue: Gauge,
    deliveries: Family<ByChannel, Gauge>,
    oldest_queued: Gauge<f64, std::sync::atomic::AtomicU64>,
    watchers: Gauge,
    sends: Family<Outcome, Counter>,
    requests: Family<Answered, Counter>,
    took: Family<Route, Histogram>,
    store_errors: Counter,
    /// What this process's worker came to when it last said so.
    sent: Mutex<DeliveryCounts>,
    counted: tokio::sync::Mutex<Option<(Stopwatch, Duration)>>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("muster");
        let took = || Histogram::new([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0]);
        let metrics = Self {
            incidents: Family::default(),
            overdue: Gauge::default(),
            deliveries: Family::default(),
            oldest_queued: Gauge::default(),
            watchers: Gauge::default(),
            sends: Family::default(),
            requests: Family::default(),
            took: Family::new_with_constructor(took),
            store_errors: Counter::default(),
            sent: Mutex::default(),
            counted: tokio::sync::Mutex::default(),
            registry: Registry::default(),
        };
        registry.register("build", "What runs here", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("incidents", "Incidents by state", metrics.incidents.clone());
        registry.register("steps_overdue", "Open steps and promised updates past their time", metrics.overdue.clone());
        registry.register("deliveries", "Ledger rows of what was queued", metrics.deliveries.clone());
        registry.register_with_unit(
            "oldest_queued_delivery_age",
            "For how long the oldest row that has yet to leave has been queued",
            Unit::Seconds,
            metrics.oldest_queued.clone(),
        );
        registry.register("live_watchers", "Connections that watch an incident", metrics.watchers.clone());
        registry.register("sends", "What became of rows in this process's hands", metrics.sends.clone());
        registry.register("http_requests", "Requests to the private listener", metrics.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Until an answer began",
            Unit::Seconds,
            metrics.took.clone(),
        );
        registry.register("store_errors", "Times the store could not be used", metrics.store_errors.clone());
        Self { registry, ..metrics }
    }

    /// The worker of this process has come so far in all.
    pub(crate) fn worked(&self, now: DeliveryCounts) {
        let mut before = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let outcomes = [
            ("sent", before.sent, now.sent),
            ("failed", before.failed, now.failed),
            ("suppressed", before.suppressed, now.suppressed),
            ("expired", before.expired, now.expired),
            ("unknown", before.unknown, now.unknown),
        ];
        for (outcome, before, now) in outcomes {
            self.sends.get_or_create(&Outcome { outcome }).inc_by(now.saturating_sub(before));
        }
        *before = now;
    }

    pub(crate) fn store_failed(&self) {
        self.store_errors.inc();
    }

    fn observed(&self, observed: &Observed) {
        self.incidents.clear();
        for state in ["open", "resolved", "closed"] {
            let count = observed.incidents.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
            self.incidents.get_or_create(&InState { state }).set(whole(count));
        }
        self.overdue.set(whole(observed.overdue));
        self.deliveries.clear();
        for (channel, state, count) in &observed.deliveries {
            self.deliveries.get_or_create(&ByChannel { channel, state }).set(whole(*count));
        }
        self.oldest_queued.set(observed.oldest_queued.map_or(0.0, |age| age.as_secs_f64()));
    }

    /// Counts again what is there, unless that was done a moment ago.
    async fn refresh(&self, site: &Site) {
        let mut counted = self.counted.lock().await;
        if counted.is_some_and(|(then, took)| then.elapsed() < FRESH.max(took * RESTED)) {
            return;
        }
        let watch = Stopwatch::start();
        match site.app.observe().await {
            Ok(observed) => self.observed(&observed),
            // What can't be known now is left out rather than told as it was.
            Err(_) => {
                self.store_failed();
                self.incidents.clear();
                self.deliveries.clear();
            }
        }
        *counted = Some((Stopwatch::start(), watch.elapsed()));
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) async fn metrics(State(site): State<Site>) -> Response {
    let metrics = &site.metrics;
    metrics.refresh(&site).await;
    metrics.watchers.set(whole(site.live.watchers()));
    let mut text = String::new();
    if encode(&mut text, &metrics.registry).is_err() {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    ([(header::CONTENT_TYPE, FORM)], text).into_response()
}

/// Counts a request by its route and the status of its answer.
pub(crate) async fn measured(State(site): State<Site>, request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let path = request.extensions().get::<MatchedPath>().map_or(ELSEWHERE, MatchedPath::as_str);
    let route = if path == "/api/{*rest}" { ELSEWHERE } else { path }.to_owned();
    let method = match *request.method() {
        ref known @ (axum::http::Method::GET
        | axum::http::Method::HEAD
        | axum::http::Method::POST
        | axum::http::Method::PUT
        | axum::http::Method::PATCH
        | axum::http::Method::DELETE
        | axum::http::Method::OPTIONS) => known.to_string(),
        // Methods can be made up, too.
        _ => ELSEWHERE.to_owned(),
    };
    let response = next.run(request).await;
    let status = response.status().as_u16();
    if status == 503 {
        site.metrics.store_failed();
    }
    site.metrics.requests.get_or_create(&Answered { method: method.clone(), route: route.clone(), status }).inc();
    site.metrics.took.get_or_create(&Route { method, route }).observe(watch.elapsed().as_secs_f64());
    response
}
