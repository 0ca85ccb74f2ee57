//! CAS: the sign-in page of an application whose protocol is CAS, and the validation of the tickets that it hands out. The
//! URL that signs out is [`App::cas_logout_url`].

use roxmltree::{Document, Node, ParsingOptions};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::app::access::Anyone;
use crate::dto::macros::{fields, object, written};
#[cfg(feature = "full-serde")]
use crate::dto::{given::Fields, macros::wire_name};
use crate::dto::{input, open_enum};
use crate::operation::table::operations;
use crate::{App, Error, JsonObject, Operation, Secret, Verb};

operations! {
    AuthenticationClient, "cas";

    /// Validates a ticket as in CAS 1.0: whose is it?
    ///
    /// A ticket can be validated once. One that is not good is an answer too, not an error: see
    /// [`valid`](CasValidateV1Response::valid).
    CAS_VALIDATE_V1 = cas_validate_v1 "casValidateV1": None,
        GET once "/cas-idp/{appId}/validate", CasValidateV1Dto => CasValidateV1Response as http;

    /// Validates a ticket as in CAS 2.0: whose is it, and what is known about the user?
    ///
    /// A ticket can be validated once. One that is not good is an answer too, not an error: see
    /// [`failure`](CasServiceValidateResponse::failure).
    CAS_VALIDATE_V2 = cas_validate_v2 "casValidateV2": None,
        GET once "/cas-idp/{appId}/serviceValidate", CasValidateV2Dto => CasServiceValidateResponse as http;

    /// Validates a ticket as in CAS 1.0; the same as `cas_validate_v1`, under the name of the official clients' own method.
    VALIDATE_TICKET_V1 = validate_ticket_v1 "validateTicketV1": None,
        GET once "/cas-idp/{appId}/validate", CasValidateV1Dto => CasValidateV1Response as http;

    /// Validates a ticket as in CAS 2.0; the same as `cas_validate_v2`, under the name of the official clients' own method.
    VALIDATE_TICKET_V2 = validate_ticket_v2 "validateTicketV2": None,
        GET once "/cas-idp/{appId}/serviceValidate", CasValidateV2Dto => CasServiceValidateResponse as http;
}

input!(
    /// Input of `cas_validate_v1`.
    pub struct CasValidateV1Dto {
        /// Id of the application. Left empty, the [`App`] fills its own in.
        pub app_id: Option<String>,
        /// The ticket that the browser came back with.
        pub ticket: Secret,
        /// The call-back URL that the ticket was handed out for.
        pub service: String,
    }
);

/// Whose a ticket is.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
#[must_use = "only a valid ticket says who somebody is"]
pub struct CasValidateV1Response {
    /// Whether the ticket is good.
    pub valid: bool,
    /// The user's name. Only there where the ticket is good.
    pub username: Option<String>,
    /// What the service says about a ticket that is not good.
    pub message: Option<String>,
}

fields!(CasValidateV1Response: valid (), username (), message (),);
written!(CasValidateV1Response);

/// From the answer as it comes (the text of an [`HttpReply`](crate::operation::reply::HttpReply)), or as this SDK writes it.
impl<'de> Deserialize<'de> for CasValidateV1Response {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let answer = JsonObject::deserialize(deserializer)?;
        Ok(match answer.get("body") {
            Some(Value::String(text)) => Self::of_text(text),
            _ => Self::of_fields(&answer),
        })
    }
}

impl CasValidateV1Response {
    /// `yes` and the name on the next line; `no` and nothing, or why; or, as the vendor's documents print it, an object.
    fn of_text(text: &str) -> Self {
        if let Ok(Value::Object(fields)) = serde_json::from_str(text) {
            return Self::of_fields(&fields);
        }
        let mut lines = text.lines().map(str::trim);
        let first = lines.next().unwrap_or_default();
        let second = lines.next().filter(|line| !line.is_empty()).map(str::to_owned);
        // Whatever is not a clear yes is a no.
        match first {
            "yes" => Self {
                valid: true,
                username: second,
                message: None,
            },
            "no" => Self {
                valid: false,
                username: None,
                message: second,
            },
            other => Self {
                valid: false,
                username: None,
                message: Some(other.to_owned()).filter(|text| !text.is_empty()),
            },
        }
    }

