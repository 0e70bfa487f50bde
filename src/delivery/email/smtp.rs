//! One SMTP session with the relay: opened, used for one message after another, dropped on any doubt.
//!
//! The connection is ours, not a pool's: a timeout around a pooled send hands the next message a stale
//! answer. Where the relay takes it the envelope is said in one go (RFC 2920), and still each refusal is
//! judged by the verb it came at.

use std::borrow::Cow;
use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use lettre::transport::smtp::{Error, response};
use tokio::net::TcpStream;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::wire::Wire;
use crate::delivery::mime::Mail;
use crate::delivery::{Verdict, one_line};
use crate::settings::{Secret, Security};

/// Where and how mail is handed over.
#[derive(Debug, Clone)]
pub struct Relay {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub credentials: Option<(String, Secret)>,
    pub patience: Patience,
}

/// How long a relay may take before it counts as silent.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until the connection stands, the greeting, the handshakes and the sign-in included.
    pub opening: Duration,
    /// For each answer before the message.
    pub command: Duration,
    /// For the message and the answer to it: giving up here leaves it in doubt, so it is long.
    pub message: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { opening: Duration::from_secs(30), command: Duration::from_secs(60), message: Duration::from_secs(300) }
    }
}

/// An open session.
pub struct Session {
    connection: AsyncSmtpConnection,
    patience: Patience,
    /// Whether the relay takes the envelope in one go.
    pipelining: bool,
    /// Cleared once the session can no longer be trusted to answer what was asked last.
    sound: bool,
}

/// Where in the conversation an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Banner,
    StartTls,
    Auth,
    MailFrom,
    RcptTo,
    Data,
    Message,
}

/// A conversation that ended before the message was taken.
struct Broken {
    verb: Verb,
    verdict: Verdict,
    /// Whether the relay answered in full, so that both sides still know where they are.
    answered: bool,
}

impl Session {
    /// Connects, greets, secures the connection where that is asked for, and signs in.
    pub async fn open(relay: &Relay) -> Result<Self, Verdict> {
        match timeout(relay.patience.opening, Self::establish(relay)).await {
            Ok(result) => result,
            Err(_) => Err(Verdict::later(format!("the relay {}:{} does not answer", relay.host, relay.port))),
        }
    }

    async fn establish(relay: &Relay) -> Result<Self, Verdict> {
        let address = (relay.host.as_str(), relay.port);
        let refused = |error: std::io::Error| {
            Verdict::later(format!("failed to connect to the relay {}:{}: {error}", relay.host, relay.port))
        };
        let stream = TcpStream::connect(address).await.map_err(refused)?;
        let wire = match relay.security {
            Security::Plain | Security::StartTls => Wire::plain(stream).map_err(refused)?,
            Security::ImplicitTls => Wire::tls(stream, &relay.host).await.map_err(|error| tls_refused(&error))?,
        };
        Self::over(Box::new(wire), relay).await
    }

    /// Greets the relay over a connection that stands, and signs in; a relay that may be silent is timed by the caller.
    pub async fn over(wire: Box<dyn AsyncTokioStream>, relay: &Relay) -> Result<Self, Verdict> {
        let hello = ClientId::default();
        let connected = AsyncSmtpConnection::connect_with_transport(wire, &hello).await;
        let mut connection = connected.map_err(|error| judge(Verb::Banner, &error))?;
        if relay.security == Security::StartTls {
            secure(&mut connection, relay, &hello).await?;
        }
        if let Some((user, password)) = &relay.credentials {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            let answer = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
            let answer = answer.map_err(|error| judge(Verb::Auth, &error))?;
            expect(&answer, Verb::Auth, 2)?;
        }
        // Asked once more: what the library does not use of the first answer it does not keep.
        let offers = connection.command(Ehlo::new(hello)).await.map_err(|error| judge(Verb::Banner, &error))?;
        let pipelining = offers.message().any(|offer| offer.eq_ignore_ascii_case("PIPELINING"));
        Ok(Self { connection, patience: relay.patience, pipelining, sound: true })
    }

    /// Whether the session may be used for another message.
    pub fn is_sound(&self) -> bool {
        self.sound
    }

