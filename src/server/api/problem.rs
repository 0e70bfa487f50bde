//! What goes wrong, as problem documents (RFC 9457) in the reader's language.

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::view::DraftView;
use crate::app::{Error, Refusal};
use crate::server::views::Language;

/// What is answered where something went wrong.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Document>);

/// A problem document; `code` says which problem it is, whatever the language.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Document {
    /// Always `about:blank`: `status` and `code` say what sort of problem it is.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    status: u16,
    /// What went wrong this time.
    detail: String,
    /// A stable name, such as `already_ended`.
    code: String,
    /// What to do about it.
    help: Option<String>,
    /// What a draft came to that was not made: its `problems` say why.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<Box<DraftView>>,
    /// After how many seconds to try again.
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// What the interface itself refuses, before anybody else is asked.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// A browser was led here by another site.
    Forged,
    /// The request names a host that is not ours.
    StrangeHost,
    NoRoute(String),
    NotAllowed(Method),
    NotJson,
    TooLarge {
        most: usize,
    },
    LongForm,
    Unreadable(String),
    BadQuery(String),
    BadHeader {
        name: &'static str,
        why: &'static str,
        chinese: &'static str,
    },
    NotDrafted(Box<DraftView>),
}

impl Problem {
    pub(crate) fn new(trouble: &Trouble, language: Language) -> Self {
        let (code, english, chinese) = trouble.told();
        let status = trouble.status();
        let detail = if language == Language::Chinese { chinese } else { english };
        let draft = match trouble {
            Trouble::NotDrafted(draft) => Some(Box::new(DraftView::clone(draft).told(&language.locale()))),
            _ => None,
        };
        let plain = Document::plain(status, code, detail, language);
        Self(Box::new(Document { draft, help: trouble.help(language), ..plain }))
    }

    /// What the engine or the conductor answered.
    pub(crate) fn of(error: &Error, language: Language) -> Self {
        let (detail, help) = error.told(&language.locale());
        let retry_after = match error {
            Error::Access(Refusal::Throttled { wait }) => Some(wait.as_secs().max(1)),
            Error::StoreUnavailable { .. } => Some(2),
            _ => None,
        };
        let plain = Document::plain(status(error), error.code(), detail, language);
        Self(Box::new(Document { help, retry_after, ..plain }))
    }
}

impl Problem {
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What went wrong, and what to do about it.
    pub(crate) fn told(&self) -> (&str, Option<&str>) {
        (&self.0.detail, self.0.help.as_deref())
    }