    fn of_fields(fields: &JsonObject) -> Self {
        let text = |name| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let valid = fields.get("valid") == Some(&Value::Bool(true));
        Self {
            valid,
            username: text("username").filter(|_| valid),
            message: text("message"),
        }
    }
}

open_enum! {
    /// How the answer is written; read is either.
    pub enum CasFormat {
        /// JSON.
        Json = "JSON",
        /// XML, as the CAS protocol has it.
        Xml = "XML",
    }
}

/// Input of `cas_validate_v2`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CasValidateV2Dto {
    /// Id of the application. Left empty, the [`App`] fills its own in.
    pub app_id: Option<String>,
    /// The ticket that the browser came back with.
    pub ticket: Secret,
    /// The call-back URL that the ticket was handed out for.
    pub service: String,
    /// How the answer is written: JSON unless told otherwise.
    pub format: CasFormat,
}

fields!(CasValidateV2Dto: app_id (), ticket (), service (), format (),);
written!(CasValidateV2Dto);

#[cfg(feature = "full-serde")]
impl<'de> Deserialize<'de> for CasValidateV2Dto {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::read(deserializer)?;
        let format: Option<CasFormat> = fields.take(const { &wire_name!(format()) })?;
        Ok(Self {
            app_id: fields.take(const { &wire_name!(app_id()) })?,
            ticket: fields.take(const { &wire_name!(ticket()) })?,
            service: fields.take(const { &wire_name!(service()) })?,
            format: format.unwrap_or(CasFormat::Json),
        })
    }
}

impl CasValidateV2Dto {
    /// With everything that is required.
    pub fn new(ticket: impl Into<Secret>, service: impl Into<String>) -> Self {
        Self {
            app_id: None,
            ticket: ticket.into(),
            service: service.into(),
            format: CasFormat::Json,
        }
    }

    /// Sets [`app_id`](Self::app_id).
    pub fn app_id(mut self, app_id: impl Into<String>) -> Self {
        self.app_id = Some(app_id.into());
        self
    }

    /// Sets [`format`](Self::format).
    pub fn format(mut self, format: impl Into<CasFormat>) -> Self {
        self.format = format.into();
        self
    }
}

/// Whose a ticket is, and what is known about the user. Use [`success`](Self::success) and [`failure`](Self::failure).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
#[must_use = "only a success says who somebody is"]
pub struct CasServiceValidateResponse {
    /// The answer.
    pub service_response: Option<CasServiceResponse>,
    /// A failure that stands where the answer should be.
    pub authentication_failure: Option<CasAuthenticationFailure>,
}

impl CasServiceValidateResponse {
    /// Who the user is, where the ticket is good.
    pub fn success(&self) -> Option<&CasAuthenticationSuccess> {
        // A failure wins, should there be both.
        match self.failure() {
            Some(_) => None,
            None => self.service_response.as_ref()?.authentication_success.as_ref(),
        }
    }

    /// Why the ticket is not good.
    pub fn failure(&self) -> Option<&CasAuthenticationFailure> {
        let inner = self.service_response.as_ref();
        inner
            .and_then(|inner| inner.authentication_failure.as_ref())
            .or(self.authentication_failure.as_ref())
    }
}

/// The answer to a ticket.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CasServiceResponse {
    /// Who the user is.
    pub authentication_success: Option<CasAuthenticationSuccess>,
    /// Why the ticket is not good.
    pub authentication_failure: Option<CasAuthenticationFailure>,
}

/// The user of a ticket.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CasAuthenticationSuccess {
    /// The user's name.
    pub user: Option<String>,
    /// What is known about the user: the claims of OpenID Connect and more, most of them null. In XML every value is a
    /// text, and one that stands more than once a list.
    pub attributes: JsonObject,
}

/// Why a ticket is not good.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CasAuthenticationFailure {
    /// The code of the CAS protocol, such as `INVALID_TICKET` or `INVALID_SERVICE`.
    pub code: Option<String>,
    /// What the service says about it.
    pub description: Option<String>,
}