    /// Hands one message over. Anything but a clean yes or a clean no ends the session.
    pub async fn send(&mut self, mail: &Mail) -> Verdict {
        self.sound = false;
        let utf8 = !AsRef::<str>::as_ref(&mail.to).is_ascii();
        if utf8 && !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            self.sound = true;
            return Verdict::failed("the relay cannot take an address that is not ASCII (no SMTPUTF8)");
        }
        match self.converse(mail, utf8).await {
            Ok(verdict) => {
                self.sound = true;
                verdict
            }
            Err(Broken { verb: Verb::RcptTo, verdict, answered: true }) => {
                self.sound = self.reset().await;
                verdict
            }
            Err(Broken { verdict, .. }) => verdict,
        }
    }

    async fn converse(&mut self, mail: &Mail, utf8: bool) -> Result<Verdict, Broken> {
        let parameters = if utf8 { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
        let from = MailFrom::new(Some(mail.from.clone()), parameters);
        let to = Rcpt::new(mail.to.clone(), Vec::new());
        if self.pipelining {
            self.say_in_one_go(from, to).await?;
        } else {
            self.say(Verb::MailFrom, from, 2).await?;
            self.say(Verb::RcptTo, to, 2).await?;
            self.say(Verb::Data, Data, 3).await?;
        }
        let broken = |verdict| Broken { verb: Verb::Message, verdict, answered: false };
        let answer = timeout(self.patience.message, self.connection.command(on_the_wire(&mail.bytes))).await;
        let answer = answer.map_err(|_| broken(lost("no answer in time")))?;
        let answer = answer.map_err(|error| broken(judge(Verb::Message, &error)))?;
        expect(&answer, Verb::Message, 2).map_err(broken)?;
        Ok(Verdict::Sent { detail: words(&answer) })
    }

    /// Says the whole envelope, then hears what the relay says to each verb.
    async fn say_in_one_go(&mut self, from: MailFrom, to: Rcpt) -> Result<(), Broken> {
        let to_from = self.say(Verb::MailFrom, format!("{from}{to}{Data}"), 2).await;
        if matches!(to_from, Err(Broken { answered: false, .. })) {
            return to_from;
        }
        let to_to = self.hear(Verb::RcptTo, 2).await;
        if matches!(to_to, Err(Broken { answered: false, .. })) {
            return to_from.and(to_to);
        }
        let to_data = self.hear(Verb::Data, 3).await;
        match (to_from.and(to_to), to_data) {
            (Ok(()), to_data) => to_data,
            // It refuses the recipient and still waits for the message: it gets none, for nobody.
            (Err(refused), Ok(())) => {
                let nothing = timeout(self.patience.command, self.connection.command(".\r\n")).await;
                let answered =
                    nothing.is_ok_and(|answer| answer.map_or_else(|error| error.status().is_some(), |_| true));
                Err(Broken { answered, ..refused })
            }
            (Err(refused), Err(Broken { answered, .. })) => Err(Broken { answered, ..refused }),
        }
    }

    async fn say(&mut self, verb: Verb, command: impl std::fmt::Display, wanted: u8) -> Result<(), Broken> {
        let said = timeout(self.patience.command, self.connection.command(command)).await;
        heard(verb, said, wanted)
    }

    async fn hear(&mut self, verb: Verb, wanted: u8) -> Result<(), Broken> {
        let said = timeout(self.patience.command, self.connection.read_response()).await;
        heard(verb, said, wanted)
    }

    /// Clears the message begun, so that the next can follow on the same connection.
    async fn reset(&mut self) -> bool {
        let said = timeout(self.patience.command, self.connection.command("RSET\r\n")).await;
        matches!(said, Ok(Ok(answer)) if expect(&answer, Verb::MailFrom, 2).is_ok())
    }

    /// Says goodbye, briefly.
    pub async fn close(mut self) {
        if self.sound {
            let _ = timeout(Duration::from_secs(2), self.connection.quit()).await;
        }
    }
}

/// Takes in the answer to a verb.
fn heard(verb: Verb, said: Result<Result<Response, Error>, Elapsed>, wanted: u8) -> Result<(), Broken> {
    let broken = |verdict, answered| Broken { verb, verdict, answered };
    let answer = said.map_err(|_| broken(Verdict::later(format!("{}: no answer in time", verb.name())), false))?;
    let answer = answer.map_err(|error| {
        // After 421 the relay hangs up; without a code it was no answer at all.
        let answered = error.status().is_some_and(|code| code.to_string() != "421");
        broken(judge(verb, &error), answered)
    })?;
    expect(&answer, verb, wanted).map_err(|verdict| broken(verdict, false))
}

/// A message as it travels: no line of it ends it, and then one does (RFC 5321, 4.5.2). Its lines end in CRLF.
fn on_the_wire(message: &[u8]) -> String {
    let message = match std::str::from_utf8(message) {
        Ok(message) => Cow::Borrowed(message),
        Err(_) => String::from_utf8_lossy(message),
    };
    let mut wire = String::with_capacity(message.len() + 8);
    if message.starts_with('.') {
        wire.push('.');
    }
    if message.contains("\r\n.") {
        wire.push_str(&message.replace("\r\n.", "\r\n.."));
    } else {
        wire.push_str(&message);
    }
    wire.push_str(if message.ends_with("\r\n") { ".\r\n" } else { "\r\n.\r\n" });
    wire
}