    /// Says when to come back (RFC 9110, 10.2.3).
    pub(crate) fn say_when(&self, response: &mut Response) {
        if let Some(seconds) = self.0.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
}

impl Document {
    fn plain(status: StatusCode, code: &str, detail: String, language: Language) -> Self {
        let title = if language == Language::Chinese { chinese(status) } else { status.canonical_reason() };
        Self {
            r#type: "about:blank",
            title: title.or(status.canonical_reason()).unwrap_or_default(),
            status: status.as_u16(),
            detail,
            code: code.to_owned(),
            help: None,
            draft: None,
            retry_after: None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_string(&self.0).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        self.say_when(&mut response);
        response
    }
}

/// What sort of answer an error is.
fn status(error: &Error) -> StatusCode {
    match error {
        // A fault of our own that the engine caught in time.
        Error::Rejected(rejection) if rejection.code == "fault" => StatusCode::INTERNAL_SERVER_ERROR,
        Error::Rejected(_) | Error::KeyTaken => StatusCode::CONFLICT,
        Error::NotFound { .. } | Error::Ambiguous { .. } => StatusCode::NOT_FOUND,
        Error::Refused { .. } | Error::Problems { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Access(Refusal::NotSignedIn) => StatusCode::UNAUTHORIZED,
        Error::Access(Refusal::NotAllowed { .. }) => StatusCode::FORBIDDEN,
        Error::Access(Refusal::Throttled { .. }) => StatusCode::TOO_MANY_REQUESTS,
        Error::StoreUnavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Error::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Trouble {
    fn status(&self) -> StatusCode {
        match self {
            Self::Forged => StatusCode::FORBIDDEN,
            Self::StrangeHost => StatusCode::MISDIRECTED_REQUEST,
            Self::NoRoute(_) => StatusCode::NOT_FOUND,
            Self::NotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } | Self::LongForm => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable(_) | Self::BadQuery(_) | Self::BadHeader { .. } => StatusCode::BAD_REQUEST,
            Self::NotDrafted(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// Its code, and what happened in English and in Chinese.
    fn told(&self) -> (&'static str, String, String) {
        match self {
            Self::Forged => (
                "other_site",
                "this came from another site, so nothing was done".to_owned(),
                "请求来自其他网站，未做任何改动".to_owned(),
            ),
            Self::StrangeHost => (
                "strange_host",
                "Muster is not known under this name here".to_owned(),
                "这里没有这个名字的 Muster".to_owned(),
            ),
            Self::NoRoute(path) => {
                ("no_route", format!("there is nothing at `{path}`"), format!("`{path}` 处没有内容"))
            }
            Self::NotAllowed(method) => {
                ("method_not_allowed", format!("`{method}` does nothing here"), format!("这里不支持 `{method}`"))
            }
            Self::NotJson => {
                ("not_json", "the body is not marked as JSON".to_owned(), "请求正文没有标明是 JSON".to_owned())
            }
            Self::TooLarge { most } => {
                ("too_large", format!("the body is longer than {most} bytes"), format!("请求正文超过 {most} 字节"))
            }
            Self::LongForm => {
                ("too_large", "this is longer than can be taken here".to_owned(), "提交的内容超过了上限".to_owned())
            }
            Self::Unreadable(why) => {
                ("unreadable", format!("the body can't be read: {why}"), format!("请求正文无法识别：{why}"))
            }
            Self::BadQuery(why) => {
                ("bad_query", format!("the query can't be read: {why}"), format!("查询参数无法识别：{why}"))
            }
            Self::BadHeader { name, why, chinese } => {
                ("bad_header", format!("the header `{name}` {why}"), format!("请求头 `{name}` {chinese}"))
            }
            Self::NotDrafted(draft) => (
                "not_drafted",
                format!("`{}` was not drafted: something in it has to be put right", draft.step),
                format!("`{}` 没有起草成功：有内容需要先改正", draft.step),
            ),
        }
    }

    fn help(&self, language: Language) -> Option<String> {
        let (english, chinese) = match self {
            Self::NoRoute(_) | Self::NotAllowed(_) => {
                ("`/api/v1/openapi.json` describes what there is", "可用的接口见 `/api/v1/openapi.json`")
            }
            Self::NotJson => ("send `Content-Type: application/json`", "请加上 `Content-Type: application/json`"),
            Self::Forged => ("open Muster itself and do it there", "请直接打开 Muster 再操作"),
            Self::StrangeHost => (
                "if it is its address, set `url` in `[console]` of muster.toml to it",
                "如果这是它的正式地址，请在 muster.toml 的 [console] 里写上 url",
            ),
            Self::TooLarge { .. } | Self::LongForm => ("send less at a time", "请减少一次发送的内容"),
            Self::Unreadable(_) | Self::BadQuery(_) | Self::BadHeader { .. } => ("nothing was changed", "没有任何改动"),
            Self::NotDrafted(_) => ("`draft.problems` says what", "具体见 `draft.problems`"),
        };
        Some(if language == Language::Chinese { chinese } else { english }.to_owned())
    }
}

/// A status in Chinese words.
fn chinese(status: StatusCode) -> Option<&'static str> {
    Some(match status {
        StatusCode::BAD_REQUEST => "请求无法识别",
        StatusCode::UNAUTHORIZED => "尚未登录",
        StatusCode::FORBIDDEN => "没有权限",
        StatusCode::NOT_FOUND => "没有找到",
        StatusCode::METHOD_NOT_ALLOWED => "不支持这种请求方法",
        StatusCode::CONFLICT => "与当前状态冲突",
        StatusCode::PAYLOAD_TOO_LARGE => "内容过大",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "不支持这种内容类型",
        StatusCode::UNPROCESSABLE_ENTITY => "内容无法使用",
        StatusCode::MISDIRECTED_REQUEST => "不是这里的地址",
        StatusCode::TOO_MANY_REQUESTS => "请求过于频繁",
        StatusCode::INTERNAL_SERVER_ERROR => "Muster 内部出错",
        StatusCode::SERVICE_UNAVAILABLE => "暂时无法提供服务",
        _ => return None,
    })
}