fields!(CasServiceValidateResponse: service_response (), authentication_failure (),);
written!(CasServiceValidateResponse);
fields!(CasServiceResponse: authentication_success (), authentication_failure (),);
object!(CasServiceResponse);
fields!(CasAuthenticationSuccess: user (), attributes (),);
object!(CasAuthenticationSuccess);
fields!(CasAuthenticationFailure: code (), description (),);
object!(CasAuthenticationFailure);

impl<'de> Deserialize<'de> for CasServiceValidateResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(JsonObject::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The answer, or a part of it, in JSON.
struct Part(JsonObject);

impl Part {
    /// A part of it, where it is there.
    fn part(&mut self, name: &str) -> Result<Option<Self>, &'static str> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(part)) => Ok(Some(Self(part))),
            Some(_) => Err(WRONG_TYPE),
        }
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, &'static str> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(WRONG_TYPE),
        }
    }

    fn success(&mut self) -> Result<Option<CasAuthenticationSuccess>, &'static str> {
        let Some(mut success) = self.part("authenticationSuccess")? else {
            return Ok(None);
        };
        Ok(Some(CasAuthenticationSuccess {
            user: success.text("user")?,
            attributes: success.part("attributes")?.map(|part| part.0).unwrap_or_default(),
        }))
    }

    fn failure(&mut self) -> Result<Option<CasAuthenticationFailure>, &'static str> {
        let Some(mut failure) = self.part("authenticationFailure")? else {
            return Ok(None);
        };
        Ok(Some(CasAuthenticationFailure {
            code: failure.text("code")?,
            description: failure.text("description")?,
        }))
    }
}

const WRONG_TYPE: &str = "the answer has a value of the wrong type";

impl TryFrom<JsonObject> for CasServiceValidateResponse {
    type Error = &'static str;

    /// From the answer as it comes (the text of an [`HttpReply`](crate::operation::reply::HttpReply)), or as this SDK writes it.
    fn try_from(mut answer: JsonObject) -> Result<Self, Self::Error> {
        match answer.remove("body") {
            Some(Value::String(text)) if text.trim_start().starts_with('<') => Self::of_xml(&text),
            Some(Value::String(text)) => match serde_json::from_str(&text) {
                Ok(Value::Object(fields)) => Self::of_fields(fields),
                _ => Err("the answer is neither XML nor an object"),
            },
            _ => Self::of_fields(answer),
        }
    }
}

impl CasServiceValidateResponse {
    fn of_fields(mut fields: JsonObject) -> Result<Self, &'static str> {
        // One official client expects the answer in an envelope.
        if !fields.contains_key("serviceResponse")
            && let Some(Value::Object(data)) = fields.remove("data")
        {
            fields = data;
        }
        let mut answer = Part(fields);
        let service_response = match answer.part("serviceResponse")? {
            None => None,
            Some(mut inner) => Some(CasServiceResponse {
                authentication_success: inner.success()?,
                authentication_failure: inner.failure()?,
            }),
        };
        Ok(Self {
            service_response,
            authentication_failure: answer.failure()?,
        })
    }

    fn of_xml(text: &str) -> Result<Self, &'static str> {
        let document = document(text)?;
        let root = document.root_element();
        if root.tag_name().name() != "serviceResponse" {
            return Err("the answer is not one of the CAS protocol");
        }
        let authentication_success = child(root, "authenticationSuccess").map(|success| CasAuthenticationSuccess {
            user: child(success, "user").map(content),
            attributes: child(success, "attributes").map(attributes).unwrap_or_default(),
        });
        let authentication_failure = child(root, "authenticationFailure").map(|failure| CasAuthenticationFailure {
            code: failure.attribute("code").map(str::to_owned),
            description: Some(content(failure)).filter(|text| !text.is_empty()),
        });
        Ok(Self {
            service_response: Some(CasServiceResponse {
                authentication_success,
                authentication_failure,
            }),
            authentication_failure: None,
        })
    }
}