async fn secure(connection: &mut AsyncSmtpConnection, relay: &Relay, hello: &ClientId) -> Result<(), Verdict> {
    if !connection.can_starttls() {
        let reason = "the relay does not offer STARTTLS, and mail is not sent unencrypted";
        return Err(Verdict::Stalled { reason: reason.to_owned() });
    }
    let parameters = TlsParameters::new(relay.host.clone())
        .map_err(|error| Verdict::Stalled { reason: format!("failed to set up TLS: {}", explain(&error)) })?;
    connection.starttls(parameters, hello).await.map_err(|error| judge(Verb::StartTls, &error))
}

/// A TLS handshake that failed: a bad certificate stays bad, a broken connection may not.
fn tls_refused(error: &std::io::Error) -> Verdict {
    match error.kind() {
        std::io::ErrorKind::InvalidData => {
            Verdict::Stalled { reason: format!("the relay's TLS is not trusted: {}", one_line(&error.to_string())) }
        }
        _ => Verdict::later(format!("failed to set up TLS with the relay: {}", one_line(&error.to_string()))),
    }
}

/// Judges what went wrong by where it happened.
fn judge(verb: Verb, error: &Error) -> Verdict {
    let reason = explain(error);
    let Some(code) = error.status() else {
        return match verb {
            Verb::Message => lost(&reason),
            Verb::StartTls if is_untrusted(error) => {
                Verdict::Stalled { reason: format!("the relay's TLS is not trusted: {reason}") }
            }
            Verb::Auth if error.is_client() => Verdict::Stalled { reason: format!("failed to sign in: {reason}") },
            Verb::Banner | Verb::StartTls | Verb::Auth | Verb::MailFrom | Verb::RcptTo | Verb::Data => {
                Verdict::later(format!("{}: {reason}", verb.name()))
            }
        };
    };
    let reason = format!("{}: {code} {reason}", verb.name());
    if code.severity == response::Severity::TransientNegativeCompletion {
        return Verdict::later(reason);
    }
    let about_recipient =
        enhanced(error).is_some_and(|status| status.starts_with("5.1.") || status.starts_with("5.2."));
    match verb {
        // 530: the relay wants us to sign in first, whoever the recipient is.
        Verb::RcptTo if code.to_string() != "530" => Verdict::Failed { reason, suppress: is_bad_address(error) },
        Verb::Message if about_recipient => Verdict::Failed { reason, suppress: is_bad_address(error) },
        Verb::Banner | Verb::StartTls | Verb::Auth | Verb::MailFrom | Verb::RcptTo | Verb::Data | Verb::Message => {
            Verdict::Stalled { reason }
        }
    }
}

/// Whether the address itself is bad: status 5.1.x (RFC 3463), except those about the sender (5.1.7, 5.1.8).
fn is_bad_address(error: &Error) -> bool {
    enhanced(error).is_some_and(|status| status.starts_with("5.1.") && !matches!(status.as_str(), "5.1.7" | "5.1.8"))
}

/// The enhanced status code that opens an answer (RFC 2034), such as `5.1.1`.
fn enhanced(error: &Error) -> Option<String> {
    let text = error.source()?.to_string();
    let status = text.split_whitespace().next()?;
    let parts: Vec<&str> = status.split('.').collect();
    let well_formed =
        parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    well_formed.then(|| status.to_owned())
}

fn is_untrusted(error: &Error) -> bool {
    error.is_tls() || explain(error).contains("certificate")
}

fn lost(reason: &str) -> Verdict {
    Verdict::Unknown { reason: format!("the connection was lost after the message: {reason}") }
}

/// An answer of the wrong class is no yes: only 2xx accepts, only 3xx asks for the message.
fn expect(answer: &Response, verb: Verb, wanted: u8) -> Result<(), Verdict> {
    if answer.code().severity as u8 == wanted {
        return Ok(());
    }
    let reason = format!("{}: {} {}", verb.name(), answer.code(), words(answer));
    Err(match verb {
        Verb::Message => lost(&reason),
        Verb::Banner | Verb::StartTls | Verb::Auth | Verb::MailFrom | Verb::RcptTo | Verb::Data => {
            Verdict::later(format!("an answer out of place: {reason}"))
        }
    })
}

fn words(answer: &Response) -> String {
    one_line(&format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" ")))
}

/// What the relay or the network said, without the library's own framing.
fn explain(error: &Error) -> String {
    let said = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    one_line(&said)
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Self::Banner => "greeting",
            Self::StartTls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::MailFrom => "MAIL FROM",
            Self::RcptTo => "RCPT TO",
            Self::Data => "DATA",
            Self::Message => "end of message",
        }
    }
}