/// Reads XML in linear time and bounded memory. The bounds are far above what a user's attributes need; they are there for
/// the parser, which compares each attribute with the others of its element and gives each element that declares a namespace
/// its own list of all that are in scope.
fn document(text: &str) -> Result<Document<'_>, &'static str> {
    const BYTES: usize = 1024 * 1024;
    const NODES: u32 = 100_000;
    const DEPTH: usize = 64;
    const ATTRIBUTES_OF_AN_ELEMENT: usize = 256;
    const NAMESPACES: usize = 64;
    let too_much = "the answer is larger than any of the CAS protocol";
    // Counted before parsing, and rather too many than too few: also what only looks like it inside a text.
    if text.len() > BYTES || text.matches("xmlns").nth(NAMESPACES).is_some() {
        return Err(too_much);
    }
    let (mut attributes, mut before) = (0, b' ');
    for byte in text.bytes() {
        match byte {
            b'<' => attributes = 0,
            b'"' | b'\'' if before == b'=' => attributes += 1,
            _ => {}
        }
        if attributes > ATTRIBUTES_OF_AN_ELEMENT {
            return Err(too_much);
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    let options = ParsingOptions {
        // Document type definitions are refused, and with them every way to make the parser do more than read.
        allow_dtd: false,
        nodes_limit: NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|_| "the answer is no XML that can be read")?;
    let mut node = document.root();
    let mut depth = 0_usize;
    loop {
        if let Some(child) = node.first_child() {
            node = child;
            depth += 1;
            if depth > DEPTH {
                return Err(too_much);
            }
            continue;
        }
        loop {
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => return Ok(document),
            }
            depth -= 1;
        }
    }
}

/// The child of this name, in whatever namespace.
fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

/// All the text in an element, comments left out: a comment in the middle of a name must not cut it short.
fn content(node: Node<'_, '_>) -> String {
    let text: String = node
        .descendants()
        .filter(Node::is_text)
        .filter_map(|text| text.text())
        .collect();
    text.trim().to_owned()
}

fn attributes(node: Node<'_, '_>) -> JsonObject {
    let mut attributes = JsonObject::new();
    for child in node.children().filter(Node::is_element) {
        let value = Value::String(content(child));
        match attributes.get_mut(child.tag_name().name()) {
            None => {
                attributes.insert(child.tag_name().name().to_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    attributes
}

/// A link, not a request: it has no row in the table.
const LOGIN: Operation<JsonObject, (), Anyone> =
    Operation::new("AuthenticationClient.casLogin", Verb::Get, "/cas-idp/{appId}");

impl App {
    /// The URL of this application's CAS sign-in page, with the call-back URL to come back to.
    #[doc(alias = "buildAuthorizeUrl")]
    pub fn cas_login_url(&self, service: Option<&str>) -> Result<String, Error> {
        let parameters = service.map(|service| ("service".to_owned(), service.into()));
        Ok(LOGIN
            .request(self, &parameters.into_iter().collect())?
            .uri()
            .to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> App {
        App::new("https://example.genauth.ai", "app/1").unwrap()
    }

    fn v1(body: &str) -> CasValidateV1Response {
        CAS_VALIDATE_V1.reply(&http::Response::new(body.as_bytes())).unwrap()
    }

    fn v2(body: &str) -> Result<CasServiceValidateResponse, Error> {
        CAS_VALIDATE_V2.reply(&http::Response::new(body.as_bytes()))
    }

    #[test]
    fn requests_name_the_application_and_encode_every_value() {
        let service = "https://app.example/cb?x=1&y=é";
        let request = CAS_VALIDATE_V1
            .request(&app(), &CasValidateV1Dto::new("ST-1&2", service))
            .unwrap();
        let values = "ticket=ST-1%262&service=https%3A%2F%2Fapp.example%2Fcb%3Fx%3D1%26y%3D%C3%A9";
        assert_eq!(
            request.uri(),
            &*format!("https://example.genauth.ai/cas-idp/app%2F1/validate?{values}")
        );
        let request = VALIDATE_TICKET_V2
            .request(
                &app(),
                &CasValidateV2Dto::new("T", "s").app_id("other").format(CasFormat::Xml),
            )
            .unwrap();
        assert_eq!(
            request.uri(),
            "https://example.genauth.ai/cas-idp/other/serviceValidate?ticket=T&service=s&format=XML"
        );
        assert_eq!(
            app().cas_login_url(Some("https://a/?b#c")).unwrap(),
            "https://example.genauth.ai/cas-idp/app%2F1?service=https%3A%2F%2Fa%2F%3Fb%23c"
        );
        assert_eq!(
            app().cas_login_url(None).unwrap(),
            "https://example.genauth.ai/cas-idp/app%2F1"
        );
    }

    #[test]
    fn version_1_is_read_as_text() {
        for body in ["yes\nada\n", "yes\r\nada\r\n", "yes\nada"] {
            let answer = v1(body);
            assert!(answer.valid);
            assert_eq!((answer.username.as_deref(), answer.message), (Some("ada"), None));
        }
        for (body, message) in [
            ("no\n\n", None),
            ("no", None),
            ("no\nthe ticket is used", Some("the ticket is used")),
            ("", None),
            ("yes, but", Some("yes, but")),
            ("<html>yes\nada</html>", Some("<html>yes")),
            (r#"{"valid":false,"message":"used"}"#, Some("used")),
            (r#"{"valid":"yes","username":"ada","message":"used"}"#, Some("used")),
        ] {
            let answer = v1(body);
            assert!(!answer.valid, "{body}");
            assert_eq!((answer.username, answer.message.as_deref()), (None, message), "{body}");
        }
        assert!(v1(r#"{"valid":true,"username":"ada"}"#).valid);
    }

    #[test]
    fn version_1_goes_to_json_and_back() {
        let json = serde_json::to_string(&v1("yes\nada")).unwrap();
        assert_eq!(json, r#"{"valid":true,"username":"ada"}"#);
        let back: CasValidateV1Response = serde_json::from_str(&json).unwrap();
        assert!(back.valid);
        assert_eq!(back.username.as_deref(), Some("ada"));
    }

    #[test]
    fn version_2_is_read_from_json() {
        let json =
            r#"{"serviceResponse":{"authenticationSuccess":{"user":"ada","attributes":{"name":null,"sub":"1"}}}}"#;
        let answer = v2(json).unwrap();
        let success = answer.success().unwrap();
        assert_eq!(success.user.as_deref(), Some("ada"));
        assert_eq!(success.attributes["sub"], "1");
        assert_eq!(serde_json::to_string(&answer).unwrap(), json);
        assert!(answer.failure().is_none());

        let failure = r#"{"authenticationFailure":{"code":"INVALID_TICKET","description":"used"}}"#;
        for json in [failure.to_owned(), format!(r#"{{"serviceResponse":{failure}}}"#)] {
            let answer = v2(&json).unwrap();
            assert!(answer.success().is_none());
            assert_eq!(answer.failure().unwrap().code.as_deref(), Some("INVALID_TICKET"));
            assert_eq!(serde_json::to_string(&answer).unwrap(), json);
        }
        let enveloped = format!(r#"{{"code":200,"message":"","data":{json}}}"#);
        assert!(v2(&enveloped).unwrap().success().is_some());
        assert!(matches!(v2(r#"{"code":400,"message":"no"}"#), Err(Error::Api(_))));
    }

    #[test]
    fn version_2_is_read_from_xml() {
        let answer = v2(r#"<?xml version="1.0"?>
            <cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">
              <cas:authenticationSuccess>
                <cas:user>ada<!-- -->.l &amp; co</cas:user>
                <cas:attributes>
                  <cas:sub>1</cas:sub> <cas:role>a</cas:role> <cas:role>b</cas:role> <cas:role>c</cas:role> <cas:none/>
                </cas:attributes>
              </cas:authenticationSuccess>
            </cas:serviceResponse>"#)
        .unwrap();
        let success = answer.success().unwrap();
        assert_eq!(success.user.as_deref(), Some("ada.l & co"));
        let attributes = serde_json::json!({"sub": "1", "role": ["a", "b", "c"], "none": ""});
        assert_eq!(Value::Object(success.attributes.clone()), attributes);

        let answer = v2(r#"<serviceResponse><authenticationFailure code="INVALID_TICKET"> used </authenticationFailure></serviceResponse>"#)
            .unwrap();
        assert!(answer.success().is_none());
        let failure = answer.failure().unwrap();
        assert_eq!(
            (failure.code.as_deref(), failure.description.as_deref()),
            (Some("INVALID_TICKET"), Some("used"))
        );
    }

    #[test]
    fn version_2_refuses_what_is_no_answer() {
        let bomb = r#"<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><serviceResponse>&b;</serviceResponse>"#;
        let nested = format!("{}<x/>", "<serviceResponse>".repeat(200_000));
        for body in [
            "",
            "yes\nada",
            "<html></html>",
            "<serviceResponse>",
            "[]",
            r#"{"serviceResponse":7}"#,
            bomb,
            &nested,
        ] {
            assert!(matches!(v2(body), Err(Error::Reply(_))), "{body:.80}");
        }
        let both =
            r#"{"serviceResponse":{"authenticationSuccess":{"user":"ada"},"authenticationFailure":{"code":"X"}}}"#;
        assert!(v2(both).unwrap().success().is_none());
        assert!(v2("{}").unwrap().success().is_none());
    }

    /// What made the parser take seconds, and what is merely large.
    #[test]
    #[allow(clippy::disallowed_methods)] // The clock is what is tested with.
    fn time_is_linear_whatever_arrives() {
        let many = |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<String>();
        let answer = |attributes: &str| {
            format!(
                "<serviceResponse><authenticationSuccess><user>ada</user><attributes>{attributes}</attributes>\
                 </authenticationSuccess></serviceResponse>"
            )
        };
        let nested = |count, open: &dyn Fn(usize) -> String| many(count, open) + &"</a>".repeat(count);
        for (what, attributes, good) in [
            (
                "nested namespaces",
                nested(3_000, &|n| format!("<a xmlns:b{n}='u{n}'>")),
                false,
            ),
            (
                "nested spaced namespaces",
                nested(3_000, &|n| format!("<a xmlns:b{n} = \"u{n}\" >")),
                false,
            ),
            (
                "nested default namespaces",
                nested(3_000, &|n| format!("<a xmlns='u{n}'>")),
                false,
            ),
            (
                "attributes",
                format!("<a {}/>", many(60_000, &|n| format!("a{n}='' "))),
                false,
            ),
            (
                "attributes behind a bracket",
                format!("<a b='>' {}/>", many(60_000, &|n| format!("a{n} =\n'' "))),
                false,
            ),
            (
                "namespaces",
                format!("<a {}/>", many(40_000, &|n| format!("xmlns:a{n}='{n}' "))),
                false,
            ),
            ("deep", nested(60, &|_| "<a>".to_owned()), true),
            ("too deep", nested(65, &|_| "<a>".to_owned()), false),
            ("very deep", nested(100_000, &|_| "<a>".to_owned()), false),
            ("wide", many(20_000, &|n| format!("<k{n}>v</k{n}>")), true),
            ("one name", "<k>v</k>".repeat(30_000), true),
            ("empty", "<k/>".repeat(90_000), true),
            ("too many", "<k/>".repeat(110_000), false),
            ("references", format!("<k>{}</k>", "&amp;".repeat(200_000)), true),
            ("too large", format!("<k>{}</k>", "a".repeat(2 << 20)), false),
            ("comments", format!("<k>{}</k>", "<!-- a='' -->".repeat(40_000)), true),
            (
                "text that looks like attributes",
                format!("<k>{}</k>", "a='' ".repeat(200)),
                true,
            ),
            (
                "some attributes",
                format!("<k {}/>", many(200, &|n| format!("a{n}='' "))),
                true,
            ),
        ] {
            let begun = std::time::Instant::now();
            let read = v2(&answer(&attributes));
            assert!(begun.elapsed().as_secs() < 2, "{what}: {:?}", begun.elapsed());
            assert_eq!(read.is_ok(), good, "{what}: {read:?}");
            if let Ok(read) = read {
                assert_eq!(read.success().unwrap().user.as_deref(), Some("ada"), "{what}");
            }
        }
    }
}
